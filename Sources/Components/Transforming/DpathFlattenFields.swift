import ConnectorModel
import JSON
import Jinja
import Templating

/// Lifts the fields of one nested object to the top level.
struct DpathFlattenFields: Component, RecordTransformation {
  /// A template in it that fails does so when a record comes, as in the reference.
  private let path: Result<JSONGlobPath, any Error>
  private let deletesOrigin: Bool
  private let replacesRecord: Bool
  private let keys: KeyTransformation?

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let evaluation = EvaluationContext(config: scope.templateConfig)
    let templates = try node.nodes("field_path").map { InterpolatedString($0, parameters: node.parameters) }
    path = Result { try JSONGlobPath(try templates.map { try $0.string(evaluation) }) }
    deletesOrigin = try node.bool("delete_origin_value", default: false)
    replacesRecord = try node.bool("replace_record", default: false)
    keys = try scope.build(optional: node["key_transformation"])
  }

  func transform(_ record: inout Record, slice: StreamSlice) throws {
    let path = try path.get()
    try record.rebuild { object in
      var top: JSONValue = .object(object)
      let found = path.hasStar ? path.values(in: top).first : try path.get(in: top)
      guard case .object(var extracted)? = found else { return }
      if let keys { extracted = keys.renamed(extracted) }
      if replacesRecord, !extracted.isEmpty {
        object = extracted
      } else if extracted.keys.allSatisfy({ object[$0] == nil }) {
        if deletesOrigin {
          _ = top.delete(path)
          object = top.object ?? [:]
        }
        for (key, value) in extracted { object[key] = value }
      }
    }
  }
}

/// Puts a prefix before and a suffix behind the names of lifted fields.
struct KeyTransformation: Component {
  private let prefix: String
  private let suffix: String

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let evaluation = EvaluationContext(config: scope.templateConfig)
    func text(_ property: String) throws -> String {
      try node[property].map { try InterpolatedString($0, parameters: node.parameters).string(evaluation) } ?? ""
    }
    prefix = try text("prefix")
    suffix = try text("suffix")
  }

  func renamed(_ object: JSONObject) -> JSONObject {
    var result = JSONObject(minimumCapacity: object.count)
    for (key, value) in object { result[prefix + key + suffix] = value }
    return result
  }
}
