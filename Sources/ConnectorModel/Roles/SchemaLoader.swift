import JSON

/// Gives a stream's JSON schema.
public protocol SchemaLoader: Sendable {
  func schema() async throws -> JSONObject
}
