extension ManifestNode {
  /// What a walk does behind a node.
  package enum WalkStep: Sendable {
    /// It visits what lies in the node.
    case into
    /// It goes on beside the node.
    case past
    /// It ends.
    case end
  }

  /// Walks go no deeper than this. YAML that people write has a few dozen levels at most.
  package static let deepestWalk = 500

  /// Calls `visit` with this node and what lies in it, outermost first and in the order of the manifest.
  /// - Parameter follows: whether the values of a key are visited; by default all are.
  package func walk(
    into follows: (_ key: String) -> Bool = { _ in true }, _ visit: (ManifestNode) throws -> WalkStep
  ) rethrows {
    _ = try walk(depth: 0, follows, visit)
  }

  /// - Returns: whether the walk goes on.
  private func walk(
    depth: Int, _ follows: (_ key: String) -> Bool, _ visit: (ManifestNode) throws -> WalkStep
  ) rethrows -> Bool {
    switch try visit(self) {
    case .end: return false
    case .past: return true
    case .into: break
    }
    guard depth < Self.deepestWalk else { return true }
    for element in sequence ?? [] {
      guard try element.walk(depth: depth + 1, follows, visit) else { return false }
    }
    for (key, value) in entries ?? [] where follows(key) {
      guard try value.walk(depth: depth + 1, follows, visit) else { return false }
    }
    return true
  }
}
