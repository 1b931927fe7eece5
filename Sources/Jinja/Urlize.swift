import Foundation

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
        throw TemplateError(.runtime, "urlize is given something that is not a scheme.")
      }
      linker.schemes.append(text)
    }
  }
  let text = Array(try value.escaped(&evaluation).unicodeScalars)
  var result = ""
  var at = 0
  while at < text.count {
    let start = at
    let inSpace = text[at].isPythonSpace
    while at < text.count, text[at].isPythonSpace == inSpace { at += 1 }
    let run = String(text[start..<at])
    result += inSpace ? run : linker.link(run)
    try evaluation.charge(text: result.utf8.count, adding: run.utf8.count)
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

  func link(_ word: String) -> String {
    var middle = word
    var head = ""
    while let start = ["(", "&lt;", "<"].first(where: middle.hasPrefix) {
      head += start
      middle.removeFirst(start.count)
    }
    var tail = ""
    while let end = ["&gt;", ")", ">", ".", ",", "\n"].first(where: middle.hasSuffix) {
      tail = end + tail
      middle.removeLast(end.count)
    }
    for (open, close) in [("(", ")"), ("<", ">"), ("&lt;", "&gt;")] {
      let opened = count(open, in: middle)
      guard opened > count(close, in: middle) else { continue }
      for _ in 0..<min(opened, count(close, in: tail)) {
        guard let range = tail.range(of: close) else { break }
        middle += tail[..<range.upperBound]
        tail = String(tail[range.upperBound...])
      }
    }
    return head + linked(middle) + tail
  }

  private func count(_ part: String, in text: String) -> Int { text.components(separatedBy: part).count - 1 }

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
