import AirbyteProtocol
import JSON
import Jinja

/// Finds the records at a path of the body; `*` in the path takes every member.
struct DpathExtractor: Component, RecordExtractor {
  private let path: JSONGlobPath?
  private let node: ManifestNode

  init(from node: ComponentNode, in context: BuildContext) throws {
    self.node = node.node
    if let expander = node["record_expander"] {
      throw ConnectorError.unsupported("RecordExpander", at: expander)
    }
    let evaluation = EvaluationContext(config: context.configValue)
    let segments = try node.nodes("field_path").map { segment in
      try InterpolatedString(segment, parameters: node.parameters).string(evaluation)
    }
    path = segments.isEmpty ? nil : try JSONGlobPath(segments)
  }

  func extract(from body: JSONView, into records: inout [Record]) throws {
    guard let path else { return try append(body, to: &records) }
    if path.hasStar {
      for view in path.values(in: body) { try append(record: view, to: &records) }
    } else if let found = try path.get(in: body) {
      try append(found, to: &records)
    }
  }

  /// A list gives its elements, any other value that is not empty is a record.
  private func append(_ found: JSONView, to records: inout [Record]) throws {
    if found.kind == .array {
      records.reserveCapacity(records.count + found.count)
      try found.forEachElement { try append(record: $0, to: &records) }
    } else if found.isTruthy {
      try append(record: found, to: &records)
    }
  }

  private func append(record view: JSONView, to records: inout [Record]) throws {
    guard view.kind == .object else {
      throw ConnectorError(
        .system, "A record should be an object, but the API sent \(view.kind == .array ? "a list" : "a single value").", at: node)
    }
    records.append(Record(view))
  }
}
