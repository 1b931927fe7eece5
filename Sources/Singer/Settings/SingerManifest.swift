import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest
import Programs

/// What the manifest says of a stream that the tap's discovery does not know.
struct SingerStream: Sendable, Hashable {
  var name: String
  var primaryKey: [String]?
  var cursorField: String?
  var syncModes: [SyncMode]?
  var isExcluded = false
}

/// A manifest of the type `SingerSource`, valid by its schema.
struct SingerManifest: Sendable {
  /// Which program the tap is.
  enum Program: Sendable, Hashable {
    case command([String])
    case python(PythonTap)
  }

  var program: Program
  /// Where the program is named.
  var programNode: ManifestNode
  /// Variables of the tap's environment; nil for none.
  var environment: ConfigTemplate?
  /// What the tap calls the file with its catalog.
  var catalogOption = "--catalog"
  /// Whether the tap has the option `--test`; nil for what it says of itself.
  var hasTest: Bool?
  /// The tap's config; nil for the source's own.
  var config: ConfigTemplate?
  var streams: [SingerStream] = []
  /// The names of streams that are left out, with stars for any characters.
  var exclusions: [String] = []
  var usesNamespaces = false
  var stateForm: StateTracker.Form?
  var limits = ProgramCall.Limits(silence: 3_600, grace: 60)
  var connectionSpecification: JSONObject?
  var documentationURL: String?

  /// Reads a manifest.
  /// - Throws: ``ConnectorError`` for a template that is none.
  init(_ root: ManifestNode) throws {
    guard let tap = root["tap"] else { throw ConnectorError(.config, "A `SingerSource` needs a `tap`", at: root) }
    if let python = tap["python"] {
      program = .python(
        PythonTap(
          package: python["package"]?.string ?? "", version: python["version"]?.string, program: python["program"]?.string,
          python: python["python"]?.string ?? "python3"))
      programNode = python
    } else {
      let command = tap["command"]
      program = .command(command?.sequence?.compactMap(\.string) ?? [])
      programNode = command ?? tap
    }
    environment = try tap["env"].map { try ConfigTemplate($0) }
    catalogOption = tap["catalog_option"]?.string ?? catalogOption
    hasTest = tap["test"]?.bool
    config = try root["config"].map { try ConfigTemplate($0) }
    streams = (root["streams"]?.sequence ?? []).map { node in
      SingerStream(
        name: node["name"]?.string ?? "", primaryKey: node["primary_key"]?.sequence?.compactMap(\.string),
        cursorField: node["cursor_field"]?.string,
        syncModes: node["sync_modes"]?.sequence?.compactMap { $0.string.flatMap(SyncMode.init(rawValue:)) },
        isExcluded: node["exclude"]?.bool ?? false)
    }
    exclusions = root["exclude"]?.sequence?.compactMap(\.string) ?? []
    usesNamespaces = root["namespaces"]?.bool ?? false
    switch root["state"]?.string {
    case "per_stream"?: stateForm = .perStream
    case "shared"?: stateForm = .shared
    default: break
    }
    limits.silence = root["timeouts"]?["silence"]?.double ?? limits.silence
    limits.grace = root["timeouts"]?["end"]?.double ?? limits.grace
    connectionSpecification = root["spec"]?["connection_specification"]?.value.object
    documentationURL = root["spec"]?["documentation_url"]?.string
  }

  /// The JSON schema of such manifests.
  static let schemaText = String(decoding: PackageResources.singer_source_schema_json, as: UTF8.self)
  /// The same as a value; a test shows that it is a schema.
  static let schema = (try? JSONValue(parsing: schemaText)) ?? [:]
}

extension SingerManifest {
  /// What the manifest says of a stream.
  func own(_ tap: TapStream) -> SingerStream? {
    streams.first { $0.name == tap.id } ?? streams.first { tap.aliases.contains($0.name) || tap.tableName == $0.name }
  }

  /// Whether a stream is left out.
  func excludes(_ tap: TapStream, _ own: SingerStream?) -> Bool {
    if own?.isExcluded == true { return true }
    return exclusions.contains { pattern in NamePattern(pattern).matches(tap.id) || NamePattern(pattern).matches(tap.stream) }
  }
}

/// A name in which a star stands for any characters.
struct NamePattern: Sendable {
  private let parts: [Substring]

  init(_ text: String) { parts = text.split(separator: "*", omittingEmptySubsequences: false) }

  func matches(_ name: String) -> Bool {
    guard parts.count > 1, let first = parts.first, let last = parts.last else {
      return parts.first.map { $0 == name } ?? name.isEmpty
    }
    guard name.hasPrefix(first), name.hasSuffix(last), name.count >= first.count + last.count else { return false }
    var rest = name.dropFirst(first.count).dropLast(last.count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return true
  }
}
