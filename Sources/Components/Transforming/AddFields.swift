import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Secrets
import Templating

/// Adds fields to records, or replaces them, by templates.
package struct AddFields: Component, RecordTransformation {
  private let fields: [AddedFieldDefinition]
  private let condition: InterpolatedBoolean?
  private let config: TemplateConfig
  /// Known apart from the condition, as a look at that copies it.
  private let isConditional: Bool
  /// Whether all values are the same for each record.
  private let isSettled: Bool

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    fields = try node.nodes("fields").map { field in
      try AddedFieldDefinition(from: ComponentNode(field), in: scope)
    }
    condition = node["condition"].flatMap { condition in
      guard let text = condition.string, !text.isEmpty else { return nil }
      return InterpolatedBoolean(text, parameters: node.parameters, mark: condition.mark)
    }
    config = scope.templateConfig
    isConditional = condition != nil
    isSettled = condition == nil && fields.allSatisfy { $0.settled != nil }
  }

  package func transform(_ record: inout Record, slice: StreamSlice) throws {
    if isSettled {
      for field in fields { if let value = field.settled { try field.set(value, in: &record) } }
      return
    }
    try RecordWindow.look(at: &record) { window in
      let context = EvaluationContext(config: config, record: .mapping(window), slice: slice)
      for field in fields {
        if !isConditional, let value = field.settled {
          try window.change { try field.set(value, in: &$0) }
          continue
        }
        let value = try field.value.evaluate(context)
        if let condition {
          let further = context.with(.value, value).with(.path, field.pathValue)
          guard try condition.evaluate(further) else { continue }
        }
        try window.change { try field.set(JSONValue(value), in: &$0) }
      }
    }
  }
}

/// One field that ``AddFields`` adds: its path and its template.
final class AddedFieldDefinition: Component {
  let value: InterpolatedString
  let path: [String]
  /// The value where it is the same for each record.
  let settled: JSONValue?
  private let key: JSONKey

  init(from node: ComponentNode, in scope: BuildScope) throws {
    path = try node.strings("path")
    guard let first = path.first else {
      throw ConnectorError(.system, "`path` needs at least one key", at: try node.required("path"), cause: .missing(["path"]))
    }
    key = JSONKey(first)
    let types: ValidTypes =
      switch try node.optionalString("value_type") {
      case "string": .string
      case "integer": .int
      case "number": .float
      case "boolean": .bool
      default: .any
      }
    let value = try node.required("value")
    self.value = InterpolatedString(
      value.string ?? PythonStrings.str(value.value), parameters: node.parameters, validTypes: types, mark: value.mark)
    settled = self.value.settled(by: scope.templateConfig).map { JSONValue($0) }
  }

  /// The path as templates see it.
  var pathValue: Value { Value(JSONValue.array(path.map { .string($0) })) }

  /// Sets the field; objects on the way are made where they are missing.
  /// - Throws: ``ConnectorError`` if the path leads through a value that is neither object nor list.
  func set(_ value: JSONValue, in record: inout Record) throws {
    if path.count == 1 { return record.set(key, value) }
    var top: JSONValue = .object(record[key].map { [key.string: $0.value] } ?? [:])
    do {
      try top.set(path.map { .key($0) }, to: value)
    } catch {
      throw ConnectorError(.system, "The field `\(path.joined(separator: "."))` cannot be added to a record: \(error)")
    }
    record.set(key, top[key.string])
  }
}

extension Symbol {
  package static let value = Symbol("value")
  package static let path = Symbol("path")
  package static let property = Symbol("property")
}
