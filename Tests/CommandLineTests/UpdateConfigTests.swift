import Foundation
import JSON
import Testing

/// What becomes of a config's file when the API renewed a token that is good for one use.
@Suite struct UpdateConfigTests {
  private static let manifest = Manifests.streams(
    ["ok"],
    authenticator: """
      {type: OAuthAuthenticator, token_refresh_endpoint: "{{ config['base_url'] }}/token", client_id: me, client_secret: s3cret, \
      refresh_token: "{{ config['credentials']['refresh_token'] }}", refresh_token_updater: {}}
      """)

  private static let credentials: JSONObject = [
    "client_id": "me", "client_secret": "s3cret", "access_token": "old-access", "refresh_token": "old-refresh",
    "token_expiry_date": "2020-01-01T00:00:00Z",
  ]

  private static func answer(_ request: UnrulyAPI.Request) -> UnrulyAPI.Answer {
    request.path == "/token"
      ? .json(200, #"{"access_token": "new-access", "refresh_token": "new-refresh", "expires_in": 3600}"#)
      : UnrulyAPI.usual(request)
  }

  static func connection() throws -> Connection {
    try Connection(to: UnrulyAPI(answer), manifest: manifest, config: ["credentials": .object(credentials)])
  }

  private func connection() throws -> Connection { try Self.connection() }

  private func config(_ connection: Connection) throws -> JSONValue {
    try JSONValue(parsing: connection.folder.text("config.json"))
  }

  private func renewed(_ run: Tool.Outcome) throws -> JSONValue? {
    let control = try run.messages("CONTROL", "control")
    #expect(control.count == 1)
    return control.first?["connectorConfig"]?["config"]
  }

  @Test func theFileStaysAsItIs() async throws {
    let connection = try connection()
    let before = try connection.folder.text("config.json")
    let run = try await connection.read(["ok"])
    #expect(try renewed(run)?["credentials"]?["refresh_token"] == "new-refresh")
    #expect(try connection.folder.text("config.json") == before)
    #expect(run.status == 0)
  }

  @Test(arguments: ["read", "check"]) func theFileIsWrittenWhereThatIsAskedFor(command: String) async throws {
    let connection = try connection()
    let run =
      command == "read"
      ? try await connection.read(["ok"], ["--update-config"])
      : try await connection.run(
        "check", "--manifest", "manifest.yaml", "--config", "config.json", "--update-config")
    let renewed = try renewed(run)
    #expect(renewed?["credentials"]?["access_token"] == "new-access")
    #expect(try config(connection) == renewed)
    #expect(run.status == 0)
    // The next run begins with what is valid now.
    let next = try await connection.read(["ok"], ["--update-config"])
    #expect(try next.messages("CONTROL", "control").isEmpty)
    #expect(next.status == 0)
  }

  /// A config that is also the catalog, say, by a link of another name.
  @Test(arguments: ["manifest.yaml", "catalog.json", "state.json"]) func noOtherInputIsReplaced(name: String) async throws {
    let connection = try connection()
    let arguments = try connection.readArguments(["ok"]).map { $0 == "config.json" ? "same.json" : $0 }
    try connection.folder.write("state.json", "[]")
    let before = try connection.folder.text(name)
    #expect(link(connection.folder.url(of: name).path, connection.folder.url(of: "same.json").path) == 0)
    let run = try await Tool.run(arguments + ["--state", "state.json", "--update-config"], in: connection.folder)
    #expect(
      try run.errors().first?["message"]
        == "The config same.json is another input as well, which --update-config would destroy: give it a file of its own")
    #expect(run.status == 1)
    #expect(try connection.folder.text(name) == before)
  }

  /// The folder that the config lay in has become a file when the token is there.
  @Test func aFileThatCannotBeWrittenIsWarnedOf() async throws {
    let place = try Folder()
    let api = try UnrulyAPI { request in
      if request.path == "/token" {
        try? place.remove("settings")
        try? place.write("settings", "another file")
      }
      return Self.answer(request)
    }
    let connection = try Connection(to: api, manifest: Self.manifest, config: ["credentials": .object(Self.credentials)])
    try place.makeFolder("settings")
    try place.write("settings/config.json", connection.folder.text("config.json"))
    let path = place.url(of: "settings/config.json").path
    let arguments = try connection.readArguments(["ok"]).map { $0 == "config.json" ? path : $0 }
    let run = try await Tool.run(arguments + ["--update-config"], in: connection.folder)
    #expect(try renewed(run)?["credentials"]?["refresh_token"] == "new-refresh")
    let warning = try #require(try run.logs("WARN").first { $0.contains("could not be written") })
    #expect(warning.contains("\(path), which is unchanged: Not a directory."))
    #expect(try place.names() == ["settings"])
    #expect(try place.text("settings") == "another file")
    #expect(try run.recordCount(of: "ok") == 3)
    #expect(run.status == 0)
  }
}

/// Commands that print no messages for a platform.
@Suite struct RenewedConfigTests {
  private func connection() throws -> Connection { try UpdateConfigTests.connection() }

  @Test func whoKeepsNothingSaysSo() async throws {
    let connection = try connection()
    _ = try await connection.read(["ok"], ["--record", "run.har"])
    let config = try connection.folder.text("config.json")
    for command in [
      ["test-read", "-c", "config.json", "--format", "text"],
      ["drift", "manifest.yaml", "-c", "config.json", "--against", "run.har"],
    ] {
      let run = try await connection.run(command)
      #expect(run.stderr.contains("The API has renewed a token, which is kept nowhere: add --update-config"), "\(run.stderr)")
      let kept = try await connection.run(command + ["--update-config"])
      #expect(!kept.stderr.contains("kept nowhere"), "\(kept.stderr)")
      #expect(try connection.folder.text("config.json").contains("new-refresh"))
      try connection.folder.write("config.json", config)
    }
  }

  @Test func acceptanceTestsKeepIt() async throws {
    let connection = try connection()
    try connection.folder.write(
      "acceptance-test-config.yml",
      "connector_image: source\nacceptance_tests: {connection: {tests: [{config_path: config.json, status: succeed}]}}\n")
    let run = try await connection.run("test", ".")
    #expect(run.stderr.contains("config.json: The API has renewed a token, which is kept nowhere"), "\(run.stdout)\(run.stderr)")
    #expect(try !connection.folder.text("config.json").contains("new-refresh"))
    _ = try await connection.run("test", ".", "--update-config")
    #expect(try connection.folder.text("config.json").contains("new-refresh"))
  }
}
