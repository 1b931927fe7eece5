import JSON

/// What became different in the fields of two sets of objects.
struct FieldChanges: Sendable {
  struct Change: Sendable, Equatable {
    enum Kind: Sendable, Equatable {
      /// A field that came before comes no more; whether all objects had it.
      case removed(wasInAll: Bool)
      case added
      /// Values have types that they had not.
      case retyped(from: [String], to: [String])
      case nullable
    }

    let path: String
    let kind: Kind
  }

  private static let names: [(kind: JSONKind, name: String)] = [
    (.bool, "boolean"), (.int, "integer"), (.double, "number"), (.string, "string"), (.array, "array"), (.object, "object"),
  ]
  private(set) var list: [Change] = []

  init(old: FieldCounts, new: FieldCounts) { compare(old, new, at: "") }

  private mutating func compare(_ old: FieldCounts, _ new: FieldCounts, at path: String) {
    if !path.isEmpty { compareTypes(old, new, at: path) }
    let prefix = path.isEmpty ? "" : "\(path)."
    let after = Dictionary(new.members.map { ($0.name, $0.counts) }, uniquingKeysWith: { first, _ in first })
    let known = Set(old.members.map(\.name))
    // Names of maps come and go; and where there is no object, nothing can be missing from it.
    let isMap = old.others + new.others > 0
    for (name, counts) in old.members {
      if let other = after[name] {
        compare(counts, other, at: prefix + name)
      } else if new[.object] > 0, !isMap {
        list.append(Change(path: prefix + name, kind: .removed(wasInAll: counts.total >= old[.object])))
      }
    }
    if old[.object] > 0, !isMap {
      for (name, _) in new.members where !known.contains(name) { list.append(Change(path: prefix + name, kind: .added)) }
    }
    if let inner = old.elements.first, let other = new.elements.first { compare(inner, other, at: "\(path)[]") }
  }

  private mutating func compareTypes(_ old: FieldCounts, _ new: FieldCounts, at path: String) {
    let before = Self.types(old)
    let after = Self.types(new)
    // A value that was always null says nothing.
    if !before.isEmpty, !after.isEmpty, !after.allSatisfy(before.contains) {
      list.append(Change(path: path, kind: .retyped(from: before, to: after)))
    }
    if old[.null] == 0, old.total > 0, new[.null] > 0 { list.append(Change(path: path, kind: .nullable)) }
  }

  private static func types(_ counts: FieldCounts) -> [String] { names.filter { counts[$0.kind] > 0 }.map(\.name) }
}
