import Essentials
import Synchronization
import Validation

/// A state of a document: its text at one version.
final class Snapshot: Sendable {
  let uri: String
  let version: Int?
  let text: DocumentText
  /// What was read last without an error before this state; nil if nothing was.
  let settled: Outline?
  /// Ends the work on this state, because there is a newer one.
  let supersession = Signal()
  private let made = Mutex<Outline?>(nil)

  init(uri: String, version: Int?, text: DocumentText, settled: Outline?) {
    self.uri = uri
    self.version = version
    self.text = text
    self.settled = settled
  }

  /// Made when it is first asked for.
  var outline: Outline {
    made.withLock { made in
      if let made { return made }
      let outline = Outline(text.bytes)
      made = outline
      return outline
    }
  }

  /// The path of the file; nil for a document that is none.
  var path: String? { URL(string: uri).flatMap { $0.isFileURL ? $0.path : nil } }
}

/// A document that the client has opened.
final class OpenDocument: Sendable {
  private struct State {
    var latest: Snapshot
    var settled: Outline?
    /// What was found in the state of ``findings`` version.
    var report: (version: ObjectIdentifier, findings: [Finding])?
  }

  private let state: Mutex<State>
  /// The states to check; of those that came while one was being checked the last.
  let states: AsyncStream<Snapshot>
  private let continuation: AsyncStream<Snapshot>.Continuation

  init(uri: String, version: Int?, text: String) {
    let first = Snapshot(uri: uri, version: version, text: DocumentText(text), settled: nil)
    state = Mutex(State(latest: first))
    (states, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    continuation.yield(first)
  }

  var latest: Snapshot { state.withLock { $0.latest } }

  /// Takes in a new text.
  func update(_ text: DocumentText, version: Int?) {
    let (old, new) = state.withLock { state in
      let old = state.latest
      state.latest = Snapshot(uri: old.uri, version: version, text: text, settled: state.settled)
      return (old, state.latest)
    }
    continuation.yield(new)
    old.supersession.fire()
  }

  func close() {
    continuation.finish()
    latest.supersession.fire()
  }

  /// Keeps what was found in a state.
  /// - Returns: whether it is the latest one.
  func note(_ findings: [Finding], of snapshot: Snapshot, isYAML: Bool) -> Bool {
    state.withLock { state in
      if isYAML { state.settled = snapshot.outline }
      guard state.latest === snapshot else { return false }
      state.report = (ObjectIdentifier(snapshot), findings)
      return true
    }
  }

  /// What was found in the latest state; nil if it is not checked yet.
  var findings: [Finding]? {
    state.withLock { state in
      state.report.flatMap { $0.version == ObjectIdentifier(state.latest) ? $0.findings : nil }
    }
  }
}

/// Something that happens once, and that tasks wait for.
final class Signal: Sendable {
  private let stream: AsyncStream<Void>
  private let continuation: AsyncStream<Void>.Continuation

  init() { (stream, continuation) = AsyncStream.makeStream() }

  func fire() { continuation.finish() }

  /// Returns when it has happened, or the task is cancelled.
  func wait() async { for await _ in stream {} }

  /// Does some work unless, or until, it happens.
  /// - Returns: nil if it happened first.
  func unless<Result: Sendable>(_ work: @escaping @Sendable () async -> Result) async -> Result? {
    await withTaskGroup(of: Result?.self) { group in
      group.addTask { await work() }
      group.addTask {
        await self.wait()
        return nil
      }
      let first = await group.next() ?? nil
      group.cancelAll()
      return first
    }
  }
}
