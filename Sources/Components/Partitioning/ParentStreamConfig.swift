import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Secrets
import Templating

/// Says how a parent's records become the partitions of its child.
package struct ParentStreamConfig: Component {
  let stream: any ParentStream
  /// The key of the partitions; as with ``keys``, a template that fails does so where it is used.
  let partitionField: Result<String, any Error>
  let keys: Result<Keys, any Error>
  let requestOption: RequestOption?
  /// Whether the parent is read from where it ended, with its state kept in the child's.
  let isIncrementalDependency: Bool
  /// The stream whose partitions are made.
  let childName: String
  /// Whether records of the parent may be missing since they were read before.
  let isReadFromState: Bool
  /// How many slices of the parent are read; nil for all.
  let sliceLimit: Int?
  private let runtime: RuntimeEnvironment
  /// Where in the parent's record the child's first page is; nil if the child is requested.
  private let lazyReadPointer: Result<RecordPath, any Error>?

  /// What is taken from a parent's record.
  struct Keys: Sendable {
    var partitionField: String
    var parentKey: RecordPath
    var extraFields: [RecordPath]
    /// What a record fails at: as in the reference, a key that reads like a number is not a key.
    var fault: ConnectorError?
  }

  /// The extra field that holds what ``lazyReadPointer`` points at.
  static let childResponseField = "child_response"
  /// The extra field with the whole record, if ``RuntimeEnvironment/keepsParentRecords``. No template can name it.
  package static let recordField = "\u{0}record"

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    let evaluation = EvaluationContext(config: scope.templateConfig)
    func text(_ template: ManifestNode) throws -> String {
      try InterpolatedString(template, parameters: node.parameters).string(evaluation)
    }
    let (keyNode, fieldNode) = (try node.required("parent_key"), try node.required("partition_field"))
    let partitionField = Result { try text(fieldNode) }
    self.partitionField = partitionField
    requestOption = try scope.build(optional: node["request_option"])
    isIncrementalDependency = try node.bool("incremental_dependency", default: false)
    childName = scope.streamName
    runtime = scope.runtime
    sliceLimit = scope.runtime.trial?.slices
    let extraFields = try node.nodes("extra_fields").map { path in
      guard let keys = path.sequence else { throw node.mismatch("extra_fields", "a list of lists of keys", path) }
      return keys
    }
    keys = Result {
      var keys = Keys(
        partitionField: try partitionField.get(), parentKey: RecordPath(joined: try text(keyNode)),
        extraFields: try extraFields.map { RecordPath(try $0.map(text)) })
      for template in [keyNode, fieldNode] + extraFields.joined() {
        let value = try InterpolatedString(template, parameters: node.parameters).evaluate(evaluation)
        if value.text == nil { keys.fault = node.mismatch(template.key ?? "parent_key", "a text", template) }
      }
      return keys
    }
    let pointer = try node.nodes("lazy_read_pointer")
    if let wildcard = pointer.first(where: { $0.string?.contains("*") ?? false }) {
      throw ConnectorError(.system, "`lazy_read_pointer` takes a plain path, without `*`", at: wildcard)
    }
    lazyReadPointer = pointer.isEmpty ? nil : Result { RecordPath(try pointer.map(text)) }

    let streamNode = try node.required("stream")
    let state =
      isIncrementalDependency
      ? try Self.parentState(in: scope.stream.state ?? [:], of: streamNode, config: scope.templateConfig) : nil
    isReadFromState = !(state ?? [:]).isEmpty
    let parent = StreamScope(name: streamNode["name"]?.string ?? "", state: state, isParent: scope.stream.sharesParents)
    stream = try scope.entering(parent).build(streamNode, as: (any ParentStream).self)
  }

  package static func partScope(of node: ComponentNode, in scope: BuildScope) -> BuildScope? {
    var stream = scope.stream
    stream.state = nil
    return scope.entering(stream)
  }

  /// What the child's state has about the parent: its entry in `parent_state`, else the global cursor, else the only value of a
  /// state from before the child had partitions.
  static func parentState(in childState: JSONObject, of stream: ManifestNode, config: TemplateConfig) throws -> JSONObject? {
    var childState = childState
    // Left by a read of the child without incremental sync: nothing that a parent can start from.
    childState[FinalStateCursor.stateKey] = nil
    if let own = childState["parent_state"]?[stream["name"]?.string ?? ""] { return own.object }
    if let global = childState["state"] { return global.object }
    guard childState.count == 1, let value = childState.values.first else { return nil }
    switch value {
    case .string, .int, .double, .number: break
    default: return nil
    }
    let described = stream["type"]?.string == StateDelegatingStream.typeName ? stream["incremental_stream"] : stream
    guard let sync = described?["incremental_sync"], let field = sync["cursor_field"] else { return nil }
    let key = try InterpolatedString(field, parameters: ComponentNode(sync).parameters).string(EvaluationContext(config: config))
    return [key: value]
  }

  /// The partition that a record of the parent makes; nil if it has no value at the parent's key.
  /// - Throws: ``ConnectorError`` if a glob of a path matches more than one place.
  func partition(from record: borrowing Record, in parentSlice: StreamSlice, by keys: Keys) throws -> StreamSlice? {
    if let fault = keys.fault { throw fault }
    guard let value = try keys.parentKey.value(in: record), value != .null else { return nil }
    var extra: JSONObject = [:]
    if let pointer = try lazyReadPointer?.get() { extra[Self.childResponseField] = try pointer.value(in: record) ?? [] }
    if runtime.keepsParentRecords { extra[Self.recordField] = .object(record.object) }
    for path in keys.extraFields {
      extra[path.segments.joined(separator: ".")] = try path.value(in: record) ?? .null
    }
    return StreamSlice(
      partition: [keys.partitionField: value, "parent_slice": .object(parentSlice.partition)], extraFields: extra)
  }

  /// Warns if the parent made no partition, unless it had nothing new.
  /// - Parameters:
  ///   - records: how many records the parent had.
  ///   - last: the last of them.
  func warnOfNoPartitions(records: Int, last: Record?) {
    guard records > 0 || !isReadFromState else { return }
    let keys = last?.object.keys.prefix(20).map { "`\(runtime.secrets.excerpt(of: $0, upTo: 60))`" }.joined(separator: ", ")
    runtime.warnOnce(.noPartitions(parent: stream.name), of: childName) {
      guard let keys else { return "nothing is read of it: its parent stream `\(stream.name)` has no records." }
      let key = (try? self.keys.get())?.parentKey.segments.joined(separator: ".") ?? ""
      return "nothing is read of it: no record of its parent stream `\(stream.name)` (\(records)) has a value at the "
        + "`parent_key` `\(key)`; the keys of the last one are \(keys)."
    }
  }
}
