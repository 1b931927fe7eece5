import Foundation
import JSON
import Testing

@testable import Components
@testable import ConnectorModel

/// A body that ends in the middle is no empty page.
@Suite struct CutOffBodyTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let decoder: String
    let body: [UInt8]
    /// The values that were whole.
    var values: [String]
    var testDescription: String { "\(decoder) \(String(decoding: body.prefix(60), as: UTF8.self))" }

    init(_ decoder: String, _ body: String, _ values: [String] = []) {
      self.init(decoder, Array(body.utf8), values)
    }

    init(_ decoder: String, _ body: [UInt8], _ values: [String] = []) {
      self.decoder = decoder
      self.body = body
      self.values = values
    }
  }

  private static let json = #"{"type": "JsonDecoder"}"#
  private static let jsonl = #"{"type": "JsonlDecoder"}"#
  private static let csv = #"{"type": "CsvDecoder"}"#
  private static let xml = #"{"type": "XmlDecoder"}"#
  private static let items = #"{"type": "JsonItemsDecoder", "items_path": "a"}"#
  private static func gzip(_ inner: String) -> String { #"{"type": "GzipDecoder", "decoder": \#(inner)}"# }
  private static func zip(_ inner: String) -> String { #"{"type": "ZipfileDecoder", "decoder": \#(inner)}"# }

  static let cases: [Case] = [
    Case(json, #"[{"id":1},{"id":2},{"i"#), Case(json, #"{"items":[{"id":1}],"next":"https://a"#), Case(json, "["),
    Case(json, Array(#"[{"t":"ö"#.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })),
    Case(jsonl, "{\"id\":1}\n{\"id\":2", [#"{"id":1}"#]), Case(jsonl, "{\"id\":1}\n{\"t\":\"K\u{F6}", [#"{"id":1}"#]),
    Case(csv, "id,t\n1,a\n2,\"b", [#"{"id":"1","t":"a"}"#]), Case(csv, "\"id"),
    Case(xml, "<r><i>1</i><i>2"), Case(xml, "<r><i a='1"), Case(xml, "<r><![CDATA[x"), Case(xml, "<r><!-- x"),
    Case(xml, "<?xml version='1.0'?>\n<r"), Case(xml, "<r>&am"),
    Case(items, #"{"a":[{"id":1},{"id":2},{"id""#, [#"{"id":1}"#, #"{"id":2}"#]), Case(items, #"{"a":[]"#),
    Case(items, #"{"x":"y"#),
    Case(gzip(json), DecodingFixtures.gzip(Array(#"[{"id":1},"#.utf8))),
    Case(gzip(jsonl), DecodingFixtures.gzip(Array("{\"id\":1}\n{\"id".utf8)), [#"{"id":1}"#]),
    Case(gzip(gzip(csv)), DecodingFixtures.gzip(DecodingFixtures.gzip(Array("a\n\"1".utf8)))),
    Case(zip(jsonl), [0x50, 0x4B, 3, 4] + Array(repeating: 0, count: 200)),
  ]

  @Test(arguments: cases) func isABrokenTransfer(_ given: Case) async throws {
    let (values, error) = await Self.outcome(try DecodingFixtures.decoder(given.decoder), given.body)
    #expect(values == given.values)
    let failure = try #require(error as? TransportError)
    #expect(failure.kind == .truncated)
    #expect(failure.message.contains(" is cut off: "))
    #expect(ConnectorError(wrapping: failure).failureType == .transient)
  }

  /// What is something else from its beginning on is a page without records, or what the decoder says of it.
  @Test(arguments: [
    (json, ""), (json, "<html><body>Maintenance</body></html>"), (json, "  "), (json, "oops"), (json, "{'a'"),
    (jsonl, ""), (jsonl, "oops"), (jsonl, "{\"id\":\n"), (xml, ""), (xml, "{\"error\":\""), (xml, "<r><a></r>"),
    (xml, "Maintenance"),
    (csv, ""), (csv, "id,t\n1"),
  ]) func othersAreNot(_ decoder: String, _ body: String) async throws {
    let (_, error) = await Self.outcome(try DecodingFixtures.decoder(decoder), Array(body.utf8))
    #expect(error == nil)
  }

  @Test(arguments: [
    Array(DecodingFixtures.gzip(Array("id\n1\n".utf8)).dropLast(9)), [31, 139, 8], Array("id\n\"1\n".utf8),
    [0x78, 0x9C, 0x4B, 0x4C],
  ]) func filesOfJobsAreLookedAtAsWell(_ body: [UInt8]) async {
    let decoder = CSVFileDecoder(keepsMissingWords: false, limit: TransferLimits().recordBytes, log: TestWorld([]))
    let (_, error) = await Self.outcome(decoder, body)
    #expect((error as? TransportError)?.kind == .truncated)
  }

  /// A file of an archive whose checksum is right was never more.
  @Test func aFileOfAnArchiveIsAsItIs() async throws {
    let archive = DecodingFixtures.zip([("a", Array(#"[{"id":1},"#.utf8))])
    let (_, error) = await Self.outcome(try DecodingFixtures.decoder(Self.zip(Self.json)), archive)
    #expect((error as? ConnectorError)?.failureType == .system)
    #expect((error as? ConnectorError)?.message.contains("`a`") == true)
  }

  private static func outcome(_ decoder: any Decoder, _ body: [UInt8]) async -> ([String], (any Error)?) {
    var values: [String] = []
    do {
      try await decoder.decode(DecodingFixtures.response(body)) { batch in
        batch.forEach { values.append($0.jsonText) }
        return true
      }
      return (values, nil)
    } catch {
      return (values, error)
    }
  }
}
