import Concurrency
import ConnectorModel
import JSON
import Manifest
import Synchronization

/// The streams that a manifest's templates make: made once, since an API may have to be asked for them.
package final class GeneratedStreams: Sendable {
  private let definitions: [ManifestNode]
  private let scope: BuildScope
  private let made = Mutex<[(dynamicName: String, node: ManifestNode)]?>(nil)
  private let turnstile = AsyncMutex()

  /// - Parameter definitions: a manifest's `dynamic_streams`.
  package init(_ definitions: [ManifestNode], in scope: BuildScope) {
    self.definitions = definitions
    self.scope = scope
  }

  /// - Throws: ``ConnectorError`` if they cannot be made.
  package func all() async throws -> [(dynamicName: String, node: ManifestNode)] {
    if definitions.isEmpty { return [] }
    return try await turnstile.pass {
      if let made = made.withLock({ $0 }) { return made }
      var names: NameSet = []
      var streams: [(dynamicName: String, node: ManifestNode)] = []
      for (index, definition) in definitions.enumerated() {
        let settled = try await scope.settled(for: [definition])
        let stream: DynamicDeclarativeStream = try await settled.migratingStates { try $0.build(definition) }
        let name = DynamicDeclarativeStream.name(of: definition, index)
        streams += try await stream.streams(notNamed: &names).map { (name, $0) }
      }
      made.withLock { $0 = streams }
      return streams
    }
  }
}

extension DynamicDeclarativeStream {
  /// The name by which a check knows a dynamic stream.
  package static func name(of definition: ManifestNode, _ index: Int) -> String {
    definition["name"]?.string ?? "dynamic_stream_\(index)"
  }
}
