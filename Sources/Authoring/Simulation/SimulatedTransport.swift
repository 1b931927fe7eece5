import Concurrency
import ConnectorModel
import Essentials
import JSON
import Manifest
import Synchronization
import Traffic

/// Answers every request after the same time of a virtual clock, from an API that is made up from the manifest.
///
/// The requests of simulated streams get the answer to their first one again and again, which is parsed once: nobody looks for
/// records in it.
struct SimulatedTransport: Transport {
  private final class Answers: Sendable {
    let known = Mutex<[String: HTTPResponse]>([:])
    let owners = Mutex<[String: Owner]>([:])
  }

  /// Whose requests a requester makes.
  private struct Owner: Sendable {
    let stream: String?
    let isParent: Bool
  }

  private let api: any MockAPI
  private let executor: OrderedExecutor
  private let simulation: SimulationState
  private let names: StreamPaths
  private let limits: LimitHeaders
  private let answers = Answers()

  init(
    _ api: any MockAPI, _ executor: OrderedExecutor, _ simulation: SimulationState, _ names: StreamPaths, _ limits: LimitHeaders
  ) {
    self.api = api
    self.executor = executor
    self.simulation = simulation
    self.names = names
    self.limits = limits
  }

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let path = request.origin?.requester.node.path ?? ""
    let answer = await answer(to: request, path)
    let latency = simulation.settings.latency
    _ = await executor.admission { OrderedExecutor.Moment(time: $0.time + latency, order: $0.order) }
    let owner = owner(of: path)
    simulation.took(latency, of: owner.stream, isOfParent: owner.isParent)
    if let stream = owner.stream, !owner.isParent { count(path, of: stream) }
    let headers = answer.headers.map { (name: $0.name, value: $0.value) } + limits.headers(at: executor.time)
    return HTTPResponse(
      status: answer.status, headers: HTTPHeaders(headers), content: answer.content, url: request.url)
  }

  private func owner(of path: String) -> Owner {
    answers.owners.withLock { owners in
      if let known = owners[path] { return known }
      let owner = Owner(stream: names.stream(of: path), isParent: path.contains("partition_router"))
      owners[path] = owner
      return owner
    }
  }

  /// What the requests of a job are to its stream: a slice, and a page.
  private func count(_ path: String, of stream: String) {
    if path.hasSuffix(".creation_requester") { simulation.change(stream) { $0.slices += 1 } }
    if path.hasSuffix(".download_requester") { simulation.change(stream) { $0.pages += 1 } }
  }

  private func answer(to request: HTTPRequest, _ path: String) async -> HTTPResponse {
    let isRepeated = simulation.isSimulated(path)
    if isRepeated, let known = answers.known.withLock({ $0[path] }) { return known }
    var answer = await api.answerOrRefusal(MockRequest(request))
    answer.headers.removeAll { limits.replaces($0.name) }
    let response = HTTPResponse(
      status: answer.status, headers: HTTPHeaders(answer.headers), body: Data(answer.body), url: request.url)
    if isRepeated, response.isSuccess { answers.known.withLock { $0[path] = response } }
    return response
  }
}

/// The streams of components, by their paths in the manifest.
struct StreamPaths: Sendable {
  private let names: [(path: String, name: String)]

  /// - Parameter nodes: the streams.
  init(_ nodes: [ManifestNode]) { names = nodes.map { ($0.path + ".", $0["name"]?.string ?? "") } }

  /// The stream that a component is in; nil outside of all.
  func stream(of path: String) -> String? {
    guard path.contains(".") else { return nil }
    if path.contains("authenticator") { return nil }
    return names.first { path.hasPrefix($0.path) }?.name
  }
}

/// What a simulated API says of its call rates: when the present window of a policy with fixed windows ends, as the real one does.
struct LimitHeaders: Sendable {
  private let resetName: String
  private let remainingName: String
  /// In microseconds; nil if the manifest has no such policy.
  private let period: Int64?
  private let start: Int64

  init(_ budget: ManifestNode?, start: Int64) {
    func name(_ key: String, _ fallback: String) -> String {
      let text = budget?[key]?.string ?? ""
      return text.isEmpty ? fallback : text
    }
    resetName = name("ratelimit_reset_header", "ratelimit-reset")
    remainingName = name("ratelimit_remaining_header", "ratelimit-remaining")
    self.start = start
    let periods = (budget?["policies"]?.sequence ?? []).compactMap { policy -> Int64? in
      guard policy["type"]?.string == "FixedWindowCallRatePolicy" else { return nil }
      return policy["period"]?.string.flatMap(DurationText.microseconds)
    }
    period = periods.min()
  }

  func replaces(_ header: String) -> Bool {
    header.lowercased().hasPrefix("ratelimit") || HeaderName.isSame(header, resetName) || HeaderName.isSame(header, remainingName)
  }

  func headers(at time: Int64) -> [(name: String, value: String)] {
    guard let period, period > 0 else { return [] }
    let end = start + ((time - start) / period + 1) * period
    // Whole seconds, as APIs give them, and not before the window is over.
    return [(resetName, String((end + 999_999) / 1_000_000))]
  }
}
