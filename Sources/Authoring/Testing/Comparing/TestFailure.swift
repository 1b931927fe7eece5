import JSON
import Manifest
import YAML

/// What is wrong with a run.
package struct TestFailure: Sendable {
  /// What is not as it was expected, in a sentence.
  package let message: String
  /// Where the file of tests says otherwise.
  package let mark: SourceMark?
  /// What was expected and what came, a line each.
  package let details: [String]
  /// The same for people, where sentences that are alike are one line.
  package let shownDetails: [String]

  init(_ message: String, at mark: SourceMark? = nil, _ details: [String] = []) {
    self.init(message, at: mark, RunComplaints(details, shown: details))
  }

  init(_ message: String, at mark: SourceMark?, _ complaints: RunComplaints) {
    self.message = message
    self.mark = mark
    details = complaints.all
    shownDetails = complaints.shown
  }
}

/// A change of a file of tests after which it says what was seen.
enum Revision: Sendable {
  case replace(ManifestNode, JSONValue)
  case add(to: ManifestNode, key: String, JSONValue)
}

/// What came of comparing a run with what was expected.
struct Verdict: Sendable {
  private(set) var failures: [TestFailure] = []
  private(set) var revisions: [Revision] = []

  mutating func fail(_ message: String, at node: ManifestNode?, _ details: [String] = [], _ revision: Revision? = nil) {
    failures.append(TestFailure(message, at: node?.mark, details))
    if let revision { revisions.append(revision) }
  }

  mutating func fail(_ failure: TestFailure) { failures.append(failure) }

  mutating func revise(_ revision: Revision) { revisions.append(revision) }
}
