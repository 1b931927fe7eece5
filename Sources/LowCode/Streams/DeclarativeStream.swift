import AirbyteProtocol
import JSON
import JSONSchema
import Jinja

/// A stream that a manifest describes: what it is called, what its records look like and how they are read.
package struct DeclarativeStream: Component {
  package let name: String
  package let primaryKey: [String]
  package let cursor: any Cursor
  /// Whether the catalog may name another cursor field.
  private let allowsOtherCursorField: Bool
  private let hasFiles: Bool
  let retriever: any Retriever
  private let schemaLoader: CachedSchemaLoader
  /// The streams whose records are this one's partitions.
  package let parentStreams: [any ParentStream]
  /// Whether the state that was passed in is invalid, which is reported to the platform.
  package var forgetsState = false

  package init(from node: ComponentNode, in context: BuildContext) throws {
    name = try node.optionalString("name") ?? ""
    var inner = context
    inner.streamName = name
    primaryKey = try Self.primaryKey(node["primary_key"])

    let migrated = try StateMigrations.apply(to: inner.streamState ?? [:], of: node, in: inner)
    if inner.streamState != nil { inner.streamState = migrated }
    let incrementalSync = try inner.build(optional: node["incremental_sync"], as: (any IncrementalSync).self)
    allowsOtherCursorField = node["incremental_sync"]?["allow_catalog_defined_cursor_field"]?.bool ?? false
    let router = try PartitionRouters.make(from: node["retriever"]?["partition_router"], in: inner)
    parentStreams = router?.parentStreams ?? []
    let cursor = try StreamCursor.make(incrementalSync: incrementalSync, router: router, in: inner)
    let isDataFeed = incrementalSync?.isDataFeed ?? false
    inner.siblings.incrementalSync = node["incremental_sync"]
    inner.siblings.cursor = cursor
    inner.siblings.stopCursor = isDataFeed ? cursor : nil
    inner.siblings.isClientSideIncremental = incrementalSync?.isClientSideIncremental ?? false
    inner.siblings.filtersByCursor = inner.siblings.isClientSideIncremental && !isDataFeed
    inner.siblings.requestOptions = cursor
    inner.siblings.transformations = try node.nodes("transformations").map { try inner.build($0) }
    let uploader = try node["file_uploader"].map { try FileUploader(from: ComponentNode($0), in: inner) }
    hasFiles = uploader != nil
    inner.siblings.fileUploader = uploader
    let retriever: any Retriever = try inner.build(node.required("retriever"))
    self.retriever = retriever
    self.cursor = (retriever as? AsyncRetriever)?.cursor(over: cursor) ?? cursor
    schemaLoader = CachedSchemaLoader(try Self.schemaLoader(node, inner))
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

  /// What casts values to the schema's types; nil if the stream does not ask for it.
  func normalizer(_ schema: JSONObject) throws -> SchemaNormalizer? {
    retriever.normalizes ? try SchemaNormalizer(schema: .object(schema)) : nil
  }

  private static func schemaLoader(_ node: ComponentNode, _ context: BuildContext) throws -> any SchemaLoader {
    guard let loader = node["schema_loader"], loader.sequence?.isEmpty != true else {
      return JsonFileSchemaLoader(defaultFor: context.streamName, in: context)
    }
    if let loaders = loader.sequence {
      return CompositeSchemaLoader(loaders: try loaders.map { try context.build($0) }, node: loader)
    }
    return try context.build(loader)
  }

  /// A name, a list of names, or a list of lists of one name each.
  private static func primaryKey(_ node: ManifestNode?) throws -> [String] {
    guard let node else { return [] }
    if let name = node.string { return [name] }
    let keys = node.sequence ?? []
    if keys.allSatisfy({ $0.string != nil }) { return keys.compactMap(\.string) }
    let names = keys.map { $0.sequence ?? [] }
    guard names.allSatisfy({ $0.count == 1 && $0[0].string != nil }) else {
      throw ConnectorError(.system, "A primary key has to be made of top-level fields.", at: node)
    }
    return names.compactMap { $0[0].string }
  }
}

extension DeclarativeStream: ParentStream {
  package func read(_ slice: StreamSlice, _ body: ([Record]) async throws -> Void) async throws {
    try await retriever.read(slice, normalizer: try normalizer(try await schema())) { page in
      try await body(page.records)
      return true
    }
  }
}
