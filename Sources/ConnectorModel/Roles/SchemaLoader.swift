import JSON

/// Gives a stream's JSON schema.
package protocol SchemaLoader: Sendable {
  func schema() async throws -> JSONObject
}
