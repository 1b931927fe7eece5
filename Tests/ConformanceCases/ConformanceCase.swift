import JSON

/// A case of `Tests/Conformance`: what to run, and what the reference did. The README there tells how it is written down.
package struct ConformanceCase: Sendable {
  /// "feature/case".
  package let name: String
  /// The commands to run.
  package let commands: [Command]
  /// By stream, the fields of a record that tell partitions apart: only within a partition is the order of records given.
  package let partitions: [String: [String]]
  /// Whether waits move the clock.
  package let movesClock: Bool
  /// The streams that fail alone here, where the reference ends the whole read.
  package let alone: [String]
  package let manifest: String
  /// The text of the components.py that the manifest names classes of.
  package let components: String?
  package let config: String
  /// Only for `read`.
  package let catalog: String?
  /// The state that the first read is given.
  package let state: String?
  /// The API's routes.
  package let api: String
  /// The texts of further files that the manifest names, by their paths.
  package let files: [String: String]
  /// What the reference did.
  package let recorded: [Command: RecordedRun]

  /// Every case, by name; or why there are none.
  package static let loaded = Result { try RuleFile.all().flatMap { try $0.cases() }.sorted { $0.name < $1.name } }

  /// Every case, by name; none where a file is wrong.
  package static let all = (try? loaded.get()) ?? []

  /// - Parameters:
  ///   - content: what the file says, with what it says of this case.
  ///   - recorded: what the file has of the case behind `recorded`.
  init(name: String, content: JSONObject, recorded: JSONObject) throws {
    self.name = name
    let names = content["commands"]?.array ?? ["read"]
    commands = try names.map { command in
      guard let command = command.string.flatMap(Command.init) else { throw CaseError("\(name): \(command) is no command") }
      return command
    }
    partitions = Dictionary(
      uniqueKeysWithValues: (content["partitions"]?.object ?? [:]).map { ($0.key, ($0.value.array ?? []).compactMap(\.string)) })
    movesClock = content["moving_clock"]?.bool ?? false
    alone = (content["alone"]?.array ?? []).compactMap(\.string)
    guard let manifest = content["manifest"]?.string else { throw CaseError("\(name) has no manifest") }
    self.manifest = try content["patch"]?.string.map { try ManifestPatch($0).applied(to: manifest) } ?? manifest
    components = content["components"]?.string
    config = Self.text(content["config"] ?? [:])
    let catalog = content["catalog"] ?? (commands.contains(.read) ? ["items"] : .null)
    self.catalog = catalog == .null ? nil : Self.text(try CaseCatalog.expanded(catalog))
    state = content["state"].flatMap { $0 == .null ? nil : Self.text($0) }
    let api = content["api"] ?? []
    self.api = Self.text(api.array == nil ? api : ["routes": api])
    files = (content["files"]?.object ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.string }
    let failureType = content["failure_type"]?.string
    self.recorded = try commands.reduce(into: [:]) { runs, command in
      runs[command] = try recorded[command.rawValue].map { try RecordedRun($0, failureType: failureType) }
    }
  }

  /// The text of a JSON file; what is given as a text is taken as it stands.
  private static func text(_ value: JSONValue) -> String { value.string ?? value.jsonText }
}

/// What is wrong with a case's file.
struct CaseError: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }
}
