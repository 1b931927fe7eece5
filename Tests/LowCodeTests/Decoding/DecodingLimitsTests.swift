import AirbyteProtocol
import Foundation
import JSON
import Testing

@testable import Components
@testable import ConnectorModel

/// What has to be in memory as a whole has a bound.
@Suite struct DecodingLimitsTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let decoder: String
    let body: String
    let message: String
    var testDescription: String { "\(decoder) \(body.prefix(30))" }
  }

  private static let limit = "more than 1000 bytes, which AIRBYTE_LOWCODE_MAX_RECORD_BYTES can change"
  private static let long = String(repeating: "x", count: 1_200)

  static let cases: [Case] = [
    Case(decoder: #"{"type": "JsonlDecoder"}"#, body: "{\"a\":\"\(long)", message: "A line of the response has \(limit)"),
    Case(decoder: #"{"type": "IterableDecoder"}"#, body: long, message: "A line of the response has \(limit)"),
    Case(decoder: #"{"type": "CsvDecoder"}"#, body: "a\n\(long)", message: "A row of the CSV response has \(limit)"),
    Case(decoder: #"{"type": "CsvDecoder"}"#, body: "a\n\"\(long)", message: "A row of the CSV response has \(limit)"),
    Case(
      decoder: #"{"type": "CsvDecoder"}"#, body: String(repeating: "a,", count: 30),
      message: "A row of the CSV response has \(limit)"),
    Case(
      decoder: #"{"type": "JsonItemsDecoder", "items_path": "a"}"#, body: #"{"a":[{"b":""# + long,
      message: "An item of the response has \(limit)"),
    Case(
      decoder: #"{"type": "JsonItemsDecoder", "items_path": "a"}"#, body: #"{""# + long,
      message: "An item of the response has \(limit)"),
    Case(
      decoder: #"{"type": "JsonItemsDecoder", "items_path": "a"}"#, body: #"{"b":"# + String(repeating: "1", count: 1_200),
      message: "An item of the response has \(limit)"),
    Case(
      decoder: #"{"type": "GzipDecoder", "decoder": {"type": "JsonDecoder"}}"#, body: "[\"\(long)",
      message: "The JSON text of the response has more than 1000 bytes, which AIRBYTE_LOWCODE_MAX_PAGE_BYTES can change"),
  ]

  @Test(arguments: cases) func namesTheLimit(_ given: Case) throws {
    let environment = ["AIRBYTE_LOWCODE_MAX_RECORD_BYTES": "1000", "AIRBYTE_LOWCODE_MAX_PAGE_BYTES": "1000"]
    let decoder = try #require(try DecodingFixtures.partwise(given.decoder, environment: environment))
    let error = try #require(throws: ConnectorError.self) { try Self.parse(given.body, decoder) }
    #expect(error.message == given.message)
    #expect(error.failureType == .system)
    // As long as it ends, the same is no matter for the limit that there is.
    let free = try #require(try DecodingFixtures.partwise(given.decoder))
    do { try Self.parse(given.body, free) } catch is TransportError {}
  }

  /// In small parts, as from a network.
  private static func parse(_ body: String, _ decoder: any PartwiseDecoder) throws {
    let parser = try decoder.parser(charset: nil)
    var values = ParsedValues()
    let bytes = Array(body.utf8)
    for start in stride(from: 0, to: bytes.count, by: 64) {
      try bytes[start..<min(start + 64, bytes.count)].withUnsafeBytes { try parser.parse($0, into: &values) }
    }
    try parser.finish(into: &values)
  }

  @Test(arguments: ["x", "0", "-1", "1e3", "99999999999999999999"]) func aVariableHasToBeANumber(_ value: String) throws {
    let error = try #require(throws: ConnectorError.self) { try TransferLimits(["AIRBYTE_LOWCODE_MAX_RECORD_BYTES": value]) }
    #expect(error.failureType == .config)
    #expect(error.message.contains("AIRBYTE_LOWCODE_MAX_RECORD_BYTES"))
  }

  @Test func anEmptyVariableIsNone() throws {
    #expect(try TransferLimits(["AIRBYTE_LOWCODE_MAX_RECORD_BYTES": ""]).recordBytes == TransferLimits().recordBytes)
  }

  /// Short rows under many names are written out with all of them: few are read at a time.
  @Test func rowsOfManyColumnsComeInSmallBatches() async throws {
    let names = (0..<20_000).map { "column_\($0)" }.joined(separator: ",")
    let body = Array("\(names)\n\(String(repeating: "1\n", count: 400))".utf8)
    var (rows, largest) = (0, 0)
    try await DecodingFixtures.decoder(#"{"type": "CsvDecoder"}"#).decode(DecodingFixtures.response(body)) { batch in
      var count = 0
      batch.forEach { _ in count += 1 }
      (rows, largest) = (rows + count, max(largest, count))
      return true
    }
    #expect(rows == 400)
    #expect(largest <= 40)
  }

  @Test func filesThatOverlapAreRefused() async throws {
    var archive = DecodingFixtures.zip([("a", Array("{\"id\":1}\n".utf8)), ("b", Array("{\"id\":2}\n".utf8))])
    let whole = archive
    // The second file is said to begin within the first one.
    let directory = try #require(archive.indices.last { archive[$0...].starts(with: [0x50, 0x4B, 1, 2]) })
    archive[directory + 42] = 5
    let decoder = try DecodingFixtures.decoder(#"{"type": "ZipfileDecoder", "decoder": {"type": "JsonlDecoder"}}"#)
    let error = try await #require(throws: ConnectorError.self) {
      _ = try await decoder.decode(DecodingFixtures.response(archive))
    }
    #expect(error.message == "The response is not a zip archive that can be read: its files overlap")
    var count = 0
    try await decoder.decode(DecodingFixtures.response(whole)).forEach { _ in count += 1 }
    #expect(count == 2)
  }

  /// One file may stand in the directory again and again.
  @Test func whatComesOutOfAnArchiveIsBounded() async throws {
    let line = Array((String(repeating: " ", count: 60_000) + "{\"id\":1}\n").utf8)
    let archive = DecodingFixtures.zip([("a", line)], told: 400)
    let decoder = #"{"type": "ZipfileDecoder", "decoder": {"type": "JsonlDecoder"}}"#
    let bounded = try DecodingFixtures.decoder(decoder, environment: ["AIRBYTE_LOWCODE_MAX_INFLATION_RATIO": "200"])
    let error = try await #require(throws: ConnectorError.self) {
      _ = try await bounded.decode(DecodingFixtures.response(archive))
    }
    #expect(error.message.contains("more than 200 times its size, which AIRBYTE_LOWCODE_MAX_INFLATION_RATIO can change"))
    _ = try await DecodingFixtures.decoder(decoder).decode(DecodingFixtures.response(archive))
  }
}
