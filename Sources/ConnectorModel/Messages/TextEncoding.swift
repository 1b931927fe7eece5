import Essentials
import JSON

/// How the text of a body is encoded: the one place that decides it.
///
/// A byte order mark comes first, because only text in that encoding begins with one. Then counts what the manifest says. Where
/// it says nothing, zeros among the first four bytes show UTF-16 and UTF-32 (RFC 4627 §3), as no text of bytes has them there, and all
/// else is UTF-8 as long as it is valid: what a server says about its encoding is often wrong, and hardly a text in another one looks
/// like UTF-8. From the first byte on that is not, the `charset` of the response's content type counts.
package enum TextEncoding: Equatable {
  /// UTF-8, or from the first invalid byte on the encoding of that name.
  case utf8(orElse: String?)
  /// The encoding of that name, by Python's list.
  case named(String)

  /// - Parameters:
  ///   - start: the first four bytes of the text, or all that there are.
  ///   - manifest: the encoding that the manifest asks for.
  ///   - charset: the encoding that the response's head names.
  /// - Returns: the encoding, and the length of the byte order mark at the start.
  package static func of(_ start: some Collection<UInt8>, manifest: String?, charset: String?) -> (
    encoding: TextEncoding, mark: Int
  ) {
    if let (encoding, mark) = marked(start) { return (encoding, mark) }
    if let manifest, !isUTF8(manifest) { return (.named(manifest), 0) }
    if let wide = wide(start) { return (.named(wide), 0) }
    guard manifest == nil, let charset, !isUTF8(charset), TextTranscoder.knows(charset) else { return (.utf8(orElse: nil), 0) }
    return (TextTranscoder.extendsASCII(charset) ? .utf8(orElse: charset) : .named(charset), 0)
  }

  /// The encoding that a byte order mark shows.
  package static func marked(_ start: some Collection<UInt8>) -> (TextEncoding, mark: Int)? {
    let start = Array(start.prefix(4))
    if start == [0xFF, 0xFE, 0, 0] { return (.named("utf-32-le"), 4) }
    if start == [0, 0, 0xFE, 0xFF] { return (.named("utf-32-be"), 4) }
    if start.starts(with: [0xFF, 0xFE]) { return (.named("utf-16-le"), 2) }
    if start.starts(with: [0xFE, 0xFF]) { return (.named("utf-16-be"), 2) }
    if start.starts(with: [0xEF, 0xBB, 0xBF]) { return (.utf8(orElse: nil), 3) }
    return nil
  }

  /// The encoding of several bytes a character that zeros show.
  package static func wide(_ start: some Collection<UInt8>) -> String? {
    switch start.prefix(4).map({ $0 == 0 }) {
    case [true, true, true, false]: "utf-32-be"
    case [false, true, true, true]: "utf-32-le"
    case [true, false, true, false], [true, false]: "utf-16-be"
    case [false, true, false, true], [false, true]: "utf-16-le"
    default: nil
    }
  }

  static func isUTF8(_ name: String) -> Bool {
    ["utf-8", "utf8", "u8", "utf", "cp65001", "utf-8-sig", "utf8-sig"].contains(plain(name))
  }

  /// A name as Python compares it.
  package static func plain(_ name: String) -> String { name.lowercased().replacing("_", with: "-").replacing(" ", with: "-") }

  /// The text as UTF-8; nil if there is no such encoding, or where the text is not in it.
  package static func transcoded(
    _ text: JSONBytes, dropping count: Int = 0, from name: String, replacesInvalid: Bool = false
  ) -> JSONBytes? {
    text.withUnsafeBytes { bytes in
      guard let transcoder = try? TextTranscoder(encoding: name, replacesInvalid: replacesInvalid) else { return nil }
      var out = ByteBuffer(capacity: bytes.count + bytes.count / 2)
      do {
        try transcoder.transcode(UnsafeRawBufferPointer(rebasing: bytes[count...]), to: &out)
        try transcoder.finish(to: &out)
      } catch { return nil }
      return out.freeze()
    }
  }
}

// MARK: - JSON

extension TextEncoding {
  /// What a JSON text that is not valid UTF-8 says in the encoding that the response's head names; nil if that is no other one.
  package static func json(_ text: JSONBytes, charset: String?) -> Result<JSONDocument, JSONError>? {
    guard let charset, !isUTF8(charset), let utf8 = transcoded(text, from: charset) else { return nil }
    do throws(JSONError) { return .success(try JSONDocument(parsing: utf8)) } catch { return .failure(error) }
  }
}

// MARK: - XML

extension TextEncoding {
  /// An XML text as UTF-8, and where it begins behind a byte order mark.
  ///
  /// A byte order mark comes first, then zeros, then the charset of the response's head (RFC 7303 §3), then the text's own declaration;
  /// what has none of them is UTF-8 if it is valid, else Latin-1 where the content type is a kind of `text`, else Windows-1252. What is
  /// no character becomes U+FFFD.
  package static func xml(_ response: HTTPResponse) -> (text: JSONBytes, start: Int) {
    let bytes = JSONBytes(response.body)
    let head = response.body.prefix(512)
    if let (encoding, mark) = marked(head) {
      guard case .named(let name) = encoding else { return (bytes, mark) }
      return (transcoded(bytes, dropping: mark, from: name, replacesInvalid: true) ?? bytes, 0)
    }
    let isValid = bytes.withUnsafeBytes { UTF8Text.validPrefix(of: $0).count == $0.count }
    for name in [wide(head), response.charset, declared(head)].compactMap(\.self) {
      // What is declared as ASCII but is not is UTF-8 as well.
      let isUTF8 = isUTF8(name) || ["ascii", "us-ascii"].contains(plain(name))
      if isUTF8, isValid { return (bytes, 0) }
      if !isUTF8, let text = transcoded(bytes, from: name, replacesInvalid: true) { return (text, 0) }
    }
    if isValid { return (bytes, 0) }
    let isText = response.header("Content-Type")?.lowercased().contains("text") == true
    return (transcoded(bytes, from: isText ? "latin-1" : "cp1252", replacesInvalid: true) ?? bytes, 0)
  }

  /// The encoding that an XML declaration names, where its own bytes are those of ASCII.
  private static func declared(_ head: Data) -> String? {
    let text = String(decoding: head, as: UTF8.self)
    guard let match = text.firstMatch(of: /^<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']/) else { return nil }
    let name = String(match.1)
    return isUTF8(name) || TextTranscoder.extendsASCII(name) ? name : nil
  }
}

// MARK: - Content types

extension HTTPResponse {
  /// The encoding that the content type names (RFC 9110 §8.3.1), if it does.
  package var charset: String? { header("Content-Type").flatMap(TextEncoding.charset(of:)) }
}

extension TextEncoding {
  package static func charset(of contentType: String) -> String? {
    var parameters: [String] = []
    var current = ""
    var isQuoted = false
    for character in contentType {
      if character == "\"" { isQuoted.toggle() }
      if character == ";", !isQuoted {
        parameters.append(current)
        current = ""
      } else {
        current.append(character)
      }
    }
    parameters.append(current)
    for parameter in parameters.dropFirst() {
      guard let equals = parameter.firstIndex(of: "="),
        parameter[..<equals].trimmed(.whitespaces).lowercased() == "charset"
      else { continue }
      // Where a header is repeated, its values are joined by commas.
      let value = parameter[parameter.index(after: equals)...].prefix { $0 != "," }
      let name = value.trimmed(.of("'\" \t"))
      if !name.isEmpty { return name }
    }
    return nil
  }
}
