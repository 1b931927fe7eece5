import ConnectorModel
import JSON
import Secrets
import Testing

@testable import Scaffolding

/// Asking an API what its endpoints are like.
@Suite struct LookTests {
  private static func answers(_ endpoints: [String]) throws -> GivenAnswers {
    var answers = GivenAnswers()
    (answers.name, answers.address, answers.authentication) = ("Shop", "https://api.example.com/v1", .bearer)
    answers.endpoints = try endpoints.map { try EndpointNotation($0) }
    return answers
  }

  private static let shop = [
    "/v1/authors": #"{"authors": [{"id": 7, "name": "Ada"}, {"id": 8, "name": "Bob"}], "page": 1, "per_page": 50, "total": 2}"#,
    "/v1/authors/7/books":
      #"{"books": [{"isbn": "1", "title": "One", "updated_at": "2024-01-01T00:00:00Z"}], "next": null, "previous": null}"#,
    "/v1/authors/7/books/1/pages": #"[{"number": 1}]"#,
  ]

  @Test func eachEndpointIsAskedOnce() async throws {
    let api = FakeAPI(Self.shop)
    let description = try Self.answers(["/authors", "/authors/{author_id}/books", "/authors/{author_id}/books/{book_id}/pages"])
      .description()
    let outcome = try await Scaffold.look(api, config: ["api_token": "sesame"]).look(at: description)
    #expect(outcome.problems.isEmpty)
    #expect(outcome.seen == ["authors", "books", "pages"])
    #expect(
      api.requests.map(\.url) == [
        "https://api.example.com/v1/authors", "https://api.example.com/v1/authors/7/books",
        "https://api.example.com/v1/authors/7/books/1/pages",
      ])
    #expect(api.requests.allSatisfy { $0.header("Authorization") == "Bearer sesame" })
    let streams = outcome.description.streams
    #expect(streams.map(\.recordPath) == [["authors"], ["books"], []])
    #expect(streams.map(\.primaryKey) == [["id"], ["isbn"], ["number"]])
    #expect(PagingNotation.text(streams[0].paging) == "page:page,per_page=50")
    #expect(streams[1].cursor?.field == "updated_at")
    // The key of a book is its `isbn`, which the look has found out.
    #expect(streams[2].partitions == [.parent(stream: "books", key: "isbn", field: "book_id")])
    let folder = try ScratchFolder()
    #expect(try await Scaffold.write(outcome.description, to: folder).isEmpty)
    #expect(try await Scaffold.findings(folder.path).isEmpty)
  }

  @Test func credentialsAreWrittenNowhere() async throws {
    let api = FakeAPI(Self.shop)
    let mask = SecretMask()
    let outcome = try await Scaffold.look(api, config: ["api_token": "open-sesame-4711"], hiding: mask)
      .look(at: try Self.answers(["/authors", "/missing"]).description())
    #expect(ConnectorFolder(outcome.description).files.allSatisfy { !$0.text.contains("open-sesame-4711") })
  }

  @Test(
    arguments: [
      (
        401, #"{"message": "bad token open-sesame-4711"}"#,
        "GET /orders was answered with status 401: {\"message\": \"bad token ****\"}"
      ),
      (404, "", "GET /orders was answered with status 404"),
      (500, "<html>\n no </html>", "GET /orders was answered with status 500: <html> no </html>"),
    ])
  func aRefusalIsAProblem(status: Int, body: String, problem: String) async throws {
    let api = FakeAPI { _ in .init(status: status, body: body) }
    let description = try Self.answers(["/orders"]).description()
    let outcome = try await Scaffold.look(api, config: ["api_token": "open-sesame-4711"]).look(at: description)
    #expect(outcome.problems == [problem])
    #expect(outcome.seen.isEmpty)
    #expect(outcome.description.streams == description.streams)
    // It is not tried again.
    #expect(api.requests.count == 1)
  }

  @Test func aNetworkThatIsNotThereIsAProblem() async throws {
    struct Nowhere: Transport {
      func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        throw TransportError(.nameNotResolved, "the host api.example.com is not known")
      }
    }
    let look = Look(
      config: ["api_token": "x"], surroundings: .init(now: { 0 }, sleep: { _ in }, random: { 0.5 }, transport: Nowhere()),
      hiding: SecretMask())
    let outcome = try await look.look(at: try Self.answers(["/orders"]).description())
    #expect(outcome.problems.count == 1)
    #expect(outcome.problems[0].hasPrefix("GET /orders could not be asked: "))
    #expect(outcome.problems[0].contains("api.example.com"))
  }

  @Test func whatIsNoJSONIsNoted() async throws {
    let outcome = try await Scaffold.look(FakeAPI { _ in .init(body: "id,name\n1,a\n") }, config: ["api_token": "x"])
      .look(at: try Self.answers(["/orders"]).description())
    #expect(outcome.description.streams[0].notes.contains { $0.text.contains("no JSON") } || !outcome.problems.isEmpty)
  }

  @Test func childrenWithoutAParentsRecordAreNotAsked() async throws {
    let api = FakeAPI(["/v1/authors": #"{"authors": []}"#])
    let outcome = try await Scaffold.look(api, config: ["api_token": "x"])
      .look(at: try Self.answers(["/authors", "/authors/{author_id}/books"]).description())
    #expect(api.requests.count == 1)
    #expect(
      outcome.problems == [
        "GET /authors/{author_id}/books was not asked, because nothing is known that it could be asked for: its parent has no records."
      ])
    #expect(outcome.description.streams[0].notes.contains { $0.text.contains("no records") })
  }

  @Test func tokensOfOAuthAreFetchedForTheLook() async throws {
    var answers = try Self.answers(["/orders"])
    answers.authentication = .oauth
    answers.tokenAddress = "https://auth.example.com/token"
    let api = FakeAPI(["/token": #"{"access_token": "issued", "expires_in": 3600}"#, "/v1/orders": #"[{"id": 1}]"#])
    let outcome = try await Scaffold.look(api, config: ["client_id": "me", "client_secret": "hush"])
      .look(at: try answers.description())
    #expect(outcome.problems.isEmpty)
    #expect(api.requests.map { $0.method } == ["POST", "GET"])
    #expect(api.requests.last?.header("Authorization") == "Bearer issued")
    #expect(outcome.description.streams[0].primaryKey == ["id"])
  }

  // MARK: The interview

  /// Gives answers one after the other, and keeps what was asked.
  private final class Script: Asking {
    var answers: [String]
    var questions: [Question] = []
    var told: [String] = []

    init(_ answers: [String]) { self.answers = answers }

    func ask(_ question: Question) -> String? {
      questions.append(question)
      return answers.isEmpty ? nil : answers.removeFirst()
    }

    func tell(_ text: String) { told.append(text) }
  }

  @Test func onlyWhatIsNotFoundOutIsAsked() async throws {
    let script = Script(["api.example.com/v1", "", "bearer", "sesame", "/authors", "", ""])
    let api = FakeAPI(Self.shop)
    var interview = Interview(GivenAnswers(), config: [:], by: script) { description, config, decided, stream in
      try await Scaffold.look(api, config: config).look(at: description, decided: decided, streams: [stream])
    }
    let description = try await interview.run()
    #expect(
      script.questions.map(\.text) == [
        "Address of the API", "Name of the connector", "How does it authenticate", "API token", "Path of an endpoint",
        "Is that right",
        "Path of another endpoint",
      ])
    #expect(script.questions[3].isSecret)
    #expect(description.name == "Example")
    #expect(description.streams.map(\.primaryKey) == [["id"]])
    #expect(script.told.contains("authors: records at `authors`, key `id`, 2 fields, pages by numbers in `page`"))
  }

  @Test func withoutALookEverythingIsAsked() async throws {
    let script = Script([
      "ftp://x", "https://api.example.com", "Shop", "cookie", "api", "query:key", "", "/a b", "/orders", "data.items", "", "what",
      "link",
      "updated_at,since", "/orders/{order_id}/lines", ".", "none", "", "none", "",
    ])
    var interview = Interview(GivenAnswers(), config: [:], by: script, looking: nil)
    // No look: there is no question about credentials.
    script.answers.remove(at: 6)
    let description = try await interview.run()
    #expect(description.authentication == .keys([.init(.query, "key")]))
    #expect(description.streams.map(\.name) == ["orders", "lines"])
    #expect(description.streams[0].recordPath == ["data", "items"])
    #expect(description.streams[0].primaryKey == ["id"])
    #expect(description.streams[0].paging?.strategy == .linkHeader)
    #expect(CursorNotation.text(description.streams[0].cursor) == "updated_at,since")
    #expect(description.streams[1].partitions == [.parent(stream: "orders", key: "id", field: "order_id")])
    #expect(description.streams[1].primaryKey.isEmpty)
    #expect(script.told.contains { $0.contains("`ftp://x` cannot be used") })
    #expect(script.told.contains { $0.contains("one of none, bearer, basic") })
    #expect(script.told.contains { $0.contains("`what` cannot be used") })
  }

  @Test func whatWasSaidIsNotAsked() async throws {
    var answers = try Self.answers(["/orders"])
    answers.recordPaths = .init(["data"], streams: [])
    answers.primaryKeys = .init(["id"], streams: [])
    answers.pagings = .init(["link"], streams: [])
    let script = Script([""])
    var interview = Interview(answers, config: [:], by: script, looking: nil)
    let description = try await interview.run()
    #expect(script.questions.map(\.text) == ["Which field shows what changed"])
    #expect(description.streams[0].cursor == nil)
  }

  @Test func answersThatEndAreAnError() async throws {
    var interview = Interview(GivenAnswers(), config: [:], by: Script(["api.example.com"]), looking: nil)
    let error = await #expect(throws: ConnectorError.self) { try await interview.run() }
    #expect(error?.message.contains("nothing was written") == true)
  }
}
