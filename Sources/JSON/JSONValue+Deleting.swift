import OrderedCollections

extension JSONValue {
  /// Deletes everything that a path matches, as `dpath.delete` does, and returns how many values that were.
  ///
  /// From a list only the last element is taken out; others become null so that the rest keep their places.
  @discardableResult
  package mutating func delete(_ path: JSONGlobPath) -> Int {
    if path.matchers.isEmpty, path.deepStar == nil { return 0 }
    var trail: [UInt64] = []
    return delete(path, &trail)
  }

  private mutating func delete(_ path: JSONGlobPath, _ trail: inout [UInt64]) -> Int {
    // Without `**` nothing deeper than the path can match, and nothing beside it is worth visiting.
    let depth = trail.count
    if path.deepStar == nil, depth >= path.matchers.count { return 0 }
    var steps: [UInt64] = []
    return deleteChildren(
      where: { step, _ in
        let isOnPath = path.deepStar.map { depth >= $0 } ?? false
        let mask: UInt64
        if path.deepStar == nil {
          mask = path.matchers[depth].matches(step) ? .max : 0
        } else {
          mask = path.mask(of: step)
        }
        steps.append(isOnPath || mask & 1 << UInt64(min(depth, 63)) != 0 ? mask : 0)
        guard path.deepStar != nil else { return mask != 0 && depth == path.matchers.count - 1 }
        return path.matches(trail + [mask])
      },
      then: { place, child in
        let mask = steps[place]
        if path.deepStar.map({ depth < $0 }) ?? true, mask == 0 { return 0 }
        trail.append(mask)
        defer { trail.removeLast() }
        return child.delete(path, &trail)
      })
  }

  /// Deletes every scalar, however deep, for which `predicate` holds, and returns how many that were: what `dpath.delete` does
  /// when it is given a filter (the path then plays no part). Lists behave as in ``delete(_:)``.
  @discardableResult
  package mutating func deleteLeaves<E: Error>(where predicate: (JSONValue) throws(E) -> Bool) throws(E) -> Int {
    try deleteChildren(
      where: { (_, child) throws(E) in child.isContainer ? false : try predicate(child) },
      then: { (_, child) throws(E) in try child.deleteLeaves(where: predicate) })
  }

  /// Deletes the children that are chosen, then visits the containers among those that are left by their former places.
  private mutating func deleteChildren<E: Error>(
    where isChosen: (PathStep, JSONValue) throws(E) -> Bool,
    then visit: (_ place: Int, _ child: inout JSONValue) throws(E) -> Int
  ) throws(E) -> Int {
    var deleted = 0
    switch self {
    case .object(var members):
      var places: [Int] = []
      var chosen: [String] = []
      for (place, member) in members.elements.enumerated() {
        if try isChosen(.key(member.key), member.value) {
          chosen.append(member.key)
        } else {
          places.append(place)
        }
      }
      for key in chosen { members.removeValue(forKey: key) }
      deleted += chosen.count
      self = .null
      defer { self = .object(members) }
      for (index, place) in places.enumerated() where members.elements[index].value.isContainer {
        deleted += try visit(place, &members.values[index])
      }
    case .array(var elements):
      var chosen: [Int] = []
      for (place, element) in elements.enumerated() where try isChosen(.index(place, of: elements.count), element) {
        chosen.append(place)
      }
      for place in chosen {
        if place == elements.count - 1 {
          elements.removeLast()
        } else {
          elements[place] = .null
        }
      }
      deleted += chosen.count
      self = .null
      defer { self = .array(elements) }
      for place in elements.indices where elements[place].isContainer { deleted += try visit(place, &elements[place]) }
    default: break
    }
    return deleted
  }
}
