import AirbyteProtocol
import JSON
import Jinja

/// Makes a record of each item of a list inside a record.
struct RecordExpander: Component {
  /// A template in it that fails does so when a record comes, unless a list may be fetched, as with the reference.
  private let path: Result<JSONGlobPath, any Error>
  private let keepsOriginal: Bool
  private let parentFields: [ParentFieldPath]
  private let mergesParent: Bool
  private let emitsParent: Bool
  private let truncationIndicator: RecordPath?
  /// What fetches a list whose record holds its beginning only.
  private let retriever: SimpleRetriever?
  private let streamName: String
  private let log: any LogSink
  private let truncationWarning = Once()
  private let shortfallWarning = Once()

  init(from node: ComponentNode, in context: BuildContext) throws {
    let hasRetriever = node["truncated_list_retriever"] != nil
    path = Result {
      try JSONGlobPath(try Self.path("expand_records_from_field", of: node, in: context, allowsGlobs: !hasRetriever))
    }
    if hasRetriever { _ = try path.get() }
    keepsOriginal = try node.bool("remain_original_record", default: false)
    parentFields = try node.nodes("parent_fields").map { try context.build($0) }
    mergesParent = try node.bool("merge_parent", default: false)
    emitsParent = try node.optionalString("on_no_records") == "emit_parent"
    let indicator = try Self.path("truncation_indicator_path", of: node, in: context, allowsGlobs: false)
    truncationIndicator = indicator.isEmpty ? nil : RecordPath(indicator)
    if hasRetriever, indicator.isEmpty {
      throw ConnectorError(.system, "`truncated_list_retriever` needs `truncation_indicator_path`.", at: node.node)
    }
    streamName = context.streamName
    log = context.runtime.log
    retriever = try node["truncated_list_retriever"].map { child in
      for property in ["partition_router", "pagination_reset"] {
        if let refused = child[property], !refused.isNull {
          throw ConnectorError(.system, "A `truncated_list_retriever` cannot have `\(property)`.", at: refused)
        }
      }
      var inner = context
      inner.streamName = "record_expander_truncated_list"
      inner.siblings = SiblingContext()
      return try inner.build(child)
    }
  }

  /// The segments of a path, which may be templates over the config.
  static func path(_ property: String, of node: ComponentNode, in context: BuildContext, allowsGlobs: Bool) throws -> [String] {
    let evaluation = EvaluationContext(config: context.templateConfig)
    return try node.nodes(property).map { segment in
      let text = try InterpolatedString(segment, parameters: node.parameters).string(evaluation)
      if !allowsGlobs, text.contains(where: { "*?[".contains($0) }) {
        throw ConnectorError(
          .system, "`\(property)` has to name a single field here: `*`, `?` and `[` are not allowed.", at: segment)
      }
      return text
    }
  }

  /// The items of `record`; what is no object stays as it is.
  func expand(_ record: JSONView) async throws -> [ExtractedItem] {
    guard record.kind == .object, case .object(let parent) = record.value else { return [.view(record)] }
    let path = try path.get()
    guard !path.segments.isEmpty else { return [.view(record)] }
    let base = mergesParent ? path.removingLists(from: .object(parent)).object : nil
    let isTruncated = try truncationIndicator?.value(in: Record(parent))?.isTruthy ?? false
    if isTruncated, let retriever {
      let fetched = try await fetch(by: retriever, parent, base)
      try warnOfShortfall(fetched.count, parent)
      if !fetched.isEmpty { return fetched }
    }
    let embedded = path.values(in: .object(parent)).compactMap(\.array).flatMap { $0 }
    if isTruncated, retriever == nil { try warnOfTruncation(embedded.count, parent) }
    if embedded.isEmpty { return emitsParent ? [.view(record)] : [] }
    return try embedded.map { .value(try withParent(parent, $0, base)) }
  }

  private func fetch(by retriever: SimpleRetriever, _ parent: JSONObject, _ base: JSONObject?) async throws -> [ExtractedItem] {
    var items: [ExtractedItem] = []
    try await retriever.read(StreamSlice(partition: ["parent_record": .object(parent)]), normalizer: nil) { page in
      items += try page.records.map { .value(try withParent(parent, .object($0.object), base)) }
      return true
    }
    return items
  }

  /// The parent's fields lie below the item's, the copied ones above them.
  private func withParent(_ parent: JSONObject, _ item: JSONValue, _ base: JSONObject?) throws -> JSONValue {
    var child: JSONObject
    switch item {
    case .object(let object): child = object
    default:
      guard keepsOriginal || mergesParent || !parentFields.isEmpty else { return item }
      child = ["value": item]
    }
    if let base { child = base.merging(child) { $1 } }
    for field in parentFields { try field.copy(from: parent, to: &child) }
    if keepsOriginal { child["original_record"] = .object(parent) }
    return .object(child)
  }

  // MARK: Warnings

  /// The `total_count` beside the field that tells of the truncation.
  private func total(_ parent: JSONObject) throws -> Int? {
    guard let segments = truncationIndicator?.segments.dropLast() else { return nil }
    return try RecordPath(segments + ["total_count"]).value(in: Record(parent))?.int
  }

  private func warnOfTruncation(_ count: Int, _ parent: JSONObject) throws {
    let total = try total(parent).map { " of \($0)" } ?? ""
    truncationWarning {
      log.log(
        .warn,
        "Stream \(streamName): a record holds the beginning of a list only, and no `truncated_list_retriever` fetches the rest: "
          + "\(count)\(total) items are read. It is said once, other records may be cut as well.")
    }
  }

  private func warnOfShortfall(_ count: Int, _ parent: JSONObject) throws {
    guard let total = try total(parent), count < total else { return }
    shortfallWarning {
      log.log(
        .warn,
        "Stream \(streamName): `truncated_list_retriever` fetched \(count) items of a list that should have \(total). "
          + "It is said once, other lists may be incomplete as well.")
    }
  }
}
