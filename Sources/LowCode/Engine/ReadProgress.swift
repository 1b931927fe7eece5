/// Watches a read, to show how it goes. Called from several tasks.
package protocol ReadProgress: Sendable {
  func started(stream: String)
  func read(stream: String, records: Int)
  func finished(stream: String, isComplete: Bool)
}

/// Watches nothing.
package struct NoProgress: ReadProgress {
  package init() {}
  package func started(stream: String) {}
  package func read(stream: String, records: Int) {}
  package func finished(stream: String, isComplete: Bool) {}
}

extension ReadProgress {
  /// A stream of the catalog that cannot be read at all.
  func skipped(stream: String) {
    started(stream: stream)
    finished(stream: stream, isComplete: false)
  }
}
