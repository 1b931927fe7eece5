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

    package var value: JSONValue {
      switch self {
      case .view(let view): view.value
      case .value(let value): value
      }
    }

    /// The text, where the field is a string.
    package var string: String? {
      switch self {
      case .view(let view): view.string
      case .value(let value): value.string
      }
    }

    package var isNull: Bool {
      switch self {
      case .view(let view): view.isNull
      case .value(let value): value == .null
      }
    }

    /// The member of an object.
    package subscript(key: JSONKey) -> Field? {
      switch self {
      case .view(let view): view[key].map { .view($0) }
      case .value(.object(let object)): object[key.string].map { .value($0) }
      case .value: nil
      }
    }
  }

  package var body: Body
  /// The file that was stored for the record.
  package var file: FileReference?

  package init(_ view: JSONView) { body = .view(view, patches: []) }
  package init(_ object: JSONObject) { body = .object(object) }

  /// The top-level field `key`, as changed.
  package subscript(key: JSONKey) -> Field? {
    switch body {
    case .view(let view, let patches):
      for patch in patches where patch.key == key { return patch.field }
      return view[key].map { .view($0) }
    case .object(let object): return object[key.string].map { .value($0) }
    }
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
      body = .object([:])  // So that the array is changed in place.
      let patch = JSONPatch(key: key, value: value)
      if let index = patches.firstIndex(where: { $0.key == key }) { patches[index] = patch } else { patches.append(patch) }
      body = .view(view, patches: patches)
    case .object(var object):
      body = .object([:])
      object[key.string] = value
      body = .object(object)
    }
  }

  /// The whole record in memory.
  package var object: JSONObject {
    switch body {
    case .object(let object): return object
    case .view(let view, let patches):
      guard case .object(var object) = view.value else { return [:] }
      for patch in patches {
        object[patch.key.string] = patch.field?.value
      }
      return object
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
    }
  }

  subscript(key: String) -> Value? { record[JSONKey(key)].map(value) }
  subscript(key: JSONKey) -> Value? { record[key].map(value) }
  var keys: [String] { Array(record.object.keys) }
  var count: Int { record.object.count }
}
