import Foundation
import JSON
import Testing

/// `new`, by the program.
@Suite struct NewCommandTests {
  private static let shop = [
    "new", "Bookshop", "--url", "https://api.example.com/v1", "--auth", "bearer", "--endpoint", "/authors", "--endpoint",
    "/authors/{author_id}/books", "--records", "data", "--primary-key", "id", "--primary-key", "books=isbn", "--pagination",
    "page:page,per_page=50", "--cursor", "books=updated_at,updated_since",
  ]

  @Test func aConnectorPassesItsTestsAtOnce() async throws {
    let folder = try Folder()
    let run = try await Tool.run(Self.shop, in: folder)
    #expect(run.status == 0, "\(run.stderr)")
    #expect(run.stdout.isEmpty)
    #expect(run.stderr.contains("source-bookshop has 9 files: manifest.yaml, metadata.yaml, icon.svg, README.md, "))
    #expect(run.stderr.contains("note: a comment in manifest.yaml says what is a guess or is still open.\n"))
    #expect(try folder.names() == ["source-bookshop"])
    let tests = try await Tool.run(["test", "source-bookshop"], in: folder)
    #expect(tests.status == 0, "\(tests.stdout)")
    #expect(tests.stdout.contains("ok      reads books\n"))
    #expect(tests.stdout.contains("skipped basic_read with secrets/config.json: there is no folder source-bookshop/secrets"))
    let acceptance = try await Tool.run(["test", "source-bookshop", "--mock"], in: folder)
    #expect(acceptance.status == 0, "\(acceptance.stdout)")
    #expect(!acceptance.stdout.contains("skipped"))
    let strict = try await Tool.run(
      ["validate", "--profile", "strict", "source-bookshop/manifest.yaml", "--config", "source-bookshop/config.example.json"],
      in: folder)
    #expect(strict.stdout == "1 manifest checked, nothing found\n")
    let image = try await Tool.run(
      ["image", "source-bookshop/manifest.yaml", "--metadata", "source-bookshop/metadata.yaml", "--dockerfile"], in: folder)
    #expect(image.stdout.contains("source-bookshop"), "\(image.stderr)")
  }

  /// Secrets that are there are used: the folder is no reason to leave tests out any more.
  @Test func acceptanceTestsWantTheConfigOnceThereAreSecrets() async throws {
    let folder = try Folder()
    _ = try await Tool.run(Self.shop + ["--output", "."], in: folder)
    try folder.makeFolder("secrets")
    let tests = try await Tool.run(["test"], in: folder)
    #expect(tests.status == 1)
    #expect(tests.stdout.contains("There is no config secrets/config.json"))
  }

  @Test func whatIsThereIsKept() async throws {
    let folder = try Folder()
    try folder.write("README.md", "mine")
    let refused = try await Tool.run(Self.shop + ["--output", "."], in: folder)
    #expect(refused.status == 1)
    #expect(
      refused.stderr.hasSuffix(
        "error: The folder . has README.md already, and nothing was written: choose another folder with --output, or replace it with "
          + "--force\n"))
    #expect(try folder.names() == ["README.md"])
    #expect(try await Tool.run(Self.shop + ["--output", ".", "--force"], in: folder).status == 0)
    #expect(try folder.text("README.md").hasPrefix("# Source Bookshop"))
  }

  @Test(
    arguments: [
      ([], "There is no terminal to ask on: give at least --url and --endpoint"),
      (["X", "--url", "https://api.example.com"], "The connector needs an endpoint: give one or more with --endpoint"),
      (["X", "--endpoint", "/a"], "The address of the API is missing: give it with --url"),
      (["--url", "ftp://a", "-e", "/a"], "The address `ftp://a` cannot be used"),
      (["--url", "a.example.com", "-e", "/a", "--auth", "oauth"], "give it with --token-url"),
      (["--url", "a.example.com", "-e", "/a", "--pagination", "pages"], "The pagination `pages` cannot be used"),
      (["--from-curl", "wget x"], "should begin with `curl`"), (["--from-har", "none.har"], "none.har does not exist"),
      (["--from-postman", "none.json"], "none.json does not exist"), (["--from-manifest", "none"], "none does not exist"),
      (["--url", "a.example.com", "-e", "/a", "-c", "none.json"], "none.json does not exist"),
    ] as [([String], String)])
  func whatIsMissingIsSaid(arguments: [String], sentence: String) async throws {
    let folder = try Folder()
    let run = try await Tool.run(["new"] + arguments, in: folder)
    #expect(run.status == 1)
    #expect(run.stderr.contains(sentence), "\(run.stderr)")
    #expect(run.stdout.isEmpty)
    #expect(try folder.names().isEmpty)
  }

  @Test(
    arguments: [
      (["--from-curl", "x", "--from-har", "y"], "exclude each other"), (["--tap", "x"], "--tap needs --kind singer"),
      (["--kind", "swift"], "--kind swift needs --package"),
      (["--kind", "graphql", "--from-curl", "x"], "leave --from-… and --openapi out"),
      (["--kind", "soap"], "soap"), (["--kind", "async", "-e", "/a"], "--endpoint has no effect with --kind async"),
      (["--kind", "singer", "--url", "a.example.com"], "--url has no effect with --kind singer"),
    ] as [([String], String)])
  func optionsThatDoNotFitAreWrongUsage(arguments: [String], sentence: String) async throws {
    let run = try await Tool.run(["new"] + arguments, in: Folder())
    #expect(run.status == 64)
    #expect(run.stderr.contains(sentence), "\(run.stderr)")
  }

  // MARK: Looking

  private static func api() throws -> UnrulyAPI {
    try UnrulyAPI { request in
      guard request.headerValues.contains("Bearer sesame-4711") else { return .json(401, #"{"error": "who are you?"}"#) }
      switch request.path {
      case "/v1/authors": return .json(200, #"{"authors": [{"id": 7, "name": "Ada"}], "links": {"next": null, "prev": null}}"#)
      case "/v1/authors/7/books": return .json(200, #"[{"isbn": "1", "updated_at": "2024-01-01T00:00:00Z"}]"#)
      default: return .json(404, "{}")
      }
    }
  }

  @Test func theAPISaysWhatItIsLike() async throws {
    let api = try Self.api()
    let folder = try Folder()
    try folder.write("config.json", #"{"api_token": "sesame-4711"}"#)
    let run = try await Tool.run(
      [
        "new", "Bookshop", "--url", "http://\(api.address)/v1", "--auth", "bearer", "-e", "/authors", "-e",
        "/authors/{author_id}/books", "--config", "config.json", "-o", "shop",
      ], in: folder)
    #expect(run.status == 0, "\(run.stderr)")
    #expect(run.stderr.contains("authors: records at `authors`, key `id`, 2 fields, pages by the address at `links.next`\n"))
    #expect(
      run.stderr.contains(
        "books: records at the root, key `isbn`, 2 fields, changes by `updated_at` (%Y-%m-%dT%H:%M:%SZ), one page\n"))
    #expect(try await Tool.run(["test", "shop"], in: folder).status == 0)
    let read = try await Tool.run(
      ["read", "shop", "--config", "config.json", "--records"], in: folder,
      environment: ["AIRBYTE_CONFIG_start_date": "2023-01-01T00:00:00Z"])
    #expect(
      read.stdout.split(separator: "\n").sorted() == [
        #"{"id":7,"name":"Ada"}"#, #"{"isbn":"1","updated_at":"2024-01-01T00:00:00Z","author_id":7}"#,
      ], "\(read.stdout)\(read.stderr)")
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder.url(of: "shop").path) {
      guard let text = try? folder.text("shop/\(name)") else { continue }
      #expect(!text.contains("sesame-4711"), "\(name)")
    }
  }

  @Test func aRefusalIsAWarning() async throws {
    let api = try Self.api()
    let folder = try Folder()
    let run = try await Tool.run(
      ["new", "Bookshop", "--url", "http://\(api.address)/v1", "--auth", "bearer", "-e", "/authors", "-o", "shop"], in: folder,
      environment: ["AIRBYTE_CONFIG_api_token": "wrong-4711"])
    #expect(run.status == 0)
    #expect(run.stderr.contains("warning: GET /authors was answered with status 401: {\"error\": \"who are you?\"}\n"))
    #expect(!run.stderr.contains("wrong-4711"))
    #expect(try folder.text("shop/manifest.yaml").contains("# One page is read. If there are more, add a `paginator`."))
    #expect(try await Tool.run(["test", "shop"], in: folder).status == 0)
  }

  @Test func aCommandOfCurlIsEnough() async throws {
    let api = try Self.api()
    let folder = try Folder()
    let command = "curl 'http://\(api.address)/v1/authors' \\\n  -H 'Authorization: Bearer sesame-4711'"
    let run = try await Tool.run(["new", "Shop", "--from-curl", "-", "-o", "shop"], in: folder, stdin: command)
    #expect(run.stderr.contains("authors: records at `authors`, key `id`"), "\(run.stderr)")
    let manifest = try folder.text("shop/manifest.yaml")
    #expect(manifest.contains("type: BearerAuthenticator"))
    #expect(!manifest.contains("sesame-4711"))
    let offline = try await Tool.run(["new", "Shop", "--from-curl", command, "-o", "other", "--no-look"], in: folder)
    #expect(offline.status == 0)
    #expect(!offline.stderr.contains("authors: records"))
  }

  // MARK: Asking

  @Test func aTerminalIsAsked() async throws {
    let api = try Self.api()
    let folder = try Folder()
    let terminal = try PromptTests.Terminal(["new"], in: folder)
    func answer(_ question: String, _ text: String) async throws {
      try await terminal.wait(for: question)
      try terminal.type(text + "\r")
    }
    try await answer("Address of the API", "nonsense://")
    try await terminal.wait(for: "`nonsense://` cannot be used")
    try await answer("Address of the API", "http://\(api.address)/v1")
    try await answer("[API]: ", "Bookshop")
    try await answer("(none, bearer, basic, api-key, oauth, session) [bearer]: ", "bea")
    try await terminal.wait(for: "API token")
    #expect(!terminal.echoes)
    try terminal.type("sesame-4711\r")
    try await answer("Path of an endpoint", "/authors")
    try await terminal.wait(for: "authors: records at `authors`, key `id`, 2 fields")
    try await answer("(yes, no) [yes]: ", "")
    try await answer("Path of another endpoint", "")
    try await terminal.wait(for: "source-bookshop has 9 files")
    #expect(await terminal.end() == 0)
    #expect(terminal.echoes)
    #expect(try await Tool.run(["test", "source-bookshop"], in: folder).status == 0)
    #expect(!(try folder.text("source-bookshop/manifest.yaml").contains("sesame-4711")))
  }

  /// A signal at a question ends the command, with the terminal as it was and nothing written.
  @Test func aTerminalCanLeave() async throws {
    let folder = try Folder()
    let terminal = try PromptTests.Terminal(["new", "Shop", "--url", "https://api.example.com", "--auth", "bearer"], in: folder)
    try await terminal.wait(for: "API token")
    #expect(!terminal.echoes)
    terminal.terminate()
    _ = await terminal.end()
    #expect(terminal.echoes)
    #expect(try folder.names().isEmpty)
  }

  // MARK: Kinds and manifests

  @Test(arguments: ["graphql", "async"])
  func aTemplatePassesItsTests(kind: String) async throws {
    let folder = try Folder()
    #expect(try await Tool.run(["new", "Shop", "--kind", kind, "--auth-key", "X-Key"], in: folder).status == 0)
    #expect(try folder.text("source-shop/manifest.yaml").contains("field_name: X-Key"))
    let tests = try await Tool.run(["test", "source-shop", "--coverage"], in: folder)
    #expect(tests.status == 0, "\(tests.stdout)")
    #expect(tests.stdout.contains("Reached: 1 of 1 streams"))
    #expect(try await Tool.run(["validate", "--profile", "strict", "source-shop"], in: folder).status == 0)
  }

  @Test func aTapAndAPackageAreWritten() async throws {
    let folder = try Folder()
    #expect(try await Tool.run(["new", "Postgres", "--kind", "singer"], in: folder).status == 0)
    #expect(try folder.text("source-postgres/manifest.yaml").contains("command: [tap-postgres]"))
    let swift = try await Tool.run(
      [
        "new", "Shop", "--kind", "swift", "--package", "../lowcode", "--url", "api.example.com", "-e", "/orders", "--primary-key",
        "id",
      ], in: folder)
    #expect(swift.status == 0, "\(swift.stderr)")
    #expect(!swift.stderr.contains("warning"))
    #expect(try folder.text("source-shop/Package.swift").contains(#"path: "../lowcode""#))
    #expect(try folder.text("source-shop/tests.yaml").contains("records: {orders: {count: 3}}"))
  }

  /// What the Connector Builder exports has references that are expanded, and metadata; all of it stays.
  @Test func anExportOfTheBuilderStaysIntact() async throws {
    let folder = try Folder()
    let export = try String(
      contentsOf: Document.root.appending(path: "Tests/CommandLineTests/Fixtures/builder-export.yaml"), encoding: .utf8)
    try folder.write("manifest.yaml", export)
    let fixed = try await Tool.run(["validate", "--fix", "manifest.yaml"], in: folder)
    #expect(fixed.status == 0, "\(fixed.stdout)")
    #expect(try folder.text("manifest.yaml") == export)
    let completed = try await Tool.run(["new", "Shop", "--from-manifest", "."], in: folder)
    #expect(completed.status == 0, "\(completed.stderr)")
    #expect(try folder.text("manifest.yaml") == export)
    #expect(try folder.names().count == 9)
    let tests = try await Tool.run(["test"], in: folder)
    #expect(tests.status == 0, "\(tests.stdout)")
    let again = try await Tool.run(["new", "Shop", "--from-manifest", "."], in: folder)
    #expect(again.stderr == ". has all files already: nothing was written.\n")
    // A field more, and all the rest as it was.
    let expectations = #"[{"httpRequest": {"path": "/orders"}, "httpResponse": {"body": {"data": [{"id": 1, "total": 2.5}]}}}]"#
    try folder.write("expectations.json", expectations)
    let merged = try await Tool.shell(
      """
      "$1" mock expectations.json > address 2> log & mock=$!
      until [ -s address ] || ! kill -0 $mock; do :; done
      printf '{"api_key": "k", "base_url": "%s"}' "$(cat address)" > used.json
      "$1" test-read --config used.json --stream orders --merge-schema > read.json
      kill $mock
      """, [], in: folder)
    #expect(merged.stderr.contains("1 field was added to the schema of `orders` in manifest.yaml: total."), "\(merged.stderr)")
    var changed = try folder.text("manifest.yaml").split(separator: "\n", omittingEmptySubsequences: false)[...]
    for line in export.split(separator: "\n", omittingEmptySubsequences: false) {
      let place = try #require(changed.firstIndex(of: line), "\(line) is gone")
      changed = changed[(place + 1)...]
    }
    #expect(try folder.text("manifest.yaml").contains("streamHash: 5c0e"))
  }
}
