import Foundation
import Synchronization
import Testing

@testable import ConnectorModel
@testable import HTTP

/// Content encodings, undone part by part.
@Suite struct ContentEncodingTests {
  /// What `zlib.compress(b"hello hello hello")` of Python gives, with `wbits` of 31, 15 and -15.
  private static let raw: [UInt8] = [203, 72, 205, 201, 201, 87, 200, 64, 144, 0]
  private static let zlib: [UInt8] = [120, 156] + raw + [58, 46, 6, 125]
  private static let gzip: [UInt8] = [31, 139, 8, 0, 0, 0, 0, 0, 0, 3] + raw + [128, 136, 249, 229, 17, 0, 0, 0]

  private static func packed(_ bytes: [UInt8]) -> [UInt8] { (try? Packing.gzip(bytes)) ?? [] }

  struct Case: Sendable {
    let encodings: String
    let bytes: [UInt8]
    /// Nil where the body cannot be read.
    let text: String?
    /// Nil where that is the same for a body that is read in parts.
    var inParts: String??

    init(_ encodings: String, _ bytes: [UInt8], _ text: String?, inParts: String?? = nil) {
      (self.encodings, self.bytes, self.text, self.inParts) = (encodings, bytes, text, inParts)
    }
  }

  private static let hello = "hello hello hello"

  static let cases: [Case] = [
    Case("gzip", gzip, hello),
    Case("gzip", gzip + gzip, hello + hello),
    Case("gzip", gzip + [0, 0] + gzip + [0], hello + hello),
    Case("gzip", gzip + Array("garbage".utf8), hello),
    Case("gzip", gzip + gzip.dropLast(9), nil),
    Case("gzip", Array(gzip.dropLast(9)), nil),
    Case("gzip", Array(gzip.dropLast(1)), nil),
    Case("gzip", Array(gzip.prefix(5)), nil),
    Case("gzip", [0x1F], nil),
    Case("gzip", gzip.map { $0 == 203 ? 0xFF : $0 }, nil),
    Case("gzip", [], ""),
    Case("gzip", Array("plain".utf8), nil, inParts: "plain"),
    Case("gzip", Array("p".utf8), nil, inParts: "p"),
    Case("deflate", zlib, hello),
    Case("deflate", zlib + [1, 2], hello),
    Case("deflate", raw, hello),
    Case("deflate", Array(zlib.dropLast(5)), nil),
    Case("deflate", Array(zlib.dropLast(1)), nil),
    Case("deflate", Array(raw.dropLast(1)), nil),
    Case("deflate", [120], nil),
    Case("deflate", [120, 156, 255, 255, 255], nil),
    Case("deflate", Array("plain".utf8), nil),
    Case("deflate", [], ""),
    // Packed twice.
    Case("deflate, gzip", gzip, nil),
    Case("deflate, gzip", packed(zlib), hello),
    Case("gzip, gzip, gzip", packed(packed(gzip)), hello),
    Case("deflate, gzip", packed(Array(zlib.dropLast(5))), nil),
    Case("br", raw, String(decoding: raw, as: UTF8.self)),
  ]

  @Test(arguments: cases, [1, 3, 1_000]) func ofAWholeBodyIsUndone(_ given: Case, step: Int) {
    var text: [UInt8] = []
    do {
      let decompressors = ContentEncoding.decompressors(named: given.encodings, inParts: false, limits: TransferLimits())
      for start in stride(from: 0, to: given.bytes.count, by: step) {
        let part = given.bytes[start..<min(start + step, given.bytes.count)]
        guard let decompressors else {
          text += part
          continue
        }
        part.withUnsafeBytes { decompressors.append($0) }
        while try decompressors.advance(1_000, { text += $0 }) {}
      }
      try decompressors?.finish { text += $0 }
      #expect(given.text == String(decoding: text, as: UTF8.self))
    } catch {
      #expect(given.text == nil, "\(error)")
    }
  }

  @Test(arguments: cases, [1, 3, 1_000]) func ofABodyInPartsIsUndone(_ given: Case, step: Int) async {
    let parts = stride(from: 0, to: given.bytes.count, by: step).map { Data(given.bytes[$0..<min($0 + step, given.bytes.count)]) }
    var body: any BodySource = DataBody(parts)
    if let decompressors = ContentEncoding.decompressors(named: given.encodings, inParts: true, limits: TransferLimits()) {
      body = InflatedBody(body, of: "https://api.test", decompressors)
    }
    let expected = given.inParts ?? given.text
    var text = Data()
    do throws(TransportError) {
      while let part = try await body.next() { text.append(part) }
      #expect(expected == String(decoding: text, as: UTF8.self))
    } catch {
      #expect(expected == nil, "\(error)")
    }
  }

  @Test(arguments: [
    ("AIRBYTE_LOWCODE_MAX_INFLATED_BYTES", "1000000"), ("AIRBYTE_LOWCODE_MAX_INFLATION_RATIO", "100"),
  ])
  func whatComesOutIsBounded(variable: String, value: String) throws {
    let limits = try TransferLimits([variable: value])
    let bomb = try Packing.gzip([UInt8](repeating: 0x20, count: 32 << 20))
    let decompressor = Decompressor(.gzip, limits: limits)
    var count = 0
    let error = #expect(throws: InflateError.self) {
      try bomb.withUnsafeBytes { try decompressor.read($0) { count += $0.count } }
    }
    #expect(error.map { "\($0)".contains(variable) && "\($0)".contains(value) } == true)
    #expect(count < 17 << 20)
  }

  @Test func whatIsPackedTwiceComesInSmallSteps() throws {
    let bomb = Self.packed(Self.packed([UInt8](repeating: 0x20, count: 64 << 20)))
    let limits = try TransferLimits(["AIRBYTE_LOWCODE_MAX_INFLATION_RATIO": "10000"])
    let chain = try #require(ContentEncoding.decompressors(named: "gzip, gzip", inParts: true, limits: limits))
    bomb.withUnsafeBytes { chain.append($0) }
    var (count, largest) = (0, 0)
    var hasMore = true
    while hasMore {
      var step = 0
      hasMore = try chain.advance(256 << 10) { step += $0.count }
      (count, largest) = (count + step, max(largest, step))
    }
    try chain.finish { count += $0.count }
    #expect(count == 64 << 20)
    // As dense as deflate allows, from as few bytes as are read at a time at the beginning.
    #expect(largest < 8 << 20)
  }

  @Test(
    arguments: [
      (nil, []), ("", []), ("gzip", [.gzip]), ("X-GZIP", [.gzip]), ("deflate", [.deflate]), ("br", []), ("UTF-8", []),
      ("deflate, gzip", [.gzip, .deflate]), ("identity , gzip", [.gzip]),
    ] as [(String?, [ContentEncoding])])
  func isNamedByAHeader(_ header: String?, _ encodings: [ContentEncoding]) {
    #expect(ContentEncoding.named(by: header) == encodings)
  }
}

final class DataBody: BodySource {
  private let parts: Mutex<[Data]>
  init(_ parts: [Data]) { self.parts = Mutex(parts) }
  func next() async throws(TransportError) -> Data? { parts.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
}
