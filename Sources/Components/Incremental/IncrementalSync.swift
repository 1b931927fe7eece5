import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Templating

/// What a stream's `incremental_sync` says: it makes the stream's cursor.
package protocol IncrementalSync: Component {
  /// Whether the API gives the newest records first, so that paging stops at the first one that is known.
  var isDataFeed: Bool { get }
  /// Whether records are dropped by their cursor value, since the API does not filter.
  var isClientSideIncremental: Bool { get }
  /// The cursor of a stream that `router` cuts into partitions, or none does.
  /// - Parameter context: of the stream, with its state.
  /// - Throws: ``ConnectorError`` if the state or the stream's start cannot be read.
  func cursor(router: (any PartitionRouter)?, in scope: BuildScope) throws -> any Cursor
}

extension IncrementalSync {
  /// The field that the cursor follows: the catalog's, where the manifest allows it, or the manifest's.
  /// - Parameter parameters: what a template of the manifest's field sees.
  static func cursorField(_ node: ComponentNode, seeing parameters: JSONObject, in scope: BuildScope) throws -> String {
    let configured =
      try node.bool("allow_catalog_defined_cursor_field", default: false) ? scope.stream.configured?.cursorField : nil
    if let configured, let first = configured.first, !first.isEmpty {
      guard configured.count == 1 else {
        throw ConnectorError(
          .system, "Stream `\(scope.streamName)` takes a cursor field at the top level only; the catalog has a nested one",
          at: node.node)
      }
      return first
    }
    return try InterpolatedString(node.required("cursor_field"), parameters: parameters)
      .string(EvaluationContext(config: scope.templateConfig))
  }
}

/// Makes the cursor of a stream from its manifest.
package enum StreamCursor {
  /// - Parameters:
  ///   - incrementalSync: the stream's `incremental_sync`, built; nil if it has none.
  ///   - router: nil for a stream without partitions.
  /// - Throws: ``ConnectorError`` if the state or the stream's start cannot be read.
  package static func make(
    incrementalSync: (any IncrementalSync)?, router: (any PartitionRouter)?, in scope: BuildScope
  ) throws -> any Cursor {
    try incrementalSync?.cursor(router: router, in: scope) ?? FinalStateCursor(router: router)
  }
}
