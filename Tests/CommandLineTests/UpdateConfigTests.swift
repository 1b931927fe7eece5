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

  private func connection() throws -> Connection {
    try Connection(to: UnrulyAPI(Self.answer), manifest: Self.manifest, config: ["credentials": .object(Self.credentials)])
  }

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

  @Test func aFileThatCannotBeWrittenIsWarnedOf() async throws {
    let connection = try connection()
    // Beside a name as long as names can be there is no other one for the new file.
    let name = String(repeating: "c", count: 255)
    let text = try connection.folder.text("config.json")
    try connection.folder.write(name, text)
    let arguments = try connection.readArguments(["ok"]).map { $0 == "config.json" ? name : $0 }
    let run = try await Tool.run(arguments + ["--update-config"], in: connection.folder)
    #expect(try renewed(run)?["credentials"]?["refresh_token"] == "new-refresh")
    let warning = try #require(try run.logs("WARN").first { $0.contains("could not be written") })
    #expect(warning.contains(name))
    #expect(try connection.folder.text(name) == text)
    #expect(try run.recordCount(of: "ok") == 3)
    #expect(run.status == 0)
  }
}
