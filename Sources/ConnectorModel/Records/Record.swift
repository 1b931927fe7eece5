import JSON
import Jinja

/// One record on its way from a page to a RECORD line: a view into the page, with what the components changed beside it.
public struct Record: Sendable {
  /// A field of a record, where it is.
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
      case .object(let view, let patches): Record(view, patches: patches)[key]
      }
    }
  }

  // Side by side and not in an enum, since taking an enum apart copies what is in it.
  /// The object in a page that the record is; nil for one that was built again.
  package private(set) var view: JSONView?
  /// The changes to the top-level keys of `view`.
  package private(set) var patches: [JSONPatch] = []
  /// The record if it was built again.
  private var built: JSONObject?
  /// The file that was stored for the record.
  package var file: FileReference?

  package init(_ view: JSONView) { self.view = view }
  /// A record that was built in memory.
  public init(_ object: JSONObject) { built = object }

  package init(_ view: JSONView, patches: [JSONPatch]) {
    self.view = view
    self.patches = patches
  }

  /// Where a record is, if nothing in it was changed; good as long as the record is there. By a pointer, because a property of the
  /// record would copy all of it first.
  package static func untouchedPlace(of record: UnsafePointer<Record>) -> JSONPlace? {
    record.pointee.patches.isEmpty ? record.pointee.view?.place : nil
  }

  /// The top-level field `key`, as changed.
  package subscript(key: JSONKey) -> Field? {
    if view == nil { return built?[key.string].map { .value($0) } }
    if let place = JSONPatch.place(of: key, in: patches) { return patches[place].field }
    return view?[key].map { .view($0) }
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
    if view == nil {
      built = built ?? [:]
      built?[key.string] = value
    } else if let place = JSONPatch.place(of: key, in: patches) {
      patches[place].change = JSONPatch.change(to: value)
    } else {
      // Where one field is changed, others are.
      if patches.isEmpty { patches.reserveCapacity(6) }
      patches.append(JSONPatch(key: key, value: value))
    }
  }

  /// Removes the field at a path of keys, where there is one.
  /// - Returns: false, with nothing removed, where the path leads through a list or through a value that was built in memory.
  package mutating func remove(_ path: [JSONKey]) -> Bool {
    guard let view else { return false }
    return JSONPatch.remove(path[...], from: view, &patches)
  }

  /// The whole record in memory; setting it replaces the record.
  package var object: JSONObject {
    get {
      guard let view else { return built ?? [:] }
      if case .object(let object) = JSONValue(view, patches: patches) { return object }
      return [:]
    }
    set {
      view = nil
      patches = []
      built = newValue
    }
  }

  /// Replaces the record by what `change` makes of it.
  package mutating func rebuild(_ change: (inout JSONObject) throws -> Void) rethrows {
    var object = self.object
    try change(&object)
    self.object = object
  }

  /// A top-level field, as changed; nil if the record has none of that name. Setting nil removes the field.
  public subscript(field name: String) -> JSONValue? {
    get { self[JSONKey(name)]?.value }
    set { set(JSONKey(name), newValue) }
  }

  /// All fields; setting them replaces the record. A field by itself is cheaper, see ``subscript(field:)``.
  public var fields: JSONObject {
    get { object }
    set { object = newValue }
  }

  /// The record as templates see it.
  package var templateValue: Value {
    if let view, patches.isEmpty { Value(view) } else { .mapping(RecordMapping(self)) }
  }
}

extension JSONPatch {
  /// The field after the change; nil if it is removed.
  fileprivate var field: Record.Field? {
    switch change {
    case .removed: nil
    case .value(let value): .value(value)
    case .view(let view): .view(view)
    case .object(let view, let patches): .object(view, patches: patches)
    }
  }
}

extension Record {
  /// The top-level field `key` as templates see it; a scalar is read where it is.
  fileprivate func templateValue(of key: JSONKey) -> Value? {
    if view != nil {
      if let place = JSONPatch.place(of: key, in: patches) { return patches[place].templateValue }
      return view?.content(of: key).map { Value($0) }
    }
    return built?[key.string].map { Value($0) }
  }
}

extension JSONPatch {
  fileprivate var templateValue: Value? {
    switch change {
    case .removed: nil
    case .value(let value): Value(value)
    case .view(let view): Value(view)
    case .object(let view, let patches): .mapping(RecordMapping(Record(view, patches: patches)))
    }
  }
}

/// A changed record as templates see it: fields are looked up when they are asked for.
final class RecordMapping: LazyMapping {
  private let record: Record

  init(_ record: Record) { self.record = record }

  subscript(key: String) -> Value? { record.templateValue(of: JSONKey(key)) }
  subscript(key: JSONKey) -> Value? { record.templateValue(of: key) }
  var keys: [String] { Array(record.object.keys) }
  var count: Int { record.object.count }
}

/// A record as templates see it while a transformation changes it between their evaluations, so that neither copies it.
///
/// Unsafe inside: it looks at the transformation's own record through a pointer. Sound, since ``look(at:_:)`` makes the pointer for
/// the time of a call and takes it away at the end of that, after which there are no fields, and since the evaluations, which
/// alone read through it, happen one after the other within the call and never while the record is being changed.
package final class RecordWindow: LazyMapping, @unchecked Sendable {
  private var place: UnsafeMutablePointer<Record>?

  private init(_ place: UnsafeMutablePointer<Record>) { self.place = place }

  /// Calls `body` with what templates see of the record.
  @inline(__always)
  package static func look(at record: inout Record, _ body: (RecordWindow) throws -> Void) rethrows {
    try withUnsafeMutablePointer(to: &record) { place in
      let window = RecordWindow(place)
      defer { window.place = nil }
      try body(window)
    }
  }

  /// Changes the record; `change` must not evaluate what reads it.
  @inline(__always)
  package func change(_ change: (inout Record) throws -> Void) rethrows {
    if let place { try change(&place.pointee) }
  }

  package subscript(key: String) -> Value? { place?.pointee.templateValue(of: JSONKey(key)) }
  package subscript(key: JSONKey) -> Value? { place?.pointee.templateValue(of: key) }
  package var keys: [String] { place.map { Array($0.pointee.object.keys) } ?? [] }
  package var count: Int { place?.pointee.object.count ?? 0 }
}
