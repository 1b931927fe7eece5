import ConnectorModel
import JSON
import Jinja
import Manifest
import Synchronization
import YAML

/// Collects what of a manifest the runs of tests make use of.
package final class TestCoverage: RunCoverage {
  /// A template by its place, or by its text where it has no place.
  enum Place: Hashable, Sendable {
    case mark(SourceMark)
    case text(String)
  }

  struct Content: Sendable {
    var components: Set<SourceMark> = []
    var templates: Set<Place> = []
    var branches: [Place: Set<TemplateBranch>] = [:]
    /// How conditions turned out.
    var decisions: [Place: Set<Bool>] = [:]
    var streams: Set<String> = []
    var commands: Set<String> = []
  }

  private let state = Mutex(Content())

  package init() {}

  var content: Content { state.withLock { $0 } }

  package func reached(_ component: ManifestNode) {
    guard let mark = component.mark else { return }
    state.withLock { _ = $0.components.insert(mark) }
  }

  package func evaluated(_ template: String, at mark: SourceMark?, _ evaluate: (_ note: @escaping BranchNote) -> Void) {
    let place = mark.map { Place.mark($0) } ?? .text(template)
    state.withLock { _ = $0.templates.insert(place) }
    evaluate { branch in self.state.withLock { _ = $0.branches[place, default: []].insert(branch) } }
  }

  package func decided(_ condition: String, at mark: SourceMark?, holds: Bool) {
    let place = mark.map { Place.mark($0) } ?? .text(condition)
    state.withLock { _ = $0.decisions[place, default: []].insert(holds) }
  }

  /// Takes in what a run read.
  func note(_ run: ObservedRun) {
    let read = run.statuses.keys
    let commands = run.messages("CONNECTION_STATUS", "connectionStatus").isEmpty ? [] : ["check"]
    state.withLock { content in
      content.streams.formUnion(read)
      content.commands.formUnion(commands)
    }
  }
}
