import Foundation
import JSON
import Manifest
import Testing

@testable import OpenAPI

/// Reading documents: versions, references, files, and what is wrong with them.
@Suite struct DocumentTests {
  @Test(arguments: zip(Documents.all, ["3.0", "3.0", "2.0", "3.0", "2.0", "3.1", "3.0", "3.1"]))
  func versionsAreTold(name: String, version: String) throws {
    let document = try Documents.document(name)
    #expect(document.version.rawValue == version)
    #expect(document.warnings.isEmpty)
  }

  @Test(arguments: [
    ("- 1", "api.yaml:1:1: error: this is a list, not an OpenAPI document"),
    ("a: 1", "api.yaml:1:1: error: this is not an OpenAPI document: it has neither `openapi` nor `swagger`"),
    ("swagger: '1.2'", "api.yaml:1:1: error: Swagger 1.2 cannot be read; convert the document to OpenAPI 3"),
    ("openapi: 4.0.0", "api.yaml:1:1: error: OpenAPI 4.0.0 cannot be read; versions 2.0, 3.0 and 3.1 can"),
    ("openapi: [", "api.yaml:2:1: error: a value is expected here"),
    ("openapi: 3.0.0\nx: !!binary aGk=", "api.yaml:2:4: error: binary data has no place in an OpenAPI document"),
  ])
  func whatIsNoDocumentIsRefused(text: String, message: String) {
    #expect {
      try Documents.document(text: text)
    } throws: { error in
      "\(error)".hasPrefix(message)
    }
  }

  @Test func aMissingFileIsRefused() {
    #expect {
      try OpenAPIDocument(path: "/nowhere/api.yaml")
    } throws: {
      "\($0)" == "error: there is no OpenAPI document at /nowhere/api.yaml"
    }
    #expect {
      try OpenAPIDocument(path: NSTemporaryDirectory())
    } throws: {
      "\($0)".contains("is a folder")
    }
  }

  /// Versions without quotes are numbers, and `no` is a word in OpenAPI.
  @Test func wordsAndNumbersAreWhatAnAuthorMeans() throws {
    let document = try Documents.document(
      text: "openapi: 3.0\nx: {language: [no, yes, true], on: 1, answers: {200: a}}")
    #expect(document.version == .three)
    #expect(document.root["x"]?["language"]?.json == ["no", "yes", true])
    #expect(document.root["x"]?["on"]?.int == 1)
    #expect(document.root["x"]?["answers"]?["200"]?.text == "a")
  }

  @Test(arguments: [
    ("#/a~1b/c%20d", "found"), ("#/list/1", "second"), ("#/chain", "found"), ("#/missing", nil), ("#/circle", nil),
    ("#anchor", nil),
  ])
  func referencesAreFollowed(reference: String, value: String?) throws {
    let document = try Documents.document(
      text: """
        openapi: 3.0.0
        a/b: {c d: found}
        list: [first, second]
        chain: {$ref: "#/further"}
        further: {$ref: "#/a~1b/c d"}
        circle: {$ref: "#/circle"}
        start: {$ref: "\(reference)"}
        """)
    #expect(document.resolved(document.root["start"])?.text == value)
  }

  @Test func filesAreReadAndOthersAreNamed() throws {
    let document = try Documents.document("servers/api.yaml")
    let operation = try #require(APIReader.read(document).operations.first)
    #expect(operation.response?.mark?.file.name.hasSuffix("servers/parts/list_servers.yaml") == true)
    let alone = try Documents.document(
      text: """
        openapi: 3.0.0
        a: {$ref: other.yaml#/x}
        b: {$ref: "https://example.com/api.yaml#/x"}
        """)
    #expect(
      alone.warnings.map(\.description).sorted() == [
        "api.yaml:2:11: warning: the reference `other.yaml#/x` cannot be followed: a text has no folder",
        "api.yaml:3:11: warning: the reference `https://example.com/api.yaml#/x` cannot be followed: addresses are not fetched; keep a copy "
          + "beside the document",
      ])
  }

  @Test func deadReferencesAreNamed() throws {
    let document = try Documents.document(
      text: """
        openapi: 3.0.0
        a: {$ref: "#/nowhere"}
        b: {$ref: "#/b"}
        c: {properties: {me: {$ref: "#/c"}}}
        """)
    #expect(
      document.warnings.map(\.description) == [
        "api.yaml:2:11: warning: the reference `#/nowhere` cannot be followed: it leads nowhere",
        "api.yaml:3:11: warning: the reference `#/b` cannot be followed: it leads around in a circle",
      ])
  }

  @Test func filesOutsideOfTheFolderAreNotRead() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "openapi-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder.appending(path: "inner"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try "x: secret".write(to: folder.appending(path: "outside.yaml"), atomically: true, encoding: .utf8)
    let path = folder.appending(path: "inner/api.yaml").path
    try "openapi: 3.0.0\na: {$ref: ../outside.yaml#/x}".write(toFile: path, atomically: true, encoding: .utf8)
    let document = try OpenAPIDocument(path: path)
    #expect(document.warnings.count == 1)
    #expect(document.resolved(document.root["a"])?.text == nil)
  }

  @Test func jsonWithEscapesThatYAMLLacksIsRead() throws {
    let document = try Documents.document("payments.json")
    let example = document.root["components"]?["schemas"]?["customer"]?["properties"]?["smile"]?["example"]
    #expect(example?.text == "😀")
  }

  @Test(arguments: zip(["bookshop.yaml", "payments.json", "README.md"], [true, true, false]))
  func documentsAreTold(name: String, isDocument: Bool) throws {
    let bytes = try #require(FileManager.default.contents(atPath: Documents.path(name)))
    #expect(OpenAPIDocument.isDocument(Array(bytes)) == isDocument)
  }

  // MARK: Schemas

  private static func schema(_ text: String, keepsChoices: Bool = false) throws -> JSONValue {
    let document = try Documents.document(text: "openapi: 3.1.0\n\(text)")
    var translation = SchemaTranslation(SchemaReader(document: document), keepsChoices: keepsChoices)
    return translation.schema(of: try #require(document.root["s"]))
  }

  @Test(arguments: [
    ("{type: string}", #"{"type":"string"}"#),
    ("{type: string, nullable: true}", #"{"type":["null","string"]}"#),
    ("{type: [string, 'null']}", #"{"type":["null","string"]}"#),
    ("{type: string, format: date-time}", #"{"type":"string","format":"date-time","airbyte_type":"timestamp_with_timezone"}"#),
    ("{type: string, format: uuid, enum: [a]}", #"{"type":"string"}"#),
    ("{enum: [1, 2]}", #"{"type":"integer"}"#),
    ("{type: string, description: 'One `word`. Two.'}", #"{"description":"One word.","type":"string"}"#),
    ("{oneOf: [{type: string}, {type: integer}]}", #"{"type":["string","integer"]}"#),
    ("{anyOf: [{type: string}, {type: 'null'}]}", #"{"type":["null","string"]}"#),
    (
      "{allOf: [{type: object, properties: {a: {type: string}}}, {properties: {b: {type: integer}}, required: [b]}]}",
      #"{"type":"object","properties":{"a":{"type":["null","string"]},"b":{"type":"integer"}},"additionalProperties":true}"#
    ),
    (
      "{oneOf: [{type: object, properties: {a: {type: string}}}, {type: array, items: {type: string}}]}",
      #"{"oneOf":[{"type":"object","properties":{"a":{"type":["null","string"]}},"additionalProperties":true},{"type":"array","items":{"type":"string"}}]}"#
    ),
    (
      "{type: object, properties: {me: {$ref: '#/s'}}}",
      #"{"type":"object","properties":{"me":{"type":["null","object"],"additionalProperties":true}},"additionalProperties":true}"#
    ),
    ("{type: object, additionalProperties: {type: string}}", #"{"type":"object","additionalProperties":true}"#),
    ("{}", "{}"),
  ])
  func schemasAreTranslated(text: String, expected: String) throws {
    #expect(try Self.schema("s: \(text)").jsonText == expected)
  }

  @Test func manyLevelsAreCut() throws {
    let inner = (0..<20).reduce("{type: string}") { text, _ in "{type: object, properties: {a: \(text)}}" }
    #expect(try Self.schema("s: \(inner)").jsonText.components(separatedBy: #""a""#).count == 7)
  }
}
