import JSON
import Jinja
import Manifest
import Synchronization

/// What all components of a run are given.
package struct RunScope: Sendable {
  /// The config as the user gave it, after its migrations.
  package let config: JSONObject
  /// The same as templates see it.
  package let templateConfig: TemplateConfig
  package let runtime: RuntimeEnvironment
  package let registry: ComponentRegistry
  /// The top level of the manifest, for settings that hold for all streams; nil where there is none.
  package let manifest: ManifestNode?
  /// The files that the manifest may name by paths from where it is.
  package let files: ManifestFiles
  /// Learns of each change of the config.
  package let updates: (any ConfigUpdating)?
  /// Collects what keeps components from being built, where all of it is wanted.
  package let recovery: BuildRecovery?
  /// The config as it would be with other secrets: what comes out differently by it is made of them.
  package let secretShadow: SecretShadow?
  /// What makes custom components that have no class in Swift.
  package let custom: (any CustomComponents)?
  /// The states that were migrated for what is being built.
  package private(set) var migratedStates = MigratedStates()
  private let shared: SharedObjects
  private let sharedByConfig: SharedObjects

  package init(
    config: JSONObject, runtime: RuntimeEnvironment, registry: ComponentRegistry, manifest: ManifestNode? = nil,
    files: ManifestFiles = .folder("."), updates: (any ConfigUpdating)? = nil, custom: (any CustomComponents)? = nil
  ) {
    self.config = config
    self.runtime = runtime
    self.registry = registry
    self.manifest = manifest
    self.files = files
    self.updates = updates
    self.custom = custom
    recovery = nil
    secretShadow = SecretShadow(of: config, hiddenFrom: runtime.secrets)
    templateConfig = TemplateConfig(
      Value(JSONValue.object(config)), runtime: runtime.templates, coverage: runtime.coverage
    ).hidingSecrets(by: runtime.secrets, insteadOf: secretShadow)
    shared = SharedObjects()
    sharedByConfig = SharedObjects()
  }

  private init(_ other: RunScope, runtime: RuntimeEnvironment, recovery: BuildRecovery?) {
    config = other.config
    templateConfig = other.templateConfig
    self.runtime = runtime
    registry = other.registry
    manifest = other.manifest
    files = other.files
    updates = other.updates
    self.recovery = recovery
    secretShadow = other.secretShadow
    custom = other.custom
    migratedStates = other.migratedStates
    shared = other.shared
    sharedByConfig = other.sharedByConfig
  }

  private init(_ other: RunScope, config: JSONObject, updates: (any ConfigUpdating)?) {
    self.config = config
    runtime = other.runtime
    registry = other.registry
    manifest = other.manifest
    files = other.files
    self.updates = updates
    custom = other.custom
    recovery = other.recovery
    secretShadow = SecretShadow(of: config, hiddenFrom: runtime.secrets)
    templateConfig = other.templateConfig.with(Value(JSONValue.object(config)))
      .hidingSecrets(by: runtime.secrets, insteadOf: secretShadow)
    shared = other.shared
    sharedByConfig = SharedObjects()
  }

  /// The same run with another config, of whose changes nobody learns.
  package func overriding(config: JSONObject) -> RunScope { RunScope(self, config: config, updates: nil) }

  /// The same run with the config as it is after custom components were made.
  package func settling(config: JSONObject) -> RunScope { RunScope(self, config: config, updates: updates) }

  /// The same run, whose streams find their states migrated.
  package func knowing(_ states: MigratedStates) -> RunScope {
    var run = self
    run.migratedStates = states
    return run
  }

  /// The same run for what logs in: see ``RuntimeEnvironment/loggingIn``.
  package var loggingIn: RunScope { RunScope(self, runtime: runtime.loggingIn, recovery: recovery) }

  /// The same run, in which `recovery` learns of everything that keeps components from being built.
  package func recovering(_ recovery: BuildRecovery?) -> RunScope { RunScope(self, runtime: runtime, recovery: recovery) }

  /// The config with other secrets, as templates see it; nil where none of those in `nodes` may read a secret.
  package func shadow(for nodes: [ManifestNode]) -> TemplateConfig? {
    guard let secretShadow, nodes.contains(where: { secretShadow.mayChange($0.value) }) else { return nil }
    return templateConfig.with(secretShadow.value)
  }

  /// The one object of its kind in this run, made when it is first asked for.
  package func shared<Object: SharedInRun>(_ kind: Object.Type = Object.self) -> Object {
    (kind.dependsOnConfig ? sharedByConfig : shared).object { Object(in: self) }
  }
}

/// What the components of a run share, one object of a kind: a cache, a budget, the tokens of logins.
package protocol SharedInRun: AnyObject, Sendable {
  /// Whether a run with another config has an object of its own.
  static var dependsOnConfig: Bool { get }
  init(in run: RunScope)
}

extension SharedInRun {
  package static var dependsOnConfig: Bool { false }
}

/// Objects by their types.
private final class SharedObjects: Sendable {
  private let objects = Mutex<[ObjectIdentifier: any Sendable]>([:])

  func object<Object: SharedInRun>(_ make: () -> Object) -> Object {
    objects.withLock { objects in
      let kind = ObjectIdentifier(Object.self)
      if let known = objects[kind] as? Object { return known }
      let object = make()
      objects[kind] = object
      return object
    }
  }
}
