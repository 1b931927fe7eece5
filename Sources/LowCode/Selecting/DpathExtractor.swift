import AirbyteProtocol
import JSON
import Jinja

/// Finds the records at a path of the body; `*` in the path takes every member.
struct DpathExtractor: Component, RecordExtractor {
  private let path: JSONGlobPath?
  private let node: ManifestNode
  private let expander: RecordExpander?

  init(from node: ComponentNode, in context: BuildContext) throws {
    self.node = node.node
    expander = try context.build(optional: node["record_expander"])
    let evaluation = EvaluationContext(config: context.configValue)
    let segments = try node.nodes("field_path").map { segment in
      try InterpolatedString(segment, parameters: node.parameters).string(evaluation)
    }
    path = segments.isEmpty ? nil : try JSONGlobPath(segments)
  }

  /// Takes the whole body as what is looked for.
  init(whole node: ManifestNode) {
    self.node = node
    path = nil
    expander = nil
  }

  func extract(from body: JSONView, into records: inout [Record]) throws -> Bool {
    guard expander == nil else { return false }
    guard let path else {
      try append(body, to: &records)
      return true
    }
    if path.hasStar {
      for view in path.values(in: body) { try append(record: view, to: &records) }
    } else if let found = try path.get(in: body) {
      try append(found, to: &records)
    }
    return true
  }

  func items(in body: JSONView) async throws -> [ExtractedItem] {
    let found = try views(in: body)
    guard let expander else { return found.map { .view($0) } }
    var items: [ExtractedItem] = []
    for view in found { items += try await expander.expand(view) }
    return items
  }

  private func views(in body: JSONView) throws -> [JSONView] {
    if let path, path.hasStar { return path.values(in: body) }
    guard let found = try path.map({ try $0.get(in: body) }) ?? body else { return [] }
    return found.kind == .array ? found.elements : found.isTruthy ? [found] : []
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
