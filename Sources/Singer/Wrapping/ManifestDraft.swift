import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest
import Secrets

/// A manifest that is written from what a tap says of itself.
package struct ManifestDraft: Sendable {
  /// The manifest.
  package let text: String
  /// What is worth saying to whoever asked for it, a sentence each.
  package let remarks: [String]

  /// The schema of a database that describes the database itself.
  private static let systemSchema = "information_schema"
  /// So many streams are listed.
  private static let shownStreams = 50

  /// Asks a tap.
  /// - Parameters:
  ///   - tap: as for ``SingerKind/manifest(of:)``.
  ///   - config: the tap's config, with which its streams can be found; nil to leave them out.
  /// - Throws: ``ConnectorError`` if it cannot be started, or its discovery fails.
  package init(of tap: String, config: JSONObject?, runtime: RuntimeEnvironment, writer: MessageWriter) async throws {
    let name = TapName(tap)
    var remarks: [String] = []
    let about = try await SingerSource.about(of: name, runtime)
    var specification = about?.connectionSpecification
    if specification == nil {
      specification = Self.guess(from: config)
      remarks.append(
        "The tap says nothing of its settings: complete the specification in the manifest"
          + (config == nil ? ", or name a config with --config." : ", which was guessed from the config."))
    }
    var streams: [StreamDescription] = []
    if let config {
      let manifest = try SingerManifest(
        ManifestNode(
          ManifestValue(json: [
            "type": "SingerSource", "tap": name.json, "spec": ["connection_specification": .object(specification ?? [:])],
          ])))
      var input = SourceInput(writer: writer)
      input.config = config
      streams = try await SingerSource(manifest, at: nil, input, runtime: runtime).streams()
    }
    self.remarks = remarks
    text = Self.text(name, about, specification ?? [:], streams)
  }

  private static func text(
    _ name: TapName, _ about: TapAbout?, _ specification: JSONObject, _ streams: [StreamDescription]
  ) -> String {
    var members: JSONObject = ["version": "1.0.0", "type": "SingerSource"]
    if let description = about?.description { members["description"] = .string(description) }
    var tap = name.json.object ?? [:]
    if about != nil { tap["test"] = true }
    members["tap"] = .object(tap)
    let isSystem = { (stream: StreamDescription) in
      stream.tap.schemaName == systemSchema && stream.tap.id.hasPrefix(systemSchema + "-")
    }
    if streams.contains(where: isSystem) { members["exclude"] = [.string(systemSchema + "-*")] }
    var text = "# A Singer tap as a source, written by `airbyte-lowcode singer wrap`.\n" + YAMLText.block(members)
    text += notes(on: streams.filter { !isSystem($0) })
    text += YAMLText.block(["spec": ["connection_specification": .object(specification)]])
    return text
  }

  /// The streams of which something is to be said that discovery does not know.
  private static func notes(on streams: [StreamDescription]) -> String {
    let keyless = streams.filter { $0.primaryKey.isEmpty }
    let cursorless = streams.filter { $0.cursorField == nil && $0.syncModes.contains(.incremental) }
    guard !keyless.isEmpty || !cursorless.isEmpty else { return "" }
    var lines = ["# What discovery does not say of streams can be said here:", "# streams:"]
    let open = streams.filter { stream in
      keyless.contains { $0.tap.id == stream.tap.id } || cursorless.contains { $0.tap.id == stream.tap.id }
    }
    for stream in open.prefix(shownStreams) {
      var parts = ["name: \(YAMLText.scalar(.string(stream.tap.id)))"]
      if stream.primaryKey.isEmpty { parts.append("primary_key: [?]") }
      if stream.cursorField == nil, stream.syncModes.contains(.incremental) { parts.append("cursor_field: ?") }
      lines.append("#   - {\(parts.joined(separator: ", "))}")
    }
    if open.count > shownStreams { lines.append("#   … and \(open.count - shownStreams) more") }
    return lines.joined(separator: "\n") + "\n"
  }

  /// A specification of a config whose tap says nothing: by the values that it has.
  private static func guess(from config: JSONObject?) -> JSONObject {
    let properties = (config ?? [:]).map { name, value -> (String, JSONValue) in
      var schema: JSONObject = [:]
      switch value {
      case .bool: schema["type"] = "boolean"
      case .int: schema["type"] = "integer"
      case .double, .number: schema["type"] = "number"
      case .string: schema["type"] = "string"
      case .array: schema["type"] = "array"
      case .object: schema["type"] = "object"
      case .null: break
      }
      if CredentialName.isCredential(name) { schema["airbyte_secret"] = true }
      return (name, .object(schema))
    }
    return [
      "$schema": "http://json-schema.org/draft-07/schema#", "type": "object",
      "properties": .object(JSONObject(properties, uniquingKeysWith: { $1 })), "additionalProperties": true,
    ]
  }
}
