import ConnectorModel
import JSON
import Testing
import YAML

@testable import Scaffolding

/// What is written can be used as it is: the strictest check finds nothing, and the tests beside it pass against the mock of the manifest.
@Suite struct ManifestWriterTests {
  private static let schema: JSONObject = [
    "type": "object",
    "properties": [
      "id": ["type": "integer"], "name": ["type": ["string", "null"]], "tags": ["type": ["array", "null"]],
      "updated_at": ["type": ["string", "null"], "format": "date-time"],
      "address": ["type": "object", "properties": ["city": ["type": "string"], "lines": ["type": "array"]]],
    ],
  ]

  private static func stream(_ change: (inout StreamDescription) -> Void = { _ in }) -> StreamDescription {
    var stream = StreamDescription(name: "items", path: "/items", recordPath: ["data"], primaryKey: ["id"], schema: schema)
    change(&stream)
    return stream
  }

  private static func description(
    _ stream: StreamDescription = stream(), authentication: AuthenticationDescription = .bearer
  ) -> ConnectorDescription {
    ConnectorDescription(
      name: "Shop", baseAddress: "https://api.example.com/v1", authentication: authentication, streams: [stream])
  }

  private static func expectGood(_ description: ConnectorDescription, _ label: String) async throws {
    let folder = try ScratchFolder()
    let failed = try await Scaffold.write(description, to: folder)
    #expect(failed.isEmpty, "\(label): \(failed)")
    let findings = try await Scaffold.findings(folder.path)
    #expect(findings.isEmpty, "\(label): \(findings)")
    let tests = try folder.text("tests.yaml")
    #expect(!tests.contains("count: 0}"), "\(label) reads nothing: \(tests)")
  }

  private static let authentications: [AuthenticationDescription] = [
    .none, .bearer, .basic(hasPassword: true), .basic(hasPassword: false), .keys([.init(.header, "X-API-Key")]),
    .keys([.init(.header, "Authorization", prefix: "Token ")]), .keys([.init(.query, "key")]), .keys([.init(.cookie, "sid")]),
    .keys([.init(.header, "X-App"), .init(.header, "X-Secret"), .init(.query, "signature")]),
    .oauth(.init(.clientCredentials, tokenAddress: "https://auth.example.com/token", scopes: ["read", "write"])),
    .oauth(
      .init(
        .refreshToken, tokenAddress: "https://{region}.example.com/token",
        consentAddress: "https://{region}.example.com/authorize",
        scopes: ["read"])),
    .oauth(.init(.password, tokenAddress: "https://auth.example.com/token")),
    .session(.init(path: "/login", tokenPath: ["token"])),
    .session(.init(path: "/login", tokenPath: ["data", "key"], header: "X-Session")),
  ]

  @Test(arguments: authentications)
  func everyAuthenticationWorks(authentication: AuthenticationDescription) async throws {
    try await Self.expectGood(Self.description(authentication: authentication), "\(authentication)")
  }

  private static func query(_ name: String) -> RequestPlace { RequestPlace(.query, name) }
  private static let pagings: [PagingDescription] = [
    .init(.linkHeader, pageSize: .init(5, into: query("per_page"))), .init(.nextAddress(path: ["links", "next"])),
    .init(.nextAddress(path: ["next"]), moreFlag: ["has_more"]), .init(.token(path: ["meta", "next"], into: query("cursor"))),
    .init(.token(path: ["next"], into: RequestPlace(.header, "X-Cursor")), pageSize: .init(5, into: query("limit"))),
    .init(.tokenHeader(name: "X-Next", into: query("after"))), .init(.lastRecord(field: "id", into: query("after"))),
    .init(.lastRecord(field: "id", into: query("after")), pageSize: .init(5, into: query("limit"))),
    .init(.lastRecord(field: "id", into: query("after")), pageSize: .init(5, into: query("limit")), moreFlag: ["more"]),
    .init(.page(into: query("page"), first: 1), pageSize: .init(5, into: query("per_page"))),
    .init(.page(into: query("page"), first: 0)), .init(.page(into: query("page"), first: 1), pageSize: .init(5, into: nil)),
    .init(.offset(into: query("offset")), pageSize: .init(5, into: query("limit"))),
  ]

  @Test(arguments: pagings)
  func everyPagingWorks(paging: PagingDescription) async throws {
    try await Self.expectGood(Self.description(Self.stream { $0.paging = paging }), "\(paging)")
  }

  private static let cursors: [CursorDescription] = [
    .init(field: "updated_at", formats: ["%Y-%m-%dT%H:%M:%SZ"]),
    .init(field: "updated_at", formats: ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%fZ"], start: query("since")),
    .init(field: "updated_at", formats: ["%Y-%m-%dT%H:%M:%SZ"], start: query("since"), end: query("until"), step: "P1M"),
    .init(field: "changed", formats: ["%s"], start: query("since"), end: query("until")),
    .init(field: "day", formats: ["%Y-%m-%d"], requestFormat: "%d/%m/%Y", start: query("from"), end: query("to"), step: "P1W"),
  ]

  @Test(arguments: cursors)
  func everyCursorWorks(cursor: CursorDescription) async throws {
    try await Self.expectGood(Self.description(Self.stream { $0.cursor = cursor }), "\(cursor)")
  }

  private static let requests: [StreamDescription] = [
    stream { stream in
      stream.parameters = [
        RequestParameter(query("state"), .literal("all")), RequestParameter(query("limit"), .literal(5)),
        RequestParameter(query("region"), .config("region")),
        RequestParameter(RequestPlace(.header, "X-Version"), .literal("{{ 2 }}")),
        RequestParameter(query("ids"), .literal(["a", "b"])), RequestParameter(query("now"), .template("{{ now_utc().year }}")),
      ]
    },
    stream { stream in
      (stream.method, stream.body) = ("POST", .json(["filter": ["state": "open", "text": "{% raw %}"]]))
      stream.parameters = [RequestParameter(RequestPlace(.json, ["filter", "region"]), .config("region"))]
    },
    stream { stream in
      (stream.method, stream.body) = ("POST", .form(["state": "open", "count": 5]))
      stream.parameters = [RequestParameter(RequestPlace(.form, "kind"), .literal("x"))]
    },
    stream {
      $0.partitions = [.list(["north", "south"], field: "region")]; $0.path = "/regions/{region}/items"
    },
    stream { stream in
      stream.partitions = [.configList(key: "regions", field: "region")]
      stream.parameters = [RequestParameter(query("region"), .partition("region"))]
    },
    stream { stream in
      stream.partitions = [.list(["a", "b"], field: "kind"), .list(["1", "2"], field: "shelf")]
      stream.path = "/kinds/{kind}/shelves/{shelf}"
    },
    stream { $0.path = "/accounts/{account_id}/items" }, stream { $0.recordPath = [] },
    stream { $0.recordPath = ["pages", "*", "items"] },
    stream { ($0.schema, $0.primaryKey) = (nil, []) }, stream { ($0.schema, $0.primaryKey) = (nil, ["a", "b"]) },
    stream { ($0.format, $0.recordPath) = (.jsonl, []) }, stream { ($0.format, $0.recordPath) = (.csv, []) },
    stream { ($0.format, $0.recordPath) = (.xml, ["root", "item"]) },
    stream { stream in
      stream.method = "POST"
      stream.path = "/jobs"
      stream.recordPath = []
      stream.format = .jsonl
      stream.job = JobDescription(
        identifierPath: ["job", "id"], statusRequestPath: "/jobs/{job}", statusPath: ["state"], running: ["new"],
        completed: ["done"],
        failed: ["bad"], resultRequestPath: "/jobs/{job}/result")
    },
  ]

  @Test(arguments: requests)
  func everyRequestWorks(stream: StreamDescription) async throws {
    try await Self.expectGood(Self.description(stream), "\(stream)")
  }

  @Test func childrenAreReadForEachParent() async throws {
    var description = Self.description()
    description.streams = [
      Self.stream { ($0.name, $0.path) = ("authors", "/authors") },
      Self.stream {
        ($0.name, $0.path) = ("books", "/authors/{author_id}/books")
        $0.partitions = [.parent(stream: "authors", key: "id", field: "author_id")]
        $0.cursor = CursorDescription(field: "updated_at", formats: ["%Y-%m-%dT%H:%M:%SZ"], start: Self.query("since"))
      },
      Self.stream {
        ($0.name, $0.path) = ("pages of books", "/authors/{author_id}/books/{book_id}/pages")
        $0.partitions = [.parent(stream: "books", key: "id", field: "book_id")]
      },
    ]
    try await Self.expectGood(description, "children")
    let text = ManifestWriter(description).text
    #expect(text.contains("authors/{{ stream_partition.parent_slice.author_id }}/books/{{ stream_partition.book_id }}/pages"))
    // Records say whose they are.
    #expect(text.contains("value: \"{{ stream_partition.author_id }}\""))
    #expect(text.contains("author_id: {type: integer}"))
  }

  @Test func fieldsOfTheConfigAreDeclaredOnce() async throws {
    var description = Self.description(Self.stream { $0.path = "/{account}/items" })
    description.baseAddress = "https://{shop}.example.com/{account}"
    description.configFields = [
      ConfigField("shop", explanation: "The name: what is in front of .example.com.", example: "books"),
      ConfigField("region", isRequired: false, defaultValue: "eu", values: ["eu", "us"]),
    ]
    description.streams[0].parameters = [RequestParameter(Self.query("region"), .config("region"))]
    try await Self.expectGood(description, "config")
    let text = ManifestWriter(description).text
    #expect(text.contains("required: [api_token, shop, account]"))
    #expect(text.contains(#"{region: "{{ config.get('region', 'eu') }}"}"#))
    #expect(ConnectorFiles(description).hosts == ["${shop}.example.com"])
  }

  @Test func namesOfStreamsMayBeAnything() async throws {
    var description = Self.description()
    description.streams = ["Orders/2024", "orders~1 {{ x }}", "Orders_2024", "yes"].map { name in
      Self.stream { ($0.name, $0.path) = (name, "/\(ConnectorNames.snake(name))") }
    }
    try await Self.expectGood(description, "names")
  }

  @Test func sharedPagingIsWrittenOnce() {
    var description = Self.description()
    let paging = Self.pagings[9]
    description.streams = ["a", "b", "c"].map { name in Self.stream { ($0.name, $0.path, $0.paging) = (name, "/\(name)", paging) }
    }
    description.streams[2].paging = Self.pagings[0]
    let text = ManifestWriter(description).text
    #expect(text.matches(of: /PageIncrement/).count == 1)
    #expect(text.matches(of: /\$ref: "#\/definitions\/paginator"/).count == 2)
  }

  // MARK: Comments

  @Test func notesStandAtTheirPlaces() async throws {
    var description = Self.description()
    description.notes = [
      Note(.head, "of the head\nin two lines"), Note(.authentication, "of the authentication"), Note(.config, "of the config"),
    ]
    description.streams[0].notes = Note.Place.allCases.map { Note($0, "note of \($0)") }
    try await Self.expectGood(description, "notes")
    let lines = ManifestWriter(description).text.split(separator: "\n").map { $0.drop { $0 == " " } }
    #expect(lines.contains("# of the head in two lines"))
    func following(_ note: String) -> Substring? {
      lines.firstIndex(of: "# \(note)").map { lines[($0 + 1)...].first { !$0.hasPrefix("#") } ?? "" }
    }
    #expect(following("of the authentication") == "authenticator:")
    #expect(following("of the config") == "connection_specification:")
    #expect(following("note of stream") == "items:")
    #expect(following("note of request") == "requester:")
    #expect(following("note of records") == "record_selector:")
    #expect(following("note of primaryKey")?.hasPrefix("primary_key:") == true)
    #expect(following("note of paging") == "retriever:")
    #expect(following("note of cursor") == "retriever:")
    for place in Note.Place.allCases { #expect(lines.contains("# note of \(place)")) }
  }

  @Test(
    arguments: [
      ("a\u{0}b\u{1B}[31m", ["# a b [31m"]), ("", []), (String(repeating: "word ", count: 30), nil),
      ("one\u{2028}two", ["# one two"]),
    ] as [(String, [String]?)])
  func commentsAreHarmless(text: String, expected: [String]?) {
    let lines = CommentText.lines(text, indent: 2)
    if let expected { #expect(lines == expected.map { "  \($0)" }) }
    #expect(lines.allSatisfy { $0.hasPrefix("  # ") && $0.count <= 112 })
  }

  @Test func theSameDescriptionGivesTheSameBytes() {
    let description = Self.description(Self.requests[0], authentication: Self.authentications[8])
    #expect(ConnectorFolder(description).files == ConnectorFolder(description).files)
    #expect(ConnectorFolder(description).files.allSatisfy { $0.text.hasSuffix("\n") && !$0.text.hasSuffix("\n\n") })
  }

  @Test func noDeprecatedNameIsWritten() {
    for stream in Self.requests {
      let text = ManifestWriter(Self.description(stream)).text
      for name in ["url_base:", "\n          path:", "request_body_json", "request_body_data"] { #expect(!text.contains(name)) }
    }
  }

  @Test func textsOfSeveralLinesAreBlocks() throws {
    var yaml = CommentedYAML()
    yaml.add("query", .block("{\n  items {\n\n    id: x # no comment\n  }\n}"))
    yaml.add("odd", .block(" starts with a blank\n"))
    let text = yaml.lines().joined(separator: "\n")
    #expect(text.hasPrefix("query: |-\n  {\n    items {\n\n"))
    let root = try YAMLDocument(parsing: Array(text.utf8), file: "x").root
    guard case .mapping(let entries) = root.content else { return }
    let values = entries.map { entry in if case .string(let text) = entry.value.content { text } else { "" } }
    #expect(values == ["{\n  items {\n\n    id: x # no comment\n  }\n}", " starts with a blank\n"])
  }
}
