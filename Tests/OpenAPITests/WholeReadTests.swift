import JSON
import Manifest
import OpenAPI
import Scaffolding
import Testing
import Traffic
import Validation

/// Connectors made from documents, and the mocks of the same documents.
@Suite struct WholeReadTests {
  @Test(arguments: Documents.all)
  func aConnectorReadsItsMockCompletely(name: String) async throws {
    let mock = DocumentMock(try Documents.document(name), now: Documents.now)
    let outcome = try await Documents.read(name)
    #expect(outcome.failures.isEmpty)
    for stream in try Documents.found(name).streams {
      let wanted = mock.records(ofListAt: stream.path)
      let read = outcome.records[stream.name] ?? []
      #expect(read.count == wanted.count && !wanted.isEmpty, "\(stream.name)")
      guard let key = stream.primaryKey.first else { continue }
      let keys = read.compactMap { $0[key] }
      #expect(Set(keys) == Set(wanted.compactMap { $0[key] }) && Set(keys).count == keys.count, "\(stream.name)")
    }
  }

  /// A second read begins where the first one ended.
  @Test(arguments: ["bookshop.yaml", "payments.json", "tracker.yaml", "tasks.yaml", "files.yaml"])
  func aSecondReadHasWhatIsNew(name: String) async throws {
    let first = try await Documents.read(name)
    let second = try await Documents.read(name, states: first.states)
    #expect(second.failures.isEmpty)
    for stream in try Documents.found(name).streams {
      guard let cursor = stream.cursor, let all = first.records[stream.name] else { continue }
      let again = second.records[stream.name] ?? []
      #expect(!again.isEmpty && again.count < all.count, "\(stream.name): \(again.count) of \(all.count)")
      // Each partition has a cursor of its own.
      guard stream.pathValues.isEmpty else { continue }
      let oldest = again.compactMap { $0[cursor.field]?.jsonText }.min() ?? ""
      let newer = all.filter { ($0[cursor.field]?.jsonText ?? "") > oldest }
      #expect(Set(newer).isSubset(of: Set(again)), "\(stream.name)")
    }
  }

  @Test(arguments: Documents.all)
  func itsManifestHasNoFlaw(name: String) async throws {
    var options = ManifestChecker.Options()
    options.profile = .strict
    options.isStrict = true
    options.companions = [DocumentCheck(try Documents.document(name))]
    let source = ManifestSource.text(Array(try Documents.manifest(name).utf8), name: "manifest.yaml")
    let report = try await ManifestChecker(options).check(source, name: "manifest.yaml", folder: ".")
    // A deprecated request is worth a stream all the same.
    #expect(report.findings.filter { $0.rule != "openapi-deprecated" }.map { "\($0.diagnostic)" } == [])
  }

  @Test func theSameDocumentGivesTheSame() throws {
    for name in Documents.all { #expect(try Documents.manifest(name) == Documents.manifest(name)) }
  }

  // MARK: The mock

  private static func answer(
    _ name: String, _ url: String, method: String = "GET", headers: [(name: String, value: String)] = []
  ) async throws -> MockAnswer? {
    let mock = DocumentMock(try Documents.document(name), now: Documents.now)
    return await mock.answer(MockRequest(method: method, url: url, headers: headers))
  }

  @Test(
    arguments: [
      ("bookshop.yaml", "https://a.test/v1/authors", nil, 401), ("bookshop.yaml", "https://a.test/v1/authors", "Bearer x", 200),
      ("bookshop.yaml", "https://a.test/v1/authors", "Basic x", 401),
      ("bookshop.yaml", "https://a.test/v1/authors/1/books", "Bearer x", 200),
      ("bookshop.yaml", "https://a.test/v1/authors/999/books", "Bearer x", 200),
      ("bookshop.yaml", "https://a.test/v1/authors?page=0", "Bearer x", 400),
      ("bookshop.yaml", "https://a.test/v1/authors/1", "Bearer x", 200),
      ("bookshop.yaml", "https://a.test/v1/nothing", "Bearer x", nil),
      ("payments.json", "https://a.test/v1/charges", "Basic a2V5Og==", 200),
      ("payments.json", "https://a.test/v1/charges", "Basic !", 401),
      ("tracker.yaml", "https://a.test/api/v1/users?code=1", nil, 200),
      ("tracker.yaml", "https://a.test/api/v1/users", "token x", 200),
      ("tasks.yaml", "https://a.test/api/1.0/projects?offset=nonsense", "Bearer x", 400),
    ] as [(String, String, String?, Int?)])
  func requestsAreAnswered(name: String, url: String, authorization: String?, status: Int?) async throws {
    let headers = authorization.map { [(name: "Authorization", value: $0)] } ?? []
    #expect(try await Self.answer(name, url, headers: headers)?.status == status)
  }

  /// Two streams at one address may ask for different records.
  @Test(arguments: ["open", "closed"])
  func filtersAreObeyed(status: String) async throws {
    let document = try Documents.document(
      text: """
        openapi: 3.0.0
        servers: [{url: "https://a.test"}]
        paths:
          /issues:
            get:
              parameters: [{name: status, in: query, schema: {type: string, enum: [open, closed]}}]
              responses:
                200:
                  content:
                    application/json:
                      schema:
                        type: array
                        items: {type: object, properties: {id: {type: integer}, status: {type: string, enum: [open, closed]}}}
        """)
    let mock = DocumentMock(document, now: Documents.now)
    let answer = try #require(
      await mock.answer(MockRequest(method: "GET", url: "https://a.test/issues?status=\(status)", headers: [])))
    let records = try JSONValue(parsing: answer.body).array ?? []
    #expect(!records.isEmpty && records.allSatisfy { $0["status"]?.string == status })
  }

  @Test func tokensAreIssued() async throws {
    let answer = try #require(try await Self.answer("tasks.yaml", "https://a.test/oauth/token", method: "POST"))
    #expect(try JSONValue(parsing: answer.body)["access_token"]?.string?.isEmpty == false)
  }

  @Test func asManyRecordsComeAsAreAskedFor() async throws {
    var options = DocumentMock.Options()
    (options.pages, options.records) = (4, 2)
    let mock = DocumentMock(try Documents.document("tasks.yaml"), options: options, now: Documents.now)
    #expect(mock.records(ofListAt: "/projects").count == 7)
  }
}
