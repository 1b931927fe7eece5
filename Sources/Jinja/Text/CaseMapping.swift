/// Upper and lower case of the characters below U+0800 (Latin, Greek, Cyrillic and their neighbours), as far as one character becomes
/// one: looking a mapping up in Unicode's tables costs a hundred times as much.
struct CaseMapping: Sendable {
  static let upper = CaseMapping { $0.properties.uppercaseMapping }
  static let lower = CaseMapping { $0 == "Σ" ? "" : $0.properties.lowercaseMapping }

  private static let end = 0x800
  /// By character: what it becomes; 0 if that is not one character below U+0800 or depends on its neighbours.
  private let targets: [UInt16]

  private init(_ mapping: (Unicode.Scalar) -> String) {
    targets = (0..<Self.end).map { code in
      let mapped = Unicode.Scalar(UInt16(code)).map(mapping)?.unicodeScalars
      guard let mapped, mapped.count == 1, let target = mapped.first, target.value < Self.end else { return 0 }
      return UInt16(target.value)
    }
  }

  /// The text in this case; nil if it needs more than the table.
  func apply(_ text: String) -> String? {
    var text = text
    return text.withUTF8 { source in
      var isWhole = true
      // No character of the table takes more bytes than the one it comes from.
      let result = String(unsafeUninitializedCapacity: source.count) { target in
        let count = fill(target, from: source)
        isWhole = count != nil
        return count ?? 0
      }
      return isWhole ? result : nil
    }
  }

  private func fill(_ target: UnsafeMutableBufferPointer<UInt8>, from source: UnsafeBufferPointer<UInt8>) -> Int? {
    var from = 0
    var to = 0
    while from < source.count {
      let byte = source[from]
      if byte < 0x80 {
        // The table has all of these, and each is one byte in both cases.
        target[to] = UInt8(truncatingIfNeeded: targets[Int(byte)])
        from &+= 1
        to &+= 1
        continue
      }
      guard byte < 0xE0 else { return nil }
      let code = targets[Int(byte & 0x1F) << 6 | Int(source[from &+ 1] & 0x3F)]
      if code == 0 { return nil }
      from &+= 2
      if code < 0x80 {
        target[to] = UInt8(truncatingIfNeeded: code)
        to &+= 1
      } else {
        target[to] = 0xC0 | UInt8(truncatingIfNeeded: code >> 6)
        target[to &+ 1] = 0x80 | UInt8(truncatingIfNeeded: code & 0x3F)
        to &+= 2
      }
    }
    return to
  }
}

extension String {
  /// `str.upper`.
  var pythonUppercased: String { CaseMapping.upper.apply(self) ?? uppercased() }

  /// `str.lower`, with a final sigma where a Greek word ends.
  package var pythonLowercased: String { CaseMapping.lower.apply(self) ?? lowercasedByContext }
}
