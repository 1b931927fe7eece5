import AirbyteProtocol
import Concurrency
import ConnectorModel
import JSON
import Jinja
import Templating

/// Makes a record of each item of a list inside a record.
struct RecordExpander: Component {
  /// A template in it that fails does so when a record comes, unless a list may be fetched, as in the reference.
  private let path: Result<JSONGlobPath, any Error>
  private let keepsOriginal: Bool
  private let parentFields: [ParentFieldPath]
  private let mergesParent: Bool
  private let emitsParent: Bool
  private let truncationIndicator: RecordPath?
  /// What fetches a list whose record holds its beginning only.
  private let retriever: SimpleRetriever?
  private let streamName: String
  private let log: any Log
  private let truncationWarning = Once()
  private let shortfallWarning = Once()

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let hasRetriever = node["truncated_list_retriever"] != nil
    path = Result {
      try JSONGlobPath(try Self.path("expand_records_from_field", of: node, in: scope, allowsGlobs: !hasRetriever))
    }
    if hasRetriever { _ = try path.get() }
    keepsOriginal = try node.bool("remain_original_record", default: false)
    parentFields = try node.nodes("parent_fields").map { try scope.build($0) }
    mergesParent = try node.bool("merge_parent", default: false)
    emitsParent = try node.optionalString("on_no_records") == "emit_parent"
    let indicator = try Self.path("truncation_indicator_path", of: node, in: scope, allowsGlobs: false)
    truncationIndicator = indicator.isEmpty ? nil : RecordPath(indicator)
    streamName = scope.streamName
    log = scope.runtime.log
    retriever = try scope.beside(named: Self.retrieverName).build(optional: node["truncated_list_retriever"])
  }

  /// What logs call the requests for the rest of a list.
  private static let retrieverName = "record_expander_truncated_list"

  static func partScope(of node: ComponentNode, in scope: BuildScope) -> BuildScope? { scope.beside(named: retrieverName) }

  /// The segments of a path, which may be templates over the config.
  static func path(_ property: String, of node: ComponentNode, in scope: BuildScope, allowsGlobs: Bool) throws -> [String] {
    let evaluation = EvaluationContext(config: scope.templateConfig)
    return try node.nodes(property).map { segment in
      let text = try InterpolatedString(segment, parameters: node.parameters).string(evaluation)
      if !allowsGlobs, text.contains(where: { "*?[".contains($0) }) {
        throw ConnectorError(
          .system, "`\(property)` has to name a single field here: `*`, `?` and `[` are not allowed", at: segment)
      }
      return text
    }
  }

  /// Calls `take` with the items of `record`, one after the other; what is not an object stays as it is.
  /// - Parameter place: where the record is made that goes into its items.
  func expand(_ record: JSONView, making place: RecordWorkplace?, _ take: (ExtractedItem) async throws -> Void) async throws {
    guard record.kind == .object else { return try await take(.view(record)) }
    let path = try path.get()
    guard !path.segments.isEmpty else { return try await take(.view(record)) }
    let isTruncated = try truncationIndicator?.value(in: Record(record))?.isTruthy ?? false
    if isTruncated, let retriever {
      let parent = Parent(of: record, keepsOriginal: true, base: base(of: record, path))
      let fetched = try await fetch(by: retriever, parent)
      try warnOfShortfall(fetched.count, record)
      if !fetched.isEmpty {
        for item in fetched { try await take(item) }
        return
      }
    }
    let lists = path.values(in: record).filter { $0.kind == .array && $0.count > 0 }
    if isTruncated, retriever == nil { try warnOfTruncation(lists.reduce(0) { $0 + $1.count }, record) }
    if lists.isEmpty { return emitsParent ? try await take(.view(record)) : () }
    guard keepsOriginal || mergesParent || !parentFields.isEmpty else {
      for list in lists { for item in list.elementSequence { try await take(.view(item)) } }
      return
    }
    func takeItems() async throws {
      let parent = Parent(of: record, keepsOriginal: keepsOriginal, base: base(of: record, path))
      for list in lists { for item in list.elementSequence { try await take(.value(try withParent(parent, item.value))) } }
    }
    guard keepsOriginal || mergesParent, let place else { return try await takeItems() }
    try await place.make(Record(record), takeItems)
  }

  /// A record whose items are made records.
  private struct Parent {
    let record: Record
    /// The whole record; nil if it is not needed.
    let whole: JSONObject?
    /// The record without its lists, where items are merged with it.
    let base: JSONObject?

    init(of view: JSONView, keepsOriginal: Bool, base: JSONObject?) {
      record = Record(view)
      whole = keepsOriginal ? record.object : nil
      self.base = base
    }
  }

  private func base(of record: JSONView, _ path: JSONGlobPath) -> JSONObject? {
    mergesParent ? path.removingLists(from: record).object : nil
  }

  private func fetch(by retriever: SimpleRetriever, _ parent: Parent) async throws -> [ExtractedItem] {
    var items: [ExtractedItem] = []
    let partition: JSONObject = ["parent_record": .object(parent.whole ?? parent.record.object)]
    try await retriever.read(StreamSlice(partition: partition)) { page in
      items += try page.records.map { .value(try withParent(parent, .object($0.object))) }
      return true
    }
    return items
  }

  /// The item's fields replace the parent's, and the copied ones replace both.
  private func withParent(_ parent: Parent, _ item: JSONValue) throws -> JSONValue {
    var child: JSONObject
    switch item {
    case .object(let object): child = object
    default:
      guard keepsOriginal || mergesParent || !parentFields.isEmpty else { return item }
      child = ["value": item]
    }
    if let base = parent.base { child = base.merging(child) { $1 } }
    for field in parentFields { try field.copy(from: parent.record, to: &child) }
    if keepsOriginal { child["original_record"] = .object(parent.whole ?? [:]) }
    return .object(child)
  }

  // MARK: Warnings

  /// The `total_count` beside the field that shows the truncation.
  private func total(_ parent: JSONView) throws -> Int? {
    guard let segments = truncationIndicator?.segments.dropLast() else { return nil }
    return try RecordPath(segments + ["total_count"]).value(in: Record(parent))?.int
  }

  private func warnOfTruncation(_ count: Int, _ parent: JSONView) throws {
    let total = try total(parent).map { " of \($0)" } ?? ""
    truncationWarning {
      log.log(
        .warn,
        "Stream \(streamName): a record holds the beginning of a list only, and no `truncated_list_retriever` fetches the rest: "
          + "\(count)\(total) items are read. This is reported once; other records may be cut as well.")
    }
  }

  private func warnOfShortfall(_ count: Int, _ parent: JSONView) throws {
    guard let total = try total(parent), count < total else { return }
    shortfallWarning {
      log.log(
        .warn,
        "Stream \(streamName): `truncated_list_retriever` fetched \(count) items of a list that should have \(total). "
          + "This is reported once; other lists may be incomplete as well.")
    }
  }
}
