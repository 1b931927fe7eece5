import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest

/// Tries whether the connection works by reading one record of the first streams, whichever those turn out to be.
struct CheckDynamicStream: ConnectionCheck {
  private let count: Int
  /// Whether streams are read, rather than only made.
  private let readsStreams: Bool

  init(from node: ComponentNode, in scope: BuildScope) throws {
    guard let count = try node.int("stream_count") else {
      throw ConnectorError(.system, "`stream_count` is missing", at: node.node, cause: .missing(["stream_count"]))
    }
    self.count = count
    readsStreams = try node.bool("use_check_availability", default: true)
  }

  func failure(of connector: Connector) async throws -> String? {
    try await connector.validateConfig()
    let nodes = try await connector.streamNodes()
    let wanted = readsStreams && count >= 1 ? Array(nodes.prefix(count)) : nodes
    let streams = try await connector.streams(wanted, among: nodes)
    if streams.isEmpty { return "There is no stream to test the connection with" }
    guard readsStreams else { return nil }
    // A negative number leaves out as many at the end, as in Python.
    for (_, stream) in count < 0 ? streams.dropLast(count == .min ? .max : -count) : streams.prefix(count) {
      switch stream {
      case .success(let stream): if let reason = try await unavailability(of: stream) { return reason }
      case .failure(let error): return error.sentence
      }
    }
    return nil
  }
}
