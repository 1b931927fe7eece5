import OrderedCollections

/// A change to one member of an object that is otherwise written as it was read.
package struct JSONPatch: Sendable {
  package enum Change: Sendable {
    /// The member is removed.
    case removed
    case value(JSONValue)
    /// A value of a document, of the object's own or of another.
    case view(JSONView)
    /// An object of a document with changes of its own.
    case object(JSONView, patches: [JSONPatch])
  }

  package var key: JSONKey
  package var change: Change

  package init(key: JSONKey, change: Change) {
    self.key = key
    self.change = change
  }

  /// A new value for a member, or its removal where `value` is nil.
  package init(key: JSONKey, value: JSONValue?) {
    self.init(key: key, change: JSONPatch.change(to: value))
  }

  /// A new value; nil removes the member.
  @inline(__always)
  package static func change(to value: JSONValue?) -> Change { value.map { .value($0) } ?? .removed }

  /// The place of the change to `key`.
  package static func place(of key: JSONKey, in patches: [JSONPatch]) -> Int? {
    // A loop over the elements would copy each of them.
    patches.withUnsafeBufferPointer { patches in
      var place = 0
      while place < patches.count {
        if patches[place].key.header == key.header, patches[place].key == key { return place }
        place &+= 1
      }
      return nil
    }
  }

  /// Removes the member at a path of keys from an object with changes, where there is one.
  /// - Returns: false if patches cannot say it, as the path leads through a list or through a value that was built in memory.
  package static func remove(_ path: ArraySlice<JSONKey>, from object: JSONView, _ patches: inout [JSONPatch]) -> Bool {
    guard let key = path.first else { return true }
    guard let place = place(of: key, in: patches) else {
      guard let view = object[key] else { return true }
      if path.count == 1 {
        patches.append(JSONPatch(key: key, change: .removed))
        return true
      }
      var inner: [JSONPatch] = []
      guard remove(inside: view, path, &inner) else { return false }
      if !inner.isEmpty { patches.append(JSONPatch(key: key, change: .object(view, patches: inner))) }
      return true
    }
    if path.count == 1 {
      patches[place].change = .removed
      return true
    }
    switch patches[place].change {
    case .removed: return true
    case .value(let value): return !value.isContainer
    case .view(let view):
      var inner: [JSONPatch] = []
      guard remove(inside: view, path, &inner) else { return false }
      if !inner.isEmpty { patches[place].change = .object(view, patches: inner) }
      return true
    case .object(let view, var inner):
      patches[place].change = .removed  // So that the array is changed in place.
      defer { patches[place].change = .object(view, patches: inner) }
      return remove(inside: view, path, &inner)
    }
  }

  private static func remove(inside view: JSONView, _ path: ArraySlice<JSONKey>, _ patches: inout [JSONPatch]) -> Bool {
    switch view.kind {
    case .object: remove(path.dropFirst(), from: view, &patches)
    case .array: false
    default: true
    }
  }
}

extension JSONValue {
  /// An object of a document, with changes, built in memory.
  package init(_ object: JSONView, patches: [JSONPatch]) {
    guard case .object(var members) = object.value else {
      self = object.value
      return
    }
    for patch in patches { members[patch.key.string] = patch.value }
    self = .object(members)
  }
}

extension JSONPatch {
  /// The member after the change; nil if there is none.
  fileprivate var value: JSONValue? {
    switch change {
    case .removed: nil
    case .value(let value): value
    case .view(let view): view.value
    case .object(let view, let patches): JSONValue(view, patches: patches)
    }
  }

  /// Whether the member is null or gone.
  var isNull: Bool {
    switch change {
    case .removed, .value(.null): true
    case .value, .object: false
    case .view(let view): view.isNull
    }
  }

  var isRemoved: Bool { if case .removed = change { true } else { false } }
}
