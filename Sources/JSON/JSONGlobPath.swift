/// A path with globs, compiled once, that finds what the `dpath` library finds.
///
/// A segment is compared with an object's key as `fnmatchcase` does, with a list's index as an integer (negative ones count from
/// the end) or, if it is not an integer, as a glob over the index's digits. One segment may be `**`: any number of levels, also
/// none.
package struct JSONGlobPath: Sendable, Hashable {
  package let segments: [JSONPathSegment]
  package let matchers: [SegmentMatcher]
  /// The place of `**` among the segments; ``matchers`` leaves it out.
  package let deepStar: Int?

  /// Throws `invalidGlob` where `**` occurs twice.
  package init(_ segments: [JSONPathSegment]) throws(JSONPathError) {
    self.segments = segments
    let stars = segments.indices.filter { segments[$0] == .key("**") }
    guard stars.count < 2 else { throw JSONPathError(.invalidGlob, "only one '**' is allowed in a path") }
    deepStar = stars.first
    matchers = segments.filter { $0 != .key("**") }.map(SegmentMatcher.init)
    guard deepStar == nil || matchers.count <= 64 else {
      throw JSONPathError(.invalidGlob, "a path with '**' has more than 64 segments")
    }
  }

  package init(_ keys: [String]) throws(JSONPathError) { try self.init(keys.map { .key($0) }) }

  /// Whether a segment is exactly `*`: in the reference this asks for several values.
  package var hasStar: Bool { segments.contains(.key("*")) }

  /// The key, where the path is a single segment without magic that only matches an object's member of that name.
  package var literalKey: JSONKey? { matchers.count == 1 && deepStar == nil ? matchers[0].literal : nil }

  /// The keys, if no segment of the path has wildcards: in objects it only matches the members of those names.
  package var literalKeys: [JSONKey]? {
    let keys = matchers.compactMap(\.literal)
    return keys.isEmpty || deepStar != nil || keys.count < matchers.count ? nil : keys
  }

  /// Every value that matches, in the order in which `dpath.values` has them. The empty path matches nothing.
  package func values(in view: JSONView) -> [JSONView] { find(in: view, limit: .max) }
  package func values(in value: JSONValue) -> [JSONValue] { find(in: value, limit: .max) }

  /// The value that matches; nil if there is none, `view` itself for the empty path. Throws `ambiguous` where there are several.
  package func get(in view: JSONView) throws(JSONPathError) -> JSONView? { try single(in: view) }
  package func get(in value: JSONValue) throws(JSONPathError) -> JSONValue? { try single(in: value) }

  private func single<Node: PathNode>(in node: Node) throws(JSONPathError) -> Node? {
    if segments.isEmpty { return node }
    let found = find(in: node, limit: 2)
    guard found.count < 2 else {
      throw JSONPathError(.ambiguous, "more than one value matches \(segments.map(\.text).joined(separator: "/"))")
    }
    return found.first
  }

  private func find<Node: PathNode>(in node: Node, limit: Int) -> [Node] {
    var found: [Node] = []
    if let deepStar {
      var trail: [UInt64] = []
      walk(node, deepStar, &trail, limit, &found)
    } else if !matchers.isEmpty {
      descend(node, 0, limit, &found)
    }
    return found
  }

  private func descend<Node: PathNode>(_ node: Node, _ depth: Int, _ limit: Int, _ found: inout [Node]) {
    let isLast = depth == matchers.count - 1
    node.forEachChild(matching: matchers[depth]) { child in
      if found.count >= limit { return }
      if isLast {
        found.append(child)
      } else {
        descend(child, depth + 1, limit, &found)
      }
    }
  }

  /// Goes through everything below `node`, each level before the next one; `trail` says which matchers each step satisfied.
  private func walk<Node: PathNode>(_ node: Node, _ star: Int, _ trail: inout [UInt64], _ limit: Int, _ found: inout [Node]) {
    var children: [(mask: UInt64, child: Node)] = []
    node.forEachChild { step, child in
      let mask = mask(of: step)
      if trail.count < star, mask & 1 << UInt64(trail.count) == 0 { return }
      children.append((mask, child))
    }
    for (mask, child) in children where found.count < limit {
      trail.append(mask)
      if matches(trail) { found.append(child) }
      trail.removeLast()
    }
    for (mask, child) in children where found.count < limit && child.isContainer {
      trail.append(mask)
      walk(child, star, &trail, limit, &found)
      trail.removeLast()
    }
  }

  /// Which of the ``matchers`` a step satisfies, a bit each.
  package func mask(of step: PathStep) -> UInt64 {
    matchers.enumerated().reduce(0) { $1.element.matches(step) ? $0 | 1 << UInt64($1.offset) : $0 }
  }

  /// Whether a whole path matches, of which each step says by a bit which of the ``matchers`` it satisfies.
  package func matches(_ trail: [UInt64]) -> Bool {
    guard let deepStar else {
      return trail.count == matchers.count && trail.indices.allSatisfy { trail[$0] & 1 << UInt64($0) != 0 }
    }
    guard trail.count >= matchers.count else { return false }
    let shift = trail.count - matchers.count
    return matchers.indices.allSatisfy { trail[$0 < deepStar ? $0 : $0 + shift] & 1 << UInt64($0) != 0 }
  }
}

/// A step that a walk took: a key, or an index of a list of some length.
package enum PathStep {
  case key(String)
  case index(Int, of: Int)
}

/// One segment of a path, ready to be compared.
package struct SegmentMatcher: Sendable, Hashable {
  /// The key, where the segment is text without magic.
  let literal: JSONKey?
  /// The glob, where the segment is text with magic.
  let pattern: GlobPattern?
  let integer: Int?

  init(_ segment: JSONPathSegment) {
    integer = segment.pythonInt
    switch segment {
    case .key(let key) where GlobPattern.isMagic(key): (literal, pattern) = (nil, GlobPattern(key))
    case .key(let key): (literal, pattern) = (JSONKey(key), nil)
    case .index: (literal, pattern) = (nil, nil)
    }
  }

  package func matches(_ step: PathStep) -> Bool {
    switch step {
    case .key(let key): matches(key: key)
    case .index(let index, let count): matches(index: index, of: count)
    }
  }

  func matches(key: String) -> Bool {
    if let literal { return literal.string.utf8.elementsEqual(key.utf8) }
    return pattern?.matches(key) ?? false
  }

  func matches(index: Int, of count: Int) -> Bool {
    if let integer { return index == (integer < 0 ? count + integer : integer) }
    return pattern.map { $0.matchesAll || $0.matches(String(index)) } ?? false
  }

  /// The only index of a list that can match, where the segment is an integer.
  func index(in count: Int) -> Int? { integer.map { $0 < 0 ? count + $0 : $0 } }
}
