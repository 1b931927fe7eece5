import AirbyteProtocol
import Components
import ConnectorModel
import Engine
import JSON
import Manifest
import Secrets

/// A stream with all that there is to read of it.
struct ListedStream: Sendable {
  var configured: ConfiguredStream
  var summary: Division.Stream
  var list: SliceList
  /// The state that it was given; nil for none.
  var state: JSONObject?
  /// The entries of its partitions in the state, where each part needs only its own.
  var entries: [JSONValue]?

  var name: String { configured.descriptor.name }
  var isDivided: Bool { if case .divided = summary.kind { true } else { false } }
  var bounds: [String] { summary.rules?.bounds ?? [] }
}

/// Lists what there is to read of streams: logs in, reads their parents and cuts their windows, as a read would.
struct SliceLister {
  private let connector: Connector
  private let weights: RecordedWeights

  init(_ connector: Connector, weights: RecordedWeights) {
    self.connector = connector
    self.weights = weights
  }

  private var runtime: RuntimeEnvironment { connector.scope.runtime }

  func list(_ catalog: [ConfiguredStream]) async throws -> [ListedStream] {
    let built = ByName(
      try await connector.streamsOrErrors().map { ($0.name, $0.stream) }, uniquingKeysWith: { $1 })
    let all = try await connector.staticStreamNodes() + connector.generatedStreamNodes().map(\.node)
    let nodes = ByName(all.map { ($0["name"]?.string ?? "", $0) }, uniquingKeysWith: { $1 })
    var streams: [ListedStream] = []
    var names: NameSet = []
    // One after the other: parents that several have are read once, and deterministically.
    for entry in catalog where names.insert(entry.descriptor.name) {
      let name = entry.descriptor.name
      switch built[name] {
      case .success(let stream)?: streams.append(try await list(entry, stream, nodes[name]))
      case .failure?: streams.append(whole(entry, "it cannot be built: the read of its part says why"))
      case nil:
        var stream = whole(entry, "the manifest does not have it")
        stream.summary.isKnown = false
        streams.append(stream)
      }
    }
    runtime.reportWhatIsMissing()
    return streams
  }

  private func whole(_ entry: ConfiguredStream, _ reason: String) -> ListedStream {
    ListedStream(
      configured: entry, summary: Division.Stream(name: entry.descriptor.name, kind: .whole(reason)),
      list: SliceList(isWeighed: false), state: connector.states[entry.descriptor.name])
  }

  private func list(_ entry: ConfiguredStream, _ stream: DeclarativeStream, _ node: ManifestNode?) async throws -> ListedStream {
    let known = stream.forgetsState ? nil : connector.states[stream.name]
    var result = whole(entry, "")
    result.state = known
    if let node, CustomParts.mayRemember(node) {
      result.summary.kind = .whole("custom components read it, which may remember from slice to slice what they saw")
      return result
    }
    do {
      guard let cursor = stream.cursor as? any DivisibleCursor, let dividing = try cursor.dividing else {
        result.summary.kind = .whole(
          "its records come by jobs, or its cursor counts: only a read from beginning to end has its state")
        return result
      }
      result.summary.kind = .divided(dividing)
      result.summary.state = stream.startingState
      result.summary.time = runtime.now()
      result.list = SliceList(isWeighed: !weights.isEmpty)
      try await list(cursor, dividing, hasMigrations: node.map(CustomParts.migrateStates) ?? true, into: &result)
    } catch let error as CancellationError {
      throw error
    } catch {
      let error = ConnectorError(wrapping: error)
      runtime.log.log(
        .warn,
        "Stream \(stream.name): it is read whole in one part, because it could not be listed what there is to read. \(error)")
      result = whole(entry, "it could not be listed what there is to read: \(runtime.secrets.masked(error.message))")
      result.state = known
      return result
    }
    guard !holdsSecrets(result.list) else {
      result = whole(entry, "its partitions hold a secret of the config, which is not written into files")
      result.state = known
      return result
    }
    result.summary.slices = result.list.count
    return result
  }

  private func list(
    _ cursor: any DivisibleCursor, _ dividing: CursorDividing, hasMigrations: Bool, into result: inout ListedStream
  ) async throws {
    let name = result.name
    let bounds = result.bounds
    let entries = hasMigrations ? nil : result.state?["states"]?.array
    result.entries = entries
    let places = Dictionary(
      (entries ?? []).enumerated().map { (PartitionKey($1["partition"]?.object ?? [:]), $0) }, uniquingKeysWith: { $1 })
    if case .windows = dividing { result.list.begin(entry: nil) }
    var isMark = false
    if case .marks = dividing { isMark = true }
    /// A partition that had no slice yet.
    var pending: JSONObject?
    var isFirst = true
    func settle(_ list: SliceList, _ summary: inout Division.Stream) {
      if let partition = pending { summary.idle.append((list.count, partition)) }
      pending = nil
    }
    try await cursor.list { listed in
      switch listed {
      case .parents(let state):
        if isFirst { result.summary.parents.add(state, at: 0) } else { result.summary.parents.last = state }
        isFirst = false
      case .partition(let partition, let state):
        settle(result.list, &result.summary)
        pending = partition
        result.summary.parents.add(state, at: result.list.count)
        result.list.begin(entry: places.isEmpty ? nil : places[PartitionKey(partition)])
      case .slice(let slice):
        pending = nil
        if isMark { result.list.begin(entry: nil) }
        let weight = weights.isEmpty ? nil : weights.weight(of: slice, in: name) ?? weights.usual(in: name)
        result.list.append(slice, bounds: bounds, weight: weight)
      }
    }
    settle(result.list, &result.summary)
  }

  /// Whether a secret that is known by now is in the lines.
  private func holdsSecrets(_ list: SliceList) -> Bool {
    struct Found: Error {}
    do {
      try list.forEachPiece { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        if runtime.secrets.masked(text) != text { throw Found() }
      }
      return false
    } catch {
      return true
    }
  }
}

/// What a connector's own code does in a stream.
enum CustomParts {
  /// Parts of streams whose code has nothing to do with slices; parents are read before there are parts.
  private static let apart: Set<String> = [
    "authenticator", "error_handler", "schema_loader", "state_migrations", "parent_stream_configs",
  ]

  /// Whether a custom component may know more of what is read than one slice tells it.
  static func mayRemember(_ stream: ManifestNode) -> Bool {
    if stream["type"]?.string?.hasPrefix("Custom") ?? false { return true }
    if let elements = stream.sequence { return elements.contains(where: mayRemember) }
    return stream.mapping?.contains { !apart.contains($0.key) && mayRemember($0.value) } ?? false
  }

  /// Whether the state that the stream is given is not yet the one that its cursor reads.
  static func migrateStates(_ stream: ManifestNode) -> Bool {
    [stream, stream["full_refresh_stream"], stream["incremental_stream"]].compactMap(\.self)
      .contains { $0["state_migrations"]?.sequence?.isEmpty == false }
  }
}
