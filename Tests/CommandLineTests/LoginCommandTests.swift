import Foundation
import JSON
import Testing

/// `login` as a process: its files, its outputs, and what it says of wrong usage. `Tests/SignIn` has whole consents.
@Suite struct LoginCommandTests {
  private static let manifest = """
    version: 6.0.0
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: [books]}
    streams:
      - type: DeclarativeStream
        name: books
        retriever:
          type: SimpleRetriever
          requester: {type: HttpRequester, url_base: URL, path: /books, authenticator: {type: NoAuth}}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}
    spec:
      type: Spec
      connection_specification:
        type: object
        properties: {app: {type: object, properties: {secret: {type: string, airbyte_secret: true}}}}
      advanced_auth:
        auth_flow_type: oauth2.0
        oauth_config_specification:
          oauth_connector_input_specification:
            consent_url: URL/allow?{{client_id_param}}&{{redirect_uri_param}}&{{state_param}}
            access_token_url: URL/token?{{client_id_param}}&{{client_secret_param}}&{{auth_code_param}}
            extract_output: [refresh_token, access_token]
          complete_oauth_output_specification:
            refresh_token: {type: string, path_in_connector_config: [app, refresh]}
            access_token: {type: string, path_in_connector_config: [app, access]}
          complete_oauth_server_output_specification:
            client_id: {type: string, path_in_connector_config: [app, id]}
            client_secret: {type: string, path_in_connector_config: [app, secret]}
    """
  private static let config = """
    {"app": {"id": "me", "secret": "s3cret-of-the-app", "refresh": "old-0123456789"}, "n": 1.0}

    """

  /// A folder with a manifest and a config for an API whose token endpoint answers so.
  private func folder(
    _ status: Int = 200, _ body: String = #"{"refresh_token": "new-0123456789", "access_token": "at-0123456789"}"#
  )
    throws -> Folder
  {
    let folder = try Folder()
    let api = try UnrulyAPI { request in request.path == "/token" ? .json(status, body) : .json(404, "{}") }
    try folder.write("manifest.yaml", Self.manifest.replacing("URL", with: "http://\(api.address)"))
    try folder.write("config.json", Self.config)
    return folder
  }

  private func mode(_ folder: Folder, _ name: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: folder.url(of: name).path)[.posixPermissions] as? Int
  }

  private static let signedIn = """
    {"app": {"id": "me", "secret": "s3cret-of-the-app", "refresh": "new-0123456789", "access": "at-0123456789"}, "n": 1.0}

    """

  @Test func theConfigGetsTheTokens() async throws {
    let folder = try folder()
    let run = try await Tool.run(["login", "-c", "config.json", "--refresh"], in: folder)
    #expect(run.stderr == "Signed in: config.json has `app.refresh`, `app.access`.\n")
    #expect(run.stdout.isEmpty)
    #expect(run.status == 0)
    #expect(try folder.text("config.json") == Self.signedIn)
    #expect(try mode(folder, "config.json") == 0o600)
    #expect(try folder.names() == ["config.json", "manifest.yaml"])
  }

  @Test func anotherFileGetsThem() async throws {
    let folder = try folder()
    let run = try await Tool.run(["login", "-c", "config.json", "-o", "signed.json", "--refresh"], in: folder)
    #expect(run.status == 0, "\(run.stderr)")
    #expect(try folder.text("config.json") == Self.config)
    #expect(try folder.text("signed.json") == Self.signedIn)
    #expect(try mode(folder, "signed.json") == 0o600)
  }

  @Test func theyArePrinted() async throws {
    let folder = try folder()
    let run = try await Tool.run(["login", "-c", "-", "--print", "--refresh"], in: folder, stdin: Self.config)
    #expect(run.stdout == Self.signedIn)
    #expect(run.stderr == "Signed in: what is printed has `app.refresh`, `app.access`.\n")
    #expect(run.status == 0)
  }

  @Test func theEnvironmentCompletesTheConfig() async throws {
    let folder = try folder()
    try folder.write("config.json", "{}")
    let run = try await Tool.run(
      ["login", "-c", "config.json", "--refresh"], in: folder,
      environment: ["AIRBYTE_LOWCODE_CLIENT_ID": "me", "AIRBYTE_CONFIG_app__refresh": "old-0123456789"])
    #expect(run.status == 0, "\(run.stderr)")
    #expect(
      try JSONValue(parsing: folder.text("config.json"))
        == ["app": ["id": "me", "refresh": "new-0123456789", "access": "at-0123456789"]])
  }

  @Test func aFailureLeavesTheConfigAndShowsNoSecret() async throws {
    let body = #"{"error": "invalid_grant", "error_description": "old-0123456789 of s3cret-of-the-app is used up"}"#
    let folder = try folder(400, body)
    for arguments in [[], ["--debug"]] {
      let run = try await Tool.run(["login", "-c", "config.json", "--refresh"] + arguments, in: folder)
      #expect(
        run.stderr.contains("refuses (HTTP status 400): invalid_grant, **** of **** is used up; the refresh token is not good"))
      for secret in ["old-0123456789", "s3cret-of-the-app"] { #expect(!run.stderr.contains(secret), "\(run.stderr)") }
      #expect(run.stdout.isEmpty)
      #expect(run.status == 1)
      #expect(try folder.text("config.json") == Self.config)
    }
  }

  @Test func debugShowsNoToken() async throws {
    let run = try await Tool.run(["login", "-c", "config.json", "-o", "o.json", "--refresh", "--debug"], in: folder())
    #expect(run.stderr.contains("token endpoint: sending POST"))
    for secret in ["new-0123456789", "at-0123456789", "s3cret-of-the-app"] {
      #expect(!run.stderr.contains(secret), "\(run.stderr)")
    }
  }

  @Test func aFileThatCannotBeWrittenIsKnownBeforeAnybodyConsents() async throws {
    let run = try await Tool.run(["login", "-c", "config.json", "-o", "missing/o.json", "--no-browser"], in: folder())
    #expect(
      run.stderr.hasPrefix("error: The config cannot be written to missing/o.json: No such file or directory; name another file"))
    #expect(run.status == 1)
  }

  @Test(arguments: [
    ([], "Name the config that gets the tokens with --config, or print it with --print."),
    (["-c", "-"], "Standard input cannot be written: name a file with --output, or print the config with --print."),
    (["-c", "c.json", "-o", "o.json", "--print"], "--print writes no file: leave --output out."),
    (["-c", "c.json", "--timeout", "0"], "--timeout should be a number of seconds from 1 to 86400."),
    (["-c", "c.json", "--device-endpoint", "https://x.example", "--paste"], "With --device-endpoint, no browser is sent back"),
    (["-c", "c.json", "--refresh", "--port", "80"], "--refresh asks no user: leave the options of the consent out."),
    (["-c", "c.json", "--token-endpoint", "x.example"], "--token-endpoint should be an address such as"),
    (["-c", "c.json", "--client-secret", "hush-hush"], "Unknown option '--client-secret'"),
  ])
  func wrongUsageIsTold(arguments: [String], words: String) async throws {
    let run = try await Tool.run(["login"] + arguments, in: folder())
    #expect(run.stderr.contains(words), "\(run.stderr)")
    #expect(!run.stderr.contains("hush"))
    #expect(run.status == 64)
  }

  @Test(arguments: [
    (["--redirect-uri", "app"], "error: `app` is not an address to return to"),
    (["--paste"], "error: Nothing was pasted; paste the address that the browser shows after the consent"),
    (["--timeout", "1"], "error: Nobody consented within 1 second; run `login` again; `--timeout` gives more time"),
  ])
  func whatDoesNotWorkIsTold(arguments: [String], words: String) async throws {
    let run = try await Tool.run(["login", "-c", "config.json", "--no-browser"] + arguments, in: folder())
    #expect(run.stderr.contains(words), "\(run.stderr)")
    #expect(run.status == 1)
  }

  /// `BROWSER` may name several programs; the first that is there is taken.
  @Test func theBrowserThatIsNamedOpensThePage() async throws {
    let folder = try folder()
    try folder.write("browser", "#!/bin/sh\nprintf '%s\\n' \"$@\" > opened.part && mv opened.part opened\n")
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.url(of: "browser").path)
    let run = try await Tool.run(
      ["login", "-c", "config.json", "--timeout", "2"], in: folder,
      environment: ["BROWSER": "no-such-browser:\(folder.url(of: "browser").path) --new %s"])
    #expect(run.stderr.contains("The provider's page is open in your browser."), "\(run.stderr)")
    let opened = try folder.text("opened").split(separator: "\n")
    #expect(opened.first == "--new")
    #expect(opened.last?.contains("/allow?client_id=me&redirect_uri=http%3A%2F%2F127.0.0.1%3A") == true)
    #expect(!run.stderr.contains("s3cret-of-the-app"))
  }

  @Test func checkSaysWhatLoginCouldObtain() async throws {
    let folder = try folder()
    try folder.write("config.json", #"{"app": {"id": "me"}}"#)
    let run = try await Tool.run(["check", "-c", "config.json"], in: folder)
    let told = try #require(try run.messages("CONNECTION_STATUS", "connectionStatus").first)
    #expect(told["status"] == "FAILED")
    #expect(
      told["message"]?.string?.hasSuffix("; `airbyte-lowcode login` can obtain `app.refresh` and `app.access`") == true,
      "\(told)")
    #expect(run.status == 0)
    try folder.write("config.json", Self.signedIn)
    let other = try await Tool.run(["check", "-c", "config.json"], in: folder)
    #expect(!other.stdout.contains("airbyte-lowcode login"))
  }
}
