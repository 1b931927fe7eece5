import JSON

/// The values of a request that look like secrets: they become fields of the config.
struct SecretValues: Sendable {
  private(set) var fields: [ConfigField] = []
  private(set) var values: JSONObject = [:]

  private static let words: Set<String> = [
    "token", "secret", "password", "passwd", "pwd", "passphrase", "signature", "sig", "credential", "credentials", "csrf", "xsrf",
    "jwt",
    "authorization", "apikey", "sessionid", "session",
  ]
  /// What such a word does not mean a secret with.
  private static let harmless: Set<String> = ["page", "next", "sync", "continuation", "cursor", "start", "after"]
  private static let keys: Set<String> = [
    "api", "access", "app", "auth", "client", "consumer", "private", "secret", "subscription",
  ]

  static func isSecret(_ name: String) -> Bool {
    let words = ConnectorNames.words(of: name)
    guard harmless.isDisjoint(with: words) else { return false }
    if !self.words.isDisjoint(with: words) { return true }
    return words.count > 1 && words.last == "key" && keys.contains(words[words.count - 2])
  }

  /// A parameter with its value, or with the config field that has it.
  mutating func parameter(_ place: RequestPlace, _ value: JSONValue) -> RequestParameter {
    let name = place.names.last ?? ""
    let key = ConnectorNames.snake(name)
    guard Self.isSecret(name), !key.isEmpty, value.string?.isEmpty == false else {
      return RequestParameter(place, .literal(value))
    }
    if !fields.contains(where: { $0.key == key }) { fields.append(ConfigField(key, isSecret: true)) }
    values[key] = value
    return RequestParameter(place, .config(key))
  }

  /// A body without its secrets, which the stream gets as parameters.
  mutating func taken(from body: JSONObject, as kind: RequestPlace.Kind, of stream: inout StreamDescription) -> JSONObject {
    var rest = body
    for (name, value) in body where Self.isSecret(name) && value.string?.isEmpty == false {
      stream.parameters.append(parameter(RequestPlace(kind, name), value))
      rest[name] = nil
    }
    return rest
  }
}
