import JSONSchema
import Manifest

extension ManifestNode {
  /// What is at the end of a path that begins here; nil if there is nothing.
  package func descendant(_ steps: some Sequence<PathElement>) -> ManifestNode? {
    steps.reduce(Optional(self)) { node, step in
      switch step {
      case .key(let key): node?[key]
      case .index(let index): node?[index]
      }
    }
  }
}
