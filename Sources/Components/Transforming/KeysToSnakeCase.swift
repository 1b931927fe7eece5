import ConnectorModel
import JSON

/// Turns field names, at any depth of objects, into snake_case.
struct KeysToSnakeCase: Component, RecordTransformation {
  init(from node: ComponentNode, in scope: BuildScope) throws {}

  func transform(_ record: inout Record, slice: StreamSlice) throws {
    record.rebuild { $0 = KeysReplace.renamed($0, Self.snakeCase) }
  }

  private enum Kind { case upper, lower, digit, other }

  /// Words are runs of capitals with the lower-case letters that follow, runs of lower-case letters, or runs of digits; what is
  /// between separates them. Other scripts are written in ASCII first.
  static func snakeCase(_ name: String) -> String {
    let text = Array(ASCIITransliteration.ascii(name).utf8)
    func kind(_ byte: UInt8) -> Kind {
      switch byte {
      case 0x41...0x5A: .upper
      case 0x61...0x7A: .lower
      case 0x30...0x39: .digit
      default: .other
      }
    }
    var tokens: [String] = []
    var index = 0
    while index < text.count {
      let start = index
      let first = kind(text[index])
      while index < text.count, kind(text[index]) == first { index += 1 }
      if first == .upper { while index < text.count, kind(text[index]) == .lower { index += 1 } }
      tokens.append(first == .other ? "" : String(decoding: text[start..<index], as: UTF8.self))
    }
    if tokens.count >= 3 {
      tokens = [tokens[0]] + tokens[1..<(tokens.count - 1)].filter { !$0.isEmpty } + [tokens[tokens.count - 1]]
    }
    if let first = tokens.first?.utf8.first, kind(first) == .digit { tokens.insert("", at: 0) }
    return tokens.joined(separator: "_").lowercased()
  }
}
