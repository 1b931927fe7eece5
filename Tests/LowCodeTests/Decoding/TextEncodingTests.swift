import Foundation
import JSON
import Testing

@testable import Components
@testable import ConnectorModel

/// Texts mean the same in whatever encoding they come.
@Suite struct TextEncodingTests {
  /// A text, the decoder that reads it, and the values that come out.
  struct Format: Sendable, CustomTestStringConvertible {
    let decoder: String
    let text: String
    let values: [String]
    var testDescription: String { decoder }
  }

  static let formats: [Format] = [
    Format(decoder: #"{"type": "JsonDecoder"}"#, text: #"[{"näme":"Köln €"}]"#, values: [#"{"näme":"Köln €"}"#]),
    Format(
      decoder: #"{"type": "JsonlDecoder"}"#, text: "{\"näme\":\"Köln €\"}\n{\"a\":2}\n",
      values: [#"{"näme":"Köln €"}"#, #"{"a":2}"#]),
    Format(
      decoder: #"{"type": "CsvDecoder"}"#, text: "\"näme\",b\nKöln €,2\n", values: [#"{"näme":"Köln €","b":"2"}"#]),
    Format(
      decoder: #"{"type": "CsvDecoder", "delimiter": "§"}"#, text: "näme§b\nKöln €§2\n",
      values: [#"{"näme":"Köln €","b":"2"}"#]),
    Format(
      decoder: #"{"type": "JsonItemsDecoder", "items_path": "ä"}"#, text: #"{"ä":[{"n":"Köln €"}]}"#,
      values: [#"{"n":"Köln €"}"#]),
    Format(decoder: #"{"type": "IterableDecoder"}"#, text: "Köln €\nb", values: [#"{"record":"Köln €"}"#, #"{"record":"b"}"#]),
    Format(
      decoder: #"{"type": "XmlDecoder"}"#, text: "<r><näme>Köln €</näme></r>", values: [#"{"r":{"näme":"Köln €"}}"#]),
    Format(
      decoder: #"{"type": "GzipDecoder", "decoder": {"type": "JsonDecoder"}}"#, text: #"[{"n":"Köln €"}]"#,
      values: [#"{"n":"Köln €"}"#]),
    Format(
      decoder: #"{"type": "GzipDecoder", "decoder": {"type": "CsvDecoder"}}"#, text: "\"näme\"\nKöln €\n",
      values: [#"{"näme":"Köln €"}"#]),
  ]

  /// An encoding, what names it in a content type, and whether a byte order mark or zeros show it by themselves.
  struct Encoding: Sendable, CustomTestStringConvertible {
    let name: String
    let encoding: String.Encoding
    let mark: [UInt8]
    var contentTypes: [String?]
    var testDescription: String { "\(name) \(mark.isEmpty ? "" : "with a mark")" }
  }

  private static let silent: [String?] = [
    nil, "application/octet-stream", "text/plain", "text/xml", "application/json; charset=utf-8", "text/csv; charset=no-such",
  ]

  private static func named(_ name: String) -> [String?] {
    [
      "text/csv; charset=\(name)", "application/json;CHARSET=\"\(name.uppercased())\"",
      "text/xml; header=present; charset = '\(name)'",
    ]
  }

  static let encodings: [Encoding] = [
    Encoding(name: "utf-8", encoding: .utf8, mark: [], contentTypes: silent),
    Encoding(name: "utf-8", encoding: .utf8, mark: [0xEF, 0xBB, 0xBF], contentTypes: silent + named("iso-8859-1")),
    Encoding(name: "utf-16-le", encoding: .utf16LittleEndian, mark: [0xFF, 0xFE], contentTypes: silent + named("utf-16")),
    Encoding(name: "utf-16-be", encoding: .utf16BigEndian, mark: [0xFE, 0xFF], contentTypes: silent + named("utf-8")),
    Encoding(name: "utf-32-le", encoding: .utf32LittleEndian, mark: [0xFF, 0xFE, 0, 0], contentTypes: silent),
    Encoding(name: "utf-32-be", encoding: .utf32BigEndian, mark: [0, 0, 0xFE, 0xFF], contentTypes: silent),
    Encoding(name: "windows-1252", encoding: .windowsCP1252, mark: [], contentTypes: named("windows-1252")),
  ]

  @Test(arguments: formats, encodings) func encodingsDoNotMatter(_ format: Format, _ encoding: Encoding) async throws {
    let bytes = encoding.mark + Array(try #require(format.text.data(using: encoding.encoding)))
    for contentType in encoding.contentTypes {
      let packed = format.decoder.contains("Gzip") ? DecodingFixtures.gzip(bytes) : bytes
      #expect(try await Self.values(format.decoder, packed, contentType) == format.values, "\(contentType ?? "no content type")")
    }
  }

  /// Zeros show encodings of several bytes a character also without a mark, as long as the text begins with two letters of ASCII.
  @Test(
    arguments: formats.filter { $0.text.unicodeScalars.prefix(2).allSatisfy(\.isASCII) },
    [String.Encoding.utf16LittleEndian, .utf16BigEndian, .utf32LittleEndian, .utf32BigEndian])
  func zerosShowAnEncoding(_ format: Format, _ encoding: String.Encoding) async throws {
    let bytes = Array(try #require(format.text.data(using: encoding)))
    let packed = format.decoder.contains("Gzip") ? DecodingFixtures.gzip(bytes) : bytes
    #expect(try await Self.values(format.decoder, packed, nil) == format.values)
  }

  /// A server that names the wrong encoding changes nothing as long as the text is UTF-8; in XML its word counts, as for the reference.
  @Test(arguments: formats.filter { !$0.decoder.contains("Xml") }, ["iso-8859-1", "windows-1252", "shift_jis", "us-ascii"])
  func aWrongCharsetIsPassedOver(_ format: Format, _ charset: String) async throws {
    let bytes = Array(format.text.utf8)
    let packed = format.decoder.contains("Gzip") ? DecodingFixtures.gzip(bytes) : bytes
    #expect(try await Self.values(format.decoder, packed, "text/plain; charset=\(charset)") == format.values)
  }

  struct XMLCase: Sendable, CustomTestStringConvertible {
    let contentType: String?
    let body: [UInt8]
    let value: String
    var testDescription: String { "\(contentType ?? "") \(String(decoding: body, as: UTF8.self))" }

    init(_ contentType: String?, _ text: String, _ encoding: String.Encoding, _ value: String) {
      self.contentType = contentType
      body = Array(text.data(using: encoding) ?? Data())
      self.value = value
    }
  }

  @Test(arguments: [
    XMLCase("text/xml", #"<?xml version="1.0" encoding="UTF-8"?><r>Köln</r>"#, .utf8, "Köln"),
    XMLCase("text/xml", "<r>Köln</r>", .utf8, "Köln"),
    XMLCase("text/xml", "<r>Köln</r>", .isoLatin1, "Köln"),
    XMLCase("text/xml; charset=ISO-8859-1", "<r>Köln</r>", .isoLatin1, "Köln"),
    XMLCase("text/xml; charset=ISO-8859-1", "<r>Köln</r>", .utf8, "KÃ¶ln"),
    XMLCase("text/xml; charset=us-ascii", "<r>Köln</r>", .utf8, "Köln"),
    XMLCase("text/xml; charset=no-such", "<r>Köln</r>", .utf8, "Köln"),
    XMLCase("text/xml; charset=utf-8", "<r>Köln</r>", .isoLatin1, "Köln"),
    XMLCase("text/xml", #"<?xml version='1.0' encoding='windows-1251'?><r>Кёльн</r>"#, .windowsCP1251, "Кёльн"),
    XMLCase("application/xml", #"<?xml version="1.0" encoding="ISO-8859-1"?><r>Köln</r>"#, .isoLatin1, "Köln"),
    XMLCase("application/xml", #"<?xml version="1.0" encoding="UTF-16"?><r>Köln</r>"#, .utf8, "Köln"),
    XMLCase("application/xml", #"<?xml version="1.0" encoding="utf-8"?><r>Köln €</r>"#, .windowsCP1252, "Köln €"),
    XMLCase(nil, "<r>Köln €</r>", .windowsCP1252, "Köln €"),
    XMLCase(nil, #"<?xml version="1.0" encoding="UTF-16"?><r>Köln</r>"#, .utf16, "Köln"),
  ]) func xmlSaysItsEncoding(_ given: XMLCase) async throws {
    #expect(try await Self.values(#"{"type": "XmlDecoder"}"#, given.body, given.contentType) == [#"{"r":"\#(given.value)"}"#])
  }

  @Test(
    arguments: [
      ("text/csv", nil), ("text/csv; charset=utf-8", "utf-8"), ("text/csv;Charset=\"ISO-8859-1\"", "ISO-8859-1"),
      ("text/csv; header=\"a;charset=x\"; charset=latin-1", "latin-1"), ("text/csv; charset=", nil),
      ("text/csv; charset=utf-8, text/html", "utf-8"), ("a; xcharset=b", nil), ("", nil), (";charset='q'", "q"),
    ] as [(String, String?)])
  func contentTypesNameACharset(_ contentType: String, _ charset: String?) {
    #expect(TextEncoding.charset(of: contentType) == charset)
  }

  /// The manifest's word counts where nothing but a mark speaks against it.
  @Test func theManifestComesBeforeTheCharset() async throws {
    let decoder = #"{"type": "CsvDecoder", "encoding": "windows-1252"}"#
    #expect(try await Self.values(decoder, Array("a\n".utf8) + [0x80, 0x0A], "text/csv; charset=latin-1") == [#"{"a":"€"}"#])
    #expect(try await Self.values(decoder, [0xEF, 0xBB, 0xBF] + Array("a\nö\n".utf8), nil) == [#"{"a":"ö"}"#])
  }

  @Test func invalidBytesWithoutAnotherEncodingAreAnError() async throws {
    for contentType in [nil, "text/csv; charset=utf-8", "text/csv; charset=us-ascii"] {
      await #expect(throws: ConnectorError.self) {
        try await Self.values(#"{"type": "CsvDecoder"}"#, Array("a\n".utf8) + [0xF6], contentType)
      }
    }
  }

  /// Text that is UTF-8 for a long time may still turn out to be something else.
  @Test func theCharsetCountsFromTheFirstInvalidByteOn() async throws {
    let rows = String(repeating: "ab\n", count: 100_000)
    let body = Array("a\n\(rows)".utf8) + [0xF6, 0x0A, 0xC3, 0xB6, 0x0A, 0xE4]
    let values = try await Self.values(#"{"type": "CsvDecoder"}"#, body, "text/csv; charset=iso-8859-1")
    #expect(values.suffix(4) == [#"{"a":"ab"}"#, #"{"a":"ö"}"#, #"{"a":"Ã¶"}"#, #"{"a":"ä"}"#])
  }

  private static func values(_ decoder: String, _ body: [UInt8], _ contentType: String?) async throws -> [String] {
    let response = DecodingFixtures.response(body, contentType: contentType)
    var values: [String] = []
    try await DecodingFixtures.decoder(decoder).decode(response).forEach { values.append($0.jsonText) }
    return values
  }
}
