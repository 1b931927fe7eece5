import AirbyteProtocol
import JSON

/// A tap's stream together with what the manifest says of it: what `discover` prints, and what the tap is asked for.
struct StreamDescription: Sendable {
  let tap: TapStream
  let own: SingerStream?
  let descriptor: StreamDescriptor

  /// - Parameters:
  ///   - own: what the manifest says of the stream.
  ///   - usesNamespaces: whether a table is named by itself, in a namespace named by its schema.
  init(_ tap: TapStream, _ own: SingerStream?, usesNamespaces: Bool) {
    self.tap = tap
    self.own = own
    if usesNamespaces, let schema = tap.schemaName {
      descriptor = StreamDescriptor(name: tap.tableName ?? Self.name(of: tap, without: schema), namespace: schema)
    } else {
      descriptor = StreamDescriptor(name: tap.id)
    }
  }

  private static func name(of tap: TapStream, without schema: String) -> String {
    let prefix = schema + "-"
    return tap.stream.hasPrefix(prefix) && tap.stream.count > prefix.count
      ? String(tap.stream.dropFirst(prefix.count)) : tap.stream
  }

  /// The fields of the primary key.
  var primaryKey: [String] { own?.primaryKey ?? tap.keyProperties }

  /// How the stream can be read.
  var syncModes: [SyncMode] {
    if let modes = own?.syncModes { return modes }
    if own?.cursorField != nil { return [.fullRefresh, .incremental] }
    switch tap.forcedMethod {
    case .fullTable?: return [.fullRefresh]
    case .incremental?, .logBased?: return [.fullRefresh, .incremental]
    case nil: break
    }
    let isIncremental = !tap.replicationKeys.isEmpty || tap.method == .logBased || tap.metadata.isOfTable
    return isIncremental ? [.fullRefresh, .incremental] : [.fullRefresh]
  }

  /// The field that a read continues by; nil where the tap or the user chooses it.
  var cursorField: String? { own?.cursorField ?? (syncModes.contains(.incremental) ? tap.replicationKeys.first : nil) }

  /// Whether the user has no choice of the cursor.
  private var hasOwnCursor: Bool {
    own?.cursorField != nil || !tap.replicationKeys.isEmpty || tap.forcedMethod == .logBased || tap.forcedMethod == .incremental
      || tap.method == .logBased || !tap.metadata.isOfTable
  }

  /// The stream as `discover` lists it.
  var airbyteStream: AirbyteStream {
    var stream = AirbyteStream(
      name: descriptor.name, jsonSchema: RecordSchema.ofRecords(tap), supportedSyncModes: syncModes)
    stream.namespace = descriptor.namespace
    if syncModes.contains(.incremental) {
      stream.sourceDefinedCursor = hasOwnCursor
      stream.defaultCursorField = cursorField.map { [$0] }
    }
    if !primaryKey.isEmpty { stream.sourceDefinedPrimaryKey = primaryKey.map { [$0] } }
    stream.isResumable = syncModes.contains(.incremental)
    return stream
  }
}
