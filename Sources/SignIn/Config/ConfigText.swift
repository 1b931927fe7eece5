import JSON

/// Changes values in the text of a config, and leaves the rest of it as it is written: order, indentation, numbers.
package enum ConfigText {
  /// The text with values at their places.
  /// - Parameter config: what the text should mean then. Where the text cannot be changed in place, it is written anew.
  package static func changed(_ text: String, _ changes: PlacedValues, meaning config: JSONObject) -> String {
    var bytes = Array(text.utf8)
    for (path, value) in changes {
      guard let changed = JSONText(bytes).setting(value, at: path[...]) else { return written(config) }
      bytes = changed
    }
    guard let value = try? JSONValue(parsing: bytes), value.equals(.object(config)) else { return written(config) }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// A config as people write it.
  package static func written(_ config: JSONObject) -> String {
    PythonJSONWriter(ensuresASCII: false, indent: 2).string(.object(config)) + "\n"
  }
}

/// A text of JSON that is known to be valid, by its bytes.
private struct JSONText {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// A member of an object: its key, and where the key begins and the value is.
  private struct Member {
    let key: String
    let start: Int
    let value: Range<Int>
  }

  /// The bytes with a value at a path; nil if the text has something else than objects on the way.
  func setting(_ value: JSONValue, at path: ArraySlice<String>) -> [UInt8]? {
    var object = skippingSpace(0)
    var rest = path
    while let key = rest.first {
      guard object < bytes.count, bytes[object] == UInt8(ascii: "{"), let (members, end) = members(at: object) else { return nil }
      // Of two members of one name the last counts.
      guard let member = members.last(where: { $0.key == key }) else {
        return inserting(nested(value, rest.dropFirst()), key, into: object, members, end: end)
      }
      let isNull = bytes[member.value].elementsEqual("null".utf8)
      if rest.count == 1 || isNull {
        let indent = indent(of: member.start)
        return replacing(member.value, with: text(nested(value, rest.dropFirst()), indent: indent))
      }
      object = member.value.lowerBound
      rest = rest.dropFirst()
    }
    return nil
  }

  private func nested(_ value: JSONValue, _ path: ArraySlice<String>) -> JSONValue {
    path.reversed().reduce(value) { value, key in .object([key: value]) }
  }

  private func replacing(_ range: Range<Int>, with text: String) -> [UInt8] {
    Array(bytes[..<range.lowerBound]) + Array(text.utf8) + Array(bytes[range.upperBound...])
  }

  private func inserting(
    _ value: JSONValue, _ key: String, into object: Int, _ members: [Member], end: Int
  ) -> [UInt8] {
    let name = JSONValue.string(key).jsonText
    guard let last = members.last else {
      let outer = indent(of: object)
      let inner = outer + "  "
      return replacing(object..<(end + 1), with: "{\n\(inner)\(name): \(text(value, indent: inner))\n\(outer)}")
    }
    // As the last member is written, the new one is.
    guard let indent = lineIndent(of: last.start) else {
      let isCompact = bytes[last.value.lowerBound - 1] == UInt8(ascii: ":")
      let writer = PythonJSONWriter(
        itemSeparator: isCompact ? "," : nil, keySeparator: isCompact ? ":" : ": ", ensuresASCII: false)
      let member = (isCompact ? "," : ", ") + name + writer.keySeparator + writer.string(value)
      return replacing(last.value.upperBound..<last.value.upperBound, with: member)
    }
    return replacing(
      last.value.upperBound..<last.value.upperBound, with: ",\n\(indent)\(name): \(text(value, indent: indent))")
  }

  /// A value whose further lines are indented.
  private func text(_ value: JSONValue, indent: String) -> String {
    guard value.object != nil || value.array != nil else { return value.jsonText }
    let step = indent.first == "\t" ? "\t" : "  "
    return PythonJSONWriter(ensuresASCII: false, indent: 1).string(value)
      .split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { number, line in
        let depth = line.prefix { $0 == " " }.count
        let lead = number == 0 ? "" : indent + String(repeating: step, count: depth)
        return lead + line.dropFirst(depth)
      }.joined(separator: "\n")
  }

  /// The blanks that the line of a position begins with.
  private func indent(of position: Int) -> String {
    let start = bytes[..<position].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
    let blanks = bytes[start...].prefix { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
    return String(decoding: blanks, as: UTF8.self)
  }

  /// The same where the position is the first of its line; nil where something is before it.
  private func lineIndent(of position: Int) -> String? {
    let indent = indent(of: position)
    let start = position - indent.utf8.count
    return start > 0 && bytes[start - 1] == UInt8(ascii: "\n") ? indent : nil
  }

  // MARK: Reading

  private func skippingSpace(_ place: Int) -> Int {
    var place = place
    while place < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[place]) { place += 1 }
    return place
  }

  /// The members of the object that begins at a place, and where its closing brace is.
  private func members(at object: Int) -> (members: [Member], end: Int)? {
    var members: [Member] = []
    var place = skippingSpace(object + 1)
    while place < bytes.count {
      if bytes[place] == UInt8(ascii: "}") { return (members, place) }
      guard bytes[place] == UInt8(ascii: "\""), let keyEnd = endOfString(place),
        let key = (try? JSONValue(parsing: Array(bytes[place..<keyEnd])))?.string
      else { return nil }
      let value = skippingSpace(skippingSpace(keyEnd) + 1)
      guard let end = endOfValue(value) else { return nil }
      members.append(Member(key: key, start: place, value: value..<end))
      place = skippingSpace(end)
      if place < bytes.count, bytes[place] == UInt8(ascii: ",") { place = skippingSpace(place + 1) }
    }
    return nil
  }

  /// Behind the closing quote of a string.
  private func endOfString(_ start: Int) -> Int? {
    var place = start + 1
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\\"): place += 2
      case UInt8(ascii: "\""): return place + 1
      default: place += 1
      }
    }
    return nil
  }

  private func endOfValue(_ start: Int) -> Int? {
    guard start < bytes.count else { return nil }
    var place = start
    var depth = 0
    while place < bytes.count {
      switch bytes[place] {
      case UInt8(ascii: "\""):
        guard let end = endOfString(place) else { return nil }
        place = end
        if depth == 0 { return place }
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        if depth == 0 { return place }
        depth -= 1
        if depth == 0 { return place + 1 }
      case UInt8(ascii: ","), 0x20, 0x09, 0x0A, 0x0D: if depth == 0 { return place }
      default: break
      }
      place += 1
    }
    return depth == 0 ? place : nil
  }
}
