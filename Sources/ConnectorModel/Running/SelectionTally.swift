import AirbyteProtocol
import Secrets
import Synchronization
import YAML

/// What a selector found and dropped over a whole read, to say at the stream's end why it has no records.
///
/// Counts a batch at a time: nothing is done for a record.
package final class SelectionTally: Sendable {
  private struct Counts {
    var isPathFound = false
    var absence: PathAbsence?
    var refined = 0
    var kept = 0
    var droppedByFilter = 0
  }

  private let counts = Mutex(Counts())
  fileprivate let extractorMark: SourceMark?
  fileprivate let filter: Filter?

  /// A filter as it is in the manifest.
  package struct Filter: Sendable, Hashable {
    package let condition: String
    package let mark: SourceMark?

    package init(condition: String, mark: SourceMark?) {
      self.condition = condition
      self.mark = mark
    }
  }

  package init(extractorMark: SourceMark?, filter: Filter?) {
    self.extractorMark = extractorMark
    self.filter = filter
  }

  /// A batch was extracted.
  /// - Parameter outcome: what the path led to in it; called only if nothing was found and that may still matter.
  package func extracted(_ count: Int, outcome: () -> PathOutcome) {
    if counts.withLock({ $0.isPathFound }) { return }
    let outcome = count > 0 ? .exists : outcome()
    counts.withLock { counts in
      switch outcome {
      case .exists: counts.isPathFound = true
      case .unknown: break
      case .absent(let absence): if counts.absence == nil { counts.absence = absence }
      }
    }
  }

  /// A batch was filtered.
  package func refined(_ count: Int, kept: Int, droppedByFilter: Int) {
    counts.withLock { counts in
      counts.refined += count
      counts.kept += kept
      counts.droppedByFilter += droppedByFilter
    }
  }

  /// What to say when all was read.
  package func warnings(hiding secrets: any Secrets) -> [String] {
    let counts = counts.withLock { $0 }
    var warnings: [String] = []
    if !counts.isPathFound, let absence = counts.absence {
      warnings.append("no record was found: \(absence.sentence(hiding: secrets))\(Self.place(extractorMark))")
    }
    if let filter, counts.droppedByFilter > 0, counts.droppedByFilter == counts.refined {
      let records = counts.refined == 1 ? "the only record" : "all \(counts.refined) records"
      warnings.append(
        "its filter dropped \(records) that the API sent; the condition is `\(secrets.excerpt(of: filter.condition, upTo: 200))`."
          + Self.place(filter.mark))
    }
    return warnings
  }

  private static func place(_ mark: SourceMark?) -> String { mark.map { " (\($0))" } ?? "" }
}

/// The tallies of a run, by stream.
package final class SelectionTallies: Sendable {
  private let tallies = StreamNotes<[SelectionTally]>()

  package init() {}

  /// The tally of a selector of `stream`. A stream that is read for itself and as the parent of others has one for both.
  package func tally(of stream: String, extractorMark: SourceMark?, filter: SelectionTally.Filter?) -> SelectionTally {
    tallies.change(of: stream, from: []) { tallies in
      if let known = tallies.first(where: { $0.extractorMark == extractorMark && $0.filter == filter }) { return known }
      let tally = SelectionTally(extractorMark: extractorMark, filter: filter)
      tallies.append(tally)
      return tally
    }
  }

  /// Says why a stream that is over has no records.
  /// - Parameter stream: nil for all that were not reported yet.
  package func report(of stream: String? = nil, to log: any Log, hiding secrets: any Secrets) {
    for (name, tallies) in tallies.take(of: stream) {
      for warning in tallies.flatMap({ $0.warnings(hiding: secrets) }) {
        log.log(.warn, name.isEmpty ? warning : "Stream \(name): \(warning)")
      }
    }
  }
}
