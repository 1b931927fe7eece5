import ConnectorModel
import JSON

/// Gives numbers back the digits that they were sent with, after another program has read and written them: what a component does not
/// touch stays as the API wrote it.
enum NumberDigits {
  /// The record that a component made of `old`.
  static func restored(_ new: JSONView, from old: borrowing Record) -> Record {
    let patches = patches(new, old)
    return patches.isEmpty ? Record(new) : Record(new, patches: patches)
  }

  /// What has to change in an object for its numbers to be written as before.
  private static func patches(_ new: JSONView, _ old: borrowing Record) -> [JSONPatch] {
    var patches: [JSONPatch] = []
    new.forEachMember(bytes: { name, value in
      guard value.kind == .double || value.containerSize > 0 else { return }
      let key = JSONKey(String(decoding: name, as: UTF8.self))
      if let field = old[key], let change = change(value, field) { patches.append(JSONPatch(key: key, change: change)) }
    })
    return patches
  }

  private static func change(_ new: JSONView, _ old: Record.Field) -> JSONPatch.Change? {
    switch old {
    case .view(let old): change(new, old)
    case .value(.number(let digits)): new.double == Double(digits) ? .value(.number(digits)) : nil
    case .value: nil
    case .object(let view, let patches): new.kind == .object ? change(new, Record(view, patches: patches)) : nil
    }
  }

  private static func change(_ new: JSONView, _ old: JSONView) -> JSONPatch.Change? {
    switch new.kind {
    case .double where old.kind == .double || old.kind == .int:
      return isSame(new, old) ? .view(old) : nil
    case .object where old.kind == .object: return change(new, Record(old))
    case .array where old.kind == .array && old.count == new.count: return elements(new, old)
    default: return nil
    }
  }

  private static func change(_ new: JSONView, _ old: borrowing Record) -> JSONPatch.Change? {
    let patches = patches(new, old)
    return patches.isEmpty ? nil : .object(new, patches: patches)
  }

  private static func elements(_ new: JSONView, _ old: JSONView) -> JSONPatch.Change? {
    var isChanged = false
    let values = zip(new.elementSequence, old.elementSequence).map { new, old in
      guard let change = change(new, old) else { return new.value }
      isChanged = true
      return change.value
    }
    return isChanged ? .value(.array(values)) : nil
  }

  /// Whether a program that knows doubles alone cannot have told two numbers apart, though they are written otherwise.
  private static func isSame(_ new: JSONView, _ old: JSONView) -> Bool {
    // An integer of 64 bits was one to it as well, and has become another kind of number.
    if old.kind == .int { return false }
    return new.double == old.double && new.numberText != old.numberText
  }
}

extension JSONPatch.Change {
  /// The new value.
  fileprivate var value: JSONValue {
    switch self {
    case .removed: .null
    case .value(let value): value
    case .view(let view): view.value
    case .object(let view, let patches): JSONValue(view, patches: patches)
    }
  }
}
