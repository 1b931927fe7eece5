import JSON
import Testing

@testable import OpenAPI

/// The streams that are found in documents.
@Suite struct StreamFinderTests {
  private static func text(_ stream: FoundStream) -> String {
    var parts = [
      "\(stream.name) \(stream.path) [\(stream.recordPath.joined(separator: "."))] key \(stream.primaryKey.first ?? "-")"
    ]
    if let pages = stream.pages {
      let size = pages.size.map { ", \(pages.sizeParameter ?? "-")=\($0)" } ?? ""
      let flag = pages.moreFlag.map { ", while \($0.joined(separator: "."))" } ?? ""
      switch pages.kind {
      case .linkHeader: parts.append("link header\(size)")
      case .nextAddress(let path): parts.append("next at \(path.joined(separator: "."))\(size)")
      case .token(let path, let parameter): parts.append("\(parameter) from \(path.joined(separator: "."))\(size)\(flag)")
      case .lastRecord(let field, let parameter): parts.append("\(parameter) from the last \(field)\(size)\(flag)")
      case .page(let parameter, let first): parts.append("\(parameter) from \(first)\(size)")
      case .offset(let parameter): parts.append("\(parameter) skips\(size)")
      }
    }
    if let cursor = stream.cursor {
      parts.append("\(cursor.field) \(cursor.requestFormat) by \(cursor.start)\(cursor.end.map { " to \($0)" } ?? "")")
    }
    for value in stream.pathValues {
      switch value.source {
      case .parent(let parent, let key): parts.append("{\(value.name)} is \(parent).\(key)")
      case .ancestor(let owner): parts.append("{\(value.name)} as \(owner)")
      case .input(let key): parts.append("{\(value.name)} is given as \(key)")
      case .constant(let value): parts.append("always \(value.jsonText)")
      }
    }
    for parameter in stream.parameters {
      switch parameter.value {
      case .constant(let value): parts.append("\(parameter.name)=\(value.jsonText)")
      case .input(let key): parts.append("\(parameter.name) is given as \(key)")
      }
    }
    return parts.joined(separator: "; ")
  }

  private static let expected: [(String, [String])] = [
    (
      "bookshop.yaml",
      [
        "authors /authors [] key id; page from 1, per_page=20",
        "books /authors/{author_id}/books [] key id; page from 1, per_page=20; updated_at %Y-%m-%dT%H:%M:%SZ by updated_since; "
          + "{author_id} is authors.id",
        "reviews /authors/{author_id}/books/{id}/reviews [reviews] key id; {author_id} as books; {id} is books.id; X-Edition=\"latest\"",
      ]
    ),
    (
      "payments.json",
      [
        "charges /v1/charges [data] key id; starting_after from the last id, limit=100, while has_more; created %s by created[gte] to "
          + "created[lte]"
      ]
    ),
    (
      "cluster.json",
      ["pods /api/v1/pods [items] key -; continue from metadata.continue", "namespaces /api/v1/namespaces [items] key -"]
    ),
    (
      "servers/api.yaml",
      [
        "servers /v2/servers [servers] key id; next at links.pages.next, per_page=200",
        "snapshots /v2/servers/{server_id}/snapshots [snapshots] key id; next at links.pages.next; {server_id} is servers.id",
      ]
    ),
    (
      "tracker.yaml",
      [
        "issues /repos/{owner}/{repo}/issues [] key id; link header, limit=50; updated_at %Y-%m-%dT%H:%M:%SZ by since to before; {owner} is "
          + "given as owner; {repo} is given as repo",
        "comments /repos/{owner}/{repo}/issues/{index}/comments [] key id; {owner} is given as owner; {repo} is given as repo; {index} is "
          + "issues.index",
        "users /users [] key id",
      ]
    ),
    (
      "tasks.yaml",
      [
        "projects /projects [data] key gid; offset from next_page.offset, limit=100",
        "tasks /projects/{project_gid}/tasks [data] key gid; offset from next_page.offset, limit=100; modified_at %Y-%m-%dT%H:%M:%SZ by "
          + "modified_since; {project_gid} is projects.gid; opt_fields=\"gid\"",
      ]
    ),
    (
      "files.yaml",
      [
        "folders /folders [entries] key id; offset skips, limit=15",
        "events /events [entries] key event_id; offset skips, limit=15; created_at %Y-%m-%d by created_after to created_before; "
          + "stream_type=\"admin_logs\"; region is given as region",
        "entries /reports/{folder_id}/entries [entries] key -; {folder_id} is folders.id",
      ]
    ),
    (
      "calls.yaml",
      [
        "accounts /2010-04-01/Accounts.json [accounts] key sid; next at next_page_uri, PageSize=1000",
        "calls /2010-04-01/Accounts/{AccountSid}/Calls.json [calls] key sid; next at next_page_uri, PageSize=1000; {AccountSid} is "
          + "accounts.sid",
        "notes /2010-04-01/Accounts/{AccountSid}/Calls/{CallSid}/Notes.json [notes] key -; {AccountSid} as calls; {CallSid} is calls.sid",
      ]
    ),
  ]

  @Test(arguments: expected)
  func streamsAreFound(name: String, lines: [String]) throws {
    #expect(try Documents.found(name).streams.map(Self.text) == lines)
  }

  @Test(
    arguments: [
      ("bookshop.yaml", .bearer), ("payments.json", .basic(hasPassword: false)), ("cluster.json", .bearer),
      ("servers/api.yaml", .bearer), ("tracker.yaml", .keys([.init(place: .header, name: "Authorization", prefix: "token ")])),
      (
        "tasks.yaml",
        .oauth2(.init(name: "clientCredentials", tokenURL: "/oauth/token", scopes: ["read"]), tokenURL: "/oauth/token")
      ), ("calls.yaml", .basic(hasPassword: true)),
    ] as [(String, FoundAuthentication.Kind)])
  func authenticationIsFound(name: String, kind: FoundAuthentication.Kind) throws {
    #expect(try Documents.found(name).authentication.kind == kind)
  }

  @Test(arguments: [
    ("bookshop.yaml", "https://api.bookshop.example.com/v1", []), ("payments.json", "https://api.payments.example.com", []),
    ("cluster.json", "{base_url}", ["base_url"]), ("tracker.yaml", "https://tracker.example.com/api/v1", []),
    ("files.yaml", "https://{tenant}.files.example.com/2.0", ["tenant"]),
  ])
  func addressesAreFound(name: String, address: String, inputs: [String]) throws {
    let base = try Documents.found(name).base
    #expect(base.address == address)
    #expect(base.inputs.map(\.key) == inputs)
  }

  @Test(arguments: [
    ("http://api.example.com/v1", "https://api.example.com/v1"), ("http://localhost:8080/v1", "http://localhost:8080/v1"),
    ("https://u:pw@api.example.com", "https://api.example.com"), ("https://api.example.com/v1?token=abc", "{base_url}"),
    ("file:///etc/passwd", "{base_url}"), ("/v2", "{base_url}/v2"),
  ])
  func addressesAreUsable(server: String, address: String) throws {
    let document = try Documents.document(
      text: """
        openapi: 3.0.0
        servers: [{url: "\(server)"}]
        """)
    #expect(StreamFinder.find(in: document).base.address == address)
  }

  @Test(arguments: [
    ([], 3), (["GET /authors"], 1), (["/authors/*"], 2), (["get *books"], 1), (["POST /authors"], 0),
    (["* /authors/*/reviews"], 1),
    (["GET /authors", "GET *reviews"], 2), (["/author"], 0),
  ])
  func operationsAreChosen(patterns: [String], count: Int) throws {
    let found = StreamFinder.find(in: try Documents.document("bookshop.yaml"), only: OperationFilter(patterns))
    #expect(found.streams.count == count)
  }

  @Test func streamsWithOneLastStepAreToldApart() {
    let paths = [
      "/users", "/teams/{id}/users", "/v1/users", "/pet/findByStatus", "/containers/json", "/{id}", "/api/v2/logs/list",
    ]
    #expect(
      StreamNames.names(for: paths) == ["users", "team_users", "users_2", "pet_find_by_status", "containers", "records", "logs"])
  }

  @Test(arguments: [
    ("max 100", 100), ("Maximum value is 1,000.", 1000), ("between 1 and 50", 50), ("Up to 250 records", 250),
    ("No more than that", nil),
    ("The number of items.", nil), ("can range between 1 and 100, and the default is 10", 100),
  ])
  func largestPagesAreRead(note: String, largest: Int?) {
    let parameter = DescribedAPI.Parameter(name: "limit", place: .query, note: note)
    #expect(PageFinder.largest(parameter, nil) == largest)
  }

  /// Answers that are no lists of records.
  @Test(arguments: [
    "{type: object, properties: {id: {type: string}, emails: {type: array, items: {type: object}}, name: {type: string}}}",
    "{type: array, items: {type: string}}", "{type: object, properties: {errors: {type: array, items: {type: object}}}}",
    "{type: string}",
  ])
  func otherAnswersAreNoStreams(schema: String) throws {
    let document = try Documents.document(
      text: """
        openapi: 3.0.0
        paths: {/user: {get: {responses: {"200": {content: {application/json: {schema: \(schema)}}}}}}}
        """)
    #expect(StreamFinder.find(in: document).streams.isEmpty)
  }

  /// What cannot be decided is said.
  @Test func notesSayWhatIsOpen() throws {
    let document = try Documents.document(
      text: """
        openapi: 3.0.0
        info: {title: Open}
        paths:
          /rows:
            get:
              parameters:
                - {name: cursor, in: query, schema: {type: string}}
                - {name: updated_since, in: query, schema: {type: string, format: date-time}}
              responses: {"200": {content: {application/json: {schema: {type: array, items: {type: object}}}}}}
          /file: {get: {responses: {"200": {content: {text/csv: {schema: {type: string}}}}}}}
        """)
    let found = StreamFinder.find(in: document)
    #expect(found.streams[0].notes.map(\.topic) == [.primaryKey, .pages, .cursor])
    #expect(
      found.base.notes == ["The document does not say on which host the API is, in an address that paths can stand behind."])
    #expect(found.authentication.notes == ["The document does not say how requests are authenticated."])
    #expect(found.notes == ["1 of 2 GET requests are left out because the document has no schema of their JSON: GET /file."])
  }
}
