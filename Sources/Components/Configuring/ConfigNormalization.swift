import ConnectorModel
import JSON
import Manifest

/// What is done with the user's config before anything uses it.
package struct ConfigNormalization: Sendable {
  private let migrations: [ConfigMigration]
  private let transformations: [any ConfigTransformation]
  private let validations: [any ConfigValidation]

  /// - Parameter node: a spec's `config_normalization_rules`.
  package init(_ node: ManifestNode, in scope: BuildScope) throws {
    func nodes(_ key: String) -> [ManifestNode] { node[key]?.sequence ?? [] }
    migrations = try nodes("config_migrations").map { try scope.build($0) }
    transformations = try nodes("transformations").map { try scope.build($0) }
    validations = try nodes("validations").map { try scope.build($0) }
  }

  /// The config as it is to be kept; nil if it stays as it is.
  package func migrated(_ draft: inout ConfigDraft) async throws -> JSONObject? {
    for migration in migrations {
      for transformation in migration.transformations { try await transformation.transform(&draft) }
    }
    return draft.isChanged ? draft.values : nil
  }

  package func transform(_ draft: inout ConfigDraft) async throws {
    for transformation in transformations { try await transformation.transform(&draft) }
  }

  /// Migrates and transforms a config to see what comes of it, as far as that has no other effect.
  package func attempt(_ draft: inout ConfigDraft) async throws {
    for transformation in migrations.flatMap(\.transformations) + transformations where transformation.canBeTried {
      try await transformation.transform(&draft)
    }
  }

  /// - Throws: ``ConnectorError`` if the config is not as it should be.
  package func validate(_ config: JSONObject) async throws {
    for validation in validations { try await validation.validate(config) }
  }
}
