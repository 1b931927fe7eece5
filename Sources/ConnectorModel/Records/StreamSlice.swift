import JSON
import Jinja
import OrderedCollections

/// The part of a stream that is read in one go: a partition of its router, and a window of its cursor.
public final class StreamSlice: Sendable {
  /// The keys of the router's partition.
  public let partition: JSONObject
  /// The window of the cursor, by the names of its bounds.
  public let cursorSlice: JSONObject
  /// Further fields of the partition, which are not part of its state.
  public let extraFields: JSONObject
  /// Further variables of templates, beside the extra fields.
  package let bindings: [(symbol: Symbol, value: Value)]
  /// The job that made the slice's records ready to be fetched.
  package let job: AsyncJob?
  /// The partition's and the cursor's keys together, as `stream_slice['key']` sees them.
  public let merged: JSONObject

  /// A slice of a router or a retriever.
  public convenience init(partition: JSONObject = [:], cursorSlice: JSONObject = [:], extraFields: JSONObject = [:]) {
    self.init(partition: partition, cursorSlice: cursorSlice, extraFields: extraFields, job: nil)
  }

  package init(
    partition: JSONObject, cursorSlice: JSONObject, extraFields: JSONObject, bindings: [(symbol: Symbol, value: Value)] = [],
    job: AsyncJob?
  ) {
    self.bindings = bindings
    self.job = job
    self.partition = partition
    self.cursorSlice = cursorSlice
    self.extraFields = extraFields
    merged = partition.isEmpty ? cursorSlice : cursorSlice.isEmpty ? partition : partition.merging(cursorSlice) { $1 }
  }

  /// The slice of a stream that is not cut.
  public static let whole = StreamSlice()

  /// The slice as templates see it.
  package var templateValue: Value { .mapping(self) }

  /// What templates of a request see.
  package func evaluationContext(config: TemplateConfig, token: PageToken?) -> EvaluationContext {
    var bindings: [(symbol: Symbol, value: Value)] = [
      (.streamSlice, templateValue),
      (.nextPageToken, token.map { Value.dictionary(["next_page_token": $0.value]) } ?? .none),
    ]
    for (key, value) in extraFields { bindings.append((Symbol(key), Value(value))) }
    bindings += self.bindings
    return EvaluationContext(config: config, bindings: bindings)
  }
}

/// A slice as templates see it: a mapping of its keys that also has `partition`, `cursor_slice` and `extra_fields`.
extension StreamSlice: LazyMapping {
  package var keys: [String] { Array(merged.keys) }
  package var count: Int { merged.count }
  package subscript(key: String) -> Value? { merged[key].map { Value($0) } }

  package var hasAttributes: Bool { true }

  package func attribute(_ name: String) -> Value? {
    switch name {
    case "partition", "_partition": Value(JSONValue.object(partition))
    case "cursor_slice": Value(JSONValue.object(cursorSlice))
    case "extra_fields": extraFieldsValue
    default: nil
    }
  }

  private var extraFieldsValue: Value {
    if bindings.isEmpty { return Value(JSONValue.object(extraFields)) }
    let fields = extraFields.map { ($0.key, Value($0.value)) } + bindings.map { ($0.symbol.name, $0.value) }
    return .dict(DictObject(frozen: fields))
  }
}
