import AirbyteProtocol
import Concurrency
import ConnectorModel
import JSON
import Manifest
import Synchronization

/// The calls of components in another process: each is answered by its number, in any order.
///
/// A process that has ended fails all calls, those under way and those to come; it is not started again, as its components have state.
final class HostConnection: Sendable {
  /// What a host says beside its answers.
  struct Sink: Sendable {
    let log: any Log
    /// Takes what must not be shown.
    let hide: @Sendable (String) -> Void
    /// Seconds without an answer after which a call is mentioned in the log.
    var patience: Double = 60
    /// How often calls are looked at that take long, in milliseconds.
    var interval: Int32 = 5_000
    /// Seconds that a process has to end by itself once it has closed its end of the pipe.
    var grace: Double = 10
  }

  private struct Call {
    let subject: HostSubject
    let begun: UInt64
    var isMentioned = false
    let continuation: CheckedContinuation<HostReply, any Error>
  }

  private struct State {
    var lastNumber = 0
    var calls: [Int: Call] = [:]
    /// Messages of the protocol that components have sent, for whoever passes them on.
    var messages: [JSONObject] = []
    /// How the process ended; nil while it runs.
    var end: String?
  }

  private let process: HostProcess
  private let sink: Sink
  private let state = Mutex(State())
  /// What the process is called in sentences, as in "The Python process of components.py".
  private let name: String

  /// - Throws: ``ConnectorError`` if the system gives no thread.
  init(_ process: HostProcess, name: String, sink: Sink) throws {
    self.process = process
    self.sink = sink
    self.name = name
    let hasThread = SystemThread.start { [weak self, process, sink] in
      Self.receive(from: process, each: sink.interval, grace: sink.grace) { self }
    }
    guard hasThread else {
      process.abort()
      _ = process.wait()
      throw ConnectorError(.system, "\(name) cannot be used: the system gives no further thread")
    }
  }

  deinit { process.close() }

  /// The number that the system gave the process.
  var identifier: Int32 { process.identifier }

  /// Calls the host, and waits for its answer.
  /// - Parameters:
  ///   - subject: the component that is asked.
  ///   - operation: `op` of the protocol.
  /// - Throws: ``ConnectorError`` where the process has ended, `CancellationError`; what the component throws is in the reply.
  func call(
    _ subject: HostSubject, _ operation: String, _ fields: JSONObject = [:], _ parts: [[UInt8]] = []
  ) async throws -> HostReply {
    let number = state.withLock { state in
      state.lastNumber += 1
      return state.lastNumber
    }
    var header: JSONObject = ["n": .int(number), "op": .string(operation)]
    header.merge(fields) { $1 }
    let frame = HostFrame(header, parts)
    guard let executor = OrderedExecutor.current else { return try await reply(to: frame, number, subject) }
    return try await executor.call { try await reply(to: frame, number, subject) }
  }

  private func reply(to frame: HostFrame, _ number: Int, _ subject: HostSubject) async throws -> HostReply {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { continuation in
        let refusal: (any Error)? = state.withLock { state in
          if Task.isCancelled { return CancellationError() }
          if let end = state.end { return Self.gone(name, end, subject, isDuring: false) }
          state.calls[number] = Call(subject: subject, begun: MonotonicTime.now, continuation: continuation)
          return nil
        }
        if let refusal { continuation.resume(throwing: refusal) } else { process.send(frame) }
      }
    } onCancel: {
      state.withLock { $0.calls.removeValue(forKey: number) }?.continuation.resume(throwing: CancellationError())
    }
  }

  /// Sends what nobody answers.
  func notify(_ operation: String, _ fields: JSONObject) {
    var header: JSONObject = ["op": .string(operation)]
    header.merge(fields) { $1 }
    process.send(HostFrame(header))
  }

  /// The messages of the protocol that have come since the last time.
  func takeMessages() -> [JSONObject] {
    state.withLock { state in
      defer { state.messages = [] }
      return state.messages
    }
  }

  /// Mentions calls that take long.
  private func mentionSlowCalls() {
    let limit = MonotonicTime.now
    let slow = state.withLock { state in
      var slow: [HostSubject] = []
      for (number, call) in state.calls where !call.isMentioned && Double(limit - call.begun) > sink.patience * 1e9 {
        state.calls[number]?.isMentioned = true
        slow.append(call.subject)
      }
      return slow
    }
    for subject in slow {
      let place = subject.node.mark.map { " (\($0))" } ?? ""
      sink.log.log(.warn, "\(subject.call) has been running for more than \(Int(sink.patience)) s\(place).")
    }
  }

  // MARK: The receiving thread

  private static func receive(from process: HostProcess, each interval: Int32, grace: Double, _ connection: () -> HostConnection?)
  {
    var disorder: String?
    func look() { connection()?.mentionSlowCalls() }
    do {
      while let frame = try process.next(each: interval, look) { connection()?.take(frame) }
    } catch {
      disorder = "does not keep to the protocol (\(error.reason))"
    }
    // Whoever gives up its end of the pipe cannot be called any more, and has to end.
    process.close()
    let end = process.end(within: grace)
    connection()?.finish(disorder ?? end.description)
  }

  private func take(_ frame: HostFrame) {
    HostRemarks(frame.header).pass(to: sink)
    if let messages = frame.header["control"]?.array { state.withLock { $0.messages += messages.compactMap(\.object) } }
    guard case .int(let number)? = frame.header["n"],
      let call = state.withLock({ $0.calls.removeValue(forKey: number) })
    else { return }
    call.continuation.resume(returning: HostReply(frame))
  }

  private func finish(_ end: String) {
    let calls = state.withLock { state in
      state.end = end
      defer { state.calls = [:] }
      return state.calls.values
    }
    for call in calls { call.continuation.resume(throwing: Self.gone(name, end, call.subject, isDuring: true)) }
  }

  private static func gone(_ name: String, _ end: String, _ subject: HostSubject, isDuring: Bool) -> ConnectorError {
    var error = ConnectorError(
      .system,
      isDuring
        ? "\(name) \(end) while \(subject.call) ran" : "\(subject.call) cannot be called: \(name.lowercasedFirst) \(end) before",
      at: subject.node)
    error.isUnsupported = true
    return error
  }
}

/// What a host says beside an answer.
private struct HostRemarks {
  private let header: JSONObject

  init(_ header: JSONObject) { self.header = header }

  func pass(to sink: HostConnection.Sink) {
    // Before the log, which may name them.
    if case .array(let secrets)? = header["secrets"] { for case .string(let secret) in secrets { sink.hide(secret) } }
    guard case .array(let lines)? = header["log"] else { return }
    for line in lines {
      guard let message = line["message"]?.string else { continue }
      sink.log.log(line["level"]?.string.flatMap(LogLevel.init) ?? .info, message)
    }
  }
}

extension String {
  var lowercasedFirst: String { prefix(1).lowercased() + dropFirst() }
}
