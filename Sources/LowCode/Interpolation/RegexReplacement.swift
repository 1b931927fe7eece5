import Foundation
import Jinja

/// The replacement of `re.sub`, read once: text and references to groups.
struct RegexReplacement {
  private enum Part {
    case text(String)
    case group(Int)
  }

  private var parts: [Part] = []
  private var text = ""

  /// Throws a value error for escapes and groups that Python refuses.
  init(_ source: String, groupCount: Int, groupNames: [String: Int]) throws(TemplateError) {
    let scalars = Array(source.unicodeScalars)
    var index = 0
    while index < scalars.count {
      guard scalars[index] == "\\" else {
        text.unicodeScalars.append(scalars[index])
        index += 1
        continue
      }
      guard index + 1 < scalars.count else { throw TemplateError(.value, "bad escape (end of pattern) in a replacement") }
      let mark = scalars[index + 1]
      index += 2
      switch mark {
      case "g":
        let close = scalars[index...].firstIndex(of: ">")
        guard index < scalars.count, scalars[index] == "<", let close, close > index + 1 else {
          throw TemplateError(.value, "missing group name in a replacement")
        }
        let name = String(String.UnicodeScalarView(scalars[(index + 1)..<close]))
        guard let number = name.utf8.allSatisfy({ (48...57).contains($0) }) ? Int(name) : groupNames[name] else {
          throw TemplateError(groupNames[name] == nil ? .index : .value, "unknown group name '\(name)'")
        }
        try append(group: number, of: groupCount)
        index = close + 1
      case "0"..."9":
        var digits = [mark]
        while digits.count < 3, index < scalars.count, ("0"..."9").contains(scalars[index]) {
          digits.append(scalars[index])
          index += 1
        }
        index -= digits.count - (try append(digits, groupCount))
      case "n": text += "\n"
      case "t": text += "\t"
      case "r": text += "\r"
      case "a": text += "\u{07}"
      case "b": text += "\u{08}"
      case "f": text += "\u{0c}"
      case "v": text += "\u{0b}"
      case "\\": text += "\\"
      case "a"..."z", "A"..."Z": throw TemplateError(.value, "bad escape \\\(mark) in a replacement")
      default:
        text += "\\"
        text.unicodeScalars.append(mark)
      }
    }
    flush()
  }

  /// `\0`, `\012` and three octal digits are characters, other digits a group. Gives how many digits were used.
  private mutating func append(_ digits: [Unicode.Scalar], _ groupCount: Int) throws(TemplateError) -> Int {
    let values = digits.map { Int($0.value) - 48 }
    let octal = values.prefix { $0 < 8 }
    if values[0] == 0 {
      let used = octal.prefix(3)
      append(character: used.reduce(0) { $0 * 8 + $1 })
      return used.count
    }
    if octal.count == 3 {
      let value = octal.reduce(0) { $0 * 8 + $1 }
      guard value <= 0o377 else { throw TemplateError(.value, "an octal escape in a replacement is outside of range 0-0o377") }
      append(character: value)
      return 3
    }
    let used = values.prefix(2)
    try append(group: used.reduce(0) { $0 * 10 + $1 }, of: groupCount)
    return used.count
  }

  private mutating func append(character value: Int) {
    if let scalar = Unicode.Scalar(UInt32(value)) { text.unicodeScalars.append(scalar) }
  }

  private mutating func append(group: Int, of count: Int) throws(TemplateError) {
    guard group <= count else { throw TemplateError(.value, "invalid group reference \(group)") }
    flush()
    parts.append(.group(group))
  }

  private mutating func flush() {
    if !text.isEmpty { parts.append(.text(text)) }
    text = ""
  }

  func append(to output: inout String, _ match: NSTextCheckingResult, _ source: NSString) {
    for part in parts {
      switch part {
      case .text(let text): output += text
      case .group(let group):
        let range = match.range(at: group)
        if range.location != NSNotFound { output += source.substring(with: range) }
      }
    }
  }
}
