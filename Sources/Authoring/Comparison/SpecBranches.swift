import JSON

/// The alternatives of a `oneOf` or `anyOf` in two versions, and which of them belong together.
///
/// A branch is known by the values that it fixes, as in `auth_type: {const: oauth}`, so that branches may change their order.
struct SpecBranches {
  let old: [JSONValue]
  let new: [JSONValue]
  /// The new branch of each old one.
  private(set) var partners: [Int: Int] = [:]

  init(old: [JSONValue], new: [JSONValue]) {
    self.old = old
    self.new = new
    var pairs: [(rank: [Double], old: Int, new: Int)] = []
    for first in old.indices {
      for second in new.indices {
        if let rank = Self.rank(old[first], new[second], distance: abs(first - second)) { pairs.append((rank, first, second)) }
      }
    }
    pairs.sort { left, right in
      for (first, second) in zip(left.rank, right.rank) where first != second { return first > second }
      return (left.old, left.new) < (right.old, right.new)
    }
    for pair in pairs where partners[pair.old] == nil && !partners.values.contains(pair.new) { partners[pair.old] = pair.new }
  }

  /// How likely two branches are the same; nil if they cannot be.
  private static func rank(_ old: JSONValue, _ new: JSONValue, distance: Int) -> [Double]? {
    let (before, after) = (fixed(in: old), fixed(in: new))
    let shared = before.keys.filter { after[$0] != nil }
    let agreeing = shared.count { name in before[name].map { SameJSON.holds($0, after[name] ?? .null) } ?? false }
    if agreeing == 0, !shared.isEmpty { return nil }
    let (first, second) = (features(of: old), features(of: new))
    let union = first.union(second).count
    return [
      SameJSON.holds(old, new) ? 1 : 0, Double(2 * agreeing - shared.count),
      old["title"]?.string != nil && old["title"] == new["title"] ? 1 : 0,
      union == 0 ? 0 : Double(first.intersection(second).count) / Double(union), -Double(distance),
    ]
  }

  /// Whether a new branch rejects the configs of every old one.
  func isApart(_ number: Int) -> Bool { old.indices.allSatisfy { rejects(new[number], configsOf: $0) } }

  /// Whether the partner of an old branch may hold for configs of other old branches that the old one rejected.
  func overlapsMore(_ number: Int, _ partner: Int) -> Bool {
    old.indices.contains { other in
      other != number && rejects(old[number], configsOf: other) && !rejects(new[partner], configsOf: other)
    }
  }

  /// Whether a branch cannot hold for a config of an old one that was valid, and has the fields of that one alone.
  ///
  /// It needs a field that the other does not have, or both fix a field to different values. Where neither needs that field, a config
  /// without it is one of the other branch too; it was not valid if a third branch held for it as well.
  private func rejects(_ branch: JSONValue, configsOf number: Int) -> Bool {
    let other = old[number]
    let (needs, others) = (Self.required(by: branch), Self.required(by: other))
    let known = Self.fields(of: other)
    if needs.contains(where: { known[$0] == nil }) { return true }
    let fixedThere = Self.fixed(in: other)
    return Self.fixed(in: branch).contains { name, value in
      guard let there = fixedThere[name], !SameJSON.holds(value, there) else { return false }
      if needs.contains(name) || others.contains(name) { return true }
      return old.indices.contains { $0 != number && Self.holds(old[$0], forConfigsOf: other, without: name) }
    }
  }

  /// Whether a branch that looks at nothing but its fields holds for all configs of another that do not have a field.
  private static func holds(_ branch: JSONValue, forConfigsOf other: JSONValue, without name: String) -> Bool {
    guard let keywords = branch.object else { return false }
    let looksAtFieldsAlone = keywords.allSatisfy { keyword, value in
      switch keyword {
      case "properties", "required": true
      case "type": SpecComparison.types(value).contains("object")
      case "additionalProperties": SpecComparison.isAbsence(keyword, value)
      default: SpecComparison.isNote(keyword)
      }
    }
    guard looksAtFieldsAlone, required(by: branch).isSubset(of: required(by: other).subtracting([name])) else { return false }
    let known = fields(of: other)
    return fields(of: branch).allSatisfy { field, schema in
      field == name || known[field].map { SameJSON.holds(schema, $0) } ?? true
    }
  }

  private static func fields(of branch: JSONValue) -> JSONObject { branch["properties"]?.object ?? [:] }

  private static func required(by branch: JSONValue) -> Set<String> {
    Set(branch["required"].flatMap { SpecComparison.names($0) } ?? [])
  }

  /// The fields and types of a branch, by which branches resemble each other.
  private static func features(of branch: JSONValue) -> Set<String> {
    guard branch.object != nil else { return [] }
    let types = branch["type"].map(SpecComparison.types) ?? ["null"]
    return Set(fields(of: branch).keys.map { "property:\($0)" }).union(types.map { "type:\($0)" })
  }

  /// The fields that can have one value only.
  private static func fixed(in branch: JSONValue) -> [String: JSONValue] {
    var values: [String: JSONValue] = [:]
    for (name, schema) in fields(of: branch) {
      var value = schema["const"] ?? .null
      if value == .null, let list = schema["enum"]?.array, list.count == 1 { value = list[0] }
      if value != .null, value.array == nil, value.object == nil { values[name] = value }
    }
    return values
  }
}
