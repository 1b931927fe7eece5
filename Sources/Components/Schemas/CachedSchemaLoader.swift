import Concurrency
import ConnectorModel
import JSON
import Synchronization

/// Loads a schema once, however many ask for it at a time.
final class CachedSchemaLoader: SchemaLoader {
  private let loader: any SchemaLoader
  private let loaded = Mutex<JSONObject?>(nil)
  private let turnstile = AsyncMutex()

  init(_ loader: any SchemaLoader) { self.loader = loader }

  /// A schema that could not be loaded is tried again by the next who asks.
  func schema() async throws -> JSONObject {
    if let schema = loaded.withLock({ $0 }) { return schema }
    return try await turnstile.pass {
      if let schema = loaded.withLock({ $0 }) { return schema }
      let schema = try await loader.schema()
      loaded.withLock { $0 = schema }
      return schema
    }
  }
}
