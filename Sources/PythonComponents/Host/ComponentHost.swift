import AirbyteProtocol
import ConnectorModel
import JSON
import Synchronization

/// A host that has been greeted: its calls, the responses that it was shown, and the config as its components have it.
final class ComponentHost: Sendable {
  let responses: ResponseLedger
  private let connection: HostConnection
  /// Lasts as long as the process that imports from it.
  private let code: TemporaryFolder?
  private let updates: (any ConfigUpdating)?
  private let events: any RunEvents
  let log: any Log
  private let config: Mutex<JSONObject>

  init(
    _ connection: HostConnection, code: TemporaryFolder? = nil, config: JSONObject, updates: (any ConfigUpdating)?,
    events: any RunEvents, log: any Log
  ) {
    self.connection = connection
    self.code = code
    self.updates = updates
    self.events = events
    self.log = log
    self.config = Mutex(config)
    responses = ResponseLedger()
  }

  /// The config with what components have changed in it.
  var currentConfig: JSONObject { config.withLock { $0 } }

  func call(
    _ subject: HostSubject, _ operation: String, _ fields: JSONObject = [:], _ parts: [[UInt8]] = []
  ) async throws -> HostReply {
    let gone = responses.takeUnused()
    if !gone.isEmpty { connection.notify("release", ["rids": .array(gone.map { .int($0) })]) }
    let reply = try await connection.call(subject, operation, fields, parts)
    takeChanges(of: reply)
    for message in connection.takeMessages() { await passOn(message) }
    return reply
  }

  /// Says what nobody answers.
  func notify(_ operation: String, _ fields: JSONObject) { connection.notify(operation, fields) }

  /// Frees what a call has begun and nobody goes on with.
  func drop(_ generator: JSONValue) { connection.notify("drop", ["g": generator]) }

  private func takeChanges(of reply: HostReply) {
    guard case .object(let changes)? = reply["config"] else { return }
    config.withLock { config in
      for (key, value) in changes["set"]?.object ?? [:] { config[key] = value }
      for case .string(let key) in changes["removed"]?.array ?? [] { config[key] = nil }
    }
  }

  /// Gives the host's components another config, before further ones are built.
  func configure(_ config: JSONObject, for subject: HostSubject) async throws {
    _ = try await call(subject, "configure", ["config": .object(config)]).checked(subject)
    self.config.withLock { $0 = config }
  }

  /// Passes on what the platform is told: a token that was renewed in the config, a stream that waits.
  private func passOn(_ message: JSONObject) async {
    if let config = message["control"]?["connectorConfig"]?["config"]?.object {
      await updates?.configChanged(config)
    } else if let status = message["trace"]?["stream_status"], let stream = status["stream_descriptor"]?["name"]?.string,
      status["reasons"]?.array?.contains(where: { $0["type"] == .string("RATE_LIMITED") }) == true
    {
      events.rateLimited(stream: stream)
    }
  }
}
