import AirbyteProtocol
import ConnectorModel
import JSON
import JSONSchema
import Jinja
import Manifest

/// A stream that a manifest describes: what it is called, what its records look like and how they are read.
package struct DeclarativeStream: Component {
  package let name: String
  package let primaryKey: [String]
  package private(set) var cursor: any Cursor
  /// The state that its cursor began with, after migrations; empty for a read from the beginning.
  package let startingState: JSONObject
  /// Whether the catalog may name another cursor field.
  private let allowsOtherCursorField: Bool
  private let hasFiles: Bool
  package let retriever: any Retriever
  private let schemaLoader: CachedSchemaLoader
  /// The streams whose records are this one's partitions.
  package let parentStreams: [any ParentStream]
  /// Whether the state that was passed in is invalid, which is reported to the platform.
  package var forgetsState = false

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    name = try node.optionalString("name") ?? ""
    var stream = scope.stream
    stream.name = name
    primaryKey = try Self.primaryKey(node["primary_key"])

    let migrated = try StateMigrations.migrated(stream.state ?? [:], of: node, in: scope.entering(stream))
    // A migration may give a state to a stream that has none.
    if stream.state != nil || !migrated.isEmpty { stream.state = migrated }
    startingState = stream.state ?? [:]
    let inner = scope.entering(stream)
    let incrementalSync = try inner.build(optional: node["incremental_sync"], as: (any IncrementalSync).self)
    allowsOtherCursorField = node["incremental_sync"]?["allow_catalog_defined_cursor_field"]?.bool ?? false
    let router = try PartitionRouters.make(from: node["retriever"]?["partition_router"], in: inner)
    parentStreams = router?.parentStreams ?? []
    let isCut = incrementalSync == nil || router?.isSinglePartition != true
    let cursor = try StreamCursor.make(incrementalSync: incrementalSync, router: isCut ? router : nil, in: inner)
    var reading = ReadingScope(requestOptions: cursor)
    reading.incrementalSync = node["incremental_sync"]
    reading.cursor = cursor
    reading.isDataFeed = incrementalSync?.isDataFeed ?? false
    reading.isClientSideIncremental = incrementalSync?.isClientSideIncremental ?? false
    reading.transformations = try node.nodes("transformations").map { try inner.build($0) }
    reading.fileUploader = try node["file_uploader"].map { try FileUploader(from: ComponentNode($0), in: inner) }
    reading.hasFiles = reading.fileUploader != nil
    hasFiles = reading.hasFiles
    let retriever: any Retriever = try inner.entering(reading).build(node.required("retriever"))
    self.retriever = retriever
    self.cursor = retriever.cursor(over: cursor)
    schemaLoader = CachedSchemaLoader(try Self.schemaLoader(node, inner))
  }

  /// The same stream, of which another cursor lists what is read and keeps what was.
  package func following(_ cursor: any Cursor) -> DeclarativeStream {
    var stream = self
    stream.cursor = cursor
    return stream
  }

  package static func partScope(of node: ComponentNode, in scope: BuildScope) -> BuildScope? {
    var stream = scope.stream
    stream.name = node["name"]?.string ?? ""
    var reading = ReadingScope()
    reading.incrementalSync = node["incremental_sync"]
    reading.hasFiles = node["file_uploader"] != nil
    return scope.entering(stream).entering(reading)
  }

  /// The stream's JSON schema, loaded once.
  package func schema() async throws -> JSONObject { try await schemaLoader.schema() }

  /// What `discover` says of the stream.
  package func describe() async throws -> AirbyteStream {
    var stream = AirbyteStream(name: name, jsonSchema: try await schema(), supportedSyncModes: [.fullRefresh])
    stream.isResumable = false
    stream.isFileBased = hasFiles
    if let field = cursor.cursorField {
      stream.sourceDefinedCursor = !allowsOtherCursorField
      stream.isResumable = true
      stream.supportedSyncModes.append(.incremental)
      stream.defaultCursorField = [field]
    }
    if !primaryKey.isEmpty { stream.sourceDefinedPrimaryKey = primaryKey.map { [$0] } }
    return stream
  }

  private static func schemaLoader(_ node: ComponentNode, _ scope: BuildScope) throws -> any SchemaLoader {
    guard let loader = node["schema_loader"], loader.sequence?.isEmpty != true else {
      return JsonFileSchemaLoader(defaultFor: scope.streamName, in: scope)
    }
    if let loaders = loader.sequence {
      return CompositeSchemaLoader(loaders: try loaders.map { try scope.build($0) }, node: loader)
    }
    return try scope.build(loader)
  }

  /// A name, a list of names, or a list of lists of one name each.
  private static func primaryKey(_ node: ManifestNode?) throws -> [String] {
    guard let node else { return [] }
    if let name = node.string { return [name] }
    let keys = node.sequence ?? []
    if keys.allSatisfy({ $0.string != nil }) { return keys.compactMap(\.string) }
    let names = keys.map { $0.sequence ?? [] }
    guard names.allSatisfy({ $0.count == 1 && $0[0].string != nil }) else {
      throw ConnectorError(.system, "A primary key has to be made of top-level fields", at: node)
    }
    return names.compactMap { $0[0].string }
  }
}

extension DeclarativeStream: ParentStream {
  package func read(_ slice: StreamSlice, _ body: ([Record]) async throws -> Void) async throws {
    try await retriever.casting(to: try await schema()).read(slice) { page in
      try await body(page.records)
      return true
    }
  }
}
