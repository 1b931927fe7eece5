import ConnectorModel
import Foundation
import JSON
import Manifest
import Testing

@testable import Authoring

/// What becomes of a manifest's text when fields are added to a schema.
@Suite struct SchemaWriterTests {
  private static let inferred: JSONObject = [
    "$schema": "http://json-schema.org/schema#", "type": "object", "required": ["id"],
    "properties": [
      "id": ["type": "number"], "name": ["type": ["string", "null"]],
      "shop": [
        "type": ["object", "null"], "properties": ["city": ["type": ["string", "null"]], "no": ["type": ["null", "null"]]],
      ],
    ],
  ]

  /// A manifest whose first stream ends with `loader`.
  private static func manifest(_ loader: String, after more: String = "") -> String {
    """
    # The shop's connector
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: [orders]}
    streams:
      - name: orders   # all of them
        type: DeclarativeStream
        retriever:
          type: SimpleRetriever
          requester: {type: HttpRequester, url: "https://a.example/orders"}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
    \(loader)
    \(more)
    version: 7.39.1
    """
  }

  private static func outcome(
    _ text: String, declared: JSONObject = [:], adding inferred: JSONObject = inferred
  ) throws -> SchemaWriter.Outcome? {
    let manifest = try ManifestPipeline(validator: ManifestValidator()).run(.text(Array(text.utf8), name: "manifest.yaml"))
    let writer = SchemaWriter(try #require(manifest.streams.first), named: "orders", among: manifest.streams)
    return try writer.outcome(adding: inferred, to: declared)
  }

  /// The lines that were added, with the line before each run of them; nil if others were changed.
  private static func additions(_ text: String, _ changed: String) -> [String]? {
    var rest = text.components(separatedBy: "\n")[...]
    var added: [String] = []
    for line in changed.components(separatedBy: "\n") {
      if line == rest.first { rest.removeFirst() } else { added.append(line) }
    }
    return rest.isEmpty ? added : nil
  }

  @Test func aBlockKeepsItsLayout() throws {
    let text = Self.manifest(
      """
          schema_loader:
            type: InlineSchemaLoader
            schema:
              type: object
              properties:
                id: {type: integer}   # the number
                shop:
                  type: object
                  properties:
                      city:
                          type: string

                # the last one
      """)
    let outcome = try #require(try Self.outcome(text))
    #expect(outcome.added == ["name", "shop.no"])
    #expect(outcome.differences.isEmpty)
    #expect(
      Self.additions(text, String(decoding: outcome.bytes, as: UTF8.self)) == [
        #"                "no":"#, "                  type:", #"                    - "null""#, "          name:",
        "            type:",
        "              - string", #"              - "null""#,
      ])
  }

  @Test func bracesStayBraces() throws {
    let text = Self.manifest(
      "    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}, shop: {type: object}}}}"
    )
    let outcome = try #require(try Self.outcome(text))
    #expect(
      String(decoding: outcome.bytes, as: UTF8.self).contains(
        #"shop: {type: object, properties: {city: {type: [string, "null"]}, "no": {type: ["null"]}}}, name: {type: [string, "null"]}}}}"#
      ))
  }

  @Test(arguments: [
    "    schema_loader:\n      type: InlineSchemaLoader\n      schema: {}   # to do",
    "    schema_loader:\n      type: InlineSchemaLoader",
    "    schema_loader: {type: InlineSchemaLoader}",
    "    primary_key: id",
  ])
  func aSchemaIsMadeWhereThereIsNone(loader: String) throws {
    let text = Self.manifest(loader)
    let outcome = try #require(try Self.outcome(text))
    #expect(outcome.added == ["id", "name", "shop"])
    let changed = String(decoding: outcome.bytes, as: UTF8.self)
    let manifest = try ManifestPipeline(validator: ManifestValidator()).run(.text(outcome.bytes, name: "manifest.yaml"))
    let schema = manifest.streams[0]["schema_loader"]?["schema"]?.value
    #expect(schema?["required"] == ["id"])
    #expect(schema?["properties"]?["shop"]?["properties"]?["no"]?["type"] == ["null"])
    #expect(changed.contains("# all of them"))
    #expect(changed.contains("$schema: "))
    if loader.contains("# to do") { #expect(changed.contains("schema:   # to do")) }
    #expect(try Self.outcome(changed) == nil)
  }

  /// Fields of an API that are odd: names that mean something else in a manifest, and characters that YAML cannot have.
  private static func odd(_ further: JSONObject = [:]) -> JSONObject {
    let text: JSONValue = ["type": ["string", "null"]]
    var properties: JSONObject = [
      "id": ["type": "number"], "$ref": text, "a\u{9B}b\u{202E}": text, "c\u{1}\u{85}\u{FEFF}": text, "{{ d": text,
      "in": ["type": "object", "required": ["$ref", "x"], "properties": ["$ref": text, "x": text]],
      "list": ["type": "array", "items": ["type": "object", "properties": ["$parameters": ["type": "object"], "y": text]]],
    ]
    properties.merge(further) { $1 }
    return ["type": "object", "required": ["id", "$ref"], "properties": .object(properties)]
  }

  @Test(arguments: [
    "    primary_key: id", "    schema_loader: {type: InlineSchemaLoader, schema: {}}",
    "    schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: number}}}}",
    "    schema_loader:\n      type: InlineSchemaLoader\n      schema:\n        type: object\n        properties:\n          id: {}",
  ])
  func whatNoManifestCanHaveIsLeftOutByName(loader: String) throws {
    let outcome = try #require(try Self.outcome(Self.manifest(loader), adding: Self.odd()))
    #expect(outcome.omitted == ["$ref", "in.$ref", "list.$parameters"])
    #expect(outcome.added.filter { $0 != "id" } == ["a\u{9B}b\u{202E}", "c\u{1}\u{85}\u{FEFF}", "{{ d", "in", "list"])
    let changed = String(decoding: outcome.bytes, as: UTF8.self)
    #expect(changed.contains(#""a\x9bb\u202e""#) && changed.contains(#""c\u0001\x85\ufeff""#))
    let manifest = try ManifestPipeline(validator: ManifestValidator()).run(.text(outcome.bytes, name: "manifest.yaml"))
    let written = try #require(manifest.streams[0]["schema_loader"]?["schema"]?.value["properties"])
    #expect(written["a\u{9B}b\u{202E}"] != nil && written["c\u{1}\u{85}\u{FEFF}"] != nil)
    #expect(written["in"]?["required"] == ["x"])
    // The next read has nothing to add, and says again what is left out.
    let again = try #require(try Self.outcome(changed, adding: Self.odd()))
    #expect(again.added.isEmpty && again.bytes == outcome.bytes && again.omitted == outcome.omitted)
  }

  /// A key in YAML has 1024 characters at most.
  @Test func whatCannotBeReadAgainIsFoundAndLeftOut() throws {
    let long = String(repeating: "k", count: 1_100)
    let further: JSONObject = [long: ["type": "string"], "z": ["type": "string"]]
    for loader in ["    primary_key: id", "    schema_loader: {type: InlineSchemaLoader, schema: {properties: {id: {}}}}"] {
      let outcome = try #require(try Self.outcome(Self.manifest(loader), adding: Self.odd(further)))
      #expect(outcome.omitted.last == long && outcome.omitted.count == 4)
      #expect(outcome.added.contains("z") && !outcome.added.contains(long))
    }
  }

  @Test func aSchemaThatIsReferredToIsWrittenWhereItIs() throws {
    let other = Self.manifest(
      "    schema_loader: {type: InlineSchemaLoader, schema: {$ref: \"#/schemas/orders\"}}",
      after: """
          - name: returns
            type: DeclarativeStream
            retriever: {$ref: "#/streams/0/retriever"}
            schema_loader: {$ref: "#/streams/0/schema_loader"}
        schemas:
          orders:
            type: object
            properties:
              id:
                type: integer
        """)
    let outcome = try #require(try Self.outcome(other))
    #expect(outcome.sharedWith == ["returns"])
    #expect(
      String(decoding: outcome.bytes, as: UTF8.self).contains(
        "        type: integer\n      name:\n        type:\n          - string\n"))
  }

  @Test func whatTheRecordsContradictStays() throws {
    let text = Self.manifest(
      """
          schema_loader:
            type: InlineSchemaLoader
            schema:
              properties:
                name: {type: integer}
                shop: {type: string}
      """)
    let outcome = try #require(try Self.outcome(text))
    #expect(
      outcome.differences == [
        "`name` is declared as integer, and records have string", "`shop` is declared as string, and records have object",
      ])
  }

  @Test func lineBreaksStayAsTheyAre() throws {
    let text = Self.manifest("    primary_key: id").replacing("\n", with: "\r\n")
    let changed = String(decoding: try #require(try Self.outcome(text)).bytes, as: UTF8.self)
    #expect(!changed.replacing("\r\n", with: "").utf8.contains(UInt8(ascii: "\n")))
  }

  @Test(arguments: [
    (
      "    schema_loader: {type: JsonFileSchemaLoader, file_path: ./schemas/o.json}",
      "its schema is in the file `./schemas/o.json`"
    ),
    ("    schema_loader: [{type: InlineSchemaLoader}]", "its schema is put together by several loaders"),
    (
      "    schema_loader: {type: CustomSchemaLoader, class_name: a.B}",
      "its schema is not in the manifest, but comes from a `CustomSchemaLoader`"
    ),
  ])
  func aSchemaThatIsElsewhereIsNamed(loader: String, reason: String) throws {
    let text = Self.manifest(loader)
    let error = #expect(throws: ConnectorError.self) { try Self.outcome(text) }
    #expect(error?.message.hasPrefix("The schema of the stream `orders` cannot be written: \(reason)") == true)
    #expect(error?.failureType == .config)
  }

  @Test func aFileThatTheStreamFindsByItsNameIsNamed() throws {
    let text = Self.manifest("    primary_key: id")
    let error = #expect(throws: ConnectorError.self) { try Self.outcome(text, declared: ["type": "object"]) }
    #expect(error?.message.hasSuffix("its schema is in a file beside the manifest: `schemas/orders.json`") == true)
  }

  @Test func aFileThatChangedIsNotWritten() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "manifest-\(UUID().uuidString).yaml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = Self.manifest("    primary_key: id")
    let outcome = try #require(try Self.outcome(text))
    try Data("else: 1\n".utf8).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: ConnectorError.self) { try outcome.write(to: path) }
    #expect(error?.message == "The manifest \(path) cannot be written: it has changed since it was read")
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    try outcome.write(to: path)
    #expect(FileManager.default.contents(atPath: path) == Data(outcome.bytes))
  }
}
