extension JSONGlobPath {
  /// A copy of `value` without the lists at the places that match; whatever else matches stays.
  package func removingLists(from value: JSONValue) -> JSONValue {
    var trail: [UInt64] = []
    return strip(value, &trail)
  }

  /// Goes as deep as the path has segments or, with `**`, as `value` has levels, which the parser bounds.
  private func strip(_ value: JSONValue, _ trail: inout [UInt64]) -> JSONValue {
    let limit = deepStar ?? matchers.count
    switch value {
    case .object(let object):
      var kept = JSONObject()
      for (key, child) in object {
        if let child = self.child(child, mask(of: .key(key)), limit, &trail) { kept[key] = child }
      }
      return .object(kept)
    case .array(let elements):
      return .array(
        elements.enumerated().compactMap { child($0.element, mask(of: .index($0.offset, of: elements.count)), limit, &trail) })
    default: return value
    }
  }

  /// What stays of a child; nil where it is removed.
  private func child(_ child: JSONValue, _ mask: UInt64, _ limit: Int, _ trail: inout [UInt64]) -> JSONValue? {
    if trail.count < limit, mask & 1 << UInt64(trail.count) == 0 { return child }
    if deepStar == nil, trail.count >= limit { return child }
    trail.append(mask)
    defer { trail.removeLast() }
    if case .array = child, matches(trail) { return nil }
    return strip(child, &trail)
  }
}
