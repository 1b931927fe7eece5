import ConnectorModel
import JSON
import Manifest

/// A component that a host has built.
struct HostedComponent: Sendable {
  let identifier: Int
  let subject: HostSubject
  /// What the host says of it once and for all: what its class can do, and what does not change.
  let flags: JSONObject
  let host: ComponentHost

  /// Asks the component.
  /// - Parameters:
  ///   - method: what the user's class calls it, for errors and logs.
  ///   - operation: `op` of the protocol.
  /// - Returns: the answer, also where the component failed: then what came before the failure.
  func ask(
    _ method: String, _ operation: String, _ fields: JSONObject = [:], _ parts: [[UInt8]] = []
  ) async throws -> HostReply {
    var fields = fields
    fields["id"] = .int(identifier)
    return try await host.call(subject.asked(method), operation, fields, parts)
  }

  /// The same where nothing is left of a call that failed.
  /// - Throws: ``ConnectorError`` where it failed.
  func call(
    _ method: String, _ operation: String, _ fields: JSONObject = [:], _ parts: [[UInt8]] = []
  ) async throws -> HostReply {
    try await ask(method, operation, fields, parts).checked(subject.asked(method))
  }

  func flag(_ name: String) -> Bool { flags[name] == .bool(true) }
}
