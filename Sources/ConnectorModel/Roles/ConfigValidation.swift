import JSON

/// Checks the config for what its schema cannot say.
public protocol ConfigValidation: Sendable {
  /// - Throws: ``ConnectorError`` if the config is not as it should be.
  func validate(_ config: JSONObject) async throws
}

/// Says whether one value is as it should be.
public protocol ValidationStrategy: Sendable {
  /// - Throws: ``ConnectorError`` with the reason.
  func validate(_ value: JSONValue) async throws
}
