import AirbyteProtocol
import JSON

/// How a tap reads a stream.
enum ReplicationMethod: String, Sendable {
  case fullTable = "FULL_TABLE"
  case incremental = "INCREMENTAL"
  case logBased = "LOG_BASED"
}

/// A stream as a tap's discovery describes it.
struct TapStream: Sendable {
  /// By which the tap's states and selections know it: `tap_stream_id`. It is the stream's name.
  let id: String
  /// The name that the tap gives it beside that.
  let stream: String
  /// The stream's schema, as the tap has it.
  let schema: JSONObject
  let metadata: StreamMetadata
  /// The whole entry, which is given back to the tap.
  let entry: JSONObject

  /// - Throws: ``TapCatalogError`` where the entry names no stream.
  init(_ value: JSONValue, at place: Int) throws(TapCatalogError) {
    guard let entry = value.object, let id = (entry["tap_stream_id"] ?? entry["stream"])?.string else {
      throw TapCatalogError("`streams[\(place)]` has no `tap_stream_id`")
    }
    self.id = id
    self.entry = entry
    stream = entry["stream"]?.string ?? id
    schema = entry["schema"]?.object ?? [:]
    metadata = StreamMetadata(entry["metadata"])
  }

  /// The names that the tap's messages may give it.
  var aliases: [String] {
    guard let schemaName else { return [id, stream] }
    return [id, stream, "\(schemaName)-\(stream)"]
  }

  /// The schema of the database that the table is in.
  var schemaName: String? { metadata.stream["schema-name"]?.string.flatMap { $0.isEmpty ? nil : $0 } }
  /// The name of the table, where it is one.
  var tableName: String? { (entry["table_name"] ?? entry["table"])?.string }
  /// Whether it is a view, whose keys the database does not know.
  var isView: Bool { (metadata.stream["is-view"] ?? entry["is_view"])?.bool == true }
  /// Whether the tap can read it at all.
  var isSupported: Bool { metadata.inclusion(of: []) != .unsupported }

  /// The fields of the primary key.
  var keyProperties: [String] {
    let places = [
      entry["key_properties"], metadata.stream["table-key-properties"], metadata.stream["view-key-properties"],
    ]
    return places.lazy.map { $0?.array?.compactMap(\.string) ?? [] }.first { !$0.isEmpty } ?? []
  }

  /// The fields of which one can be the cursor, those of the tap's choice first.
  var replicationKeys: [String] {
    let chosen = metadata.stream["replication-key"]?.string ?? entry["replication_key"]?.string
    let valid: [String] =
      switch metadata.stream["valid-replication-keys"] {
      case .string(let key)?: [key]
      case let keys?: keys.array?.compactMap(\.string) ?? []
      case nil: []
      }
    guard let chosen, !chosen.isEmpty else { return valid }
    return [chosen] + valid.filter { $0 != chosen }
  }

  /// The method that the tap allows alone; nil if it leaves the choice.
  var forcedMethod: ReplicationMethod? {
    let forced = metadata.stream["forced-replication-method"]
    return (forced?["replication-method"] ?? forced)?.string.flatMap { ReplicationMethod(rawValue: $0.uppercased()) }
  }

  /// The method that is set already.
  var method: ReplicationMethod? {
    (metadata.stream["replication-method"] ?? entry["replication_method"])?.string
      .flatMap { ReplicationMethod(rawValue: $0.uppercased()) }
  }
}

/// The streams that a tap's discovery lists.
struct TapCatalog: Sendable {
  let streams: [TapStream]

  /// - Throws: ``TapCatalogError`` where the value is no catalog.
  init(_ value: JSONValue) throws(TapCatalogError) {
    guard let entries = value["streams"]?.array else { throw TapCatalogError("it is not an object with a list `streams`") }
    var streams: [TapStream] = []
    for (place, entry) in entries.enumerated() { streams.append(try TapStream(entry, at: place)) }
    self.streams = streams
  }
}

/// Why what a tap's discovery printed is not a catalog, as a phrase.
package struct TapCatalogError: Error, Sendable, CustomStringConvertible {
  package let description: String
  init(_ description: String) { self.description = description }
}
