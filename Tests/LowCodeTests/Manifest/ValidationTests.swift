import JSON
import Testing

@testable import Components
@testable import ConnectorModel
@testable import Engine
@testable import Manifest

@Suite struct ValidationTests {
  /// A schema in the manner of the component schema.
  private static let schema = """
    {"type": "object", "required": ["type", "check", "version"], "anyOf": [{"required": ["streams"]}, {"required": ["dynamic"]}],
     "additionalProperties": false,
     "properties": {"type": {"enum": ["DeclarativeSource"]}, "version": {"type": "string"}, "definitions": {"type": "object"},
      "check": {"$ref": "#/definitions/CheckStream"},
      "streams": {"type": "array", "minItems": 1, "items": {"anyOf": [
       {"$ref": "#/definitions/DeclarativeStream"}, {"$ref": "#/definitions/ConditionalStreams"}]}}},
     "definitions": {
      "CheckStream": {"type": "object", "required": ["type", "stream_names"], "properties": {"type": {"enum": ["CheckStream"]},
       "stream_names": {"type": "array", "items": {"type": "string"}}}},
      "ConditionalStreams": {"type": "object", "required": ["type"], "properties": {"type": {"enum": ["ConditionalStreams"]}}},
      "DeclarativeStream": {"type": "object", "required": ["type", "retriever"], "properties": {
       "type": {"enum": ["DeclarativeStream"]}, "retriever": {"$ref": "#/definitions/SimpleRetriever"}, "free": {}}},
      "SimpleRetriever": {"type": "object", "required": ["type"], "properties": {"type": {"enum": ["SimpleRetriever"]},
       "http_method": {"type": "string", "enum": ["GET", "POST"]}, "start": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
       "retries": {"type": "integer", "minimum": 0},
       "pages": {"anyOf": [{"$ref": "#/definitions/OffsetIncrement"}, {"$ref": "#/definitions/CursorPagination"}]},
       "paginator": {"anyOf": [{"$ref": "#/definitions/OffsetIncrement"}, {"$ref": "#/definitions/CursorPagination"}]}}},
      "OffsetIncrement": {"type": "object", "required": ["type"], "additionalProperties": false, "properties": {
       "type": {"enum": ["OffsetIncrement"]}, "page_size": {"type": ["integer", "string"]}, "$parameters": {}}},
      "CursorPagination": {"type": "object", "required": ["type", "cursor_value"], "properties": {
       "type": {"enum": ["CursorPagination"]}, "cursor_value": {"type": "string"}}}}}
    """

  private static let head = "version: 1.0.0\ncheck: {type: CheckStream, stream_names: [a]}\n"

  /// What stands below `retriever:` of the only stream, at column 5, from line 6 on.
  private func findings(retriever lines: String) throws -> [String] {
    let indented = lines.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n")
    return try findings("\(Self.head)streams:\n- type: DeclarativeStream\n  retriever:\n\(indented)\n")
  }

  private func findings(_ text: String) throws -> [String] {
    try run(text).map(\.description)
  }

  private func run(_ text: String) throws -> [Diagnostic] {
    let validator = try ManifestValidator(schema: JSONValue(parsing: Self.schema))
    do throws(ManifestError) {
      _ = try ManifestPipeline(validator: validator).run(.text(Array(text.utf8), name: "m.yaml"))
      return []
    } catch {
      return error.diagnostics
    }
  }

  @Test(
    "each error is a sentence with its place",
    arguments: [
      ("type: SimpleRetriever\nstart: 1\nretries: 0", nil),
      (
        "http_method: GTE",
        "m.yaml:6:18: error: `http_method` of `SimpleRetriever` should be 'GET' or 'POST', found 'GTE'; did you mean 'GET'? "
          + "(streams[0].retriever.http_method)"
      ),
      (
        "retries: -1",
        "m.yaml:6:14: error: `retries` of `SimpleRetriever` should be 0 or more, found -1 (streams[0].retriever.retries)"
      ),
      (
        "paginator: {type: OffsetIncrement, page_size: [1]}",
        "m.yaml:6:51: error: `page_size` of `OffsetIncrement` should be an integer or a string, found a list "
          + "(streams[0].retriever.paginator.page_size)"
      ),
      (
        "paginator: {type: OffsetIncremet}",
        "m.yaml:6:23: error: unknown type `OffsetIncremet` in `paginator` of `SimpleRetriever`; did you mean `OffsetIncrement`? "
          + "(streams[0].retriever.paginator.type)"
      ),
      (
        "paginator: {type: CheckStream}",
        "m.yaml:6:23: error: a `CheckStream` is not allowed in `paginator` of `SimpleRetriever`: expected `OffsetIncrement` or "
          + "`CursorPagination` (streams[0].retriever.paginator.type)"
      ),
      (
        "pages: {page_size: 1}",
        "m.yaml:6:12: error: `pages` of `SimpleRetriever` should be a component with a `type`: `OffsetIncrement` or "
          + "`CursorPagination` (streams[0].retriever.pages)"
      ),
      (
        "paginator: none",
        "m.yaml:6:16: error: `paginator` of `SimpleRetriever` should be a component `OffsetIncrement` or a component "
          + "`CursorPagination`, found the string 'none' (streams[0].retriever.paginator)"
      ),
      (
        "paginator: \(String(repeating: "x", count: 41))",
        "m.yaml:6:16: error: `paginator` of `SimpleRetriever` should be a component `OffsetIncrement` or a component "
          + "`CursorPagination`, found a string of 41 characters (streams[0].retriever.paginator)"
      ),
      (
        "paginator: {type: CursorPagination, curser_value: x}",
        "m.yaml:6:41: error: `CursorPagination` needs `cursor_value`; did you write `curser_value` for `cursor_value`? "
          + "(streams[0].retriever.paginator)"
      ),
      (
        "paginator: {type: OffsetIncrement, pagesize: 1}",
        "m.yaml:6:40: error: `OffsetIncrement` has no property `pagesize`; did you mean `page_size`? "
          + "(streams[0].retriever.paginator.pagesize)"
      ),
      (
        "start: [1]",
        "m.yaml:6:12: error: `start` of `SimpleRetriever` should be a string or an integer, found a list "
          + "(streams[0].retriever.start)"
      ),
      (
        "start: 2020-01-01",
        "m.yaml:6:12: error: `start` of `SimpleRetriever` is a date in YAML, not text; put it in quotes: \"2020-01-01\" "
          + "(streams[0].retriever.start)"
      ),
    ] as [(String, String?)])
  func sentences(_ retriever: String, _ expected: String?) throws {
    #expect(try findings(retriever: retriever) == (expected.map { [$0] } ?? []))
  }

  @Test(
    "the whole manifest is checked as well",
    arguments: [
      (
        "version: 1.0\ncheck: {}\nstreams: []",
        [
          "m.yaml:1:10: error: `version` should be a string, found 1.0 (version)",
          "m.yaml:2:8: error: `CheckStream` needs `stream_names` (check)",
          "m.yaml:3:10: error: `streams` should have 1 or more items (streams)",
        ]
      ),
      (head, ["m.yaml:1:1: error: a manifest needs `streams` or `dynamic_streams`"]),
      (
        "version: 1.0.0\ndynamic: 1",
        [
          "m.yaml:1:1: error: the manifest needs `check`",
          "m.yaml:2:1: error: the manifest has no property `dynamic` (dynamic)",
        ]
      ),
      (
        head + "streams: [{type: DeclarativStream}]",
        [
          "m.yaml:3:18: error: unknown type `DeclarativStream` in `streams`; did you mean `DeclarativeStream`? (streams[0].type)"
        ]
      ),
      ("", ["m.yaml:1:1: error: the manifest is empty"]),
      ("- a", ["m.yaml:1:1: error: a manifest is a mapping, found a list"]),
      ("a: [", ["m.yaml:2:1: error: a value is expected here"]),
      ("a: !!binary QUI=", ["m.yaml:1:4: error: binary data is not allowed in a manifest"]),
      ("x: {$parameters: 1}", ["m.yaml:1:18: error: `$parameters` should be a mapping, found an integer (x)"]),
      (
        "a: {b: \"#/x/y\"}\nc: {$ref: \"#/a/bb\"}",
        [
          "m.yaml:1:8: error: '#/x/y' leads nowhere: the manifest has no 'x' (a.b)",
          "m.yaml:2:11: error: '#/a/bb' leads nowhere: 'a' has no 'bb'; did you mean 'b'? (c.$ref)",
        ]
      ),
      (
        "a: {$ref: \"#/c\"}\nc: {d: 1}\nb: \"#/a/d\"",
        [
          "m.yaml:3:4: error: '#/a/d' leads nowhere: 'a' has no 'd'; a reference cannot go through another reference (b)"
        ]
      ),
    ] as [(String, [String])])
  func wholes(_ text: String, _ expected: [String]) throws {
    #expect(try findings(text) == expected)
  }

  @Test("a date without quotes is fine where anything is")
  func freeDate() throws {
    let text = "\(Self.head)streams:\n- {type: DeclarativeStream, retriever: {}, free: {since: 2020-01-01}}\n"
    #expect(try findings(text) == [])
  }

  @Test("a definition that two streams refer to is reported once, with the reference that led there")
  func shared() throws {
    let text = """
      definitions:
        r: {type: SimpleRetriever, retries: many}
      streams:
      - {type: DeclarativeStream, retriever: {$ref: "#/definitions/r"}}
      - {type: DeclarativeStream, retriever: {$ref: "#/definitions/r"}}
      """
    let found = try run(Self.head + text)
    #expect(found.count == 1)
    #expect(
      found.first?.rendered() == """
        m.yaml:4:39: error: `retries` of `SimpleRetriever` should be an integer, found the string 'many' \
        (streams[0].retriever.retries)
        4 |   r: {type: SimpleRetriever, retries: many}
          |                                       ^
        m.yaml:6:47: note: brought here by this reference
        6 | - {type: DeclarativeStream, retriever: {$ref: "#/definitions/r"}}
          |                                               ^
        """)
  }

  @Test("the error of a run has the first finding for the user and all of them for the developer")
  func connectorError() throws {
    let error = ConnectorError(wrapping: ManifestError(try run("version: 1.0\ncheck: {}\nstreams: []")))
    #expect(error.message == "The manifest is not valid: `version` should be a string, found 1.0 (and 2 more)")
    #expect(error.failureType == .system && error.mark?.line == 1 && error.path == "version")
    #expect(
      error.internalMessage?.contains("m.yaml:2:8: error: `CheckStream` needs `stream_names` (check)") == true)
  }

  @Test("a circle of references names its steps")
  func circle() throws {
    let found = try run("a: {x: \"#/b\"}\nb: {x: \"#/c\"}\nc: {x: \"#/b\"}")
    #expect(found.map(\.description) == ["m.yaml:3:8: error: '#/b' leads back to itself (c.x)"])
    #expect(found.first?.related.map(\.message) == ["the cycle goes through '#/b'", "the cycle goes through '#/c'"])
    #expect(found.first?.related.map { $0.mark?.line } == [1, 2])
  }

  @Test("a manifest that passes has its parts at hand, and warns of keys given twice")
  func manifest() throws {
    let validator = try ManifestValidator(schema: JSONValue(parsing: Self.schema))
    let text = Self.head + "streams:\n- {retriever: {}, free: 1, free: 2}\n"
    let manifest = try ManifestPipeline(validator: validator).run(.text(Array(text.utf8), name: "m.yaml"))
    #expect(manifest.version == "1.0.0")
    #expect(manifest.streams.map { $0["retriever"]?["type"]?.string } == ["SimpleRetriever"])
    #expect(manifest.check?.mark?.line == 2)
    #expect(manifest.spec == nil && manifest.dynamicStreams.isEmpty && manifest.definitions == nil)
    #expect(
      manifest.warnings.map(\.description) == ["m.yaml:4:28: warning: the key 'free' is given twice; the last one counts"])
  }

  @Test("a file that is not there, or a folder, is a finding", arguments: ["/nowhere/manifest.yaml", "/tmp"])
  func files(_ path: String) throws {
    let validator = try ManifestValidator(schema: JSONValue(parsing: Self.schema))
    let error = #expect(throws: ManifestError.self) { try ManifestPipeline(validator: validator).run(.file(path: path)) }
    #expect(error?.diagnostics.map(\.rule) == ["file"])
    #expect(error?.description.contains(path) == true)
  }
}
