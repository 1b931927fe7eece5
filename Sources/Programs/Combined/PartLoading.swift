import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest
import Synchronization

/// Makes the parts of a combined source, each with its part of the config.
struct PartLoading {
  private let input: SourceInput
  private let runtime: RuntimeEnvironment
  private let whole: WholeConfig

  init(_ input: SourceInput, _ runtime: RuntimeEnvironment) {
    self.input = input
    self.runtime = runtime
    whole = WholeConfig(input.config, input.updates)
  }

  func load(_ items: [CombinedPart]) async throws -> [CombinedSource.Part] {
    var parts: [CombinedSource.Part] = []
    for item in items { parts.append(try await load(item)) }
    return parts
  }

  private func load(_ item: CombinedPart) async throws -> CombinedSource.Part {
    let names = item.names
    var runtime = runtime
    runtime.events = PartEvents(runtime.events, names)
    var part = input
    part.writer = input.writer.part(names)
    part.catalog = []
    part.state = SourceState()
    if let key = item.configKey {
      part.config = try config(key, item)
      part.updates = PartUpdates(whole: whole, key: key)
    } else {
      part.updates = PartUpdates(whole: whole, key: nil)
    }
    let source = try await source(item, part, runtime)
    return CombinedSource.Part(node: item.node, names: names, source: source, configKey: item.configKey, runtime: runtime)
  }

  private func config(_ key: String, _ item: CombinedPart) throws -> JSONObject {
    guard !input.config.isEmpty else { return [:] }
    guard let config = input.config[key]?.object else {
      throw ConnectorError(
        .config, "The config needs an object `\(key)`, which is the config of `\(item.key)`",
        at: item.node["config_key"] ?? item.node)
    }
    return config
  }

  private func source(_ item: CombinedPart, _ part: SourceInput, _ runtime: RuntimeEnvironment) async throws -> any Source {
    guard let (manifest, files) = try item.opened(among: part.files) else {
      let node = item.own ?? item.node
      if let type = node["type"]?.string, let kind = part.kinds[type] {
        return try await kind.load(node, part, runtime: runtime)
      }
      return try await loaded(.injected(node.value), part, runtime, at: item.node)
    }
    guard part.depth < SourceSurroundings.deepest else {
      throw ConnectorError(
        .config, "The manifest \(item.path ?? "") is a part of itself, or of too many others, one within the other",
        at: item.node["manifest"] ?? item.node)
    }
    var part = part
    part.files = files
    part.depth += 1
    return try await loaded(manifest, part, runtime, at: item.node["manifest"] ?? item.node)
  }

  private func loaded(
    _ source: ManifestSource, _ part: SourceInput, _ runtime: RuntimeEnvironment, at place: ManifestNode
  ) async throws -> any Source {
    guard let make = part.part else {
      throw ConnectorError(.system, "This program cannot read sources that have parts", at: place)
    }
    return try await make(source, part, runtime)
  }
}

/// The config of a combined source, of which parts may renew theirs.
private final class WholeConfig: Sendable {
  private let values: Mutex<JSONObject>
  private let updates: (any ConfigUpdating)?

  init(_ values: JSONObject, _ updates: (any ConfigUpdating)?) {
    self.values = Mutex(values)
    self.updates = updates
  }

  func change(_ body: @Sendable (inout JSONObject) -> Void) async {
    let changed = values.withLock { values in
      body(&values)
      return values
    }
    await updates?.configChanged(changed)
  }
}

private struct PartUpdates: ConfigUpdating {
  let whole: WholeConfig
  /// The property of the config that the part has; nil for the whole.
  let key: String?

  func configChanged(_ config: JSONObject) async {
    await whole.change { values in if let key { values[key] = .object(config) } else { values = config } }
  }
}
