import AirbyteProtocol
import Components
import ConnectorModel
import Engine
import JSON
import Manifest
import Synchronization

/// The requests that a read would start with.
package struct RequestPlan: Sendable {
  /// Those of a stream.
  package struct Stream: Sendable {
    package var name: String
    package var requests: [ExplainedRequest] = []
    /// What is asked before: logins, parents.
    package var preparations: [PlanTransport.Preparation] = []
    /// How many slices the stream has; nil if only a read would tell.
    package var slices: Int?
    /// The streams whose records its partitions are.
    package var parents: [String] = []
    /// Why there is no request.
    package var failure: String?
  }

  package var streams: [Stream]
  /// Whether parents and logins were really asked.
  package var readsParents: Bool
}

/// Plans a read: goes the way of a read up to each request.
package struct Planner {
  private let connector: Connector
  private let transport: PlanTransport
  /// How many requests of a stream are wanted.
  private let shown: Int
  private let readsParents: Bool

  /// More slices than these are not counted.
  private static let mostSlices = 100_000

  /// - Parameters:
  ///   - connector: the connector, whose requests go to `transport`.
  ///   - shown: how many requests of each stream are wanted.
  ///   - readsParents: whether `transport` sends what leads to them, rather than a mock answers it.
  package init(_ connector: Connector, through transport: PlanTransport, shown: Int, readsParents: Bool) {
    self.connector = connector
    self.transport = transport
    self.shown = shown
    self.readsParents = readsParents
  }

  private struct Enough: Error {}

  /// - Throws: ``ConnectorError`` for streams that do not exist, and where none can be built.
  package func plan(_ selection: StreamSelection) async throws -> RequestPlan {
    // Checks the config first.
    _ = try await connector.listedStreams([])
    let nodes = try await connector.staticStreamNodes() + connector.generatedStreamNodes().map(\.node)
    let paths = Dictionary(nodes.map { ($0["name"]?.string ?? "", $0.path) }, uniquingKeysWith: { first, _ in first })
    let built = try await connector.streamsOrErrors()
    let byName = Dictionary(built.map { ($0.name, $0.stream) }, uniquingKeysWith: { first, _ in first })
    let all = built.map { ConfiguredStream(descriptor: StreamDescriptor(name: $0.name), syncMode: .incremental, jsonSchema: [:]) }
    var plan = RequestPlan(streams: [], readsParents: readsParents)
    // What made the streams themselves belongs to the first one.
    for entry in try selection.applied(to: all, of: "the connector") {
      let name = entry.descriptor.name
      switch byName[name] {
      case .success(let stream)?: plan.streams.append(await requests(of: stream, paths[name] ?? ""))
      case .failure(let error)?: plan.streams.append(.init(name: name, failure: error.sentence))
      case nil: break
      }
    }
    return plan
  }

  /// How far a stream is.
  private final class Progress: Sendable {
    private let state = Mutex((slices: 0, failure: String?.none))

    func next() -> Int {
      state.withLock { state in
        state.slices += 1
        return state.slices
      }
    }

    func fail(_ error: any Error) {
      state.withLock { if $0.failure == nil { $0.failure = ConnectorError(wrapping: error).sentence } }
    }

    var slices: Int { state.withLock { $0.slices } }
    var failure: String? { state.withLock { $0.failure } }
  }

  private func requests(of stream: DeclarativeStream, _ path: String) async -> RequestPlan.Stream {
    transport.begin(path)
    let progress = Progress()
    let parents = stream.parentStreams.map(\.name)
    var isComplete = true
    do {
      try await stream.cursor.slices { slice in
        let number = progress.next()
        guard number <= shown else {
          // Further parents would be asked, or made up, for a number alone.
          if !parents.isEmpty || number >= Self.mostSlices { throw Enough() }
          return
        }
        let before = transport.plannedCount
        do { try await stream.retriever.read(slice) { _ in false } } catch {
          if transport.plannedCount == before { progress.fail(error) }
        }
      }
    } catch is Enough {
      isComplete = false
    } catch {
      // A retriever may ask while it lists its slices, as those of jobs do.
      if transport.plannedCount == 0 { progress.fail(error) }
      isComplete = false
    }
    let (planned, preparations) = transport.take()
    var result = RequestPlan.Stream(name: stream.name)
    result.requests = planned.prefix(shown).map { ExplainedRequest($0) }
    result.preparations = preparations
    result.parents = parents
    result.slices = isComplete && parents.isEmpty ? progress.slices : nil
    result.failure = planned.isEmpty ? progress.failure : nil
    return result
  }
}

/// How a plan is written.
package enum PlanFormat: String, CaseIterable, Sendable {
  case text, curl, hurl, json
}

/// A plan for people and for programs.
package struct PlanReport: Sendable {
  private let plan: RequestPlan
  private let names: SecretNames
  private let styled: RequestReport.Styling
  private let configIsMadeUp: Bool

  /// - Parameter configIsMadeUp: whether nobody gave the config that the requests are made with.
  package init(
    _ plan: RequestPlan, _ names: SecretNames, configIsMadeUp: Bool = false,
    styled: @escaping RequestReport.Styling = { text, _ in text }
  ) {
    self.plan = plan
    self.names = names
    self.configIsMadeUp = configIsMadeUp
    self.styled = styled
  }

  package func written(as format: PlanFormat) -> String {
    switch format {
    case .text: return text
    case .json: return json.jsonText
    case .curl:
      let script = RequestScript(names)
      return commented { script.curl($0) }
    case .hurl:
      let script = RequestScript(names)
      return commented { script.hurl($0) }
    }
  }

  private func commented(_ write: (ExplainedRequest) -> String) -> String {
    plan.streams.flatMap { stream -> [String] in
      if let failure = stream.failure { return ["# \(stream.name): \(Self.line(names.masked(failure)))"] }
      return stream.requests.map { request in
        let slice = request.slice.isEmpty ? "" : " \(names.masked(JSONValue.object(request.slice)).jsonText)"
        return "# \(Self.line(stream.name + slice))\n\(write(request))"
      }
    }.joined(separator: "\n\n")
  }

  private static func line(_ text: String) -> String { text.split(whereSeparator: \.isNewline).joined(separator: " ") }

  private var text: String {
    let report = RequestReport(names, configIsMadeUp: configIsMadeUp, styled: styled)
    return plan.streams.map { stream in
      let summary = summary(stream)
      var lines = [styled(stream.name, .strong) + (summary.isEmpty ? "" : "  " + styled(summary, .faint))]
      if let failure = stream.failure { lines.append("  " + styled(names.masked(failure), .bad)) }
      for preparation in stream.preparations.prefix(Self.shownPreparations) {
        let request = preparation.request
        let how = plan.readsParents ? "sent" : "made up"
        lines.append("  first, for \(preparation.purpose) (\(how)): \(request.method) \(names.masked(request.url))")
      }
      if stream.preparations.count > Self.shownPreparations {
        lines.append("  and \(stream.preparations.count - Self.shownPreparations) more requests before")
      }
      return (lines + stream.requests.map { report.text($0, indentation: "  ") }).joined(separator: "\n")
    }.joined(separator: "\n\n")
  }

  private static let shownPreparations = 4

  private func summary(_ stream: RequestPlan.Stream) -> String {
    if stream.failure != nil { return "" }
    if !stream.parents.isEmpty {
      let parents = stream.parents.map { "`\($0)`" }.joined(separator: ", ")
      return "for each record of \(parents)" + (plan.readsParents ? "" : ", whose values are made up here")
    }
    guard let slices = stream.slices else { return "more than \(stream.requests.count) slices" }
    if slices == 1 { return "one slice, page after page" }
    return "\(slices) slices, page after page" + (slices > stream.requests.count ? ", the first ones here" : "")
  }

  private var json: JSONValue {
    let report = RequestReport(names)
    return [
      "config": .string(configIsMadeUp ? "made up" : "given"),
      "parents": .string(plan.readsParents ? "read" : "made up"),
      "streams": .array(
        plan.streams.map { stream in
          var json: JSONObject = ["name": .string(stream.name), "slices": stream.slices.map { .int($0) } ?? .null]
          json["parents"] = .array(stream.parents.map { .string($0) })
          json["preparations"] = .array(
            stream.preparations.map { ["purpose": .string($0.purpose), "request": report.json($0.request)] })
          json["requests"] = .array(stream.requests.map(report.json))
          if let failure = stream.failure { json["failure"] = .string(names.masked(failure)) }
          return .object(json)
        }),
    ]
  }
}
