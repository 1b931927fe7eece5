import Foundation
import Synchronization
import Testing

@testable import LowCode

/// Content encodings, undone part by part.
@Suite struct ContentEncodingTests {
  /// What `zlib.compress(b"hello hello hello")` of Python gives, with `wbits` of 31, 15 and -15.
  private static let raw: [UInt8] = [203, 72, 205, 201, 201, 87, 200, 64, 144, 0]
  private static let zlib: [UInt8] = [120, 156] + raw + [58, 46, 6, 125]
  private static let gzip: [UInt8] = [31, 139, 8, 0, 0, 0, 0, 0, 0, 3] + raw + [128, 136, 249, 229, 17, 0, 0, 0]

  struct Case: Sendable {
    let encoding: ContentEncoding
    let bytes: [UInt8]
    /// Nil where the body cannot be read.
    let text: String?
  }

  static let cases: [Case] = [
    Case(encoding: .gzip, bytes: gzip, text: "hello hello hello"),
    Case(encoding: .gzip, bytes: gzip + gzip, text: "hello hello hellohello hello hello"),
    Case(encoding: .gzip, bytes: Array(gzip.dropLast(9)), text: nil),
    Case(encoding: .gzip, bytes: Array("plain".utf8), text: "plain"),
    Case(encoding: .gzip, bytes: [], text: ""),
    Case(encoding: .deflate, bytes: zlib, text: "hello hello hello"),
    Case(encoding: .deflate, bytes: raw, text: "hello hello hello"),
    Case(encoding: .deflate, bytes: Array(zlib.dropLast(5)), text: nil),
    Case(encoding: .deflate, bytes: [120, 156, 255, 255, 255], text: nil),
  ]

  @Test(arguments: cases, [1, 3, 1_000]) func decodes(_ given: Case, step: Int) async {
    let parts = stride(from: 0, to: given.bytes.count, by: step).map { Data(given.bytes[$0..<min($0 + step, given.bytes.count)]) }
    let body = InflatedBody(DataBody(parts), given.encoding, url: "https://api.test")
    var text = Data()
    do throws(TransportError) {
      while let part = try await body.next() { text.append(part) }
      #expect(given.text.map { Data($0.utf8) } == text)
    } catch {
      #expect(given.text == nil, "\(error)")
    }
  }

  /// What urllib3 gives for a body that is received as a whole.
  static let wholeCases: [Case] = [
    Case(encoding: .gzip, bytes: gzip, text: "hello hello hello"),
    Case(encoding: .gzip, bytes: gzip + gzip, text: "hello hello hellohello hello hello"),
    Case(encoding: .gzip, bytes: gzip + Array("garbage".utf8), text: "hello hello hello"),
    Case(encoding: .gzip, bytes: gzip + gzip.dropLast(9), text: "hello hello hellohello hello hello"),
    Case(encoding: .gzip, bytes: Array(gzip.dropLast(9)), text: "hello hello hello"),
    Case(encoding: .gzip, bytes: Array("plain".utf8), text: nil),
    Case(encoding: .gzip, bytes: [], text: ""),
    Case(encoding: .deflate, bytes: zlib, text: "hello hello hello"),
    Case(encoding: .deflate, bytes: zlib + [1, 2], text: "hello hello hello"),
    Case(encoding: .deflate, bytes: raw, text: "hello hello hello"),
    Case(encoding: .deflate, bytes: Array(zlib.dropLast(9)), text: "hell"),
    Case(encoding: .deflate, bytes: Array("plain".utf8), text: nil),
  ]

  @Test(arguments: wholeCases, [1, 2, 1_000]) func decodesAsItComes(_ given: Case, step: Int) {
    var text: [UInt8] = []
    do {
      let decoder = try ContentDecoder(given.encoding)
      for start in stride(from: 0, to: given.bytes.count, by: step) {
        try given.bytes[start..<min(start + step, given.bytes.count)]
          .withUnsafeBytes { part in try [decoder][...].read(part) { text += $0 } }
      }
      #expect(given.text.map { Array($0.utf8) } == text)
    } catch {
      #expect(given.text == nil, "\(error)")
    }
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

private final class DataBody: BodySource {
  private let parts: Mutex<[Data]>
  init(_ parts: [Data]) { self.parts = Mutex(parts) }
  func next() async throws(TransportError) -> Data? { parts.withLock { $0.isEmpty ? nil : $0.removeFirst() } }
}
