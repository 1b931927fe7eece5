import LowCode

/// A secret that the spec does not mark is shown in forms and logs. Airbyte's connector tests demand the mark by the names of fields.
struct UnmarkedSecret: Rule {
  static let name = "unmarked-secret"
  static let summary = "A field of the config is called like a secret, but is not marked `airbyte_secret`."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    guard let specification = subject.specification else { return }
    SchemaTree(root: specification).forEach { place in
      guard let property = place.property, Self.isSecret(property), place.node["airbyte_secret"]?.bool != true,
        canHoldSecret(place.node), place.node.key == property
      else { return }
      findings.warn(
        "`\(property)` is called like a secret, but is not marked as one", at: place.node, mark: place.node.keyMark,
        remedy: "add `airbyte_secret: true`")
    }
  }

  /// Whether a field of this name should be a secret: a password, a token, a key by which one is let in.
  static func isSecret(_ name: String) -> Bool {
    let words = name.replacing(/([a-z0-9])([A-Z])/) { "\($0.1)_\($0.2)" }.lowercased().split { !$0.isLetter && !$0.isNumber }
    guard let last = words.last.map(String.init) else { return false }
    let before = words.dropLast().last.map(String.init) ?? ""
    if ["password", "passwd", "passphrase", "secret", "token", "apikey", "jwt", "certificate"].contains(last) {
      // A token by which pages are asked for opens nothing.
      return !(last == "token" && ["page", "next", "sync", "continuation"].contains(before))
    }
    guard last == "key" else { return false }
    return [
      "", "api", "access", "secret", "private", "auth", "app", "application", "consumer", "license", "subscription", "client",
    ]
    .contains(before)
  }

  private func canHoldSecret(_ schema: ManifestNode) -> Bool {
    if schema["const"]?.isNull == false { return false }
    return !Set(["string", "integer", "number"]).isDisjoint(with: SchemaTree.types(of: schema))
  }
}
