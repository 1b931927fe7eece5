import AirbyteProtocol
import ConnectorModel
import JSON

/// Finds values in the answer of a token endpoint: by their key, at the top or in objects and lists below.
struct TokenResponse: Sendable {
  let body: JSONView
  /// What the endpoint says of a failure, although it answered with a good status: searched for if the answer has no token.
  var words: @Sendable () -> String? = { nil }

  /// The levels below the top that are searched; as in the reference, deeper ones are an error.
  private static let maxDepth = 5

  /// The value of the first `key` on the way down; nil if there is none, or only null.
  /// - Throws: a config error if the answer is nested too deep to say.
  func value(of key: String) throws -> JSONView? {
    let found = try find(JSONKey(key), key, in: body, depth: 0)
    return found?.isNull == true ? nil : found
  }

  private func find(_ key: JSONKey, _ name: String, in value: JSONView, depth: Int) throws -> JSONView? {
    guard depth <= Self.maxDepth else {
      throw ConnectorError(
        .config,
        "The answer of the token endpoint is nested more than \(Self.maxDepth) levels deep, so `\(name)` was not found in it")
    }
    switch value.kind {
    case .object:
      if let member = value[key] { return member }
      var found: JSONView?
      try value.forEachMember { (_: String, member: JSONView) in
        if found == nil, let inner = try find(key, name, in: member, depth: depth + 1), !inner.isNull { found = inner }
      }
      return found
    case .array:
      var found: JSONView?
      try value.forEachElement { element in
        if found == nil, let inner = try find(key, name, in: element, depth: depth + 1), !inner.isNull { found = inner }
      }
      return found
    default: return nil
    }
  }
}
