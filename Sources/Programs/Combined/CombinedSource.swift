import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest
import Synchronization

/// Several sources that are checked, listed and read as one.
final class CombinedSource: Source {
  /// One of the sources, ready to run.
  struct Part: Sendable {
    let node: ManifestNode
    let names: SourcePart
    let source: any Source
    /// The property of the config that it gets; nil for the whole.
    let configKey: String?
    let runtime: RuntimeEnvironment
  }

  private let parts: [Part]
  /// The SPEC message's content as the manifest has it.
  private let declared: JSONObject?
  /// The config, where it has to fit what the manifest declares.
  private let config: JSONObject
  private let atOnce: Int
  private let writer: MessageWriter
  /// What each part lists, once it was asked.
  private let listings = Mutex<[String: [AirbyteStream]]>([:])

  init(_ manifest: ManifestNode, _ input: SourceInput, runtime: RuntimeEnvironment) async throws {
    atOnce = manifest["at_once"]?.int ?? 1
    writer = input.writer
    declared = ProcessManifest(manifest, in: input.files).spec
    var input = input
    let items = (manifest["sources"]?.sequence ?? []).map(CombinedPart.init)
    if input.completion != nil {
      // What comes from elsewhere is put in once it is known what the specification says of it.
      var bare = input
      bare.config = [:]
      bare.completion = nil
      let parts = try await PartLoading(bare, runtime).load(items)
      let spec = if let declared { declared } else { try await CombinedSpec.joined(parts) }
      input.config = input.settledConfig(spec["connectionSpecification"], runtime)
      input.completion = nil
    } else if let declared, !input.config.isEmpty {
      input.config = input.settledConfig(declared["connectionSpecification"], runtime)
    }
    config = input.config
    parts = try await PartLoading(input, runtime).load(items)
  }

  var sharesState: Bool { parts.contains { $0.source.sharesState } }

  func spec() async throws -> JSONObject {
    if let declared { return declared }
    return try await CombinedSpec.joined(parts)
  }

  func check() async throws -> ConnectionStatus {
    do { try validate() } catch let error as ConnectorError where error.failureType == .config { return .failure(error.sentence) }
    for part in parts {
      let status = try await part.source.check()
      guard status.isSuccess else { return .failure("\(part.names.key): \(status.message ?? "the connection failed")") }
    }
    return .success
  }

  func discover() async throws -> [AirbyteStream] {
    try validate()
    var found: [(part: Part, streams: [AirbyteStream])] = []
    for part in parts { found.append((part, try await part.source.discover())) }
    return try joined(found)
  }

  func listed() async throws -> [AirbyteStream] {
    try validate()
    var found: [(part: Part, streams: [AirbyteStream])] = []
    for part in parts { found.append((part, try await listed(part))) }
    return try joined(found)
  }

  private func validate() throws {
    guard let specification = declared?["connectionSpecification"]?.object else { return }
    try Spec.validate(config, against: specification)
  }

  private func listed(_ part: Part) async throws -> [AirbyteStream] {
    if let known = listings.withLock({ $0[part.names.key] }) { return known }
    let streams = try await part.source.listed()
    listings.withLock { $0[part.names.key] = streams }
    return streams
  }

  /// The streams of all parts by their names outside.
  /// - Throws: ``ConnectorError`` where two have the same name.
  private func joined(_ found: [(part: Part, streams: [AirbyteStream])]) throws -> [AirbyteStream] {
    var owners: [StreamDescriptor: Part] = [:]
    var streams: [AirbyteStream] = []
    for (part, own) in found {
      for var stream in own {
        stream.name = part.names.outer(stream.name)
        let descriptor = StreamDescriptor(name: stream.name, namespace: stream.namespace)
        if let other = owners[descriptor] {
          throw ConnectorError(
            .config,
            "Two sources have a stream `\(stream.name)`: `\(other.names.key)` (\(CombinedSourceKind.place(other.node))) and "
              + "`\(part.names.key)`", at: part.node, remedy: "give one of them a `prefix`, or the stream a new name by `rename`")
        }
        owners[descriptor] = part
        streams.append(stream)
      }
    }
    return streams
  }

  // MARK: Reading

  func read(_ request: ReadRequest, to output: SourceOutput) async throws {
    try validate()
    let assigned = try await assigned(request)
    if sharesState || request.state.shared != nil {
      let incremental = Set(request.streams.filter { $0.syncMode == .incremental }.map(\.descriptor))
      var earlier = request.state
      earlier.streams = earlier.streams.filter { incremental.contains($0.key) }
      if incremental.isEmpty { earlier.shared = nil }
      writer.joinStates(earlier)
    }
    for stream in assigned.unknown {
      try output.unknown(stream, among: listings.withLock { $0.values.flatMap { $0.map(\.name) } })
    }
    try await output.leave {
      var outcome = ReadOutcome()
      try await withThrowingTaskGroup(of: ReadOutcome.self) { group in
        var waiting = assigned.parts[...]
        for _ in 0..<atOnce {
          guard let next = waiting.popFirst() else { break }
          group.addTask { try await self.read(next.part, next.request) }
        }
        while let ended = try await group.next() {
          outcome.add(ended)
          if let next = waiting.popFirst() { group.addTask { try await self.read(next.part, next.request) } }
        }
      }
      return outcome
    }
  }

  /// Reads one of the sources. Its failure does not stop the others.
  private func read(_ part: Part, _ request: ReadRequest) async throws -> ReadOutcome {
    let output = SourceOutput(request, writer: writer.part(part.names), runtime: part.runtime)
    do {
      try await part.source.read(request, to: output)
    } catch {
      return try output.finish(reporting: error, as: part.names.key)
    }
    return try output.finish(after: nil)
  }

  private typealias Assigned = (parts: [(part: Part, request: ReadRequest)], unknown: [ConfiguredStream])

  /// Which of the sources reads which streams, under the names that it knows.
  private func assigned(_ request: ReadRequest) async throws -> Assigned {
    var requests: [String: ReadRequest] = [:]
    var unknown: [ConfiguredStream] = []
    if !isAssignedByNames(request) { _ = try await listed() }
    for stream in request.streams {
      guard let (part, name) = owner(of: stream.descriptor) else {
        unknown.append(stream)
        continue
      }
      var own = request
      own.streams = requests[part.names.key]?.streams ?? []
      own.state = SourceState()
      own.streams.append(stream.renamed(name))
      requests[part.names.key] = own
    }
    let parts = parts.compactMap { part -> (part: Part, request: ReadRequest)? in
      guard var own = requests[part.names.key] else { return nil }
      own.state.shared = request.state.shared?[part.names.key]?.object
      for stream in own.streams {
        let outer = part.names.outer(stream.descriptor)
        own.state.streams[stream.descriptor] = request.state.streams[outer]
      }
      return (part, own)
    }
    return (parts, unknown)
  }

  /// Whether names alone say which source a stream is of, so that none has to be asked.
  private func isAssignedByNames(_ request: ReadRequest) -> Bool {
    guard listings.withLock({ $0.count }) < parts.count else { return true }
    guard parts.allSatisfy({ !$0.names.prefix.isEmpty }) else { return false }
    return request.streams.allSatisfy { stream in parts.filter { $0.names.inner(stream.descriptor.name) != nil }.count == 1 }
  }

  private func owner(of stream: StreamDescriptor) -> (part: Part, name: String)? {
    let listings = listings.withLock { $0 }
    for part in parts {
      guard let name = part.names.inner(stream.name) else { continue }
      guard let listed = listings[part.names.key] else { return (part, name) }
      if listed.contains(where: { $0.name.sameScalars(as: name) && $0.namespace == stream.namespace }) { return (part, name) }
    }
    return nil
  }
}
