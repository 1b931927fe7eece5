import AirbyteProtocol
import JSON
import JSONSchema

/// Looks at the one message that `spec`, `check` and `discover` have to answer with.
enum AnswerCheck {
  /// - Returns: the JSON schema of the config, if there is one.
  static func spec(_ message: JSONValue?, _ list: inout ViolationList) -> JSONObject? {
    guard let message else {
      list.add("no-spec", "`spec` gave no SPEC message, so nobody knows what the config looks like")
      return nil
    }
    guard let specification = message["spec"]?["connectionSpecification"]?.object else {
      list.add("no-specification", "The SPEC message has no object `connectionSpecification`, the JSON schema of the config")
      return nil
    }
    let schema = JSONValue.object(specification)
    do {
      _ = try JSONSchema(compiling: schema, dialect: Dialect(of: schema))
    } catch {
      list.add("invalid-specification", "`connectionSpecification` is not a valid JSON schema: \(error)")
      return nil
    }
    if specification["type"]?.string != "object" {
      list.add(.warning, "specification-type", "`connectionSpecification` should have the type `object`: a config is one")
    }
    if specification["properties"] == nil, specification["oneOf"] == nil {
      list.add(.warning, "no-properties", "`connectionSpecification` has no `properties`, so that a user sees an empty form")
    }
    return specification
  }

  static func status(_ message: JSONValue?, _ list: inout ViolationList) {
    guard let status = message?["connectionStatus"] else {
      list.add("no-status", "`check` gave no CONNECTION_STATUS message, so nobody knows whether the connection works")
      return
    }
    switch status["status"]?.string {
    case "SUCCEEDED": break
    case "FAILED":
      if (status["message"]?.string ?? "").isEmpty {
        list.add("no-reason", "The CONNECTION_STATUS message says FAILED without a `message`, so that a user learns no reason")
      }
      list.add("connection-failed", "The connection failed: \(status["message"]?.string ?? "no reason is given")")
    default: list.add("status", "The `status` of the CONNECTION_STATUS message should be SUCCEEDED or FAILED")
    }
  }

  /// - Returns: the streams, as the message has them.
  static func catalog(_ message: JSONValue?, _ list: inout ViolationList) -> [JSONValue] {
    guard let streams = message?["catalog"]?["streams"]?.array else {
      list.add("no-catalog", "`discover` gave no CATALOG message with a list of `streams`")
      return []
    }
    if streams.isEmpty { list.add("no-streams", "The catalog has no stream, so that there is nothing to read") }
    var known: Set<StreamDescriptor> = []
    for (index, stream) in streams.enumerated() {
      guard let name = stream["name"]?.string, !name.isEmpty else {
        list.add("no-name", "The stream at streams[\(index)] of the catalog has no `name`", kind: "name")
        continue
      }
      if !known.insert(StreamDescriptor(name: name, namespace: stream["namespace"]?.string)).inserted {
        list.add("duplicate-stream", "The catalog has the stream twice", stream: name)
      }
      check(stream, name, &list)
    }
    return streams
  }

  private static func check(_ stream: JSONValue, _ name: String, _ list: inout ViolationList) {
    if let schema = stream["json_schema"], schema.object != nil {
      do { _ = try JSONSchema(compiling: schema, dialect: Dialect(of: schema)) } catch {
        list.add("invalid-schema", "`json_schema` is not a valid JSON schema: \(error)", stream: name)
      }
      if (schema["properties"]?.object ?? [:]).isEmpty {
        list.add(
          .warning, "no-properties", "`json_schema` has no `properties`, so that destinations know no columns", stream: name)
      }
    } else {
      list.add("no-schema", "The stream has no object `json_schema`", stream: name)
    }
    let modes = (stream["supported_sync_modes"]?.array ?? []).map { $0.string ?? "" }
    if modes.isEmpty {
      list.add("no-sync-mode", "`supported_sync_modes` is missing or empty, so that the stream cannot be read", stream: name)
    }
    for mode in modes where SyncMode(rawValue: mode) == nil {
      list.add("sync-mode", "`supported_sync_modes` has `\(mode)`, which is not `full_refresh` or `incremental`", stream: name)
    }
    let hasCursor = stream["default_cursor_field"]?.array?.isEmpty == false
    if stream["source_defined_cursor"]?.bool == true, modes.contains("incremental"), !hasCursor {
      list.add(.warning, "no-cursor", "The source defines the cursor and names none in `default_cursor_field`", stream: name)
    }
    let properties = stream["json_schema"]?["properties"]?.object
    for path in stream["source_defined_primary_key"]?.array ?? [] {
      guard let parts = path.array?.compactMap(\.string), let first = parts.first else {
        list.add("primary-key", "`source_defined_primary_key` is not a list of paths, each a list of names", stream: name)
        continue
      }
      if let properties, properties[first] == nil {
        list.add("primary-key", "The primary key `\(parts.joined(separator: "."))` is not in `json_schema`", stream: name)
      }
    }
    if let properties, let first = stream["default_cursor_field"]?[0]?.string, properties[first] == nil {
      list.add("cursor", "The cursor field `\(first)` is not in `json_schema`", stream: name)
    }
  }
}
