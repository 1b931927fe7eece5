import AirbyteProtocol
import JSON
import Jinja
import Manifest

/// What a component is given while it is built: the run, the stream, what the stream's other parts settled for its retriever, and what
/// surrounds it within the retriever. Immutable: a component makes a nested scope for its parts, and sees nothing of its neighbours'.
public struct BuildScope: Sendable {
  package let run: RunScope
  package let stream: StreamScope
  package let reading: ReadingScope
  package let exchange: ExchangeScope
  /// The `$parameters` that the templates of a request option see: as with the reference, those of an authenticator and of a cursor
  /// reach into their options, those of other components do not.
  package let optionParameters: JSONObject

  private init(
    run: RunScope, stream: StreamScope, reading: ReadingScope, exchange: ExchangeScope, optionParameters: JSONObject = [:]
  ) {
    self.run = run
    self.stream = stream
    self.reading = reading
    self.exchange = exchange
    self.optionParameters = optionParameters
  }

  /// The scope outside of all streams.
  package init(_ run: RunScope) {
    self.init(run: run, stream: StreamScope(), reading: ReadingScope(), exchange: ExchangeScope())
  }

  /// The scope outside of all streams of a run that has nothing but a config.
  package init(config: JSONObject, runtime: RuntimeEnvironment, registry: ComponentRegistry) {
    self.init(RunScope(config: config, runtime: runtime, registry: registry))
  }

  // MARK: Nested scopes

  /// The scope of a stream's parts.
  package func entering(_ stream: StreamScope) -> BuildScope {
    BuildScope(run: run, stream: stream, reading: ReadingScope(), exchange: ExchangeScope())
  }

  /// The scope of a stream's retriever.
  package func entering(_ reading: ReadingScope) -> BuildScope {
    BuildScope(run: run, stream: stream, reading: reading, exchange: exchange)
  }

  /// The scope of a requester and of what handles its responses.
  package func entering(_ exchange: ExchangeScope) -> BuildScope {
    BuildScope(run: run, stream: stream, reading: reading, exchange: exchange)
  }

  /// The scope of requests that are made beside those for the stream's records: nothing of the stream's cursor applies to them.
  /// - Parameters:
  ///   - name: what logs call them; nil for the stream's name.
  ///   - reading: what applies instead.
  package func beside(named name: String? = nil, _ reading: ReadingScope = ReadingScope()) -> BuildScope {
    var stream = stream
    if let name { stream.name = name }
    return BuildScope(run: run, stream: stream, reading: reading, exchange: ExchangeScope())
  }

  /// The scope of a login: see ``RuntimeEnvironment/loggingIn``.
  package var loggingIn: BuildScope { with(run.loggingIn) }

  /// The same scope, in which `recovery` learns of everything that keeps components from being built.
  package func recovering(_ recovery: BuildRecovery?) -> BuildScope { with(run.recovering(recovery)) }

  /// The same scope, whose request options see `parameters`.
  package func seeing(_ parameters: JSONObject) -> BuildScope {
    BuildScope(run: run, stream: stream, reading: reading, exchange: exchange, optionParameters: parameters)
  }

  package func with(_ run: RunScope) -> BuildScope {
    BuildScope(run: run, stream: stream, reading: reading, exchange: exchange, optionParameters: optionParameters)
  }

  // MARK: Building

  /// Builds the component that `node` describes and casts it to the role that its place needs.
  /// - Throws: ``ConnectorError`` where the type is unknown, not available or does not fit the place.
  public func build<Role>(_ node: ManifestNode, as role: Role.Type = Role.self) throws -> Role {
    try run.registry.build(node, as: role, in: self)
  }

  /// Builds the component of a place that admits one type alone, which the node need not name: the schema has no `type` for it.
  /// - Throws: ``ConnectorError`` where it is not available.
  package func build<Only: Component>(only node: ManifestNode, _: Only.Type = Only.self) throws -> Only {
    try run.registry.build(node, named: Only.typeName, as: Only.self, in: self)
  }

  /// Builds a component that may be left out.
  public func build<Role>(optional node: ManifestNode?, as role: Role.Type = Role.self) throws -> Role? {
    guard let node else { return nil }
    return try build(node, as: role)
  }

  // MARK: Shorter names

  /// The user's config, after its migrations and transformations.
  public var config: JSONObject { run.config }
  package var templateConfig: TemplateConfig { run.templateConfig }
  /// The clock, the log and the other things that a component takes from its surroundings.
  public var runtime: RuntimeEnvironment { run.runtime }
  package var registry: ComponentRegistry { run.registry }
  /// The name of the stream that the component belongs to; empty outside of streams.
  public var streamName: String { stream.name }
}
