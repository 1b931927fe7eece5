import AirbyteProtocol
import JSON
import Jinja

/// What a component may know of its surroundings while it is built. A value: what is set for a subtree stays in that subtree.
package struct BuildContext: Sendable {
  /// The config as the user gave it, after its migrations.
  package private(set) var config: JSONObject
  /// The same as templates see it.
  package private(set) var templateConfig: TemplateConfig
  package private(set) var runtime: RuntimeEnvironment
  /// The config as it would be with other secrets: what comes out differently by it is made of them.
  private(set) var secretShadow: SecretShadow?
  package let registry: ComponentRegistry
  /// What the authenticators share: tokens, and the config as they change it.
  package private(set) var authentication: AuthenticationState
  /// The jobs that may be running at the API at once, over all streams.
  package var jobBudget = AsyncJobBudget(limit: 1)
  /// What the requesters share: the call-rate budget and the response cache.
  package let requesting = RequestingState()
  /// The manifest's `api_budget`.
  package var apiBudget: ManifestNode?

  /// The name of the stream that is being built; empty outside streams.
  package var streamName = ""
  /// The files that the manifest can name by paths relative to itself.
  package var manifestFiles = ManifestFiles.folder(".")

  /// The state that was passed in for the stream that is being built (its `stream_state`), if any.
  package var streamState: JSONObject?
  /// The catalog's entry of the stream, where a read was configured for it.
  package var configuredStream: ConfiguredStream?

  /// Whether the stream can discard its state, which is reported to the platform: not if the catalog does not have the stream.
  package var mayForgetState = true
  /// Whether other streams walk through the pages of the stream that is being built.
  package var isParentStream = false
  /// Whether the parents of the stream that is being built count too: as in the reference, those of the manifest's streams do, but
  /// not the parents of parents.
  package var hasSharedParents = false
  /// Whether the requester that is being built keeps responses for the run, unless its `use_cache` says otherwise.
  package var keepsResponses = false

  /// The `$parameters` that the templates of a request option see: as in the reference, those of an authenticator and of a cursor
  /// reach into their options, those of other components do not.
  package var requestOptionParameters: JSONObject = [:]

  /// Collects what keeps components from being built, if all of it is needed.
  var salvage: BuildSalvage?

  /// What a parent must decide before its children are built.
  package var siblings = SiblingContext()

  /// - Parameter updates: is called when a component changes the config.
  package init(
    config: JSONObject, runtime: RuntimeEnvironment, registry: ComponentRegistry, updates: (any ConfigUpdating)? = nil
  ) {
    self.config = config
    let shadow = SecretShadow(of: config, hiddenFrom: runtime.secrets)
    secretShadow = shadow
    templateConfig = TemplateConfig(Value(JSONValue.object(config)), runtime: runtime.templates)
      .hidingSecrets(by: runtime.secrets, insteadOf: shadow)
    self.runtime = runtime
    self.registry = registry
    authentication = AuthenticationState(config: config, updates: updates)
  }

  /// The same surroundings with another config, whose changes are not reported.
  package func overriding(config: JSONObject) -> BuildContext {
    var context = self
    context.config = config
    let shadow = SecretShadow(of: config, hiddenFrom: runtime.secrets)
    context.secretShadow = shadow
    context.templateConfig = templateConfig.with(Value(JSONValue.object(config)))
      .hidingSecrets(by: runtime.secrets, insteadOf: shadow)
    context.authentication = AuthenticationState(config: config)
    return context
  }

  /// The config with other secrets, as templates see it; nil if none of those in `nodes` may read a secret.
  func shadow(for nodes: [ManifestNode]) -> TemplateConfig? {
    guard let shadow = secretShadow, nodes.contains(where: { shadow.mayChange($0.value) }) else { return nil }
    return templateConfig.with(shadow.value)
  }

  /// The same surroundings for what logs in: see ``RuntimeEnvironment/loggingIn``.
  var loggingIn: BuildContext {
    var context = self
    context.runtime = runtime.loggingIn
    return context
  }

  /// The same surroundings, with a collector of everything that keeps components from being built.
  func salvaging(_ salvage: BuildSalvage?) -> BuildContext {
    var context = self
    context.salvage = salvage
    return context
  }

  /// Builds the component that `node` describes and casts it to the role that its place needs.
  /// - Throws: ``ConnectorError`` if the type is unknown, not available or does not fit the place.
  package func build<Role>(_ node: ManifestNode, as role: Role.Type = Role.self) throws -> Role {
    try registry.build(node, as: role, in: self)
  }

  /// Builds the component of a place that admits but one type, which the node need not name: the schema has no `type` for it.
  /// - Throws: ``ConnectorError`` if it is not available.
  package func build<Only: Component>(only node: ManifestNode, _: Only.Type = Only.self) throws -> Only {
    try registry.build(node, named: Only.typeName, as: Only.self, in: self)
  }

  /// Builds a request option whose templates see `parameters`.
  func build(optional node: ManifestNode?, seeing parameters: JSONObject) throws -> RequestOption? {
    var context = self
    context.requestOptionParameters = parameters
    return try context.build(optional: node)
  }

  package func build<Role>(optional node: ManifestNode?, as role: Role.Type = Role.self) throws -> Role? {
    guard let node else { return nil }
    return try build(node, as: role)
  }
}

/// What one component of a stream hands to its neighbours at build time.
package struct SiblingContext: Sendable {
  /// The base URL of the requester, for paginators.
  package var urlBase: InterpolatedString?
  /// The decoder of the requester, for paginators.
  package var decoder: (any Decoder)?
  /// What the stream's manifest says of its cursor.
  package var incrementalSync: ManifestNode?
  /// The stream's cursor.
  package var cursor: (any Cursor)?
  /// The same, where pages end at the first record that is not new (a data feed).
  package var stopCursor: (any Cursor)?
  /// Whether the selector drops records that are not new.
  package var filtersByCursor = false
  package var isClientSideIncremental = false
  /// What cursor and partition router add to each request.
  package var requestOptions: any RequestOptionsProvider = NoRequestOptions()
  /// What downloads the files of the stream's records.
  var fileUploader: FileUploader?
  /// The stream's transformations.
  package var transformations: [any RecordTransformation] = []

  package init() {}
}
