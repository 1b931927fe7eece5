import ConnectorModel

/// Brings configs of an earlier version of a connector up to date; the result is kept.
struct ConfigMigration: Component {
  let transformations: [any ConfigTransformation]

  init(from node: ComponentNode, in scope: BuildScope) throws {
    transformations = try node.nodes("transformations").map { try scope.build($0) }
  }
}
