import Manifest

/// A secret that the spec does not mark is shown in forms and logs. Airbyte's connector tests demand the mark by the names of fields.
struct UnmarkedSecret: Rule {
  static let name = "unmarked-secret"
  static let summary = "A field of the config has the name of a secret, but is not marked `airbyte_secret`, or cannot hold one."

  /// Names that Airbyte's connector tests count as secrets, beyond what the words themselves show.
  private static let known: Set<String> = [
    "app_id", "appid", "credentials", "service_account", "service_account_info", "tenant_id",
  ]

  func check(_ subject: Subject, _ findings: inout FindingList) {
    guard let specification = subject.specification else { return }
    SchemaTree(root: specification).forEach { place in
      guard let property = place.property, Self.isSecret(property), place.node.key == property else { return }
      let isMarked = place.node["airbyte_secret"]?.bool == true
      if isMarked, !canHoldSecret(place.node), !SchemaTree.types(of: place.node).isEmpty {
        let mark = place.node["airbyte_secret"]?.keyMark
        findings.warn("`\(property)` is marked as a secret, but cannot hold one", at: place.node, mark: mark)
      }
      guard !isMarked, canHoldSecret(place.node) else { return }
      findings.warn(
        "`\(property)` has the name of a secret, but is not marked as one", at: place.node, mark: place.node.keyMark,
        remedy: "add `airbyte_secret: true`")
    }
  }

  /// Whether a field of this name should be a secret: a password, a token, a key by which one is let in.
  static func isSecret(_ name: String) -> Bool {
    if known.contains(name.lowercased()) { return true }
    let words = words(of: name)
    guard let last = words.last else { return false }
    let before = words.dropLast().last ?? ""
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

  /// `apiKey` and `api-key` are two words each, here in lower case.
  private static func words(of name: String) -> [String] {
    var words = [""]
    var wasSmall = false
    for character in name {
      guard character.isLetter || character.isNumber else {
        words.append("")
        wasSmall = false
        continue
      }
      if wasSmall, character.isUppercase { words.append("") }
      words[words.count - 1] += character.lowercased()
      wasSmall = !character.isUppercase
    }
    return words.filter { !$0.isEmpty }
  }

  private func canHoldSecret(_ schema: ManifestNode) -> Bool {
    if schema["const"]?.isNull == false { return false }
    return !Set(["string", "integer", "number"]).isDisjoint(with: SchemaTree.types(of: schema))
  }
}
