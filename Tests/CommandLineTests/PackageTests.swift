import Foundation
import JSON
import Testing

/// Executables that `package` makes, and what it refuses.
@Suite struct PackageTests {
  private func packaged(_ connection: Connection, _ more: [String] = []) async throws -> String {
    let run = try await connection.run(["package", "manifest.yaml", "--output", "source-shop"] + more)
    try #require(run.status == 0, "\(run.stderr)")
    #expect(run.stdout.isEmpty)
    return connection.folder.url(of: "source-shop").path
  }

  @Test func aPackageDoesWhatItsManifestDoes() async throws {
    let api = try UnrulyAPI(UnrulyAPI.usual)
    let connection = try Connection(to: api)
    let named = try connection.readArguments(["ok", "refused"])
    let source = try await packaged(connection)
    try connection.folder.write("kept.yaml", connection.folder.text("manifest.yaml"))
    try connection.folder.remove("manifest.yaml")
    for command in [["spec"], ["check", "--config", "config.json"], ["discover", "--config", "config.json"]] {
      let own = try await Tool.run(command, in: connection.folder, executable: source)
      let named = try await Tool.run(command + ["--manifest", "kept.yaml"], in: connection.folder)
      #expect(own.stdout == named.stdout)
      #expect(own.stdout.contains(#""type""#))
      #expect(own.status == 0)
    }
    let read = try await Tool.run(
      named.filter { $0 != "--manifest" && $0 != "manifest.yaml" }, in: connection.folder, executable: source)
    #expect(try read.recordCount(of: "ok") == 3)
    #expect(try read.statuses(of: "refused").last == "INCOMPLETE")
    #expect(read.status == 1)
  }

  /// The tests run a program that is linked to Swift's libraries.
  @Test func aProgramThatNeedsSwiftIsWarnedOf() async throws {
    let connection = try Connection()
    let run = try await connection.run("package", "manifest.yaml", "--output", "out")
    #expect(run.stderr.contains("warning: it runs only where Swift's libraries are (libswift"), "\(run.stderr)")
    #expect(run.stderr.hasSuffix("and name it with --runtime.\n"))
  }

  /// Whether it is named or found by the stream's name.
  @Test func schemaFilesComeAlong() async throws {
    let connection = try Connection(manifest: Manifests.streams(["ok"], more: Self.streamsWithFiles))
    try connection.folder.makeFolder("schemas")
    try connection.folder.write("schemas/named.json", #"{"title": "named"}"#)
    try connection.folder.write("schemas/found.json", #"{"title": "found"}"#)
    try connection.folder.write("schemas/other.json", #"{"title": "other"}"#)
    let source = try await packaged(connection)
    let discover = ["discover", "--config", "config.json"]
    let before = try await Tool.run(discover + ["--manifest", "manifest.yaml"], in: connection.folder)
    for name in ["schemas", "manifest.yaml"] { try connection.folder.remove(name) }
    let run = try await Tool.run(discover, in: connection.folder, executable: source)
    #expect(run.stdout == before.stdout)
    let streams = try #require(try run.messages("CATALOG", "catalog").first?["streams"]?.array)
    #expect(streams.map { $0["json_schema"]?["title"]?.string } == [nil, "named", "found"])
    let inspection = try await Tool.run(["--inspect"], in: connection.folder, executable: source)
    #expect(inspection.stdout.contains("schemas/named.json"))
    #expect(inspection.stdout.contains("schemas/found.json"))
    #expect(!inspection.stdout.contains("schemas/other.json"))
  }

  /// Files that a schema refers to, and those that these refer to.
  @Test func sharedSchemasComeAlong() async throws {
    let connection = try Connection(manifest: Manifests.streams(["ok"], more: Self.streamsWithFiles))
    try connection.folder.makeFolder("schemas/shared")
    try connection.folder.write("schemas/named.json", #"{"properties": {"price": {"$ref": "price.json"}}}"#)
    try connection.folder.write("schemas/found.json", #"{"properties": {"price": {"$ref": "price.json#/properties/unit"}}}"#)
    try connection.folder.write("schemas/shared/price.json", #"{"properties": {"unit": {"$ref": "unit.json"}}}"#)
    try connection.folder.write("schemas/shared/unit.json", #"{"type": "string"}"#)
    try connection.folder.write("schemas/shared/other.json", "{}")
    let source = try await packaged(connection)
    try connection.folder.remove("schemas")
    let run = try await Tool.run(["discover", "--config", "config.json"], in: connection.folder, executable: source)
    let streams = try #require(try run.messages("CATALOG", "catalog").first?["streams"]?.array)
    let prices = streams.compactMap { $0["json_schema"]?["properties"]?["price"] }
    #expect(prices == [["properties": ["unit": ["type": "string"]]], ["type": "string"]])
    let inspection = try await Tool.run(["--inspect"], in: connection.folder, executable: source)
    #expect(inspection.stdout.contains("schemas/shared/unit.json"))
    #expect(!inspection.stdout.contains("other"))
  }

  @Test func aSharedSchemaThatIsMissingIsNamed() async throws {
    let connection = try Connection(manifest: Manifests.streams(["ok"], more: Self.streamsWithFiles))
    try connection.folder.makeFolder("schemas")
    try connection.folder.write("schemas/named.json", #"{"properties": {"price": {"$ref": "price.json"}}}"#)
    let run = try await connection.run("package", "manifest.yaml")
    #expect(run.status == 1)
    #expect(run.stderr.contains("schemas/shared/price.json"))
  }

  /// The config says which of them is read, so all come along.
  @Test func schemaFilesThatTheConfigChoosesComeAlong() async throws {
    let more = Self.streamsWithFiles.replacingOccurrences(
      of: "./source_shop/schemas/{{ parameters['name'] }}.json", with: "./schemas/{{ config['edition'] }}.json")
    let connection = try Connection(manifest: Manifests.streams(["ok"], more: more), config: ["edition": "large"])
    try connection.folder.makeFolder("schemas")
    for name in ["large", "small"] { try connection.folder.write("schemas/\(name).json", "{\"title\": \"\(name)\"}") }
    try connection.folder.write("schemas/notes.txt", "none of them")
    let source = try await packaged(connection)
    try connection.folder.remove("schemas")
    let run = try await Tool.run(["discover", "--config", "config.json"], in: connection.folder, executable: source)
    let streams = try #require(try run.messages("CATALOG", "catalog").first?["streams"]?.array)
    #expect(streams.map { $0["json_schema"]?["title"]?.string } == [nil, "large", nil])
    let inspection = try await Tool.run(["--inspect"], in: connection.folder, executable: source)
    #expect(inspection.stdout.contains("schemas/small.json"))
    #expect(!inspection.stdout.contains("notes"))
  }

  private static let streamsWithFiles = """
      - $ref: "#/definitions/stream"
        name: named
        schema_loader: {type: JsonFileSchemaLoader, file_path: "./source_shop/schemas/{{ parameters['name'] }}.json"}
        $parameters: {name: named}
      - type: DeclarativeStream
        name: found
        retriever:
          type: SimpleRetriever
          requester: {type: HttpRequester, url_base: "http://127.0.0.1:9"}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
    """

  @Test func theSameInputMakesTheSameBytes() async throws {
    let connection = try Connection()
    let first = try Data(contentsOf: URL(fileURLWithPath: await packaged(connection)))
    let again = try await Tool.run(
      ["package", "manifest.yaml", "--output", "again", "--runtime", "source-shop", "--name", "source-shop"],
      in: connection.folder)
    // By its folder's name the first has another name than by the option.
    let named = try await connection.run(["package", "manifest.yaml", "--output", "named", "--name", "source-shop"])
    #expect(again.status == 0 && named.status == 0)
    #expect(try Data(contentsOf: connection.folder.url(of: "again")) == Data(contentsOf: connection.folder.url(of: "named")))
    let second = try Data(contentsOf: URL(fileURLWithPath: await packaged(connection)))
    #expect(first == second)
  }

  @Test func metadataGivesNameAndVersion() async throws {
    let connection = try Connection()
    try connection.folder.write("metadata.yaml", "data: {dockerRepository: airbyte/source-shop, dockerImageTag: 1.2.3}\n")
    let run = try await connection.run("package", "manifest.yaml")
    #expect(run.status == 0)
    let version = try await Tool.run(
      ["--version"], in: connection.folder, executable: connection.folder.url(of: "source-shop").path)
    #expect(version.stdout.hasPrefix("source-shop 1.2.3, packaged with airbyte-lowcode "))
    #expect(version.stdout.split(separator: "\n")[0].hasSuffix(" (compatible with airbyte-cdk 7.39.1)"))
    #expect(version.stdout.contains("\nlibraries: libcurl "))
  }

  /// A file has a name of its own, or the one that all have, and then its folder has one.
  @Test(arguments: [("shop.yaml", "shop"), ("source-shop/manifest.yaml", "source-shop"), ("./source-shop/shop.yml", "shop")])
  func withoutMetadataTheFileOrItsFolderGivesTheName(path: String, name: String) async throws {
    let connection = try Connection()
    try connection.folder.makeFolder("source-shop")
    try connection.folder.write(path, connection.folder.text("manifest.yaml"))
    let run = try await connection.run("package", path, "-o", "out")
    #expect(run.stderr.contains(", with the manifest of \(name).\n"))
    let version = try await Tool.run(["--version"], in: connection.folder, executable: connection.folder.url(of: "out").path)
    #expect(version.stdout.hasPrefix("\(name), packaged with airbyte-lowcode "))
  }

  /// A file that nobody named as the output is not replaced, unless it is an earlier package.
  @Test func aForeignFileOfTheConnectorsNameStays() async throws {
    let connection = try Connection()
    try FileManager.default.copyItem(at: connection.folder.url(of: "manifest.yaml"), to: connection.folder.url(of: "source.yaml"))
    try connection.folder.write("source", "mine")
    let refused = try await connection.run("package", "source.yaml")
    #expect(refused.stderr == "error: source already exists and is not a packaged connector: name another file with --output\n")
    #expect(refused.status == 1)
    #expect(try String(contentsOf: connection.folder.url(of: "source"), encoding: .utf8) == "mine")
    #expect(try await connection.run("package", "source.yaml", "--output", "source").status == 0)
    #expect(try await connection.run("package", "source.yaml").status == 0)
  }

  @Test(arguments: [
    ("packaged-help", ["--help"]), ("packaged-help-spec", ["spec", "--help"]), ("packaged-help-read", ["read", "--help"]),
  ])
  func aPackageOffersTheProtocolAlone(fixture: String, arguments: [String]) async throws {
    let connection = try Connection()
    let run = try await Tool.run(
      arguments, in: connection.folder, executable: packaged(connection, ["--name", "source-shop"]))
    #expect(run.stdout == (try HelpTests.snapshot("\(fixture).txt")))
    #expect(run.status == 0)
  }

  @Test func aPackageTakesNoOtherManifest() async throws {
    let connection = try Connection()
    let source = try await packaged(connection, ["--name", "source-shop"])
    for arguments in [["spec", "--manifest", "manifest.yaml"], ["interpolate", "x"], ["package", "manifest.yaml"]] {
      let run = try await Tool.run(arguments, in: connection.folder, executable: source)
      #expect(run.status == 64)
      #expect(run.stdout.isEmpty)
    }
    let run = try await Tool.run(["spec", "--manifest", "manifest.yaml"], in: connection.folder, executable: source)
    #expect(run.stderr.contains("source-shop has its own manifest and takes no other."))
  }

  @Test func aDamagedPackageSaysSo() async throws {
    let connection = try Connection()
    let source = URL(fileURLWithPath: try await packaged(connection))
    var bytes = try Data(contentsOf: source)
    let place = try #require(bytes.range(of: Data("DeclarativeSource".utf8), options: .backwards)).lowerBound
    bytes[place] ^= 1
    try bytes.write(to: source)
    let sentence =
      "This executable is damaged: its checksum is not the one that was written with it; copy or package it again"
    let spec = try await Tool.run(["spec"], in: connection.folder, executable: source.path)
    #expect(try spec.errors().map { $0["message"]?.string } == [sentence])
    #expect(spec.status == 1)
    let inspection = try await Tool.run(["--inspect"], in: connection.folder, executable: source.path)
    #expect(inspection.stderr == "error: \(sentence)\n")
    #expect(inspection.stdout.isEmpty)
    #expect(inspection.status == 1)
  }

  // MARK: What is not packaged

  @Test func aManifestThatIsNotValidIsNotPackaged() async throws {
    let connection = try Connection(manifest: Manifests.usual.replacingOccurrences(of: "PageIncrement", with: "PageIncremnt"))
    for command in [["package", "manifest.yaml", "-o", "out"], ["image", "manifest.yaml", "--metadata", "m.yaml", "-o", "out"]] {
      try connection.folder.write("m.yaml", "data: {dockerRepository: airbyte/source-shop, dockerImageTag: 1.2.3}\n")
      let run = try await connection.run(command)
      #expect(run.stderr.hasPrefix("manifest.yaml:17:37: error: unknown type `PageIncremnt`"))
      #expect(run.stderr.contains("did you mean `PageIncrement`?"))
      #expect(run.stderr.hasSuffix("error: The manifest is not valid, so nothing was written\n"))
      #expect(run.status == 1)
      #expect(try connection.folder.names() == ["config.json", "m.yaml", "manifest.yaml"])
    }
  }

  /// What `validate` finds beyond the schema counts as well.
  @Test func aManifestWhoseComponentsDoNotFitIsNotPackaged() async throws {
    let connection = try Connection(
      manifest: Manifests.usual.replacingOccurrences(
        of: "page_size: 2}",
        with:
          "inject_on_first_request: true}\n        page_size_option: {type: RequestOption, inject_into: header, field_name: n}"))
    let run = try await connection.run("package", "manifest.yaml", "-o", "out")
    #expect(run.stderr.hasPrefix("manifest.yaml:17:30: error: `page_size_option` needs a `page_size` in the pagination strategy"))
    #expect(run.status == 1)
    #expect(try connection.folder.names() == ["config.json", "manifest.yaml"])
  }

  private static let refusals: [(arguments: [String], stderr: String)] = [
    (["package", "none.yaml"], "error: The manifest none.yaml does not exist\n"),
    (["package", "manifest.yaml", "-o", "none/out"], "error: none/out cannot be written: No such file or directory\n"),
    (["package", "manifest.yaml", "-o", "."], "error: . is a folder; the output should be a file\n"),
    (
      ["package", "manifest.yaml", "-o", "out", "--runtime", "config.json"], "error: config.json is not a Linux executable\n"
    ),
    (
      ["package", "manifest.yaml", "-o", "out", "--runtime", "none"], "error: none cannot be opened: No such file or directory\n"
    ),
    (["package", "manifest.yaml", "-o", "out", "--metadata", "none"], "error: The metadata none does not exist\n"),
    (
      ["package", "manifest.yaml", "-o", "out", "--metadata", "config.json"],
      "error: config.json:1:1: error: the metadata needs `data`, with `dockerRepository` and `dockerImageTag`\n"
    ),
    (
      ["image", "manifest.yaml", "-o", "out"],
      "error: An image has its name and version from the connector's metadata, and there is no metadata.yaml: give "
        + "--name and --tag, or name the file with --metadata\n"
    ),
    (
      ["image", "--metadata", "config.json"],
      "error: config.json:1:1: error: the metadata needs `data`, with `dockerRepository` and `dockerImageTag`\n"
    ),
  ]

  @Test(arguments: refusals.indices)
  func whatCannotBeDoneIsSaidAndLeavesNothing(index: Int) async throws {
    let (arguments, stderr) = Self.refusals[index]
    let connection = try Connection()
    let run = try await connection.run(arguments)
    #expect(run.stderr == stderr)
    #expect(run.stdout.isEmpty)
    #expect(run.status == 1)
    #expect(try connection.folder.names() == ["config.json", "manifest.yaml"])
  }

  @Test func aMissingSchemaFileIsNamed() async throws {
    let connection = try Connection(manifest: Manifests.streams(["ok"], more: Self.streamsWithFiles))
    let run = try await connection.run("package", "manifest.yaml", "-o", "out")
    #expect(run.stderr.hasPrefix("error: manifest.yaml:27:20: The schema file `./source_shop/schemas/named.json` cannot be read"))
    #expect(run.status == 1)
    #expect(try connection.folder.names() == ["config.json", "manifest.yaml"])
  }

  @Test func aSchemaFileOutsideTheManifestsFolderIsRefused() async throws {
    let more = Self.streamsWithFiles.replacingOccurrences(
      of: "./source_shop/schemas/{{ parameters['name'] }}.json", with: "../a.json")
    let connection = try Connection(manifest: Manifests.streams(["ok"], more: more))
    try connection.folder.makeFolder("inner")
    try connection.folder.write("a.json", "{}")
    try connection.folder.write("inner/manifest.yaml", connection.folder.text("manifest.yaml"))
    let run = try await connection.run("package", "inner/manifest.yaml", "-o", "out")
    #expect(run.stderr.contains("The schema file `../a.json` lies outside the manifest's folder, where no schema is read"))
    #expect(run.status == 1)
  }

  /// The system ends the process, or refuses, in the middle of the file.
  @Test(arguments: ["ulimit -f 2000", "trap '' XFSZ; ulimit -f 2000"])
  func aWriteThatIsInterruptedLeavesNoHalfFile(limit: String) async throws {
    let connection = try Connection()
    try connection.folder.write("source-shop", "what was there before")
    let run = try await Tool.shell(
      "\(limit); exec \"$@\"", ["package", "manifest.yaml", "-o", "source-shop"], in: connection.folder)
    #expect(run.status != 0)
    if limit.hasPrefix("trap") {
      #expect(run.stderr == "error: source-shop cannot be written: File too large\n")
      #expect(try connection.folder.names() == ["config.json", "manifest.yaml", "source-shop"])
    }
    #expect(try connection.folder.text("source-shop") == "what was there before")
  }

  // MARK: Without a manifest

  @Test func withoutAManifestTheSpecIsTheRuntimesOwn() async throws {
    let connection = try Connection()
    try connection.folder.remove("manifest.yaml")
    let run = try await connection.run("spec")
    let spec = try #require(try run.messages("SPEC", "spec").first)
    #expect(spec["connectionSpecification"]?["required"] == ["__injected_declarative_manifest"])
    #expect(spec["connectionSpecification"]?["properties"]?["__injected_declarative_manifest"]?["type"] == "object")
    #expect(run.status == 0)
  }

  @Test func aDockerfileIsPrinted() async throws {
    let connection = try Connection()
    try connection.folder.write("metadata.yaml", "data: {dockerRepository: airbyte/source-shop, dockerImageTag: 1.2.3}\n")
    let run = try await connection.run("image", "manifest.yaml", "--dockerfile")
    #expect(run.stdout.contains("LABEL io.airbyte.name=\"airbyte/source-shop\" io.airbyte.version=\"1.2.3\"\n"))
    #expect(run.status == 0)
    #expect(try connection.folder.names() == ["config.json", "manifest.yaml", "metadata.yaml"])
  }
}
