import Foundation
import JSON
import Testing

@testable import Components
@testable import ConnectorModel

/// A body means the same however it is cut into parts.
@Suite struct BodyParserTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let decoder: String
    let body: [UInt8]
    var testDescription: String { "\(decoder) \(String(decoding: body.prefix(40), as: UTF8.self))" }

    init(_ decoder: String, _ body: String) { self.init(decoder, Array(body.utf8)) }

    init(_ decoder: String, _ body: [UInt8]) {
      self.decoder = decoder
      self.body = body
    }
  }

  private static let csv = #"{"type": "CsvDecoder"}"#
  private static let jsonl = #"{"type": "JsonlDecoder"}"#
  private static let items = #"{"type": "JsonItemsDecoder", "items_path": "a.ä"}"#
  /// Two members: `{"id":1}` and a line feed, `{"id":2}`.
  private static let gzip: [UInt8] = [
    31, 139, 8, 0, 0, 0, 0, 0, 0, 255, 1, 9, 0, 246, 255, 123, 34, 105, 100, 34, 58, 49, 125, 10, 84, 109, 157, 217, 9, 0, 0, 0,
    31, 139, 8, 0, 0, 0, 0, 0, 0, 255, 1, 8, 0, 247, 255, 123, 34, 105, 100, 34, 58, 50, 125, 6, 171, 112, 111, 8, 0, 0, 0, 0, 0,
  ]

  static let cases: [Case] = [
    Case(csv, "id,né\r\n1,\"a\r\nb\"\"é\"\r2,c\n\n3"),
    Case(#"{"type": "CsvDecoder", "delimiter": "§"}"#, "id§§\n1§é§\"§\"\n"),
    Case(
      #"{"type": "CsvDecoder", "encoding": "utf-16"}"#,
      [255, 254] + "id,é\n1,😀\n".utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }),
    Case(#"{"type": "CsvDecoder", "encoding": "utf-8-sig"}"#, [239, 187, 191] + Array("id\n1\n".utf8)),
    Case(#"{"type": "CsvDecoder", "encoding": "shift_jis"}"#, Array("id\n".utf8) + [0x93, 0xFA, 0x96, 0x7B]),
    Case(jsonl, "{\"id\":1,\"t\":\"é\"}\n\n{\"id\"\n{\"id\":2}\r\n[{\"id\":3}]"),
    Case(jsonl, Array("{\"id\":1}\n".utf8) + [34, 255, 34, 10] + Array("{\"id\":2}\n".utf8)),
    Case(items, #"{"x":[1,{"a":[]}],"a":{"\u00e4":[{"id":1,"t":"]}\"\\"},{"id": [1 ,2]},-1.5e3,"s",[ ]],"b":0}}"#),
    Case(items, #"{"a":{"ä":[{"id":1},{"id":2"#),
    Case(items, #"{"a":{"ä":[{"id":1},nul]}}"#),
    Case(#"{"type": "IterableDecoder"}"#, "a\r\n\rb\n\né"),
    Case(#"{"type": "GzipDecoder", "decoder": {"type": "JsonlDecoder"}}"#, gzip),
    Case(#"{"type": "GzipDecoder", "decoder": {"type": "JsonlDecoder"}}"#, Array(gzip.prefix(50))),
    Case(#"{"type": "GzipDecoder", "decoder": {"type": "JsonlDecoder"}}"#, "{\"id\":1}\n"),
    Case(#"{"type": "GzipDecoder", "decoder": {"type": "JsonDecoder"}}"#, "[{\"id\":1},{\"id\":2}]"),
  ]

  @Test(arguments: cases) func partsDoNotMatter(_ given: Case) throws {
    let decoder = try #require(try DecodingFixtures.partwise(given.decoder))
    let whole = try Self.outcome(decoder, given.body, step: given.body.count)
    #expect(!whole.isEmpty)
    for step in [1, 2, 3, 7] { #expect(try Self.outcome(decoder, given.body, step: step) == whole, "\(step) bytes at a time") }
  }

  /// The rows of a download, which may be compressed, have NUL bytes in it, or a mark of its byte order before it.
  @Test(arguments: [
    Array("id,né,\n1,\"a\r\nb\"\"é\"\r2,c,d\n \t\n\n3".utf8), [239, 187, 191] + Array("id\n1\n".utf8), Array("i\0d\n1\0\n".utf8),
    Array("id\n1\n2,3\n".utf8), Array("id\n\"1\n".utf8), gzip, Array(gzip.prefix(20)), [0x78, 0x9c] + Array("id\n1\n".utf8),
  ]) func partsOfADownloadDoNotMatter(body: [UInt8]) throws {
    let decoder = CSVFileDecoder(keepsMissingWords: false, limit: TransferLimits().recordBytes, log: TestWorld([]))
    let whole = try Self.outcome(decoder, body, step: body.count)
    for step in [1, 2, 3, 7] { #expect(try Self.outcome(decoder, body, step: step) == whole, "\(step) bytes at a time") }
  }

  /// As the reference, which reads a hundred rows at a time.
  @Test func rowsBeforeAMistakeAreKeptByTheHundred() throws {
    let decoder = CSVFileDecoder(keepsMissingWords: false, limit: TransferLimits().recordBytes, log: TestWorld([]))
    let rows = (0..<250).map { "\($0)\n" }.joined()
    let outcome = try Self.outcome(decoder, Array("id\n\(rows)1,2\n".utf8), step: 64)
    #expect(outcome.count == 201)
    #expect(outcome.last == "Row 251 of a CSV file has 2 fields instead of 1")
  }

  /// The values, and the error in the end where there is one.
  private static func outcome(_ decoder: any PartwiseDecoder, _ body: [UInt8], step: Int) throws -> [String] {
    let parser = try decoder.parser(charset: nil)
    var values = ParsedValues()
    var failure: [String] = []
    do {
      for start in stride(from: 0, to: body.count, by: step) {
        try body[start..<min(start + step, body.count)].withUnsafeBytes { try parser.parse($0, into: &values) }
      }
      try parser.finish(into: &values)
    } catch let error as ConnectorError {
      failure = [error.message]
    } catch let error as TransportError {
      failure = [error.message]
    }
    return values.views.map(\.jsonText) + failure
  }

  @Test(arguments: [
    (#"\t"#, "\t"), (#"\x41"#, "A"), (#"\u00e9"#, "é"), (#"\174"#, "|"), (#"\\"#, "\\"), (#"\q"#, #"\q"#), (#"\"#, #"\"#),
    (#"\xZZ"#, #"\xZZ"#),
  ]) func escapesOfDelimiters(written: String, meant: String) { #expect(PythonEscapes.decoded(written) == meant) }
}
