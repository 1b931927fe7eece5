import ConnectorModel
import Foundation
import JSON
import Testing

@testable import Scaffolding

/// Connectors that are begun from commands of curl's, recordings, collections and manifests.
@Suite struct OriginTests {
  // MARK: curl

  @Test(
    arguments: [
      (
        "curl https://api.example.com/v1/orders", "https://api.example.com/v1", "GET /orders", AuthenticationDescription.none, [:]
      ),
      (
        "curl -H 'Authorization: Bearer sesame' https://api.example.com/v1/orders", "https://api.example.com/v1", "GET /orders",
        .bearer,
        ["api_token": "sesame"]
      ),
      (
        "curl -u me:hush https://api.example.com/orders", "https://api.example.com", "GET /orders", .basic(hasPassword: true),
        ["username": "me", "password": "hush"]
      ),
      (
        "curl -u key: api.example.com/orders", "https://api.example.com", "GET /orders", .basic(hasPassword: false),
        ["api_key": "key"]
      ),
      (
        "curl 'https://api.example.com/api/v2/orders' --header \"X-API-Key: k-1\" --compressed -s",
        "https://api.example.com/api/v2",
        "GET /orders", .keys([.init(.header, "X-API-Key")]), ["api_key": "k-1"]
      ),
      (
        "curl -H 'Authorization: Token abc' https://api.example.com/orders", "https://api.example.com", "GET /orders",
        .keys([.init(.header, "Authorization", prefix: "Token ")]), ["api_key": "abc"]
      ),
      (
        "curl 'https://api.example.com/orders?api_key=abcdef&x=1'", "https://api.example.com", "GET /orders",
        .keys([.init(.query, "api_key")]), ["api_key": "abcdef"]
      ),
      (
        "curl \\\n  -X POST \\\n  --url=https://api.example.com/v1/search \\\n  -d '{\"q\": \"it'\\''s\"}'",
        "https://api.example.com/v1",
        "POST /search", AuthenticationDescription.none, [:]
      ),
      (
        "curl -G https://api.example.com/orders -d state=open", "https://api.example.com", "GET /orders",
        AuthenticationDescription.none, [:]
      ),
      (
        "curl -o out.json -A agent --max-time 5 --oauth2-bearer tok https://api.example.com/rest/api/3/search",
        "https://api.example.com/rest/api/3",
        "GET /search", .bearer, ["api_token": "tok"]
      ),
    ] as [(String, String, String, AuthenticationDescription, JSONObject)])
  func aCommandIsRead(
    command: String, base: String, request: String, authentication: AuthenticationDescription, credentials: JSONObject
  ) throws {
    let origin = try CurlOrigin.read(command)
    #expect(origin.description.baseAddress == base)
    #expect(origin.description.streams.map(\.label) == [request])
    #expect(origin.description.authentication == authentication)
    #expect(origin.credentials == credentials)
    let text = ConnectorFolder(origin.description).files.map(\.text).joined()
    for secret in credentials.values.compactMap(\.string) where secret.count > 3 { #expect(!text.contains(secret)) }
  }

  @Test func aCommandKeepsWhatTheAPIWants() throws {
    let command = #"""
      curl $'https://api.example.com/v1/orders?page=1&per_page=30&state=all' -H 'Notion-Version: 2022-06-28' -H 'Accept: application/vnd.x+json' \
        -H 'User-Agent: Mozilla' -H 'sec-ch-ua: x' -b 'sid=1' -H $'X-Note: it\'s \u00e9'
      """#
    let stream = try CurlOrigin.read(command).description.streams[0]
    #expect(PagingNotation.text(stream.paging) == "page:page,per_page=30")
    #expect(
      stream.parameters == [
        RequestParameter(RequestPlace(.header, "Notion-Version"), .literal("2022-06-28")),
        RequestParameter(RequestPlace(.header, "Accept"), .literal("application/vnd.x+json")),
        RequestParameter(RequestPlace(.header, "X-Note"), .literal("it's é")),
        RequestParameter(RequestPlace(.query, "state"), .literal("all")),
      ])
  }

  /// Whatever looks like a secret is a field of the config, and its value is in no file.
  @Test(arguments: [
    "curl 'https://api.example.com/orders?app_secret=hush-4711' -H 'X-API-Key: k'",
    "curl https://api.example.com/orders -H 'X-Csrf-Token: hush-4711' -u me:k",
    "curl https://api.example.com/orders -d user=me -d password=hush-4711",
    #"curl https://api.example.com/o -d '{"clientSecret": "hush-4711"}'"#,
    #"curl https://api.example.com/o -d '{"q": {"inner": {"token": "hush-4711"}}, "n": 1}'"#,
  ])
  func secretsBecomeFields(command: String) async throws {
    let origin = try CurlOrigin.read(command)
    let field = try #require(origin.description.configFields.first)
    #expect(field.isSecret)
    #expect(origin.credentials[field.key] == "hush-4711")
    let folder = try ScratchFolder()
    #expect(try await Scaffold.write(origin.description, to: folder).isEmpty)
    for file in ConnectorFolder(origin.description).files { #expect(!file.text.contains("hush-4711")) }
  }

  @Test(
    arguments: [
      ("api_key", true), ("X-Auth-Token", true), ("clientSecret", true), ("signature", true), ("page_token", false),
      ("nextToken", false),
      ("sort_key", false), ("key", false), ("X-Version", false), ("keyword", false), ("session", true), ("cursor", false),
    ])
  func namesOfSecretsAreKnown(name: String, isSecret: Bool) { #expect(SecretValues.isSecret(name) == isSecret) }

  @Test func cookiesAreNoAuthentication() throws {
    // By -b they are left out, as a header they are noticed.
    let stream = try CurlOrigin.read("curl https://api.example.com/orders -H 'Cookie: sid=1'").description.streams[0]
    #expect(stream.notes.contains { $0.place == .authentication && $0.text.contains("cookies") })
  }

  @Test func bodiesAreJSONFormsAndQueries() throws {
    func body(_ options: String) throws -> BodyDescription {
      try CurlOrigin.read("curl https://api.example.com/search \(options)").description.streams[0].body
    }
    #expect(try body(#"--json '{"a": {"b": 1}}'"#) == .json(["a": ["b": 1]]))
    #expect(try body("-d a=1 -d b=x%20y") == .form(["a": "1", "b": "x y"]))
    #expect(try body("--data-urlencode 'q=a&b'") == .form(["q": "a&b"]))
    #expect(try body(#"-d '{"query": "{ items { id } }", "variables": {"n": 1}}'"#) == .graphQL(query: "{ items { id } }"))
  }

  @Test(
    arguments: [
      ("wget https://x.example.com", "begin with `curl`"), ("curl", "no address"), ("curl 'https://x.example.com", "not closed"),
      ("curl -X DELETE https://x.example.com/a", "GET and POST"), ("curl -d @file https://x.example.com/a", "sends a file"),
      ("curl -F a=b https://x.example.com/a", "several parts"), ("curl https://x.example.com/a -H", "lacks its value"),
      ("curl ftp://x.example.com/a", "begin with https://"),
    ])
  func aCommandThatCannotBeUsedIsExplained(command: String, reason: String) {
    let error = #expect(throws: ConnectorError.self) { try CurlOrigin.read(command) }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
  }

  // MARK: Recordings

  private static func har(_ exchanges: [(url: String, headers: [String: String], body: String)]) -> String {
    let entries = exchanges.map { exchange in
      let headers = exchange.headers.map { #"{"name": "\#($0.key)", "value": "\#($0.value)"}"# }.joined(separator: ",")
      return #"""
        {"startedDateTime": "2025-01-01T00:00:00Z", "time": 1, "request": {"method": "GET", "url": "\#(exchange.url)", "headers": [\#(headers)]},
         "response": {"status": 200, "headers": [], "content": {"mimeType": "application/json", "text": \#(JSONValue.string(exchange.body).jsonText)}}}
        """#
    }
    return #"{"log": {"version": "1.2", "entries": [\#(entries.joined(separator: ","))]}}"#
  }

  @Test func aRecordingBecomesStreams() async throws {
    let folder = try ScratchFolder()
    let token = ["Authorization": "Bearer s3cret-value"]
    let path = try folder.write(
      "shop.har",
      Self.har([
        ("https://shop.example.com/app.js", [:], "[1, 2]"),
        (
          "https://api.example.com/v1/authors?page=1&per_page=2", token,
          #"{"authors": [{"id": 1, "name": "Ada"}, {"id": 2, "name": null}]}"#
        ),
        ("https://api.example.com/v1/authors?page=2&per_page=2", token, #"{"authors": [{"id": 3, "born": 1815}]}"#),
        ("https://api.example.com/v1/authors/1/books?t=17", token, #"[{"isbn": "1", "updated_at": "2024-01-01T00:00:00Z"}]"#),
        ("https://api.example.com/v1/authors/2/books?t=18", token, #"[{"isbn": "2", "updated_at": "2024-01-02T00:00:00Z"}]"#),
        ("https://api.example.com/v1/me", token, #"{"id": 5}"#), ("https://other.example.com/things", [:], #"[{"id": 1}]"#),
      ]))
    let description = try HAROrigin.read(path).description
    #expect(description.baseAddress == "https://api.example.com/v1")
    #expect(description.authentication == .bearer)
    #expect(description.streams.map(\.path) == ["/authors", "/authors/{author_id}/books"])
    #expect(PagingNotation.text(description.streams[0].paging) == "page:page,per_page=2")
    #expect(description.streams[0].schema?["properties"]?.object?.keys.elements == ["id", "name", "born"])
    #expect(description.streams[1].partitions == [.parent(stream: "authors", key: "id", field: "author_id")])
    // What differs from request to request is no part of them.
    #expect(description.streams[1].parameters.isEmpty)
    #expect(description.notes.contains { $0.text.contains("https://other.example.com") })
    let connector = try ScratchFolder()
    #expect(try await Scaffold.write(description, to: connector).isEmpty)
    #expect(try await Scaffold.findings(connector.path).isEmpty)
    #expect(!ConnectorFolder(description).files.contains { $0.text.contains("s3cret-value") })
  }

  @Test func aRecordingWithoutListsIsExplained() throws {
    let folder = try ScratchFolder()
    let path = try folder.write("x.har", Self.har([("https://api.example.com/me", [:], #"{"id": 1}"#)]))
    let error = #expect(throws: ConnectorError.self) { try HAROrigin.read(path) }
    #expect(error?.message.contains("no answer with records") == true)
  }

  @Test(
    arguments: [
      ("/v1/authors/17/books", "/v1/authors/{author_id}/books"), ("/api/v2/x", "/api/v2/x"),
      ("/stores/0b5c7e3a-1111-4222-8333-944445555666/items", "/stores/{store_id}/items"),
      ("/people/ada/friends", "/people/ada/friends"),
      ("/a/1/a/2", "/a/{a_id}/a/{a_id_2}"), ("/2024/orders", "/2024/orders"),
    ])
  func identifiersBecomePlaceholders(path: String, expected: String) { #expect(PathSplit.generalised(path) == expected) }

  // MARK: Postman

  @Test func aCollectionBecomesStreams() async throws {
    let collection = try Scaffold.json(
      #"""
      {"info": {"name": "Shop API", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json", "description": "Sells books.\n\nMore."},
       "auth": {"type": "apikey", "apikey": [{"key": "key", "value": "X-Shop-Key"}, {"key": "value", "value": "{{secret}}"}]},
       "variable": [{"key": "base", "value": "https://api.example.com/v1"}],
       "item": [
         {"name": "People", "item": [
           {"name": "Authors", "request": {"method": "GET", "description": "All authors.", "url": {"raw": "{{base}}/authors?page=1&per_page=20&x=1",
              "query": [{"key": "page", "value": "1"}, {"key": "per_page", "value": "20"}, {"key": "x", "value": "1", "disabled": true}, {"key": "region", "value": "{{region}}"}]}},
            "response": [{"code": 200, "header": [], "body": "{\"data\": [{\"id\": 1, \"updated_at\": \"2024-01-01T00:00:00Z\"}]}"}]},
           {"name": "One", "request": {"method": "GET", "url": "{{base}}/authors/:id"}},
           {"name": "Books", "request": {"method": "GET", "url": {"raw": "{{base}}/authors/:id/books"}}}]},
         {"name": "New", "request": {"method": "POST", "url": "{{base}}/authors", "body": {"mode": "raw", "raw": "{}"}}},
         {"name": "Gone", "request": {"method": "DELETE", "url": "{{base}}/authors/1"}}]}
      """#)
    let origin = try PostmanOrigin.read(collection, file: "shop.json")
    let description = origin.description
    #expect(description.name == "Shop API")
    #expect(description.summary == "Sells books.")
    #expect(description.baseAddress == "https://api.example.com/v1")
    #expect(description.authentication == .keys([.init(.header, "X-Shop-Key")]))
    #expect(description.streams.map(\.label) == ["GET /authors", "GET /authors/{author_id}/books"])
    #expect(description.streams[0].recordPath == ["data"])
    #expect(description.streams[0].cursor?.field == "updated_at")
    #expect(PagingNotation.text(description.streams[0].paging) == "page:page,per_page=20")
    #expect(description.streams[0].parameters == [RequestParameter(RequestPlace(.query, "region"), .config("region"))])
    #expect(description.configFields.map(\.key) == ["region"])
    #expect(description.streams[1].notes.contains { $0.text.contains("no example") })
    #expect(origin.problems.contains { $0.contains("`Gone` was left out") })
    let folder = try ScratchFolder()
    #expect(try await Scaffold.write(description, to: folder).isEmpty)
    #expect(try await Scaffold.findings(folder.path).isEmpty)
  }

  @Test(arguments: [(#"{"a": 1}"#, "no collection"), (#"{"info": {}, "item": []}"#, "no request that reads a list")])
  func aCollectionThatCannotBeUsedIsExplained(text: String, reason: String) throws {
    let json = try Scaffold.json(text)
    let error = #expect(throws: ConnectorError.self) { try PostmanOrigin.read(json, file: "x.json") }
    #expect(error?.message.contains(reason) == true)
  }

  // MARK: Manifests

  /// As the Connector Builder exports it: references are expanded, and there is its metadata.
  static let export = #"""
    version: 6.48.10
    type: DeclarativeSource
    check:
      type: CheckStream
      stream_names:
        - orders
    definitions:
      streams:
        orders:
          type: DeclarativeStream
          name: orders
          retriever: &retriever
            type: SimpleRetriever
            requester:
              type: HttpRequester
              url: https://{{ config["shop"] }}.example.com/orders
              http_method: GET
              authenticator:
                type: ApiKeyAuthenticator
                api_token: '{{ config["api_key"] }}'
                inject_into:
                  type: RequestOption
                  field_name: X-API-Key
                  inject_into: header
            decoder:
              type: JsonDecoder
            record_selector:
              type: RecordSelector
              extractor:
                type: DpathExtractor
                field_path:
                  - data
          primary_key:
            - id
          schema_loader: &loader
            type: InlineSchemaLoader
            schema:
              type: object
              $schema: http://json-schema.org/draft-07/schema#
              properties:
                id:
                  type: integer
              additionalProperties: true
      base_requester:
        type: HttpRequester
        url: https://{{ config["shop"] }}.example.com
    streams:
      - type: DeclarativeStream
        name: orders
        retriever: *retriever
        primary_key:
          - id
        schema_loader: *loader
    spec:
      type: Spec
      connection_specification:
        type: object
        $schema: http://json-schema.org/draft-07/schema#
        required:
          - api_key
          - shop
        properties:
          api_key:
            type: string
            order: 0
            title: API Key
            airbyte_secret: true
          shop:
            type: string
            order: 1
            title: Shop
        additionalProperties: true
    metadata:
      autoImportSchema:
        orders: true
      testedStreams:
        orders:
          hasRecords: true
          streamHash: "abc"
      assist: {}

    """#

  @Test func aManifestStaysAndGetsItsFiles() async throws {
    let folder = try ScratchFolder()
    let path = try folder.write("manifest.yaml", Self.export)
    let completion = try ManifestOrigin.read(path, named: "My shop", components: .standard)
    #expect(completion.folder.files.map(\.path).contains("manifest.yaml") == false)
    try completion.folder.write(to: folder.path)
    #expect(try folder.text("manifest.yaml") == Self.export)
    let metadata = try folder.text("metadata.yaml")
    #expect(metadata.contains("name: My shop"))
    #expect(metadata.contains("hosts: [\"${shop}.example.com\"]"))
    #expect(try folder.text("config.example.json").contains(#""api_key": "your-api-key""#))
    #expect(try folder.text("README.md").contains("| `orders` | "))
    #expect(try await TestPreparation.complete(folder.path, components: .standard, environment: [:], clock: { 0 }).isEmpty)
    #expect(try folder.text("tests.yaml").contains("records: {orders: {count: "))
  }
}
