import ConnectorModel
import Manifest
import Synchronization
import Traffic

/// Lets what leads to a stream's requests pass, and keeps those requests themselves: nothing of them is sent.
package final class PlanTransport: Transport {
  /// A request that was sent, or answered by a mock, on the way.
  package struct Preparation: Sendable {
    package var request: ExplainedRequest
    /// What it is for, in a few words.
    package var purpose: String
  }

  private struct State {
    var base: (any Transport)?
    var stream = ""
    var planned: [HTTPRequest] = []
    var preparations: [Preparation] = []
  }

  private let state = Mutex(State())

  package init() {}

  /// - Parameter base: where preparations go.
  package func become(_ base: any Transport) { state.withLock { $0.base = base } }

  /// - Parameter path: the place of the stream in the manifest whose requests are kept from here on.
  func begin(_ path: String) { state.withLock { $0.stream = path } }

  var plannedCount: Int { state.withLock { $0.planned.count } }

  /// The requests and preparations since it was asked before.
  func take() -> (planned: [HTTPRequest], preparations: [Preparation]) {
    state.withLock { state in
      defer { (state.planned, state.preparations) = ([], []) }
      return (state.planned, state.preparations)
    }
  }

  package func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let path = request.origin?.requester.node.path ?? ""
    let base = state.withLock { state -> (any Transport)? in
      guard !Self.isOwn(path, of: state.stream) else {
        state.planned.append(request)
        return nil
      }
      state.preparations.append(Preparation(request: ExplainedRequest(request), purpose: Self.purpose(path, request)))
      return state.base
    }
    guard let base else {
      // No manifest has a say in what is done about this.
      throw TransportError(.unrecorded, "\(RequestURL(request.url).publicText) is planned, and not sent")
    }
    return try await base.exchange(request)
  }

  /// What may stand between a stream and its retriever.
  private static let variants = ["full_refresh_stream.", "incremental_stream."]

  /// Whether a requester is the one of a stream's retriever itself.
  static func isOwn(_ path: String, of stream: String) -> Bool {
    guard !stream.isEmpty, path.hasPrefix(stream + ".") else { return false }
    var rest = path.dropFirst(stream.count + 1)
    for variant in variants where rest.hasPrefix(variant) { rest = rest.dropFirst(variant.count) }
    guard rest.hasPrefix("retriever.") else { return false }
    return !rest.dropFirst("retriever.".count).contains(".") && rest.hasSuffix("requester")
  }

  private static func purpose(_ path: String, _ request: HTTPRequest) -> String {
    if path.isEmpty || path.contains("authenticator") { return "login" }
    if path.contains("partition_router") {
      return "the parent `\(request.origin?.requester.stream ?? "")`"
    }
    if path.contains("schema_loader") { return "the schema" }
    if path.contains("components_resolver") { return "dynamic streams" }
    if path.contains("propert") { return "the properties to ask for" }
    return "a request beside"
  }
}
