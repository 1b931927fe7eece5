import Manifest
import Validation

/// Compares where a retriever looks for records, and the fields that its stream relies on, with the answer of an operation.
struct RecordCheck {
  let reader: SchemaReader
  let operation: DescribedAPI.Operation

  func check(_ retriever: ComponentVisit, _ findings: inout FindingList) {
    guard let answer = operation.response?.schema, let record = record(in: answer, retriever, &findings) else { return }
    guard let stream = retriever.enclosing("DeclarativeStream"), stream["transformations"]?.sequence?.isEmpty ?? true else {
      return
    }
    if let key = stream["primary_key"] {
      for node in key.string == nil ? key.sequence ?? [] : [key] {
        checkField(
          node.sequence?.compactMap(\.string) ?? [node.string].compactMap { $0 }, "the primary key", node, record, &findings)
      }
    }
    if let cursor = stream["incremental_sync"]?["cursor_field"], let name = cursor.string {
      checkField([name], "the cursor", cursor, record, &findings)
    }
  }

  // MARK: Records

  /// The schema of the records; nil if it is not known, or if there are none.
  private func record(in answer: DocumentNode, _ retriever: ComponentVisit, _ findings: inout FindingList) -> DocumentNode? {
    guard let extractor = retriever["record_selector"]?["extractor"], extractor["type"]?.string == "DpathExtractor",
      extractor["record_expander"] == nil, let path = extractor["field_path"]?.sequence
    else { return nil }
    var node = answer
    var walked: [String] = []
    for step in path {
      guard let name = step.string ?? step.int.map(String.init), !name.contains("{{"), name != "**", !reader.isOpen(node) else {
        return nil
      }
      guard let next = reader.value(at: [name], of: node) else {
        warnOfMissing(name, walked, node, step, &findings)
        return nil
      }
      walked.append(name)
      node = next
    }
    let shape = reader.shape(node)
    if shape.isScalar, shape.alternatives.isEmpty {
      let place = walked.isEmpty ? "the answer" : "`\(walked.joined(separator: "."))`"
      findings.apply("openapi-record-path") {
        $0.warn(
          "\(place) of `\(operation.title)` is a value of type `\(shape.types.joined(separator: ", "))`, not records",
          at: path.last ?? extractor,
          related: DocumentCheck.related("the value in the document", node.mark ?? operation.response?.mark))
      }
      return nil
    }
    return shape.isArray ? shape.items : node
  }

  private func warnOfMissing(
    _ name: String, _ walked: [String], _ node: DocumentNode, _ step: ManifestNode, _ findings: inout FindingList
  ) {
    let shape = reader.shape(node)
    let place =
      walked.isEmpty ? "the answer to `\(operation.title)`" : "`\(walked.joined(separator: "."))` of `\(operation.title)`"
    let names = reader.properties(of: node).map(\.name)
    let what = shape.isArray ? "is a list" : "has no `\(name)`"
    let near = NameSuggestion.nearest(to: name, among: names).map(Remedy.name)
    let lists = reader.properties(of: node).filter { reader.recordSchema(ofList: reader.shape($0.node)) != nil }.map(\.name)
    let advice: Remedy? = lists.count == 1 ? .name(lists[0]) : nil
    findings.apply("openapi-record-path") {
      $0.warn(
        "\(place) \(what)", at: step, remedy: near ?? advice,
        related: DocumentCheck.related("the answer in the document", operation.response?.mark))
    }
  }

  // MARK: Fields

  private func checkField(
    _ path: [String], _ role: String, _ node: ManifestNode, _ record: DocumentNode, _ findings: inout FindingList
  ) {
    guard !path.isEmpty, !path.contains(where: { $0.contains("{{") }), !reader.isOpen(record),
      reader.value(at: path, of: record) == nil
    else { return }
    let names = reader.properties(of: record).map(\.name)
    let near = NameSuggestion.nearest(to: path[0], among: names)
    let mark = reader.document.resolved(record).mark ?? operation.response?.mark
    findings.apply("openapi-field") {
      $0.warn(
        "the records of `\(operation.title)` have no field `\(path.joined(separator: "."))`, which is \(role)", at: node,
        remedy: near.map(Remedy.name), related: DocumentCheck.related("the records in the document", mark))
    }
  }
}
