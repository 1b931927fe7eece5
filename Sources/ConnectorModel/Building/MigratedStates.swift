import JSON
import Manifest

/// The states of streams after their migrations.
///
/// A migration may take time, and components are built at once. So a build that meets a stream whose state was not migrated yet is given
/// up, the state is migrated, and the build begins again: ``BuildScope/migratingStates(_:)``.
package struct MigratedStates: Sendable {
  fileprivate struct Key: Hashable {
    let path: String
    let state: JSONObject
  }

  fileprivate var states: [Key: JSONObject] = [:]

  package init() {}
}

/// Ends a build that needs the state of a stream after its migrations.
struct PendingMigration: Error {
  fileprivate let key: MigratedStates.Key
  fileprivate let migrate: @Sendable () async throws -> JSONObject
}

extension BuildScope {
  /// The state of a stream that is being built, after its migrations.
  /// - Parameters:
  ///   - stream: the stream's node.
  ///   - migrate: migrates `state`.
  package func migrated(
    _ state: JSONObject, of stream: ComponentNode, _ migrate: @escaping @Sendable () async throws -> JSONObject
  ) throws -> JSONObject {
    let key = MigratedStates.Key(path: stream.node.path, state: state)
    guard let migrated = run.migratedStates.states[key] else { throw PendingMigration(key: key, migrate: migrate) }
    return migrated
  }

  /// Builds what may have streams in it, and migrates their states.
  /// - Parameter build: builds in a scope that knows the states which were migrated until then; called again for each further one.
  /// - Throws: what `build` throws, or a migration.
  package func migratingStates<Built>(_ build: (BuildScope) throws -> Built) async throws -> Built {
    var migrated = run.migratedStates
    while true {
      do {
        return try build(with(run.knowing(migrated)))
      } catch let pending as PendingMigration {
        migrated.states[pending.key] = try await pending.migrate()
      }
    }
  }
}
