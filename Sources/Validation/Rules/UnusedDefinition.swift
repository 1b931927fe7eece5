import Manifest

/// A definition that nothing refers to is dead weight, or was meant to be referred to.
struct UnusedDefinition: Rule {
  static let name = "unused-definition"
  static let summary = "Nothing refers to a definition."
  static let presence = DefaultPresence.hidden

  /// Where references lead to, and nothing else looks.
  private static let places = ["definitions", "schemas"]

  func check(_ subject: Subject, _ findings: inout FindingList) {
    let root = subject.written
    guard Self.places.contains(where: { root[$0]?.entries != nil }) else { return }
    var usage = ReferenceUsage(root: root)
    for (key, value) in root.entries ?? [] where !Self.places.contains(key) { usage.follow(value) }
    for (key, value) in root.entries ?? [] where Self.places.contains(key) && value.entries?.isEmpty == false {
      report(key, value, [], usage.used, &findings)
    }
  }

  /// Tells of the outermost entries that are neither referred to, nor part of one that is, nor hold one that is.
  private func report(
    _ key: String, _ value: ManifestNode, _ path: [String], _ used: PathSet, _ findings: inout FindingList
  ) {
    let place = path + [key]
    switch used.relation(to: place) {
    case .covered: break
    case .partly: for (key, value) in value.entries ?? [] { report(key, value, place, used, &findings) }
    case .none:
      guard value.mark != nil else { return }
      findings.warn("nothing refers to `#/\(place.joined(separator: "/"))`", at: value, mark: value.keyMark)
    }
  }
}

/// The places of a manifest that references lead to, followed from what is used.
private struct ReferenceUsage {
  let root: ManifestNode
  private(set) var used = PathSet()

  init(root: ManifestNode) { self.root = root }

  mutating func follow(_ node: ManifestNode) {
    var open = [node]
    while let node = open.popLast() {
      node.walk(into: { $0 != "config_overrides" }) { node in
        if let text = node.string, text.hasPrefix("#/"), let (target, path) = find(text.dropFirst(2)), used.insert(path) {
          open.append(target)
        }
        return .into
      }
    }
  }

  /// Keys may hold slashes: the whole rest is tried first, as the reference does.
  private func find(_ reference: Substring) -> (ManifestNode, [String])? {
    var (node, path, rest) = (root, [String](), reference)
    while !rest.isEmpty {
      if let whole = node[String(rest)] { return (whole, path + [String(rest)]) }
      let head = String(rest.prefix { $0 != "/" })
      guard let next = node[head] ?? Int(head).flatMap({ node[$0] }) else { return nil }
      path.append(head)
      node = next
      rest = rest.dropFirst(head.count).dropFirst()
    }
    return (node, path)
  }
}

/// A set of paths, and how others relate to them.
private struct PathSet {
  enum Relation {
    /// It is in the set, or within one that is.
    case covered
    /// One in the set is within it.
    case partly
    case none
  }

  private var paths: Set<[String]> = []
  private var beginnings: Set<[String]> = []

  mutating func insert(_ path: [String]) -> Bool {
    guard paths.insert(path).inserted else { return false }
    for end in 1..<max(path.count, 1) { beginnings.insert(Array(path[..<end])) }
    return true
  }

  func relation(to path: [String]) -> Relation {
    if (0...path.count).contains(where: { paths.contains(Array(path[..<$0])) }) { return .covered }
    return beginnings.contains(path) ? .partly : .none
  }
}
