import OrderedCollections

/// What a path is followed through: a value in memory or a view.
protocol PathNode {
  var isContainer: Bool { get }
  /// Calls `body` with each child that the segment matches, in order.
  func forEachChild(matching matcher: SegmentMatcher, _ body: (Self) -> Void)
  func forEachChild(_ body: (PathStep, Self) -> Void)
}

extension JSONView: PathNode {
  var isContainer: Bool { word.isContainer }

  func forEachChild(matching matcher: SegmentMatcher, _ body: (JSONView) -> Void) {
    switch kind {
    case .object:
      if let key = matcher.literal {
        if let child = self[key] { body(child) }
      } else if let pattern = matcher.pattern {
        tape.forEachMember(index) { key, value in
          if pattern.matchesAll || pattern.matches(tape.stringBytes(key)) { body(JSONView(document: document, index: value)) }
        }
      }
    case .array:
      if matcher.integer != nil {
        if let index = matcher.index(in: count), let child = self[index] { body(child) }
      } else if matcher.pattern != nil {
        let count = count
        var place = 0
        forEachElement { child in
          if matcher.matches(index: place, of: count) { body(child) }
          place += 1
        }
      }
    default: break
    }
  }

  func forEachChild(_ body: (PathStep, JSONView) -> Void) {
    forEachMember { body(.key($0), $1) }
    let count = count
    var place = 0
    forEachElement { child in
      body(.index(place, of: count), child)
      place += 1
    }
  }
}

extension JSONValue: PathNode {
  var isContainer: Bool { kind == .array || kind == .object }

  func forEachChild(matching matcher: SegmentMatcher, _ body: (JSONValue) -> Void) {
    switch self {
    case .object(let members):
      if let key = matcher.literal {
        if let child = members[key.string] { body(child) }
      } else {
        for (key, child) in members where matcher.matches(key: key) { body(child) }
      }
    case .array(let elements):
      if matcher.integer != nil {
        if let index = matcher.index(in: elements.count), let child = self[index] { body(child) }
      } else {
        for (place, child) in elements.enumerated() where matcher.matches(index: place, of: elements.count) { body(child) }
      }
    default: break
    }
  }

  func forEachChild(_ body: (PathStep, JSONValue) -> Void) {
    switch self {
    case .object(let members): for (key, child) in members { body(.key(key), child) }
    case .array(let elements):
      for (place, child) in elements.enumerated() { body(.index(place, of: elements.count), child) }
    default: break
    }
  }
}
