import ConnectorModel
import JSON
import Jinja
import Manifest
import Secrets
import Templating

/// Removes fields from records.
struct RemoveFields: Component, RecordTransformation {
  private let pointers: [Pointer]
  private let condition: InterpolatedBoolean?
  private let config: TemplateConfig

  /// A class, since a loop over values would copy each of them for each record.
  private final class Pointer: Sendable {
    let glob: JSONGlobPath
    /// The keys, where none is a wildcard.
    let keys: [JSONKey]?
    /// The only key, where it is not a wildcard.
    let key: JSONKey?
    /// The first key, where it is not a wildcard.
    let first: JSONKey?

    init(_ segments: [String]) throws {
      glob = try JSONGlobPath(segments)
      keys = glob.literalKeys
      key = glob.literalKey
      first = try segments.first.flatMap { try JSONGlobPath([$0]).literalKey }
    }
  }

  init(from node: ComponentNode, in scope: BuildScope) throws {
    pointers = try node.nodes("field_pointers").map { pointer in
      try Pointer((pointer.sequence ?? []).map { $0.string ?? PythonStrings.str($0.value) })
    }
    condition = node["condition"].flatMap { condition in
      guard let text = condition.string, !text.isEmpty else { return nil }
      return InterpolatedBoolean(text, parameters: [:], mark: condition.mark)
    }
    config = scope.templateConfig
  }

  func transform(_ record: inout Record, slice: StreamSlice) throws {
    if let condition { return try removeLeaves(of: &record, where: condition) }
    for pointer in pointers {
      if let key = pointer.key {
        if record[key] != nil { record.set(key, nil) }
      } else if let keys = pointer.keys, record.remove(keys) {
        continue
      } else if let first = pointer.first {
        guard let field = record[first] else { continue }
        var top: JSONValue = .object([first.string: field.value])
        if top.delete(pointer.glob) > 0 { record.set(first, top[first.string]) }
      } else {
        record.rebuild { object in
          var top: JSONValue = .object(object)
          _ = top.delete(pointer.glob)
          object = top.object ?? [:]
        }
      }
    }
  }

  /// With a condition, the reference removes every leaf that fulfils it, wherever it is, once a pointer.
  private func removeLeaves(of record: inout Record, where condition: InterpolatedBoolean) throws {
    for _ in pointers {
      try record.rebuild { object in
        var top: JSONValue = .object(object)
        _ = try top.deleteLeaves { leaf in
          try condition.evaluate(EvaluationContext(config: config, bindings: [(.property, Value(leaf))]))
        }
        object = top.object ?? [:]
      }
    }
  }
}
