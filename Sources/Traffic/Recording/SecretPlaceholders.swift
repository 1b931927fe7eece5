import Bytes
import Essentials
import JSON
import Secrets

/// Replaces secrets in a recording: equal ones by the same placeholder, so that whoever reads it sees what belongs together.
///
/// A placeholder is made of the secret and of a key that is drawn for each recording and written nowhere.
package struct SecretPlaceholders: Sendable {
  /// What each placeholder begins with; hexadecimal digits follow.
  package static let mark = SecretMask.replacement
  package static let digits = 8

  private let mask: SecretMask
  private let key: [UInt8]

  /// - Parameter key: bytes that nobody knows; by default random ones.
  package init(_ mask: SecretMask, key: [UInt8] = (0..<32).map { _ in .random(in: .min ... .max) }) {
    self.mask = mask
    self.key = key
  }

  /// What is known of where secrets come from, for one entry.
  var origins: SecretOrigins { SecretOrigins(mask.places) }

  /// `text` with placeholders instead of secrets. A text that is JSON stays JSON.
  /// - Parameter keepsNumbers: whether a number that is secret becomes another number, which components can use, and not a placeholder.
  package func masked(_ text: String, keepsNumbers: Bool = false) -> String {
    var origins = SecretOrigins([:])
    return masked(text, keepsNumbers: keepsNumbers, noting: &origins)
  }

  /// The same.
  /// - Parameter origins: learns what the placeholders stand for.
  func masked(_ text: String, keepsNumbers: Bool = false, noting origins: inout SecretOrigins) -> String {
    var ranges = mask.hiddenRanges(in: text)
    if ranges.isEmpty { return text }
    let bytes = Array(text.utf8)
    // The answer to a login says until when its token is good, which is not a token itself, and which a replay needs.
    ranges.removeAll { Self.isMoment(bytes[$0]) }
    let plain = replacing(ranges, in: bytes) { _, placeholder in placeholder }
    for range in ranges {
      origins.note(
        String(decoding: placeholder(of: bytes[range]), as: UTF8.self), for: String(decoding: bytes[range], as: UTF8.self))
    }
    // A number by itself is a text, except where an answer is no more than that.
    let isText = !keepsNumbers && bytes.allSatisfy(Self.isOfNumber)
    guard !isText, !isJSON(plain), isJSON(bytes) else { return String(decoding: plain, as: UTF8.self) }
    var strings = JSONStrings(bytes)
    let fitting = replacing(ranges, in: bytes) { range, placeholder in
      if strings.contain(range.lowerBound) { return placeholder }
      guard keepsNumbers && bytes[range].allSatisfy(Self.isOfNumber) else {
        return Array("\"".utf8) + placeholder + Array("\"".utf8)
      }
      let digits = digits(insteadOf: bytes[range])
      origins.note(
        String(decoding: digits, as: UTF8.self), for: String(decoding: bytes[range], as: UTF8.self), asNumber: true)
      return digits
    }
    return String(decoding: isJSON(fitting) ? fitting : plain, as: UTF8.self)
  }

  /// Whether there is no secret in a text.
  func isPlain(_ text: String) -> Bool { mask.hiddenRanges(in: text).isEmpty }

  /// The same for bytes that are no UTF-8.
  package func masked(_ data: Data, keepsNumbers: Bool = false) -> Data {
    var origins = SecretOrigins([:])
    return masked(data, keepsNumbers: keepsNumbers, noting: &origins)
  }

  func masked(_ data: Data, keepsNumbers: Bool, noting origins: inout SecretOrigins) -> Data {
    // Each byte is a character, and each placeholder consists of ASCII.
    let text = String(String.UnicodeScalarView(data.map { Unicode.Scalar($0) }))
    guard !mask.hiddenRanges(in: text).isEmpty else { return data }
    return Data(
      masked(text, keepsNumbers: keepsNumbers, noting: &origins).unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) })
  }

  private func replacing(
    _ ranges: [Range<Int>], in bytes: [UInt8], _ replacement: (Range<Int>, [UInt8]) -> [UInt8]
  ) -> [UInt8] {
    var shown: [UInt8] = []
    shown.reserveCapacity(bytes.count)
    var position = 0
    for range in ranges {
      shown += bytes[position..<range.lowerBound]
      shown += replacement(range, placeholder(of: bytes[range]))
      position = range.upperBound
    }
    shown += bytes[position...]
    return shown
  }

  private func placeholder(of secret: ArraySlice<UInt8>) -> [UInt8] {
    Array(Self.mark.utf8) + code(of: secret).prefix(Self.digits / 2).hexadecimal.utf8
  }

  /// Other digits in the place of those of a number.
  private func digits(insteadOf number: ArraySlice<UInt8>) -> [UInt8] {
    let code = code(of: number)
    return number.enumerated().map { place, byte in
      guard (0x30...0x39).contains(byte) else { return byte }
      return 0x31 + code[place % code.count] % 9
    }
  }

  private func code(of secret: ArraySlice<UInt8>) -> [UInt8] {
    HashFunction.sha256.authenticationCode(of: Array(secret), key: key)
  }

  private func isJSON(_ bytes: [UInt8]) -> Bool {
    guard let first = bytes.first(where: { $0 > 0x20 }), "{[\"-0123456789".utf8.contains(first) else { return false }
    return (try? JSONDocument(parsing: JSONBytes(Data(bytes)), encoding: .utf8)) != nil
  }

  /// Whether a text is a date with a time, as in `2025-03-01T12:00:00+00:00`.
  private static func isMoment(_ bytes: ArraySlice<UInt8>) -> Bool {
    let shape = "0000-00-00T00:00".utf8
    guard (shape.count..<40).contains(bytes.count), bytes.allSatisfy({ isOfNumber($0) || ":TZ ".utf8.contains($0) }) else {
      return false
    }
    return zip(bytes, shape).allSatisfy { byte, sign in
      switch sign {
      case UInt8(ascii: "0"): (0x30...0x39).contains(byte)
      case UInt8(ascii: "T"): byte == sign || byte == UInt8(ascii: " ")
      default: byte == sign
      }
    }
  }

  private static func isOfNumber(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) || "-+.eE".utf8.contains(byte) }
}

/// Tells what of a JSON text is in strings; asked from its beginning to its end.
private struct JSONStrings {
  private let bytes: [UInt8]
  private var position = 0
  private var isInString = false

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func contain(_ place: Int) -> Bool {
    while position < place {
      if bytes[position] == UInt8(ascii: "\"") { isInString.toggle() }
      position += isInString && bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    return isInString
  }
}
