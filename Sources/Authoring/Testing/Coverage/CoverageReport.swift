import YAML

/// What of a manifest tests reach, and what they do not.
package struct CoverageReport: Sendable {
  /// How many of some things are reached.
  package struct Share: Sendable, Equatable {
    package var reached = 0
    package var total = 0

    var text: String { "\(reached) of \(total)" }

    mutating func count(_ isReached: Bool) {
      total += 1
      if isReached { reached += 1 }
    }
  }

  /// Something that no test reaches.
  package struct Gap: Sendable, Equatable {
    package enum Kind: String, Sendable {
      case stream, component, template, branch
    }

    package let kind: Kind
    package let sentence: String
    /// Where the manifest has it.
    package let mark: SourceMark?
    /// Whether the line says more than the sentence.
    var showsLine: Bool { kind == .template || kind == .branch }
  }

  package var streams = Share()
  package var components = Share()
  package var templates = Share()
  package var branches = Share()
  package var gaps: [Gap] = []
}
