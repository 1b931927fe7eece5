import Foundation
import JSON
import Testing

/// Schema files, which are read below the manifest's folder and nowhere else: by commands of the protocol, by `package` and `image`.
@Suite struct SchemaFileTests {
  /// A manifest in `connector` whose stream has the schema file `path`; beside that folder lies what nobody may see.
  private func connection(_ path: String, config: JSONObject = [:]) throws -> Connection {
    let more = """
        - $ref: "#/definitions/stream"
          name: named
          schema_loader: {type: JsonFileSchemaLoader, file_path: "\(path)"}
      """
    let connection = try Connection(manifest: Manifests.streams(["ok"], more: more), config: config)
    let folder = connection.folder
    try folder.makeFolder("connector/schemas/shared")
    try folder.makeFolder("connector/data")
    try folder.write("connector/manifest.yaml", folder.text("manifest.yaml"))
    try folder.write("connector/metadata.yaml", "data: {dockerRepository: airbyte/source-shop, dockerImageTag: 1.2.3}\n")
    try folder.write("connector/schemas/own.json", #"{"title": "own"}"#)
    try folder.write("secret.json", #"{"title": "topsecret"}"#)
    try folder.write("connector/schemas/up.json", #"{"properties": {"a": {"$ref": "../../secret.json"}}}"#)
    try folder.write("connector/schemas/up-shared.json", #"{"properties": {"a": {"$ref": "x.json"}}}"#)
    try folder.write("connector/schemas/shared/x.json", #"{"properties": {"b": {"$ref": "../../../secret.json#/title"}}}"#)
    try folder.write("connector/schemas/linked.json", #"{"properties": {"a": {"$ref": "out.json"}}}"#)
    try folder.write(
      "connector/schemas/address.json", #"{"properties": {"a": {"$ref": "file://\#(folder.url.path)/secret.json"}}}"#)
    for (link, target) in [
      ("schemas/link.json", "../../secret.json"), ("schemas/own-link.json", "./own.json"),
      ("schemas/shared/out.json", "../../../secret.json"),
      ("out", ".."), ("schemas/real.json", folder.url(of: "secret.json").path), ("data/now", "../schemas"),
    ] {
      #expect(symlink(target, folder.url(of: "connector/\(link)").path) == 0)
    }
    return connection
  }

  private static let protocolArguments = ["--manifest", "connector/manifest.yaml", "--config", "config.json"]

  @Test(arguments: [
    "../secret.json", "schemas/../../secret.json", "./../secret.json", "out/secret.json", "schemas/link.json",
    "schemas/real.json",
    "schemas/up.json", "schemas/up-shared.json", "schemas/linked.json", "schemas/address.json", "{{ config['file'] }}",
    "schemas/{{ config['file'] }}", "/proc/self/environ", "/etc/passwd", "data/now/../../secret.json",
    "../connector/../secret.json",
  ])
  func nothingOutsideIsShown(path: String) async throws {
    let connection = try connection(path, config: ["file": "../../secret.json"])
    for variables in [[], ["DEPLOYMENT_MODE=cloud"]] {
      let run = try await Tool.shell(
        "exec env \(variables.joined(separator: " ")) \"$@\"", ["discover"] + Self.protocolArguments, in: connection.folder)
      #expect(run.status == 1)
      #expect(!(run.stdout + run.stderr).contains("topsecret"))
      #expect(try run.errors().first?["message"]?.string?.contains("chema") == true)
    }
    try connection.folder.makeFolder("deep")
    for command in ["package", "image"] where !path.contains("{{") {
      let run = try await connection.run(command, "connector/manifest.yaml", "-o", "out")
      #expect(run.status == 1)
      #expect(run.stderr.contains("chema"))
      #expect(try !connection.folder.names().contains("out"))
    }
    let check = try await connection.run(["check"] + Self.protocolArguments)
    #expect(!(check.stdout + check.stderr).contains("topsecret"))
  }

  /// As the reference: a slash at the beginning counts for nothing, and a connector's own folder may be missing.
  @Test(arguments: [
    "schemas/own.json", "./schemas/own.json", "./source_shop/schemas/own.json", "/source_shop/schemas/own.json",
    "schemas/shared/../own.json", "data/now/own.json", "schemas/own-link.json", "{{ config['file'] }}",
  ])
  func whatLiesBelowIsRead(path: String) async throws {
    let connection = try connection(path, config: ["file": "schemas/own.json"])
    let run = try await connection.run(["discover"] + Self.protocolArguments)
    #expect(run.stdout.contains(#""title":"own""#), "\(run.stdout)")
    for name in ["schemas/link.json", "schemas/real.json", "schemas/shared/out.json"] {
      try connection.folder.remove("connector/\(name)")
    }
    let packaged = try await connection.run("package", "connector/manifest.yaml", "-o", "source-shop")
    #expect(packaged.status == 0, "\(packaged.stderr)")
    try connection.folder.remove("connector")
    let own = try await Tool.run(
      ["discover", "--config", "config.json"], in: connection.folder, executable: connection.folder.url(of: "source-shop").path)
    #expect(own.stdout == run.stdout)
  }

  /// Such a manifest has no folder, and that of the process is not its own.
  @Test func amongManifestsWithoutAFolderNoneHasFiles() async throws {
    let connection = try connection("schemas/own.json")
    let folder = connection.folder
    try folder.makeFolder("schemas")
    try folder.write("schemas/own.json", #"{"title": "topsecret"}"#)
    try folder.write("schemas/ok.json", #"{"title": "topsecret"}"#)
    let manifest = try folder.text("manifest.yaml")
    let run = try await Tool.run(["discover", "--manifest", "-", "--config", "config.json"], in: folder, stdin: manifest)
    #expect(run.status == 1)
    #expect(
      try run.errors().first?["message"]?.string?.hasPrefix(
        "The schema file `schemas/own.json` cannot be read: a manifest from standard input or a pipe has no folder; name its file, or put "
          + "its schemas into it") == true)
    let package = try await Tool.run(["package", "-", "-o", "out", "--name", "x"], in: folder, stdin: manifest)
    #expect(package.status == 1)
    #expect(package.stderr.contains("a manifest from standard input or a pipe has no folder"))
    let pipe = try await Tool.shell(
      #"mkfifo pipe; cat manifest.yaml > pipe & exec "$@""#, ["discover", "--manifest", "pipe", "--config", "config.json"],
      in: folder)
    #expect(pipe.stdout.contains("a manifest from standard input or a pipe has no folder"))
    let inner: JSONObject = [
      "version": "7.39.1", "type": "DeclarativeSource", "check": ["type": "CheckStream", "stream_names": ["own"]],
      "streams": [
        [
          "type": "DeclarativeStream", "name": "own",
          "retriever": [
            "type": "SimpleRetriever", "requester": ["type": "HttpRequester", "url": "http://127.0.0.1:9"],
            "record_selector": ["type": "RecordSelector", "extractor": ["type": "DpathExtractor", "field_path": []]],
          ],
        ]
      ],
      "spec": ["type": "Spec", "connection_specification": ["type": "object", "properties": [:]]],
    ]
    try folder.write("config.json", JSONValue.object(["__injected_declarative_manifest": .object(inner)]).jsonText)
    let injected = try await connection.run("discover", "--config", "config.json")
    #expect(injected.status == 0, "\(injected.stdout)")
    #expect(!injected.stdout.contains("topsecret"))
  }
}
