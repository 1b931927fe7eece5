/// `Markup.striptags`: without comments and tags, with runs of white space as one space, and entities resolved.
package func stripTags(_ text: String) -> String {
  var scalars = Array(text.unicodeScalars)
  scalars = remove(from: scalars, "<!--", "-->")
  scalars = remove(from: scalars, "<", ">")
  var words: [String] = []
  for word in scalars.splitAtSpace(limit: .max, isFromRight: false) { words.append(String(word)) }
  return unescapeHTML(words.joined(separator: " "))
}

private func remove(from scalars: [Unicode.Scalar], _ start: String, _ end: String) -> [Unicode.Scalar] {
  let opening = Array(start.unicodeScalars)
  let closing = Array(end.unicodeScalars)
  var kept: [Unicode.Scalar] = []
  var at = 0
  while let open = scalars.place(of: opening, from: at, to: scalars.count, isFromRight: false),
    let close = scalars.place(of: closing, from: open, to: scalars.count, isFromRight: false)
  {
    kept += scalars[at..<open]
    at = close + closing.count
  }
  return kept + scalars[at...]
}

/// `html.unescape` for numbers and the names that are common in texts.
func unescapeHTML(_ text: String) -> String {
  guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
  let scalars = Array(text.unicodeScalars)
  var result = ""
  var at = 0
  while at < scalars.count {
    if scalars[at] == "&", let (replacement, end) = entity(scalars, at + 1) {
      result += replacement
      at = end
    } else {
      result.unicodeScalars.append(scalars[at])
      at += 1
    }
  }
  return result
}

private let entityNames: [String: String] = [
  "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": "\u{A0}", "copy": "©", "reg": "®", "trade": "™",
  "hellip": "…", "mdash": "—", "ndash": "–", "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "euro": "€", "pound": "£",
  "yen": "¥", "cent": "¢", "sect": "§", "deg": "°", "laquo": "«", "raquo": "»", "bull": "•", "middot": "·", "times": "×",
  "divide": "÷", "auml": "ä", "ouml": "ö", "uuml": "ü", "Auml": "Ä", "Ouml": "Ö", "Uuml": "Ü", "szlig": "ß", "eacute": "é",
  "egrave": "è", "agrave": "à", "ccedil": "ç", "ntilde": "ñ", "aacute": "á", "iacute": "í", "oacute": "ó", "uacute": "ú",
]

private func entity(_ scalars: [Unicode.Scalar], _ start: Int) -> (String, Int)? {
  guard start < scalars.count else { return nil }
  var at = start
  if scalars[at] == "#" {
    at += 1
    var radix: UInt32 = 10
    if at < scalars.count, scalars[at] == "x" || scalars[at] == "X" {
      radix = 16
      at += 1
    }
    var value: UInt32 = 0
    let digitsStart = at
    while at < scalars.count, let digit = scalars[at].hexValue, digit < Int(radix) {
      value = min(value * radix + UInt32(digit), 0x110000)
      at += 1
    }
    guard at > digitsStart else { return nil }
    if at < scalars.count, scalars[at] == ";" { at += 1 }
    return (value == 0 ? "\u{FFFD}" : Unicode.Scalar(value).map { String($0) } ?? "\u{FFFD}", at)
  }
  while at < scalars.count, at - start < 10, scalars[at].isASCII, scalars[at].isPythonAlphanumeric { at += 1 }
  guard at < scalars.count, scalars[at] == ";", let found = entityNames[String(scalars[start..<at])] else { return nil }
  return (found, at + 1)
}
