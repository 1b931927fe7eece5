import Python

/// A strptime format turned into steps that are tried from left to right, going back where a longer choice led nowhere.
struct StrptimeMatcher: Sendable {
  let format: String
  private let steps: [StrptimeStep]

  /// Throws `ValueError` for a directive that strptime does not know, and `re.error` for one that is there twice.
  init(_ format: String) throws(PythonTimeError) {
    self.format = format
    steps = try StrptimeCompiler.compile(format)
  }

  func parse(_ text: String) throws(PythonTimeError) -> PyDateTime {
    var text = text
    var fields = StrptimeFields()
    let outcome = text.withUTF8 { bytes -> (end: Int?, count: Int) in
      (match(step: 0, at: 0, bytes, &fields), bytes.count)
    }
    guard let end = outcome.end else {
      throw .value("time data \(PythonRepr.of(text)) does not match format \(PythonRepr.of(format))")
    }
    guard end == outcome.count else {
      throw .value("unconverted data remains: \(String(decoding: text.utf8.dropFirst(end), as: UTF8.self))")
    }
    return try fields.dateTime()
  }

  /// The end of the first way in which all steps from `step` on match. Recurses once a directive, of which there are few.
  private func match(
    step first: Int, at start: Int, _ bytes: UnsafeBufferPointer<UInt8>, _ fields: inout StrptimeFields
  ) -> Int? {
    var position = start
    var index = first
    while index < steps.count {
      switch steps[index] {
      case .literal(let expected):
        guard let end = matchLiteral(expected, at: position, bytes) else { return nil }
        position = end
      case .whitespace:
        let end = skipWhitespace(at: position, bytes)
        guard end > position else { return nil }
        position = end
      case .field(let field):
        var candidates = StrptimeCandidates()
        field.candidates(at: position, bytes, into: &candidates)
        if candidates.count == 1 || index + 1 == steps.count {
          guard candidates.count > 0 else { return nil }
          fields.set(field, from: position, to: candidates[0], bytes)
          position = candidates[0]
        } else {
          for candidate in 0..<candidates.count {
            fields.set(field, from: position, to: candidates[candidate], bytes)
            if let end = match(step: index + 1, at: candidates[candidate], bytes, &fields) { return end }
          }
          return nil
        }
      }
      index += 1
    }
    return position
  }

  @inline(__always)
  private func matchLiteral(_ expected: [UInt8], at start: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
    guard start + expected.count <= bytes.count else { return nil }
    for offset in 0..<expected.count {
      let (a, b) = (expected[offset], bytes[start + offset])
      if a != b, asciiLower(a) != asciiLower(b) { return nil }
    }
    return start + expected.count
  }

  private func skipWhitespace(at start: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var position = start
    while position < bytes.count, let length = whitespaceLength(at: position, bytes) { position += length }
    return position
  }
}

/// One step of a format.
enum StrptimeStep: Sendable {
  case literal([UInt8])
  /// One blank or more.
  case whitespace
  case field(StrptimeField)
}

@inline(__always)
func asciiLower(_ byte: UInt8) -> UInt8 { byte &- 65 < 26 ? byte | 0x20 : byte }

/// The length in bytes of the character at `position` if `\s` matches it.
func whitespaceLength(at position: Int, _ bytes: UnsafeBufferPointer<UInt8>) -> Int? {
  let byte = bytes[position]
  if byte < 0x80 { return byte == 0x20 || (9...13).contains(byte) || (0x1c...0x1f).contains(byte) ? 1 : nil }
  let tail = (position + 1 < bytes.count ? bytes[position + 1] : 0, position + 2 < bytes.count ? bytes[position + 2] : 0)
  switch (byte, tail.0, tail.1) {
  case (0xc2, 0x85, _), (0xc2, 0xa0, _): return 2
  case (0xe1, 0x9a, 0x80), (0xe2, 0x80, 0x80...0x8a), (0xe2, 0x80, 0xa8...0xa9), (0xe2, 0x80, 0xaf), (0xe2, 0x81, 0x9f),
    (0xe3, 0x80, 0x80):
    return 3
  default: return nil
  }
}

/// Splits a format into steps.
enum StrptimeCompiler {
  static func compile(_ format: String) throws(PythonTimeError) -> [StrptimeStep] {
    var builder = Builder()
    try builder.add(format, wholeFormat: format)
    return builder.finished()
  }

  private struct Builder {
    var steps: [StrptimeStep] = []
    var literal: [UInt8] = []
    var seen: Set<StrptimeField> = []

    mutating func flush() {
      if !literal.isEmpty { steps.append(.literal(literal)) }
      literal = []
    }

    mutating func finished() -> [StrptimeStep] {
      flush()
      return steps
    }

    mutating func add(_ format: String, wholeFormat: String) throws(PythonTimeError) {
      var scalars = format.unicodeScalars[...]
      while let scalar = scalars.popFirst() {
        if scalar.isPythonSpace {
          if case .whitespace = steps.last, literal.isEmpty { continue }
          flush()
          steps.append(.whitespace)
        } else if scalar == "%" {
          guard let letter = scalars.popFirst() else { throw .value("stray % in format \(quoted(wholeFormat))") }
          try addDirective(letter, wholeFormat: wholeFormat)
        } else {
          literal.append(contentsOf: String(scalar).utf8)
        }
      }
    }

    private mutating func addDirective(_ letter: Unicode.Scalar, wholeFormat: String) throws(PythonTimeError) {
      switch letter {
      case "%": literal.append(UInt8(ascii: "%"))
      case "c": try add("%a %b %d %H:%M:%S %Y", wholeFormat: wholeFormat)
      case "x": try add("%m/%d/%y", wholeFormat: wholeFormat)
      case "X": try add("%H:%M:%S", wholeFormat: wholeFormat)
      default:
        guard let field = StrptimeField(letter: letter) else {
          // Blanks and the characters that a regular expression treats as its own were escaped before the look-up.
          let escaped = letter.isPythonSpace || "\\.^$*+?(){}[]|".unicodeScalars.contains(letter)
          throw .value("'\(escaped ? "%" : String(letter))' is a bad directive in format \(quoted(wholeFormat))")
        }
        guard seen.insert(field).inserted else {
          throw PythonTimeError(.regexError, "redefinition of group name '\(letter)' in format \(quoted(wholeFormat))")
        }
        flush()
        steps.append(.field(field))
      }
    }

    private func quoted(_ format: String) -> String { "'\(format)'" }
  }
}
