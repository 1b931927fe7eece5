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
    let (first, second) = (Set(fields(of: old).keys), Set(fields(of: new).keys))
    let union = first.union(second).count
    return [
      SameJSON.holds(old, new) ? 1 : 0, Double(2 * agreeing - shared.count),
      old["title"]?.string != nil && old["title"] == new["title"] ? 1 : 0,
      union == 0 ? 0 : Double(first.intersection(second).count) / Double(union), -Double(distance),
    ]
  }

  /// Whether a new branch rejects the configs of every old one.
  func isApart(_ number: Int) -> Bool { old.allSatisfy { Self.rejects(new[number], configsOf: $0) } }

  /// Whether the partner of an old branch may hold for configs of other old branches that the old one rejected.
  func overlapsMore(_ number: Int, _ partner: Int) -> Bool {
    old.indices.contains { other in
      other != number && Self.rejects(old[number], configsOf: old[other]) && !Self.rejects(new[partner], configsOf: old[other])
    }
  }

  /// Whether a branch cannot hold for a config that has the fields of another: it needs a field that the other does not have, or both
  /// fix a field that one of them needs to different values.
  private static func rejects(_ branch: JSONValue, configsOf other: JSONValue) -> Bool {
    let (needs, others) = (required(by: branch), required(by: other))
    let known = fields(of: other)
    if needs.contains(where: { known[$0] == nil }) { return true }
    let fixedThere = fixed(in: other)
    return fixed(in: branch).contains { name, value in
      guard let there = fixedThere[name], !SameJSON.holds(value, there) else { return false }
      return needs.contains(name) || others.contains(name)
    }
  }

  private static func fields(of branch: JSONValue) -> JSONObject { branch["properties"]?.object ?? [:] }

  private static func required(by branch: JSONValue) -> Set<String> {
    Set(branch["required"]?.array?.compactMap(\.string) ?? [])
  }

  /// The fields that can have one value only.
  private static func fixed(in branch: JSONValue) -> [String: JSONValue] {
    var values: [String: JSONValue] = [:]
    for (name, schema) in fields(of: branch) {
      if let value = schema["const"], value != .null {
        values[name] = value
      } else if let list = schema["enum"]?.array, list.count == 1, let value = list.first, value.array == nil, value.object == nil
      {
        values[name] = value
      }
    }
    return values
  }
}
