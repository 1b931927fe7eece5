import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Makes a stream for each entry of lists in the config, or for each combination of their entries.
struct ConfigComponentsResolver: Component, ComponentsResolver {
  private let lists: [StreamConfig]
  private let mappings: [ComponentMappingDefinition]
  private let scope: BuildScope

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let streamConfig = try node.required("stream_config")
    lists = try (streamConfig.sequence ?? [streamConfig]).map { try scope.build($0) }
    mappings = try node.nodes("components_mapping").map {
      try ComponentMappingDefinition($0, parameters: node.parameters, in: scope)
    }
    self.scope = scope
  }

  var readsConfig: Bool { true }

  func resolve(_ template: ManifestNode, _ body: (ManifestNode) throws -> Void) async throws {
    let stream = StreamTemplate(template, in: scope)
    let entries = try lists.map { try $0.entries() }
    guard entries.allSatisfy({ !$0.isEmpty }) else { return }
    let others = others(of: entries)
    var place = [Int](repeating: 0, count: entries.count)
    while true {
      func merged(_ entries: [[JSONValue]]) -> Value { Self.merged(zip(entries, place).map { ($1, $0[$1]) }) }
      try body(stream.filled(by: mappings, .config, merged(entries), others: others.map(merged)))
      // The last list turns fastest.
      var turning = entries.count - 1
      while turning >= 0 {
        place[turning] += 1
        if place[turning] < entries[turning].count { break }
        place[turning] = 0
        turning -= 1
      }
      if turning < 0 { return }
    }
  }

  /// The entries where the config has other secrets; nil if they cannot be read, or their number differs.
  private func others(of entries: [[JSONValue]]) -> [[JSONValue]]? {
    guard let shadow = scope.run.secretShadow, let others = try? lists.map({ try $0.entries(of: shadow) }) else { return nil }
    return others.map(\.count) == entries.map(\.count) ? others : nil
  }

  /// The entries of a combination in one mapping; what is not a mapping is `source_config_N`, with its place in its list.
  private static func merged(_ combination: [(index: Int, entry: JSONValue)]) -> Value {
    var members: [(key: String, value: Value)] = []
    func set(_ key: String, _ value: Value) {
      if let place = members.firstIndex(where: { $0.key == key }) {
        members[place].value = value
      } else {
        members.append((key, value))
      }
    }
    for (place, (index, entry)) in combination.enumerated() {
      if case .object(let object) = entry {
        for (key, value) in object { set(key, Value(value)) }
      } else if !members.contains(where: { $0.key == "source_config_\(place)" }) {
        set("source_config_\(place)", .tuple([.int(index), Value(entry)]))
      }
    }
    return .dict(DictObject(frozen: members.map { ($0.key, $0.value) }))
  }
}

/// Where in the config the values of the streams are.
struct StreamConfig: Component {
  private let pointer: [InterpolatedString]
  private let defaults: [JSONValue]
  private let config: JSONObject
  private let templateConfig: TemplateConfig
  private let node: ManifestNode

  init(from node: ComponentNode, in scope: BuildScope) throws {
    self.node = node.node
    pointer = try node.nodes("configs_pointer").map { InterpolatedString($0, parameters: node.parameters) }
    defaults = try node.nodes("default_values").map(\.value)
    config = scope.config
    templateConfig = scope.templateConfig
  }

  /// The list in the config, or the one value there as a list, then the defaults.
  /// - Parameter shadow: the config that replaces the user's.
  /// - Throws: ``ConnectorError`` if the pointer leads to several places.
  func entries(of shadow: SecretShadow? = nil) throws -> [JSONValue] {
    let config = shadow?.config ?? config
    let evaluation = EvaluationContext(config: shadow.map { templateConfig.with($0.value) } ?? templateConfig)
    let path = try pointer.map { JSONPathSegment(try $0.evaluate(evaluation)) }
    do {
      let found = try JSONGlobPath(path).get(in: .object(config)) ?? []
      return (found.array ?? [found]) + defaults
    } catch {
      throw ConnectorError(.system, "`configs_pointer` should lead to one place in the config: \(error)", at: node)
    }
  }
}
