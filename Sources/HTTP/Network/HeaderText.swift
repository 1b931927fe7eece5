import AirbyteProtocol
import ConnectorModel

/// The text of HTTP headers: Latin-1 over the wire, in both directions.
package enum HeaderText {
  package static func decoded(_ bytes: some Collection<UInt8>) -> String {
    // What is ASCII reads the same.
    if bytes.allSatisfy({ $0 < 0x80 }) { return String(decoding: bytes, as: UTF8.self) }
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(Unicode.Scalar(byte)) }
    return String(text)
  }

  /// The value of a header that servers write in UTF-8, as they do URLs; one that is not UTF-8 stays as it was read.
  package static func utf8(_ value: String) -> String {
    if value.utf8.allSatisfy({ $0 < 0x80 }) { return value }
    let bytes = value.unicodeScalars.compactMap { UInt8(exactly: $0.value) }
    guard bytes.count == value.unicodeScalars.count else { return value }
    return String(validating: bytes, as: UTF8.self) ?? value
  }

  /// The bytes of a checked header; characters beyond Latin-1 take their UTF-8 bytes.
  package static func encoded(_ text: String) -> [UInt8] {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return Array(text.utf8) }
    return text.unicodeScalars.flatMap { scalar in
      UInt8(exactly: scalar.value).map { [$0] } ?? Array(UTF8.encode(scalar) ?? .init())
    }
  }

  /// - Throws: ``ConnectorError`` if a header cannot be sent: its name is not a token, or its value breaks the rules of Python's
  ///   requests library.
  package static func check(_ name: String, _ value: String) throws {
    func fails(_ reason: String) -> ConnectorError {
      // In quotes, so that a line break in it is seen and not made.
      ConnectorError(.system, "The header `\(name.debugDescription.dropFirst().dropLast())` cannot be sent: \(reason)")
    }
    // A header without a name is not sent, as in the reference.
    guard name.isEmpty || HeaderName.isToken(name) else {
      throw fails("its name may only have letters, digits and some signs, but no spaces, colons or line breaks")
    }
    // Most are printable ASCII, of which nothing is forbidden but a blank at the start.
    if value.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }), value.utf8.first != 0x20 { return }
    let scalars = value.unicodeScalars
    if scalars.contains(where: { $0 == "\r" || $0 == "\n" }) { throw fails("its value has a line break") }
    if scalars.contains("\0") { throw fails("its value has a NUL character") }
    if let first = scalars.first, first.properties.isWhitespace { throw fails("its value begins with a space") }
    if scalars.contains(where: { $0.value > 0xFF }) {
      throw fails("it has characters that headers cannot hold")
    }
  }
}
