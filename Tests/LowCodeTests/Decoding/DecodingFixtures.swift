import AirbyteProtocol
import Foundation
import JSON
import Synchronization

@testable import LowCode

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
    HTTPResponse(status: status, headers: [], body: Data(), url: request.url, rest: request.receivesInParts ? body : nil)
  }
}

private struct SilentLog: LogSink {
  func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
  func addSecret(_ value: String) {}
  func rateLimited(stream: String) {}
}

enum DecodingFixtures {
  static func context(_ transport: any Transport) -> BuildContext {
    let runtime = RuntimeEnvironment(
      now: { 1_740_830_400_000_000 }, sleep: { _ in }, random: { 0.5 }, transport: transport, log: SilentLog())
    return BuildContext(config: [:], runtime: runtime, registry: .standard)
  }

  static func decoder(_ definition: String) throws -> any Decoder {
    try context(BodyTransport(body: ScriptedBody([]))).build(node(definition))
  }

  /// A retriever without pages over `body`.
  static func retriever(
    _ decoder: String, _ transport: BodyTransport, errorHandler: String = #"{"type": "DefaultErrorHandler"}"#
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
