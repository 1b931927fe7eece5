import JSON
import Jinja

/// The part of a stream that is read in one go: a partition of its router, and a window of its cursor.
package final class StreamSlice: Sendable {
  package let partition: JSONObject
  package let cursorSlice: JSONObject
  package let extraFields: JSONObject
  /// Further variables of templates, which stand beside the extra fields.
  package let bindings: [(symbol: Symbol, value: Value)]
  /// The job that made the slice's records ready to be fetched.
  let job: AsyncJob?
  /// The partition's and the cursor's keys together, as `stream_slice['key']` sees them.
  package let merged: JSONObject

  package convenience init(partition: JSONObject = [:], cursorSlice: JSONObject = [:], extraFields: JSONObject = [:]) {
    self.init(partition: partition, cursorSlice: cursorSlice, extraFields: extraFields, job: nil)
  }

  init(
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
  package static let whole = StreamSlice()

  /// The slice as templates see it.
  package var templateValue: Value { .mapping(StreamSliceMapping(self)) }

  /// What templates of a request see.
  package func evaluationContext(config: Value, token: PageToken?) -> EvaluationContext {
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
final class StreamSliceMapping: LazyMapping {
  private let slice: StreamSlice

  init(_ slice: StreamSlice) { self.slice = slice }

  var keys: [String] { Array(slice.merged.keys) }
  var count: Int { slice.merged.count }
  subscript(key: String) -> Value? { slice.merged[key].map { Value($0) } }

  func attribute(_ name: String) -> Value? {
    switch name {
    case "partition", "_partition": Value(JSONValue.object(slice.partition))
    case "cursor_slice": Value(JSONValue.object(slice.cursorSlice))
    case "extra_fields": extraFields
    default: nil
    }
  }

  private var extraFields: Value {
    if slice.bindings.isEmpty { return Value(JSONValue.object(slice.extraFields)) }
    let fields = slice.extraFields.map { ($0.key, Value($0.value)) } + slice.bindings.map { ($0.symbol.name, $0.value) }
    return .dict(DictObject(strings: fields))
  }
}
