/// Which keys of the config, or of the parameters, a template reads, as its text says: `config['key']`, `config["key"]`,
/// `config.get('key')`, `config.key`.
enum ConfigReads {
  /// The keys that are named, in order.
  static func keys(in text: String, of variable: String = "config") -> [String] {
    var text = text
    let name = Array(variable.utf8)
    return text.withUTF8 { bytes in
      var keys: [String] = []
      var index = 0
      var scan = CodeScan()
      while let start = find(name, in: bytes, from: index) {
        scan.advance(to: start, in: bytes)
        index = start + name.count
        // A point in other text, or behind another name, is no reading.
        let isVariable = scan.isCode && (start == 0 || bytes[start - 1] != UInt8(ascii: "."))
        guard let (key, end) = key(in: bytes, at: index, orMember: isVariable) else { continue }
        if index < bytes.count, bytes[index] == UInt8(ascii: "."), methods.contains(key), end - index == key.utf8.count + 1 {
          continue
        }
        keys.append(key)
        index = end
      }
      return keys
    }
  }

  /// The key if the template is only one value of the config.
  static func only(_ text: String) -> String? {
    var text = text
    return text.withUTF8 { bytes in
      var index = skipBlanks(bytes, 0)
      guard bytes[index...].starts(with: "{{".utf8) else { return nil }
      index = skipBlanks(bytes, index + 2)
      guard bytes[index...].starts(with: name), let (key, end) = key(in: bytes, at: index + name.count, orMember: true) else {
        return nil
      }
      index = skipBlanks(bytes, end)
      guard bytes[index...].starts(with: "}}".utf8), skipBlanks(bytes, index + 2) == bytes.count else { return nil }
      return key
    }
  }

  private static let name = Array("config".utf8)

  /// What a mapping has besides its keys, and which comes first behind a point.
  private static let methods: Set<String> = [
    "clear", "copy", "fromkeys", "get", "items", "keys", "pop", "popitem", "setdefault", "update", "values",
  ]

  /// Where the variable's name is next, as a word of its own.
  private static func find(_ name: [UInt8], in bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int? {
    guard bytes.count >= name.count else { return nil }
    var index = start
    while index <= bytes.count - name.count {
      if bytes[index] == name[0], bytes[index...].starts(with: name), index == 0 || !isWord(bytes[index - 1]),
        index + name.count == bytes.count || !isWord(bytes[index + name.count])
      {
        return index
      }
      index += 1
    }
    return nil
  }

  /// The key that is read behind the variable's name, and the place behind it; nil if it is not written as a text.
  private static func key(
    in bytes: UnsafeBufferPointer<UInt8>, at start: Int, orMember: Bool = false
  ) -> (String, end: Int)? {
    var index = skipBlanks(bytes, start)
    guard index < bytes.count else { return nil }
    let close: UInt8
    if bytes[index] == UInt8(ascii: "[") {
      (index, close) = (index + 1, UInt8(ascii: "]"))
    } else if bytes[index...].starts(with: ".get(".utf8) {
      (index, close) = (index + 5, UInt8(ascii: ")"))
    } else {
      guard orMember, bytes[index] == UInt8(ascii: ".") else { return nil }
      let end = bytes[(index + 1)...].firstIndex { !isWord($0) } ?? bytes.count
      return (String(decoding: bytes[(index + 1)..<end], as: UTF8.self), end)
    }
    index = skipBlanks(bytes, index)
    guard index < bytes.count, [UInt8(ascii: "'"), UInt8(ascii: "\"")].contains(bytes[index]) else { return nil }
    guard let end = bytes[(index + 1)...].firstIndex(of: bytes[index]), end > index + 1 else { return nil }
    let key = String(decoding: bytes[(index + 1)..<end], as: UTF8.self)
    let behind = skipBlanks(bytes, end + 1)
    // A fallback can follow the key of `get`.
    if close == UInt8(ascii: ")") { return (key, behind < bytes.count && bytes[behind] == close ? behind + 1 : behind) }
    return behind < bytes.count && bytes[behind] == close ? (key, behind + 1) : nil
  }

  private static func skipBlanks(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Int {
    var index = start
    while index < bytes.count, bytes[index] == 0x20 || (0x09...0x0D).contains(bytes[index]) { index += 1 }
    return index
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"), 0x80...:
      true
    default: false
    }
  }
}

/// Goes along a template's text and knows whether it is within an expression or a tag, and not within a text there.
private struct CodeScan {
  private var position = 0
  private var isInside = false
  private var quote: UInt8?

  var isCode: Bool { isInside && quote == nil }

  mutating func advance(to end: Int, in bytes: UnsafeBufferPointer<UInt8>) {
    while position < end {
      let byte = bytes[position]
      let next = position + 1 < bytes.count ? bytes[position + 1] : 0
      position += 1
      if !isInside {
        if byte == UInt8(ascii: "{"), next == UInt8(ascii: "{") || next == UInt8(ascii: "%") { isInside = true }
      } else if let open = quote {
        if byte == UInt8(ascii: "\\") { position += 1 } else if byte == open { quote = nil }
      } else if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
        quote = byte
      } else if next == UInt8(ascii: "}"), byte == UInt8(ascii: "}") || byte == UInt8(ascii: "%") {
        isInside = false
      }
    }
  }
}
