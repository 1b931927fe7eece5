import Jinja
import Manifest
import YAML

/// Learns what of a manifest a run makes use of, for those who ask what their tests reach.
package protocol RunCoverage: AnyObject, Sendable {
  /// A component did the work that it is there for, where that depends on what an API answers: a filter matched, a page led to another.
  func reached(_ component: ManifestNode)
  /// A template of the manifest is about to be evaluated.
  /// - Parameter evaluate: evaluates it once more, and tells of the ways that it goes.
  func evaluated(_ template: String, at mark: SourceMark?, _ evaluate: (_ note: @escaping BranchNote) -> Void)
  /// A condition of the manifest was evaluated.
  func decided(_ condition: String, at mark: SourceMark?, holds: Bool)
}
