import AirbyteProtocol
import Components
import ConnectorModel
import JSON
import Jinja
import Manifest

/// The name of ``Connector`` where another type has that name too.
package typealias PreparedConnector = Connector

/// A manifest and a config, ready for the commands of the protocol.
package struct Connector: Sendable {
  package let manifest: Manifest
  package let scope: BuildScope
  private let declaredSpec: Spec?
  /// The config as it was given, after its migrations: what validations check, without the overrides of a check.
  private let givenConfig: JSONObject
  package private(set) var states: ByName<JSONObject>
  private var catalog: ByName<ConfiguredStream>
  /// The range of time that streams are read in; nil for what the manifest and the states say.
  private(set) var window: TimeWindow?
  private let generated: GeneratedStreams
  /// Whether streams are read in the way that was settled when the read was divided.
  private var isSettled = false
  /// The only streams that are built; nil for all.
  private var built: NameSet?

  /// - Parameter spec: the manifest's specification; nil if it has none.
  package init(manifest: Manifest, spec: Spec?, input: ConnectorInput, runtime: RuntimeEnvironment) {
    self.manifest = manifest
    declaredSpec = spec
    let scope = BuildScope(
      RunScope(
        config: input.config, runtime: runtime, registry: input.components, manifest: manifest.root, files: input.files,
        updates: input.updates, custom: input.custom))
    self.scope = scope
    givenConfig = input.config
    states = input.states
    catalog = Self.byName(input.catalog)
    generated = GeneratedStreams(manifest.dynamicStreams, in: scope)
  }

  /// The config as components see it.
  package var config: JSONObject { scope.config }

  /// The same connector with values laid over its config.
  private init(_ other: Connector, overrides: JSONObject) {
    manifest = other.manifest
    declaredSpec = other.declaredSpec
    scope = other.scope.with(other.scope.run.overriding(config: other.scope.config.merging(overrides) { $1 }))
    givenConfig = other.givenConfig
    states = other.states
    catalog = other.catalog
    generated = GeneratedStreams(manifest.dynamicStreams, in: scope)
  }

  func overriding(_ overrides: JSONObject) -> Connector { Connector(self, overrides: overrides) }

  /// The same connector, asked for other streams. What an API said of its streams is not asked for again.
  /// - Parameters:
  ///   - states: the states of an earlier read, by stream.
  ///   - window: the range of time that streams are read in, in the place of what the manifest says.
  package func reading(
    _ catalog: [ConfiguredStream], states: ByName<JSONObject>, window: TimeWindow? = nil
  ) -> Connector {
    var connector = self
    connector.window = window
    connector.states = states
    connector.catalog = Self.byName(catalog)
    return connector
  }

  /// The same connector, asked for what is left of a read that was divided: no stream decides again whether its state is too old.
  package func readingPart(_ catalog: [ConfiguredStream], states: ByName<JSONObject>) -> Connector {
    var connector = reading(catalog, states: states)
    connector.isSettled = true
    return connector
  }

  /// The same connector, which builds some of its streams alone. It is for runs that follow one in which all of them could be built.
  package func building(only names: [String]) -> Connector {
    var connector = self
    connector.built = NameSet(names)
    return connector
  }

  /// The names of the streams that can be read in a range of time.
  package func streamsWithTimes() async throws -> NameSet {
    NameSet(
      try await streamNodes().filter { $0["incremental_sync"]?["type"]?.string == DatetimeBasedCursor.typeName }
        .compactMap { $0["name"]?.string })
  }

  private static func byName(_ catalog: [ConfiguredStream]) -> ByName<ConfiguredStream> {
    ByName(catalog.map { ($0.descriptor.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The connector's specification, as a SPEC message carries it.
  /// - Throws: ``ConnectorError`` if the manifest has none.
  package func spec() throws -> Spec {
    guard let declaredSpec else {
      throw ConnectorError(.system, "The manifest has no `spec`, so nothing says what its config looks like", at: manifest.root)
    }
    return declaredSpec
  }

  // MARK: Streams

  /// Checks the config by the spec's own rules, which comes before streams are built.
  func validateConfig() async throws { try await declaredSpec?.normalization()?.validate(givenConfig) }

  /// The streams that are in the manifest, also those of conditions that hold.
  package func staticStreamNodes() throws -> [ManifestNode] {
    try manifest.streams.flatMap { node in
      node["type"]?.string == ConditionalStreams.typeName
        ? try ConditionalStreams(from: ComponentNode(node), in: scope).streams : [node]
    }
  }

  /// The streams that templates made, once for all who ask, and the name of the dynamic stream of each.
  package func generatedStreamNodes() async throws -> [(dynamicName: String, node: ManifestNode)] { try await generated.all() }

  func streamNodes() async throws -> [ManifestNode] {
    try await staticStreamNodes() + generatedStreamNodes().map(\.node)
  }

  /// Some streams as `discover` lists them, in the order of the manifest. Of one that cannot be built there is the name alone: its
  /// read says why.
  /// - Parameter names: the streams; nil for all.
  package func listedStreams(_ names: [String]?) async throws -> [AirbyteStream] {
    try declaredSpec?.validate(scope.config)
    var streams: [AirbyteStream] = []
    for (name, stream) in try await streamsOrErrors() where names?.includes(name) ?? true {
      let nameAlone = AirbyteStream(name: name, jsonSchema: [:], supportedSyncModes: [])
      streams.append(try await (try? stream.get())?.describe() ?? nameAlone)
    }
    return streams
  }

  /// - Throws: ``ConnectorError`` if the number of readers cannot be determined: as in the reference, no command runs then.
  package func checkConcurrency() throws { _ = try concurrency() }

  /// Builds the streams one by one, so that one that needs an unsupported component fails alone.
  package func streamsOrErrors() async throws -> [(name: String, stream: Result<DeclarativeStream, ConnectorError>)] {
    try await validateConfig()
    let nodes = try await streamNodes()
    let wanted = nodes.filter { node in built?.contains(node["name"]?.string ?? "") ?? true }
    return try await streams(wanted, among: nodes)
  }

  /// Builds some of the streams.
  /// - Parameter all: the streams that they belong to, whether they are built or not.
  package func streams(_ nodes: [ManifestNode], among all: [ManifestNode]) async throws -> [(
    name: String, stream: Result<DeclarativeStream, ConnectorError>
  )] {
    for node in all { try StreamParts.enforce(on: ComponentNode(node), in: scope) }
    let parents = ParentStreams.names(of: all)
    let scope = try await scope.settled(for: nodes)
    var built: [(name: String, stream: Result<DeclarativeStream, ConnectorError>)] = []
    for node in nodes {
      let name = node["name"]?.string ?? ""
      do {
        built.append((name, .success(try await stream(node, parents: parents, in: scope))))
      } catch let error as ConnectorError where error.isUnsupported {
        built.append((name, .failure(error)))
      }
    }
    try streamGroups().refuseFamilies(
      among: built.compactMap { try? $0.stream.get() }, topLevelNames: NameSet(all.compactMap { $0["name"]?.string }))
    return built
  }

  /// Builds a stream, after its state and those of its parents were migrated.
  /// - Parameters:
  ///   - parents: the names of the streams whose pages others walk through.
  ///   - settled: the scope that it is built in, if the custom components of the stream were made before.
  ///   - recovery: is given everything that keeps the stream from being built.
  package func stream(
    _ node: ManifestNode, parents: NameSet = [], in settled: BuildScope? = nil, recovery: BuildRecovery? = nil
  ) async throws -> DeclarativeStream {
    // What else is wrong with a stream that has no name is found without one.
    if recovery == nil { try StreamNames.enforce(on: ComponentNode(node), in: scope) }
    let node = try fitted(node)
    let settled = if let settled { settled } else { try await scope.settled(for: [node]) }
    let inner = settled.recovering(recovery).entering(streamScope(of: node, parents: parents))
    return try await inner.migratingStates { scope in
      try isDelegating(node) ? scope.build(node, as: StateDelegatingStream.self).stream : scope.build(node)
    }
  }

  /// Every rule that a stream of the manifest breaks, whether it can be built or not.
  func violations(in node: ManifestNode) -> [ConnectorError] {
    guard let stream = try? ComponentNode(node) else { return [] }
    let own = CompositionRules.ofManifestStreams.violations(of: stream, named: stream.type, in: scope)
    guard let node = try? fitted(node) else { return own }
    return own + CompositionPass.violations(in: node, scope.entering(streamScope(of: node, parents: [])))
  }

  /// A generated stream with its values in the types that they should have; any other as it is.
  private func fitted(_ node: ManifestNode) throws -> ManifestNode {
    node.path.hasPrefix("dynamic_streams") ? try ComponentTypes.fitted(node) : node
  }

  private func isDelegating(_ node: ManifestNode) -> Bool { node["type"]?.string == StateDelegatingStream.typeName }

  private func streamScope(of node: ManifestNode, parents: NameSet) -> StreamScope {
    let name = node["name"]?.string ?? ""
    var scope = StreamScope(
      state: states[name], configured: catalog[name], mayForgetState: !isSettled && (catalog.isEmpty || catalog[name] != nil),
      isParent: parents.contains(name), sharesParents: !isDelegating(node))
    scope.window = window
    return scope
  }

  /// Which streams are not read at the same time.
  package func streamGroups() throws -> StreamGroups { try StreamGroups(manifest.streamGroups, in: scope) }
}
