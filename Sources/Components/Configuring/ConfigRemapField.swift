import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Replaces the value of a field of the config by the one that a table gives for it.
struct ConfigRemapField: Component, ConfigTransformation {
  private let path: [InterpolatedString]
  /// The schema takes a text as well, which fails when it is read, as in the reference.
  private let table: Result<InterpolatedMapping, any Error>
  private let node: ManifestNode

  init(from node: ComponentNode, in scope: BuildScope) throws {
    self.node = node.node
    path = try node.nodes("field_path").map { InterpolatedString($0) }
    guard !path.isEmpty else {
      throw ConnectorError(.system, "`field_path` needs at least one key", at: node.node, cause: .missing(["field_path"]))
    }
    let table = try node.required("map")
    self.table = Result {
      guard table.mapping != nil else { throw node.mismatch("map", "a mapping", table) }
      return try InterpolatedMapping(table)
    }
  }

  /// A field that is missing, or a value that the table does not have, stays as it is.
  func transform(_ config: inout ConfigDraft) throws {
    let evaluation = config.evaluation
    let keys = try path.map { try $0.evaluate(evaluation) }
    var owner = config.values
    for key in keys.dropLast() {
      guard let text = key.text, let inner = owner[text]?.object else { return }
      owner = inner
    }
    let table = try table.get().evaluate(evaluation)
    guard let name = keys.last?.text, let value = owner[name] else { return }
    switch value {
    case .array, .object:
      throw ConnectorError(
        .system, "The value of `\(name)` in the config cannot be looked up: it is not a plain value", at: node)
    case .string(let text):
      guard let new = table[text] else { return }
      do {
        try config.set(keys.map { .key($0.text ?? "") }, to: new)
      } catch {
        throw ConnectorError(.system, "`\(name)` cannot be set in the config: \(error)", at: node)
      }
    default: return
    }
  }
}
