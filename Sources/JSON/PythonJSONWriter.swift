import OrderedCollections
import Python

/// Writes JSON as Python's `json.dumps` does: request bodies, and templates that print a value.
package struct PythonJSONWriter: Sendable {
  /// Between elements; `json.dumps` has ", " without an indent and "," with one.
  package var itemSeparator: String
  package var keySeparator: String
  /// Writes everything beyond ASCII as `\uXXXX`, in surrogate pairs where needed.
  package var ensuresASCII: Bool
  package var sortsKeys: Bool
  /// Spaces a level (at most 1,000), each element on a line of its own; nil for a single line.
  package var indent: Int?

  package init(
    itemSeparator: String? = nil, keySeparator: String = ": ", ensuresASCII: Bool = true, sortsKeys: Bool = false,
    indent: Int? = nil
  ) {
    self.itemSeparator = itemSeparator ?? (indent == nil ? ", " : ",")
    self.keySeparator = keySeparator
    self.ensuresASCII = ensuresASCII
    self.sortsKeys = sortsKeys
    self.indent = indent
  }

  /// The value as text.
  package func string(_ value: JSONValue) -> String {
    var buffer = ByteBuffer()
    write(value, to: &buffer)
    return buffer.string
  }

  /// Appends the value. Doubles are written as `repr` does, NaN and the infinities as those words; integers keep their digits.
  package func write(_ value: JSONValue, to out: inout ByteBuffer) { write(value, 0, &out) }

  private func write(_ value: JSONValue, _ level: Int, _ out: inout ByteBuffer) {
    switch value {
    case .null: out.append("null")
    case .bool(let flag): out.append(flag ? "true" : "false")
    case .int(let int): out.append(decimal: int)
    case .double(let double): FloatText.writePython(double, to: &out)
    case .number(let text): write(number: text, &out)
    case .string(let text): write(text, &out)
    case .array(let elements):
      out.append(UInt8(ascii: "["))
      var isFirst = true
      for element in elements {
        separate(&isFirst, level, &out)
        write(element, level + 1, &out)
      }
      close(isFirst, level, "]", &out)
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      var isFirst = true
      let keys = sortsKeys ? members.keys.sorted { $0.precedesInPython($1) } : Array(members.keys)
      for key in keys {
        guard let member = members[key] else { continue }
        separate(&isFirst, level, &out)
        write(key, &out)
        out.append(keySeparator)
        write(member, level + 1, &out)
      }
      close(isFirst, level, "}", &out)
    }
  }

  private func separate(_ isFirst: inout Bool, _ level: Int, _ out: inout ByteBuffer) {
    if !isFirst { out.append(itemSeparator) }
    isFirst = false
    breakLine(level + 1, &out)
  }

  private func close(_ isEmpty: Bool, _ level: Int, _ bracket: StaticString, _ out: inout ByteBuffer) {
    if !isEmpty { breakLine(level, &out) }
    out.append(bracket)
  }

  private func breakLine(_ level: Int, _ out: inout ByteBuffer) {
    guard let indent else { return }
    out.append(UInt8(ascii: "\n"))
    for _ in 0..<min(max(indent, 0), 1000) * level { out.append(UInt8(ascii: " ")) }
  }

  private func write(number text: String, _ out: inout ByteBuffer) {
    let isInteger = text.utf8.allSatisfy { $0 != UInt8(ascii: ".") && $0 | 0x20 != UInt8(ascii: "e") }
    if isInteger, Numbers.isValid(text) {
      out.append(text)
    } else {
      FloatText.writePython(Double(text) ?? .nan, to: &out)
    }
  }

  private func write(_ text: String, _ out: inout ByteBuffer) {
    var text = text
    // DEL is the one ASCII character beside the escapes that Python writes as `\u007f`.
    let isPlain = !ensuresASCII || text.utf8.allSatisfy { $0 < 0x7F }
    if isPlain { return text.withUTF8 { StringEscapes.write($0, to: &out) } }
    out.append(UInt8(ascii: "\""))
    for scalar in text.unicodeScalars {
      let value = scalar.value
      if value < 0x7F {
        StringEscapes.write(scalar: value, to: &out)
      } else if value > 0xFFFF {
        let offset = value - 0x10000
        StringEscapes.append(hexEscape: 0xD800 + offset >> 10, to: &out)
        StringEscapes.append(hexEscape: 0xDC00 + offset & 0x3FF, to: &out)
      } else {
        StringEscapes.append(hexEscape: value, to: &out)
      }
    }
    out.append(UInt8(ascii: "\""))
  }
}
