import ConnectorModel
import JSON
import Jinja
import Templating

/// Replaces a part of every field's name, at any depth of objects.
struct KeysReplace: Component, RecordTransformation {
  private let old: InterpolatedString
  private let new: InterpolatedString
  private let config: TemplateConfig

  init(from node: ComponentNode, in scope: BuildScope) throws {
    old = try InterpolatedString(node.required("old"), parameters: node.parameters)
    new = try InterpolatedString(node.required("new"), parameters: node.parameters)
    config = scope.templateConfig
  }

  func transform(_ record: inout Record, slice: StreamSlice) throws {
    let context = EvaluationContext(
      config: config,
      bindings: [
        (.record, record.templateValue), (.streamSlice, slice.templateValue), (.streamState, .emptyDict),
      ])
    let old = try old.string(context)
    let new = try new.string(context)
    record.rebuild { $0 = Self.renamed($0) { Self.replacing(old, in: $0, with: new) } }
  }

  /// What lies deeper keeps its keys.
  private static let deepestRenaming = 512

  static func renamed(_ object: JSONObject, depth: Int = 0, _ name: (String) -> String) -> JSONObject {
    var result = JSONObject(minimumCapacity: object.count)
    for (key, value) in object {
      if case .object(let inner) = value, depth < deepestRenaming {
        result[name(key)] = .object(renamed(inner, depth: depth + 1, name))
      } else {
        result[name(key)] = value
      }
    }
    return result
  }

  /// Python's `str.replace`: an empty `old` matches between all characters.
  private static func replacing(_ old: String, in text: String, with new: String) -> String {
    if old.isEmpty { return new + text.unicodeScalars.map { String($0) + new }.joined() }
    return text.replacing(old, with: new)
  }
}
