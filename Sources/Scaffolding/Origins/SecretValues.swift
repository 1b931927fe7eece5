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
    var key = ConnectorNames.snake(name)
    guard Self.isSecret(name), !key.isEmpty, value.string?.isEmpty == false else {
      return RequestParameter(place, .literal(value))
    }
    // Two places may have secrets of one name.
    if let other = values[key], other != value { key = ConnectorNames.snake(place.names.joined(separator: "_")) }
    if !fields.contains(where: { $0.key == key }) { fields.append(ConfigField(key, isSecret: true)) }
    values[key] = value
    return RequestParameter(place, .config(key))
  }

  /// A body without its secrets, however deep they are in it; the stream gets them as parameters.
  /// - Parameter path: where the body is in the whole one.
  mutating func taken(
    from body: JSONObject, at path: [String] = [], as kind: RequestPlace.Kind, of stream: inout StreamDescription
  ) -> JSONObject {
    var rest = body
    for (name, value) in body {
      switch value {
      case .string(let text) where Self.isSecret(name) && !text.isEmpty:
        stream.parameters.append(parameter(RequestPlace(kind, path + [name]), value))
        rest[name] = nil
      case .object(let inner): rest[name] = .object(taken(from: inner, at: path + [name], as: kind, of: &stream))
      case .array(let elements):
        // A parameter has no place within a list.
        let plain = elements.map { Self.withoutSecrets($0) }
        guard plain != elements else { continue }
        rest[name] = .array(plain)
        stream.notes.append(
          Note(
            .request, "`\(name)` had secrets in the elements of a list, which are left out: put templates of the config there."))
      default: break
      }
    }
    return rest
  }

  /// A value in which what looks like a secret is empty.
  private static func withoutSecrets(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array(let elements): return .array(elements.map { withoutSecrets($0) })
    case .object(var members):
      for (name, member) in members { members[name] = isSecret(name) && member.string != nil ? "" : withoutSecrets(member) }
      return .object(members)
    default: return value
    }
  }
}
