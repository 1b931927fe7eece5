import Python

/// Makes links of what looks like an address.
func urlizeFilter(_ value: Value, _ given: [Value?], _ evaluation: inout Evaluation) throws(TemplateError) -> String {
  var relations = Set((given[3]?.text ?? "").split(whereSeparator: \.isWhitespace).map(String.init))
  if given[1]?.isTruthy ?? false { relations.insert("nofollow") }
  relations.insert("noopener")
  var linker = Linker(limit: nil, attributes: " rel=\"\(escapeHTML(relations.sorted().joined(separator: " ")))\"", schemes: [])
  if let target = given[2]?.text, !target.isEmpty { linker.attributes += " target=\"\(escapeHTML(target))\"" }
  if let limit = given[0], !limit.isNone { linker.limit = try limit.index(for: "urlize") }
  if let schemes = given[4], !schemes.isNone {
    for scheme in try schemes.elements(&evaluation) {
      guard let text = scheme.text, Linker.isScheme(text) else {
        throw TemplateError(.runtime, "urlize is given something that is not a scheme")
      }
      linker.schemes.append(text)
    }
  }
  // The schemes are tried on each word.
  let escaped = try value.escaped(&evaluation)
  try evaluation.charge(search: linker.schemes.count, in: escaped.utf8.count)
  let text = Array(escaped.unicodeScalars)
  var result = ""
  var at = 0
  while at < text.count {
    let start = at
    let inSpace = text[at].isPythonSpace
    while at < text.count, text[at].isPythonSpace == inSpace { at += 1 }
    let run = inSpace ? String(text[start..<at]) : linker.link(text[start..<at])
    try evaluation.charge(text: result.utf8.count + run.utf8.count, adding: run.utf8.count)
    result += run
  }
  return result
}

private struct Linker {
  var limit: Int?
  var attributes: String
  var schemes: [String]

  static func isScheme(_ text: String) -> Bool {
    let scalars = Array(text.unicodeScalars)
    guard scalars.first?.isASCIILetter ?? scalars.first.map({ $0 == "_" }) ?? false,
      let colon = scalars.firstIndex(of: ":"), colon >= 2
    else { return false }
    let rest = scalars[(colon + 1)...]
    return scalars[..<colon].allSatisfy { $0.isIdentifierPart || ".+-".unicodeScalars.contains($0) }
      && rest.count <= 2 && rest.allSatisfy { $0 == "/" }
  }

  /// The word with its address made a link, without brackets around it and punctuation behind it.
  func link(_ word: ArraySlice<Unicode.Scalar>) -> String {
    var middle = word
    while let start = Self.openings.first(where: { middle.starts(with: $0) }) { middle = middle.dropFirst(start.count) }
    let head = word[..<middle.startIndex]
    while let end = Self.endings.first(where: { middle.suffix($0.count).elementsEqual($0) }) {
      middle = middle.dropLast(end.count)
    }
    // A bracket that was opened inside is closed inside.
    for (open, close) in Self.brackets {
      let opened = count(open, in: middle)
      guard opened > count(close, in: middle) else { continue }
      var missing = min(opened, count(close, in: word[middle.endIndex...]))
      var at = middle.endIndex
      while missing > 0, at < word.endIndex {
        if word[at...].starts(with: close) {
          at += close.count
          missing -= 1
          middle = word[middle.startIndex..<at]
        } else {
          at += 1
        }
      }
    }
    return String(head) + linked(String(middle)) + String(word[middle.endIndex...])
  }

  private static let openings = ["(", "&lt;", "<"].map { Array($0.unicodeScalars) }
  private static let endings = ["&gt;", ")", ">", ".", ",", "\n"].map { Array($0.unicodeScalars) }
  private static let brackets = [("(", ")"), ("<", ">"), ("&lt;", "&gt;")].map {
    (Array($0.0.unicodeScalars), Array($0.1.unicodeScalars))
  }

  private func count(_ part: [Unicode.Scalar], in text: ArraySlice<Unicode.Scalar>) -> Int {
    var count = 0
    var at = text.startIndex
    while at < text.endIndex {
      if text[at...].starts(with: part) {
        count += 1
        at += part.count
      } else {
        at += 1
      }
    }
    return count
  }

  private func linked(_ text: String) -> String {
    if isWebAddress(text) {
      let address = text.hasPrefix("https://") || text.hasPrefix("http://") ? text : "https://" + text
      return "<a href=\"\(address)\"\(attributes)>\(shown(text))</a>"
    }
    if text.hasPrefix("mailto:"), isMailAddress(String(text.dropFirst(7))) {
      return "<a href=\"\(text)\">\(text.dropFirst(7))</a>"
    }
    if text.contains("@"), !text.hasPrefix("www."), !text.hasPrefix("@"), !text.contains(":"), isMailAddress(text) {
      return "<a href=\"mailto:\(text)\">\(text)</a>"
    }
    for scheme in schemes where text != scheme && text.hasPrefix(scheme) {
      return "<a href=\"\(text)\"\(attributes)>\(text)</a>"
    }
    return text
  }

  private func shown(_ text: String) -> String {
    guard let limit, text.unicodeScalars.count > limit else { return text }
    let scalars = Array(text.unicodeScalars)
    return String(scalars.prefix(limit < 0 ? max(0, scalars.count + limit) : limit)) + "..."
  }

  /// Something, an at sign, a host with at least one dot.
  private func isMailAddress(_ text: String) -> Bool {
    guard let at = text.lastIndex(of: "@"), at != text.startIndex else { return false }
    let host = text[text.index(after: at)...]
    guard let dot = host.lastIndex(of: "."), dot != host.startIndex else { return false }
    let top = host[host.index(after: dot)...]
    return isWord(host.prefix(1)) && isWord(top)
      && host[..<dot].unicodeScalars.allSatisfy { isWordPart($0) || ".-".contains(Character($0)) }
  }

  private func isWordPart(_ scalar: Unicode.Scalar) -> Bool { scalar == "_" || scalar.isPythonAlphanumeric }
  private func isWord(_ text: Substring) -> Bool { !text.isEmpty && text.unicodeScalars.allSatisfy(isWordPart) }

  private func isLabel(_ text: Substring) -> Bool {
    !text.isEmpty && text.unicodeScalars.allSatisfy { isWordPart($0) || $0 == "%" || $0 == "-" }
  }

  private func isTopLevel(_ text: Substring) -> Bool {
    if text.hasPrefix("xn--") { return text.count >= 6 && isLabel(text) && !text.dropFirst(4).contains("-") }
    return (2...63).contains(text.count) && text.unicodeScalars.allSatisfy { $0.isASCII && $0.isASCIILetter }
  }

  private func isWebAddress(_ text: String) -> Bool {
    var rest = Substring(text.lowercased())
    let scheme = ["https://", "http://"].first { rest.hasPrefix($0) }
    if let scheme { rest = rest.dropFirst(scheme.count) }
    let isNamed = scheme != nil
    if scheme != nil, rest.hasPrefix("[") { return isBracketed(rest) }
    let hasWorldWide = !isNamed && rest.hasPrefix("www.")
    let host = rest.prefix { !"/?#:".contains($0) }
    guard isEnd(rest[host.endIndex...]) else { return false }
    let labels = host.split(separator: ".", omittingEmptySubsequences: false)
    guard let last = labels.last else { return false }
    if isNamed, labels.count == 4, labels.allSatisfy({ (1...3).contains($0.count) && $0.allSatisfy(\.isNumber) }) { return true }
    let before = labels.dropLast()
    guard before.allSatisfy(isLabel) else { return false }
    if isNamed || hasWorldWide, isTopLevel(last), isNamed || labels.count > 1 { return true }
    let known: Set<Substring> = ["com", "net", "int", "edu", "gov", "org", "info", "mil"]
    return !isNamed && !before.isEmpty && known.contains(last) && before.allSatisfy { (2...63).contains($0.count) }
  }

  private func isBracketed(_ text: Substring) -> Bool {
    guard let close = text.firstIndex(of: "]") else { return false }
    let groups = text[..<close].dropFirst().split(separator: ":", omittingEmptySubsequences: false)
    return (3...8).contains(groups.count) && groups.allSatisfy { $0.count <= 4 && $0.allSatisfy(\.isHexDigit) }
      && isEnd(text[text.index(after: close)...])
  }

  /// A port and a path, if any.
  private func isEnd(_ text: Substring) -> Bool {
    var rest = text
    if rest.hasPrefix(":") {
      let port = rest.dropFirst().prefix(while: \.isNumber)
      guard (1...5).contains(port.count) else { return false }
      rest = rest[port.endIndex...]
    }
    return rest.isEmpty || "/?#".contains(rest.first ?? " ")
  }
}
