import JSON
import Jinja

/// One record on its way from a page to a RECORD line: a view into the page, with what the components changed beside it.
package struct Record: Sendable {
  package enum Body: Sendable {
    /// An object in a page, with changes to its top-level keys laid over it (a nil value removes the key).
    case view(JSONView, patches: [JSONPatch])
    /// A record that was built anew.
    case object(JSONObject)
  }

  /// A field of a record, where it lies.
  package enum Field: Sendable {
    case view(JSONView)
    case value(JSONValue)
    /// An object in a page with changes of its own.
    case object(JSONView, patches: [JSONPatch])

    package var value: JSONValue {
      switch self {
      case .view(let view): view.value
      case .value(let value): value
      case .object(let view, let patches): JSONValue(view, patches: patches)
      }
    }

    /// The text, where the field is a string.
    package var string: String? {
      switch self {
      case .view(let view): view.string
      case .value(let value): value.string
      case .object: nil
      }
    }

    package var isNull: Bool {
      switch self {
      case .view(let view): view.isNull
      case .value(let value): value == .null
      case .object: false
      }
    }

    /// The member of an object.
    package subscript(key: JSONKey) -> Field? {
      switch self {
      case .view(let view): view[key].map { .view($0) }
      case .value(.object(let object)): object[key.string].map { .value($0) }
      case .value: nil
      case .object(let view, let patches): Record.field(key, of: view, patches)
      }
    }
  }

  package var body: Body
  /// The file that was stored for the record.
  package var file: FileReference?

  package init(_ view: JSONView) { body = .view(view, patches: []) }
  package init(_ object: JSONObject) { body = .object(object) }
  init(_ view: JSONView, patches: [JSONPatch]) { body = .view(view, patches: patches) }

  /// The top-level field `key`, as changed.
  package subscript(key: JSONKey) -> Field? {
    switch body {
    case .view(let view, let patches): Self.field(key, of: view, patches)
    case .object(let object): object[key.string].map { .value($0) }
    }
  }

  private static func field(_ key: JSONKey, of view: JSONView, _ patches: [JSONPatch]) -> Field? {
    if let place = JSONPatch.place(of: key, in: patches) { return patches[place].field }
    return view[key].map { .view($0) }
  }

  /// The field at a path of keys.
  package func field(_ path: some Collection<JSONKey>) -> Field? {
    guard let first = path.first, var field = self[first] else { return nil }
    for key in path.dropFirst() {
      guard let inner = field[key] else { return nil }
      field = inner
    }
    return field
  }

  /// Sets the top-level field `key`; nil removes it.
  package mutating func set(_ key: JSONKey, _ value: JSONValue?) {
    switch body {
    case .view(let view, var patches):
      body = .object(JSONObject())  // So that the array is changed in place.
      let patch = JSONPatch(key: key, value: value)
      if let place = JSONPatch.place(of: key, in: patches) {
        patches[place] = patch
      } else {
        // Where one field is changed, others are.
        if patches.isEmpty { patches.reserveCapacity(6) }
        patches.append(patch)
      }
      body = .view(view, patches: patches)
    case .object(var object):
      body = .object(JSONObject())
      object[key.string] = value
      body = .object(object)
    }
  }

  /// Removes the field at a path of keys, where there is one.
  /// - Returns: false, with nothing removed, where the path leads through a list or through a value that was built in memory.
  mutating func remove(_ path: [JSONKey]) -> Bool {
    guard case .view(let view, var patches) = body else { return false }
    body = .object(JSONObject())  // So that the array is changed in place.
    defer { body = .view(view, patches: patches) }
    return JSONPatch.remove(path[...], from: view, &patches)
  }

  /// The whole record in memory.
  package var object: JSONObject {
    switch body {
    case .object(let object): return object
    case .view(let view, let patches):
      if case .object(let object) = JSONValue(view, patches: patches) { return object }
      return [:]
    }
  }

  /// Replaces the record by what `change` makes of it.
  package mutating func rebuild(_ change: (inout JSONObject) throws -> Void) rethrows {
    var object = self.object
    try change(&object)
    body = .object(object)
  }

  /// The record as templates see it.
  package var templateValue: Value {
    switch body {
    case .view(let view, let patches) where patches.isEmpty: Value(view)
    default: .mapping(RecordMapping(self))
    }
  }
}

extension JSONPatch {
  /// The field after the change; nil where it is removed.
  fileprivate var field: Record.Field? {
    switch change {
    case .removed: nil
    case .value(let value): .value(value)
    case .view(let view): .view(view)
    case .object(let view, let patches): .object(view, patches: patches)
    }
  }
}

/// A changed record as templates see it: fields are looked up when they are asked for.
final class RecordMapping: LazyMapping {
  private let record: Record

  init(_ record: Record) { self.record = record }

  private func value(_ field: Record.Field) -> Value {
    switch field {
    case .view(let view): Value(view)
    case .value(let value): Value(value)
    case .object(let view, let patches): .mapping(RecordMapping(Record(view, patches: patches)))
    }
  }

  subscript(key: String) -> Value? { record[JSONKey(key)].map(value) }
  subscript(key: JSONKey) -> Value? { record[key].map(value) }
  var keys: [String] { Array(record.object.keys) }
  var count: Int { record.object.count }
}
