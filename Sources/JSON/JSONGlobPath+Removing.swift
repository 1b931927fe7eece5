import OrderedCollections

extension JSONGlobPath {
  /// What `view` looks at, built in memory without the lists at the places that match; whatever else matches stays.
  package func removingLists(from view: JSONView) -> JSONValue {
    var trail: [UInt64] = []
    return strip(view, &trail)
  }

  /// Goes as deep as the path has segments or, with `**`, as the value has levels, which the parser bounds.
  private func strip(_ view: JSONView, _ trail: inout [UInt64]) -> JSONValue {
    let limit = deepStar ?? matchers.count
    switch view.kind {
    case .object:
      var kept = JSONObject()
      view.forEachMember { key, child in
        if let child = self.child(child, mask(of: .key(key)), limit, &trail) { kept[key] = child }
      }
      return .object(kept)
    case .array:
      var kept: [JSONValue] = []
      view.forEachChild { step, child in
        if let child = self.child(child, mask(of: step), limit, &trail) { kept.append(child) }
      }
      return .array(kept)
    default: return view.value
    }
  }

  /// What stays of a child; nil if it is removed.
  private func child(_ child: JSONView, _ mask: UInt64, _ limit: Int, _ trail: inout [UInt64]) -> JSONValue? {
    if trail.count < limit, mask & 1 << UInt64(trail.count) == 0 { return child.value }
    if deepStar == nil, trail.count >= limit { return child.value }
    trail.append(mask)
    defer { trail.removeLast() }
    if child.kind == .array, matches(trail) { return nil }
    return strip(child, &trail)
  }
}
