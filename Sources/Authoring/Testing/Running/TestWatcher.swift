import ConnectorModel

/// Somebody who watches tests while they run. Called from the task that runs them, and from those of their runs.
package protocol TestWatcher: Sendable {
  /// A test begins, or several that share their runs.
  func began(_ name: String)
  /// A test of a file ended. How long it took may be known later.
  func ended(_ test: TestReport.Case, of suite: String)
  /// Something happened in a run that takes the machine's time.
  func happened(_ event: RunEvent)
}

/// Lets a watcher see the events of a run.
struct WatchedEvents: RunEvents {
  let inner: any RunEvents
  let watcher: any TestWatcher

  func rateLimited(stream: String) { inner.rateLimited(stream: stream) }
  func report(_ error: ConnectorError) { inner.report(error) }

  func note(_ event: RunEvent) {
    watcher.happened(event)
    inner.note(event)
  }
}
