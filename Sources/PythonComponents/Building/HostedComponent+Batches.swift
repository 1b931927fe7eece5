import AirbyteProtocol
import ConnectorModel
import JSON

extension HostedComponent {
  /// Asks for what the component makes one after the other, and pulls it in batches as long as it is wanted.
  /// - Parameter take: takes a batch, and returns whether more is wanted. Where the component fails, it gets what came before.
  /// - Throws: ``ConnectorError`` where the component fails; what `take` throws.
  func pull(
    _ method: String, _ operation: String, _ fields: JSONObject = [:], _ parts: [[UInt8]] = [],
    _ take: (HostReply) async throws -> Bool
  ) async throws {
    let subject = subject.asked(method)
    var reply = try await ask(method, operation, fields, parts)
    while true {
      let generator = reply["more"]
      do {
        let isMoreWanted = try await take(reply)
        if let error = reply.error { throw error.connectorError(subject) }
        guard let generator else { return }
        guard isMoreWanted else { return host.drop(generator) }
        reply = try await host.call(subject, "pull", ["g": generator])
      } catch {
        if let generator, reply.error == nil { host.drop(generator) }
        throw error
      }
    }
  }

  /// The same where each batch is a list of JSON values.
  func pullValues(
    _ method: String, _ operation: String, _ fields: JSONObject = [:], _ parts: [[UInt8]] = [],
    _ take: (JSONDocument) async throws -> Bool
  ) async throws {
    try await pull(method, operation, fields, parts) { reply in
      guard let body = reply.parts.first, !body.isEmpty else { return true }
      return try await take(document(body, from: method))
    }
  }

  /// JSON that the host sent.
  /// - Throws: ``ConnectorError`` where it is something else.
  func document(_ bytes: [UInt8], from method: String) throws -> JSONDocument {
    do throws(JSONError) { return try JSONDocument(parsing: bytes) } catch {
      throw ConnectorError(.system, "\(subject.asked(method).call) gave what is no JSON: \(error)", at: subject.node)
    }
  }
}
