import AirbyteProtocol
import Foundation
import JSON
import Synchronization

@testable import Components
@testable import ConnectorModel
@testable import Manifest

/// A body in parts that notes how many were asked for.
final class ScriptedBody: BodySource {
  private let parts: Mutex<[Data]>
  private let failure: TransportError?
  private let count = Mutex(0)

  init(_ parts: [String], failure: TransportError? = nil) {
    self.parts = Mutex(parts.map { Data($0.utf8) })
    self.failure = failure
  }

  var asked: Int { count.withLock { $0 } }

  func next() async throws(TransportError) -> Data? {
    count.withLock { $0 += 1 }
    if let part = parts.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) { return part }
    if let failure { throw failure }
    return nil
  }
}

/// Answers every request with the same status and body.
struct BodyTransport: Transport {
  var status = 200
  let body: ScriptedBody

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let response = HTTPResponse(status: status, headers: [], content: .streaming(body), url: request.url)
    return request.receivesInParts && response.isSuccess ? response : try await response.whole()
  }
}

private struct SilentLog: Log, RunEvents {
  func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
}

enum DecodingFixtures {
  static func context(_ transport: any Transport, environment: [String: String] = [:]) -> BuildScope {
    let runtime = RuntimeEnvironment(
      now: { 1_740_830_400_000_000 }, sleep: { _ in }, random: { 0.5 }, transport: transport, log: SilentLog(),
      environment: environment)
    return BuildScope(config: [:], runtime: runtime, registry: .standard)
  }

  static func response(_ body: [UInt8], contentType: String? = nil) -> HTTPResponse {
    let headers: HTTPHeaders = contentType.map { [("content-type", $0)] } ?? []
    return HTTPResponse(status: 200, headers: headers, body: Data(body), url: "https://api.test/items")
  }

  private static func littleEndian(_ value: UInt32, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// An archive of files that are not compressed.
  /// - Parameter told: how often the directory has each of them.
  static func zip(_ files: [(name: String, bytes: [UInt8])], told: Int = 1) -> [UInt8] {
    var (archive, directory): ([UInt8], [UInt8]) = ([], [])
    for (name, bytes) in files {
      let sizes = [checksum(bytes), UInt32(bytes.count), UInt32(bytes.count)].flatMap { littleEndian($0, 4) }
      let head = [20, 0, 0, 0, 0, 0, 0, 0, 0, 0] + sizes + littleEndian(UInt32(name.utf8.count), 2) + [0, 0]
      let entry = [0x50, 0x4B, 1, 2, 20, 0] + head + Array(repeating: 0, count: 10) + littleEndian(UInt32(archive.count), 4)
      for _ in 0..<told { directory += entry + Array(name.utf8) }
      archive += [0x50, 0x4B, 3, 4] + head + Array(name.utf8) + bytes
    }
    let count = littleEndian(UInt32(files.count * told), 2)
    return archive + directory + [0x50, 0x4B, 5, 6, 0, 0, 0, 0] + count + count + littleEndian(UInt32(directory.count), 4)
      + littleEndian(UInt32(archive.count), 4) + [0, 0]
  }

  /// The bytes as a member of gzip that is not compressed.
  static func gzip(_ bytes: [UInt8]) -> [UInt8] {
    let length = UInt32(bytes.count)
    return [31, 139, 8, 0, 0, 0, 0, 0, 0, 255, 1] + littleEndian(length, 2) + littleEndian(~length, 2) + bytes
      + littleEndian(checksum(bytes), 4) + littleEndian(length, 4)
  }

  /// CRC-32 (RFC 1952 §8).
  static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 {
        let carry: UInt32 = sum & 1 == 1 ? 0xEDB8_8320 : 0
        sum = sum >> 1 ^ carry
      }
    }
    return ~sum
  }

  static func decoder(_ definition: String, environment: [String: String] = [:]) throws -> any Decoder {
    try context(BodyTransport(body: ScriptedBody([])), environment: environment).build(node(definition))
  }

  /// What of a decoder reads a body in parts: the decoder itself, or it together with what is within it.
  static func partwise(_ definition: String, environment: [String: String] = [:]) throws -> (any PartwiseDecoder)? {
    let decoder = try decoder(definition, environment: environment)
    if case .partwise(let parts)? = (decoder as? any NestableDecoder)?.nested { return parts }
    return decoder as? any PartwiseDecoder
  }

  /// A retriever without pages over `body`.
  static func retriever(
    _ decoder: String, _ transport: any Transport, errorHandler: String = #"{"type": "DefaultErrorHandler"}"#
  ) throws -> any Retriever {
    try context(transport).build(
      node(
        """
        {"type": "SimpleRetriever", "decoder": \(decoder),
         "requester": {"type": "HttpRequester", "url_base": "https://api.test", "path": "/items", "error_handler": \(errorHandler)},
         "record_selector": {"type": "RecordSelector", "extractor": {"type": "DpathExtractor", "field_path": []}}}
        """))
  }

  static func node(_ json: String) throws -> ManifestNode { ManifestNode(ManifestValue(json: try JSONValue(parsing: json))) }
}
