import Manifest

/// What the platform gets by OAuth is put into the config where `advanced_auth` says, so that the spec has to have these places.
/// Airbyte's connector tests demand it, and that OAuth is the first choice.
struct SpecOAuth: Rule {
  static let name = "spec-oauth"
  static let summary = "The `advanced_auth` of the spec does not fit the fields of the spec."

  /// The parts that name places of the config.
  private static let parts = [
    "oauth_user_input_from_connector_config_specification", "complete_oauth_output_specification",
    "complete_oauth_server_output_specification",
  ]

  func check(_ subject: Subject, _ findings: inout FindingList) {
    guard let specification = subject.specification, let auth = subject.root["spec"]?["advanced_auth"] else { return }
    let tree = SchemaTree(root: specification)
    if let key = auth["predicate_key"], let path = Self.path(key), !path.isEmpty {
      if tree.allows(path) {
        first(path, auth, specification, &findings)
      } else {
        warn(path, key, specification, &findings)
      }
    }
    for part in Self.parts {
      for (_, field) in auth["oauth_config_specification"]?[part]?["properties"]?.entries ?? [] {
        guard let place = field["path_in_connector_config"], let path = Self.path(place), !tree.allows(path) else { continue }
        warn(path, place, specification, &findings)
      }
    }
  }

  private func warn(_ path: [String], _ node: ManifestNode, _ specification: ManifestNode, _ findings: inout FindingList) {
    findings.warn(
      "the spec has no field `\(path.joined(separator: "."))`, which OAuth needs", at: node,
      related: [.init("the fields of the spec", at: specification["properties"]?.keyMark)])
  }

  /// A form shows the first alternative of a choice at the beginning.
  private func first(
    _ path: [String], _ auth: ManifestNode, _ specification: ManifestNode, _ findings: inout FindingList
  ) {
    guard let branch = specification["properties"]?[path[0]]?["oneOf"]?[0], let value = auth["predicate_value"] else { return }
    let field = path.dropFirst().reduce(Optional(branch)) { $0?["properties"]?[$1] }
    guard let constant = field?["const"], constant.value != value.value else { return }
    findings.warn(
      "OAuth should be the first alternative of `\(path[0])`, so that forms begin with it", at: constant,
      related: [.init("the value that stands for OAuth", at: value.mark)])
  }

  private static func path(_ node: ManifestNode) -> [String]? {
    guard let elements = node.sequence else { return nil }
    let keys = elements.compactMap(\.string)
    return keys.count == elements.count ? keys : nil
  }
}
