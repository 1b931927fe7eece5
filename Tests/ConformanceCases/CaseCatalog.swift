import JSON

/// The catalog of a case, whose streams may be written down in short.
enum CaseCatalog {
  /// A catalog in full.
  static func expanded(_ catalog: JSONValue) throws -> JSONValue {
    guard let streams = catalog.array else { return catalog }
    return ["streams": .array(try streams.map(configured))]
  }

  /// A stream from its name, or from its name, sync mode and cursor field. One with a sync mode can be read incrementally.
  private static func configured(_ stream: JSONValue) throws -> JSONValue {
    guard stream["stream"] == nil else { return stream }
    guard let name = stream.string ?? stream["name"]?.string else { throw CaseError("\(stream) is no stream of a catalog") }
    let mode = stream["sync_mode"]
    var configured: JSONObject = [
      "stream": [
        "name": .string(name), "json_schema": [:],
        "supported_sync_modes": mode == nil ? ["full_refresh"] : ["full_refresh", "incremental"],
      ],
      "sync_mode": mode ?? "full_refresh", "destination_sync_mode": "append",
    ]
    configured["cursor_field"] = stream["cursor_field"]
    return .object(configured)
  }
}
