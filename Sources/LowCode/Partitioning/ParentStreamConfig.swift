import AirbyteProtocol
import JSON
import Jinja

/// Says how a parent's records become the partitions of its child.
struct ParentStreamConfig: Component {
  let stream: any ParentStream
  let parentKey: RecordPath
  let partitionField: String
  let requestOption: RequestOption?
  /// Whether the parent is read from where it ended, with its state kept in the child's.
  let isIncrementalDependency: Bool
  let extraFields: [RecordPath]
  /// Where in the parent's record the child's first page lies; nil where the child is asked for.
  let lazyReadPointer: RecordPath?

  /// The extra field that holds what ``lazyReadPointer`` points at.
  static let childResponseField = "child_response"

  init(from node: ComponentNode, in context: BuildContext) throws {
    let evaluation = EvaluationContext(config: context.configValue)
    func text(_ node: ManifestNode, _ parameters: JSONObject) throws -> String {
      try InterpolatedString(node, parameters: parameters).string(evaluation)
    }
    let parameters = node.parameters
    parentKey = RecordPath(joined: try text(node.required("parent_key"), parameters))
    partitionField = try text(node.required("partition_field"), parameters)
    requestOption = try context.build(optional: node["request_option"])
    isIncrementalDependency = try node.bool("incremental_dependency", default: false)
    extraFields = try node.nodes("extra_fields").map { path in
      guard let keys = path.sequence else { throw node.mismatch("extra_fields", "a list of lists of keys", path) }
      return RecordPath(try keys.map { try text($0, parameters) })
    }
    let pointer = try node.nodes("lazy_read_pointer")
    if let wildcard = pointer.first(where: { $0.string?.contains("*") ?? false }) {
      throw ConnectorError(.system, "`lazy_read_pointer` takes a plain path, without `*`.", at: wildcard)
    }
    lazyReadPointer = pointer.isEmpty ? nil : RecordPath(try pointer.map { try text($0, parameters) })

    let streamNode = try node.required("stream")
    var parent = context
    parent.streamName = streamNode["name"]?.string ?? ""
    parent.streamState =
      isIncrementalDependency
      ? try Self.parentState(in: context.streamState ?? [:], of: streamNode, config: context.configValue) : nil
    parent.configuredStream = nil
    parent.mayForgetState = true
    parent.isParentStream = true
    parent.siblings = SiblingContext()
    stream = try parent.build(streamNode, as: (any ParentStream).self)
  }

  /// What the child's state knows of the parent: its entry in `parent_state`, else the global cursor, else the only value of a
  /// state
  /// from before the child had partitions.
  static func parentState(in childState: JSONObject, of stream: ManifestNode, config: Value) throws -> JSONObject? {
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
    let described = stream["type"]?.string == "StateDelegatingStream" ? stream["incremental_stream"] : stream
    guard let sync = described?["incremental_sync"], let field = sync["cursor_field"] else { return nil }
    let key = try InterpolatedString(field, parameters: ComponentNode(sync).parameters).string(EvaluationContext(config: config))
    return [key: value]
  }

  /// The partition that a record of the parent makes; nil where it has no value at the parent's key.
  /// - Throws: ``ConnectorError`` where a glob of a path matches more than one place.
  func partition(from record: borrowing Record, in parentSlice: StreamSlice) throws -> StreamSlice? {
    guard let value = try parentKey.value(in: record), value != .null else { return nil }
    var extra: JSONObject = [:]
    if let lazyReadPointer { extra[Self.childResponseField] = try lazyReadPointer.value(in: record) ?? [] }
    for path in extraFields {
      extra[path.segments.joined(separator: ".")] = try path.value(in: record) ?? .null
    }
    return StreamSlice(
      partition: [partitionField: value, "parent_slice": .object(parentSlice.partition)], extraFields: extra)
  }
}
