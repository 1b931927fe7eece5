import AirbyteProtocol
import Components
import Concurrency
import ConnectorModel
import Engine
import JSON
import Jinja
import Manifest
import Synchronization
import Templating

/// An API that is made up from a manifest: it knows the requests that the manifest makes, and answers them so that the manifest can
/// read all of its streams.
package final class ManifestAPI: MockAPI {
  private let connector: Connector
  private let options: ManifestAPIOptions
  private let now: @Sendable () -> Int64
  private let tokens = IssuedTokens()
  private let jobs = JobBoard()
  private let endpoints: Mutex<[KnownEndpoint]>
  private let turnstile = AsyncMutex()
  private let knowsDynamicStreams = Mutex(false)
  private let shapes = Mutex<[String: EndpointAPI]>([:])
  /// The fields of streams that their children read, by stream.
  private let needs: [String: Set<[String]>]
  private let family: Family

  /// An endpoint and its name among all.
  private struct KnownEndpoint {
    let id: Int
    let endpoint: Endpoint
    /// Its address for requests that name no host.
    let localAddress: TemplatePattern

    init(_ id: Int, _ endpoint: Endpoint) {
      self.id = id
      self.endpoint = endpoint
      localAddress = endpoint.address.withoutOrigin
    }
  }

  /// - Parameters:
  ///   - input: the manifest's config and what else it is given.
  ///   - runtime: the clock of the API; nothing of its network is used.
  /// - Throws: ``ConnectorError`` where the config cannot be used.
  package static func make(
    _ manifest: LoadedManifest, _ input: ConnectorInput, options: ManifestAPIOptions, runtime: RuntimeEnvironment
  ) async throws -> ManifestAPI {
    let entrance = Entrance()
    let inner = RuntimeEnvironment(
      now: runtime.now, sleep: { _ in }, random: { 0.5 }, transport: MockTransport(entrance, sleep: { _ in }), log: SilentLog(),
      environment: runtime.environment)
    var input = input
    (input.updates, input.migrations) = (nil, nil)
    let connector = try await Connector.prepare(manifest, input, runtime: inner)
    let api = ManifestAPI(connector, options, now: runtime.now)
    entrance.open(to: api)
    return api
  }

  private init(_ connector: Connector, _ options: ManifestAPIOptions, now: @escaping @Sendable () -> Int64) {
    self.connector = connector
    self.options = options
    self.now = now
    var finder = EndpointFinder(config: connector.scope.templateConfig)
    finder.find(in: connector.manifest.root)
    endpoints = Mutex(finder.endpoints.enumerated().map { KnownEndpoint($0.offset, $0.element) })
    needs = Self.needs(in: connector.manifest.root)
    family = Family(in: connector.manifest.root)
  }

  /// Where the API's own components reach it.
  private final class Entrance: MockAPI {
    private let api = Mutex<Weak?>(nil)

    private struct Weak: Sendable { weak var api: ManifestAPI? }

    func open(to api: ManifestAPI) { self.api.withLock { $0 = Weak(api: api) } }

    func answer(_ request: MockRequest) async -> MockAnswer? {
      await api.withLock { $0?.api }?.answer(request)
    }
  }

  private struct SilentLog: Log, RunEvents {
    func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
  }

  /// What children read of their parents' records.
  static func needs(in root: ManifestNode) -> [String: Set<[String]>] {
    var needs: [String: Set<[String]>] = [:]
    func walk(_ node: ManifestNode) {
      for element in node.sequence ?? [] { walk(element) }
      if let parent = node["stream"]?["name"]?.string {
        if let key = node["parent_key"]?.string {
          needs[parent, default: []].insert(key.split(whereSeparator: { $0 == "." || $0 == "/" }).map(String.init))
        }
        for field in node["extra_fields"]?.sequence ?? [] {
          needs[parent, default: []].insert((field.sequence ?? []).compactMap(\.string))
        }
      }
      for (key, value) in node.mapping ?? [:] where key != "schema" && key != "$parameters" { walk(value) }
    }
    for key in ["streams", "dynamic_streams"] {
      if let node = root[key] { walk(node) }
    }
    return needs
  }

  // MARK: Answers

  package func answer(_ request: MockRequest) async -> MockAnswer? {
    var matches = matches(request)
    if matches.isEmpty || matches[0].match.score <= 0, await learnDynamicStreams() { matches = self.matches(request) }
    guard let best = matches.first else { return nil }
    // What several streams ask for by the same request has what each of them looks for.
    var answers: [MockAnswer] = []
    for (id, match) in matches where match.score == best.match.score {
      let answer = await api(of: match.endpoint, id).answer(request, match)
      if answer.status >= 400 { return answer }
      answers.append(answer)
    }
    return Self.united(answers)
  }

  private func matches(_ request: MockRequest) -> [(id: Int, match: EndpointMatch)] {
    let known = endpoints.withLock { $0 }
    let place = MockRequest.singleSlashes(request.isLocal ? request.path : request.place)
    let places = [place, place.hasSuffix("/") ? String(place.dropLast()) : place + "/"]
    return known.compactMap { known in
      let address = request.isLocal ? known.localAddress : known.endpoint.address
      return known.endpoint.match(request, at: places, of: address).map { (known.id, $0) }
    }.sorted {
      $0.match.score > $1.match.score
    }
  }

  private static func united(_ answers: [MockAnswer]) -> MockAnswer? {
    guard var first = answers.first, answers.count > 1 else { return answers.first }
    let bodies = answers.compactMap { try? JSONValue(parsing: $0.body) }
    guard bodies.count == answers.count else { return first }
    first.body = Array(bodies.dropFirst().reduce(bodies[0]) { $0.united(with: $1) }.jsonText.utf8)
    return first
  }

  /// Finds the requests of streams that are made of what the API itself says.
  /// - Returns: whether there are more endpoints now.
  private func learnDynamicStreams() async -> Bool {
    guard !connector.manifest.dynamicStreams.isEmpty,
      knowsDynamicStreams.withLock({ isKnown in
        defer { isKnown = true }
        return !isKnown
      })
    else { return false }
    guard let generated = try? await connector.generatedStreamNodes() else { return false }
    var finder = EndpointFinder(config: connector.scope.templateConfig)
    for stream in generated { finder.find(inStream: stream.node) }
    endpoints.withLock { known in
      for endpoint in finder.endpoints { known.append(KnownEndpoint(known.count, endpoint)) }
    }
    return !finder.endpoints.isEmpty
  }

  private func api(of endpoint: Endpoint, _ id: Int) async -> EndpointAPI {
    let key = String(id)
    if let known = shapes.withLock({ $0[key] }) { return known }
    let made = await EndpointAPI(
      endpoint, in: connector.scope, options: options, needs: needs[endpoint.streamName] ?? [],
      family: family, tokens: tokens, jobs: jobs, now: now)
    return shapes.withLock { shapes in
      if let known = shapes[key] { return known }
      shapes[key] = made
      return made
    }
  }
}
