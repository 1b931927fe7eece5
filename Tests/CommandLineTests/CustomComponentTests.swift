import Foundation
import JSON
import Testing

/// Custom components are Python, which nobody has permitted here: whatever kind one is of, only the stream that needs it fails.
@Suite struct CustomComponentTests {
  private static let className = "source_shelf.components.Dust"

  /// A component of `type`, alone in its line.
  private static func custom(_ type: String, _ more: String = "") -> String {
    "{type: \(type), class_name: \(className)\(more)}"
  }

  private static func retriever(_ property: String, _ value: String) -> String {
    """
      retriever:
        $ref: "#/definitions/stream/retriever"
        \(property): \(value)
    """
  }

  /// `part` is `requester` or `record_selector`.
  private static func retriever(_ part: String, _ property: String, _ value: String) -> String {
    """
      retriever:
        $ref: "#/definitions/stream/retriever"
        \(part):
          $ref: "#/definitions/stream/retriever/\(part)"
          \(property): \(value)
    """
  }

  /// The kinds that belong to a stream, and the property of a stream that each stands in.
  private static let places: [(type: String, property: String)] = [
    ("CustomRetriever", "  retriever: \(custom("CustomRetriever"))"),
    ("CustomRequester", retriever("requester", custom("CustomRequester"))),
    ("CustomAuthenticator", retriever("requester", "authenticator", custom("CustomAuthenticator"))),
    ("CustomErrorHandler", retriever("requester", "error_handler", custom("CustomErrorHandler"))),
    (
      "CustomBackoffStrategy",
      retriever(
        "requester", "error_handler", "{type: DefaultErrorHandler, backoff_strategies: [\(custom("CustomBackoffStrategy"))]}")
    ),
    (
      "CustomPaginationStrategy",
      retriever("paginator", "{type: DefaultPaginator, pagination_strategy: \(custom("CustomPaginationStrategy"))}")
    ),
    ("CustomDecoder", retriever("decoder", custom("CustomDecoder"))),
    ("CustomRecordExtractor", retriever("record_selector", "extractor", custom("CustomRecordExtractor"))),
    ("CustomRecordFilter", retriever("record_selector", "record_filter", custom("CustomRecordFilter"))),
    ("CustomSchemaNormalization", retriever("record_selector", "schema_normalization", custom("CustomSchemaNormalization"))),
    ("CustomTransformation", "  transformations: [\(custom("CustomTransformation"))]"),
    ("CustomPartitionRouter", retriever("partition_router", custom("CustomPartitionRouter"))),
    ("CustomStateMigration", "  state_migrations: [\(custom("CustomStateMigration"))]"),
    ("CustomSchemaLoader", "  schema_loader: \(custom("CustomSchemaLoader"))"),
  ]

  private static func manifest(_ property: String) -> String {
    let indented = property.split(separator: "\n").map { "    " + $0.dropFirst(2) }.joined(separator: "\n")
    return Manifests.streams(["ok"], more: "  - $ref: \"#/definitions/stream\"\n    name: special\n\(indented)\n")
  }

  private func expectRefusal(in text: JSONValue?, of manifest: String) throws {
    let line = try #require(manifest.components(separatedBy: "\n").firstIndex { $0.contains(Self.className) }) + 1
    let text = try #require(text?.string)
    #expect(text.contains("`Dust` is Python code, which runs only if `AIRBYTE_ENABLE_UNSAFE_CODE=true` is set"), "\(text)")
    #expect(text.contains("manifest.yaml:\(line):"))
  }

  @Test(arguments: places.map(\.type)) func onlyItsStreamFails(type: String) async throws {
    let manifest = Self.manifest(try #require(Self.places.first { $0.type == type }).property)
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(to: api, manifest: manifest)
    // Without a state there is nothing to migrate.
    let state: JSONValue = [
      ["type": "STREAM", "stream": ["stream_descriptor": ["name": "special"], "stream_state": ["at": "2024-01-01"]]]
    ]
    try connection.folder.write("state.json", state.jsonText)
    let run = try await connection.read(["special", "ok"], ["--state", "state.json"])
    let error = try #require(try run.errors().first)
    #expect(error["stream_descriptor"]?["name"]?.string == "special")
    try expectRefusal(in: error["message"], of: manifest)
    #expect(try run.statuses(of: "special") == ["INCOMPLETE"])
    #expect(try run.statuses(of: "ok").last == "COMPLETE")
    #expect(try run.recordCount(of: "ok") == 3)
    #expect(run.status == 1)
  }

  @Test func theSchemaHasNoOtherKind() throws {
    let file = URL(filePath: #filePath).appending(path: "../../../schemas/declarative_component_schema.yaml").standardized
    let schema = try String(contentsOf: file, encoding: .utf8)
    let start = try #require(schema.range(of: "\ndefinitions:\n")).lowerBound
    let kinds = schema[start...].matches(of: /\n  (Custom\w+):\n/).map { String($0.1) }
    #expect(Set(kinds) == Set(Self.places.map(\.type) + ["CustomConfigTransformation", "CustomValidationStrategy"]))
  }

  @Test func itsChildrenFailAsWell() async throws {
    let router = """
      {type: SubstreamPartitionRouter, parent_stream_configs: [{type: ParentStreamConfig, parent_key: id, partition_field: p, \
      stream: {$ref: "#/definitions/stream", name: parent, transformations: [\(Self.custom("CustomTransformation"))]}}]}
      """
    let manifest = Self.manifest(Self.retriever("partition_router", router))
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let run = try await Connection(to: api, manifest: manifest).read(["special", "ok"])
    try expectRefusal(in: run.errors().first?["message"], of: manifest)
    #expect(try run.recordCount(of: "ok") == 3)
  }

  @Test func theOthersAreDiscovered() async throws {
    let manifest = Self.manifest("  transformations: [\(Self.custom("CustomTransformation"))]")
    let run = try await Connection(manifest: manifest).run(
      "discover", "--manifest", "manifest.yaml", "--config", "config.json")
    let catalog = try #require(try run.messages("CATALOG", "catalog").first)
    #expect(catalog["streams"]?.array?.compactMap { $0["name"]?.string } == ["ok"])
    try expectRefusal(in: .string(run.logs("WARN").first ?? ""), of: manifest)
    #expect(run.status == 0)
  }

  /// What the whole config goes through has no stream to fail alone: then nothing is read, for a reason that is told.
  @Test(arguments: [
    "config_migrations: [{type: ConfigMigration, transformations: [CUSTOM]}]", "transformations: [CUSTOM]",
    "validations: [{type: DpathValidator, field_path: [token], validation_strategy: CUSTOM}]",
  ])
  func aConfigThatNeedsOneIsNotRead(rule: String) async throws {
    let kind = rule.contains("validation_strategy") ? "CustomValidationStrategy" : "CustomConfigTransformation"
    let rules =
      "config_normalization_rules:\n    type: ConfigNormalizationRules\n    " + rule.replacing("CUSTOM", with: Self.custom(kind))
    let manifest = Manifests.streams(["ok"]) + "  " + rules + "\n"
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(to: api, manifest: manifest)
    let run = try await connection.read(["ok"])
    try expectRefusal(in: run.errors().first?["message"], of: manifest)
    #expect(try run.recordCount(of: "ok") == 0)
    #expect(run.status == 1)
    let spec = try await connection.run("spec", "--manifest", "manifest.yaml")
    #expect(try spec.messages("SPEC", "spec").count == 1)
    #expect(spec.status == 0)
  }

  // MARK: Pythons that cannot be used

  private static let systemPython = ["/usr/bin/python3", "/bin/python3"].first {
    FileManager.default.isExecutableFile(atPath: $0)
  }

  /// What the program at `bin/python` is, and the sentence that says why it is of no use.
  @Test(arguments: [
    (
      "",
      "there is no program `FOLDER/bin/python` (`--python` names it); `AIRBYTE_LOWCODE_PYTHON` or `--python` names another one"
    ),
    (
      "exit 3", "FOLDER/bin/python cannot be used (`--python` names it): the Python process of the components ended with status 3"
    ),
    ("kill -9 $$", "cannot be used (`--python` names it): the Python process of the components ended by signal 9"),
    (
      "exec PYTHON \"$@\"",
      "FOLDER/bin/python has no airbyte-cdk (`--python` names it); run `FOLDER/bin/python -m pip install 'airbyte-cdk==7.39.1'`, or "
        + "`airbyte-lowcode components setup`"
    ),
    ("PYTHONPATH=FOLDER/old exec PYTHON \"$@\"", "FOLDER/bin/python has airbyte-cdk 6.61.6 (`--python` names it)"),
  ])
  func aPythonThatIsOfNoUseIsNamed(script: String, sentence: String) async throws {
    if script.contains("PYTHON "), Self.systemPython == nil { return }
    let manifest = Self.manifest("  transformations: [\(Self.custom("CustomTransformation"))]")
    let connection = try Connection(to: UnrulyAPI(UnrulyAPI.usual), manifest: manifest)
    let folder = connection.folder.url.path
    func written(_ text: String) -> String {
      text.replacing("FOLDER", with: folder).replacing("exec PYTHON", with: "exec \(Self.systemPython ?? "") -I -S")
        .replacing("/old exec \(Self.systemPython ?? "") -I -S", with: "/old exec \(Self.systemPython ?? "") -S")
    }
    try connection.folder.makeFolder("bin")
    try connection.folder.makeFolder("old/airbyte_cdk-6.61.6.dist-info")
    try connection.folder.makeFolder("old/airbyte_cdk")
    try connection.folder.write("old/airbyte_cdk/__init__.py", "")
    try connection.folder.write(
      "old/airbyte_cdk-6.61.6.dist-info/METADATA", "Metadata-Version: 2.1\nName: airbyte-cdk\nVersion: 6.61.6\n")
    if !script.isEmpty {
      try connection.folder.write("bin/python", "#!/bin/sh\n\(written(script))\n")
      try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/bin/python")
    }
    let run = try await connection.read(
      ["special", "ok"], ["--python", "\(folder)/bin/python"], environment: ["AIRBYTE_ENABLE_UNSAFE_CODE": "true"])
    let error = try #require(try run.errors().first)
    let message = try #require(error["message"]?.string)
    #expect(message.hasPrefix("`Dust` needs Python 3.10 or later with `airbyte-cdk==7.39.1`"), "\(message)")
    #expect(message.contains(written(sentence)), "\(message)")
    #expect(error["failure_type"]?.string == "config_error")
    #expect(try run.recordCount(of: "ok") == 3)
    #expect(run.status == 1)
  }

  /// A connector's description needs none of its code.
  @Test func noPythonStartsForTheSpec() async throws {
    let connection = try Connection(manifest: Self.manifest("  transformations: [\(Self.custom("CustomTransformation"))]"))
    try connection.folder.write("components.py", "raise SystemExit(9)")
    let run = try await Tool.run(
      ["spec", "--manifest", "manifest.yaml"], in: connection.folder,
      environment: ["AIRBYTE_ENABLE_UNSAFE_CODE": "true", "AIRBYTE_LOWCODE_PYTHON": "/nowhere/python"])
    #expect(try run.messages("SPEC", "spec").count == 1)
    #expect(run.status == 0)
  }
}
