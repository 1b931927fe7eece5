import ArgumentParser
import Authoring
import Concurrency
import ConnectorModel
import Engine
import HTTP
import JSON
import Manifest
import Scaffolding
import Secrets
import Traffic

struct NewCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "new",
    abstract: "Begin a connector: write its folder, with a manifest, tests that pass, and all that belongs to it.",
    discussion: """
      On a terminal it asks for what no option says. With a config or a token, it asks each endpoint once and proposes where records are, \
      their key, what shows changes, how pages go, and their schema. Credentials are sent to the API and written nowhere.

      A value of --records, --primary-key, --cursor or --pagination is for all streams, or, as in authors=data.items, for one of them. \
      docs/new.md describes the forms.

      Examples:
        \(CommandProgram.name) new
        \(CommandProgram.name) new Shop --url https://api.example.com --endpoint /orders
        \(CommandProgram.name) new --from-curl "curl https://… -H 'X-API-Key: …'"
      """)

  @Argument(help: "What the connector is called. By default it is named after the host of the API.")
  var name: String?

  @Option(
    name: .shortAndLong, help: ArgumentHelp("The folder to write. By default source-NAME in this folder.", valueName: "folder"),
    completion: .directory)
  var output: String?

  @Option(
    help: """
      What kind of connector it is: rest, graphql, async (records come from jobs), singer (runs a Singer tap), or swift (a Swift \
      package with an authenticator of its own).
      """)
  var kind: ConnectorKind = .rest

  @Option(help: ArgumentHelp("The address that all endpoints share, such as https://api.example.com/v1.", valueName: "address"))
  var url: String?

  @Option(help: "How requests are authenticated.")
  var auth: GivenAnswers.Authentication?

  @Option(
    help: ArgumentHelp(
      "Where an API key goes: the name of a header, or query:NAME or cookie:NAME. By default X-API-Key.", valueName: "place"))
  var authKey: String?

  @Option(help: ArgumentHelp("What stands in front of an API key, such as 'Token '.", valueName: "text"))
  var authPrefix: String?

  @Option(help: ArgumentHelp("With --auth oauth: where tokens are issued.", valueName: "address"))
  var tokenUrl: String?

  @Option(
    help: ArgumentHelp(
      "With --auth oauth: where a user consents. Without it, the client has its own credentials.", valueName: "address"))
  var consentUrl: String?

  @Option(help: ArgumentHelp("With --auth oauth: a scope to ask for; may be repeated.", valueName: "scope"))
  var scope: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "An endpoint, which becomes a stream: a path, or NAME=METHOD PATH; may be repeated.", valueName: "endpoint"))
  var endpoint: [String] = []

  @Option(help: ArgumentHelp("Where the records are, as in data.items; `.` where the answer is the list.", valueName: "path"))
  var records: [String] = []

  @Option(help: ArgumentHelp("The primary key: a field, several with commas, or none.", valueName: "fields"))
  var primaryKey: [String] = []

  @Option(
    help: ArgumentHelp(
      "What shows changes: a field, and the parameters that take the window, as in updated_at,updated_since; or none.",
      valueName: "cursor"))
  var cursor: [String] = []

  @Option(
    help: ArgumentHelp(
      "How pages go: \(PagingNotation.examples.joined(separator: " | ")).", valueName: "pagination"))
  var pagination: [String] = []

  @Option(help: ArgumentHelp("A page that describes the API, for the files to name.", valueName: "address"))
  var documentation: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A config with credentials, to look at the API with; \(ConfigVariables.prefix)… variables give them too.", valueName: "file"
    ),
    completion: .file(extensions: ["json"]))
  var config: String?

  @Flag(
    inversion: .prefixedNo,
    help: "Ask the API once for each endpoint. By default where there are credentials, or on a terminal.")
  var look: Bool?

  @Option(help: ArgumentHelp("Begin from a command of curl's; `-` reads it from standard input.", valueName: "command"))
  var fromCurl: String?

  @Option(
    help: ArgumentHelp("Begin from a recording: each endpoint that was answered with a list.", valueName: "file.har"),
    completion: .file(extensions: ["har", "har.gz"]))
  var fromHar: String?

  @Option(
    help: ArgumentHelp("Begin from a collection of Postman's, version 2.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var fromPostman: String?

  @Option(
    help: ArgumentHelp(
      "Write what is missing around a manifest, which stays as it is: as the Connector Builder exports it, for instance.",
      valueName: "path"), completion: .file())
  var fromManifest: String?

  @Option(
    help: ArgumentHelp(
      "Begin from an OpenAPI document (2.0, 3.0 or 3.1): each GET request that is answered with a list.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var openapi: String?

  @Option(
    help: ArgumentHelp(
      "With --openapi: which requests, as in 'GET /v1/*'; `*` is any text. May be repeated.", valueName: "request"))
  var only: [String] = []

  @Option(help: ArgumentHelp("With --kind singer: the tap's program.", valueName: "program"))
  var tap: String?

  @Option(
    help: ArgumentHelp(
      "With --kind swift: the folder or the address of the package airbyte-lowcode, which the connector imports.",
      valueName: "place"))
  var package: String?

  @Flag(help: "Replace files that are there already. Other files of the folder stay.")
  var force = false

  @Flag(help: "Ask nothing: take what is usual where no option says otherwise.")
  var yes = false

  @Option(help: "Use colours on the terminal. By default if it supports them and NO_COLOR is not set.")
  var color: ColorChoice = .auto

  func validate() throws {
    let origins = [fromCurl, fromHar, fromPostman, fromManifest, openapi].compactMap { $0 }
    if origins.count > 1 {
      throw ValidationError(
        "--from-curl, --from-har, --from-postman, --from-manifest and --openapi exclude each other: give one of them.")
    }
    if let origin = origins.first, !origin.isEmpty, kind == .singer || kind == .graphql || kind == .async {
      throw ValidationError("--kind \(kind.rawValue) begins from nothing but a template: leave --from-… and --openapi out.")
    }
    if fromManifest != nil, output != nil {
      throw ValidationError("--from-manifest writes beside the manifest: leave --output out, or copy the manifest first.")
    }
    if !only.isEmpty, openapi == nil { throw ValidationError("--only needs --openapi.") }
    if let option = optionsWithoutEffect.first {
      throw ValidationError(
        "\(option) has no effect with --kind \(kind.rawValue), whose manifest is a template to be changed: leave it out.")
    }
    if tap != nil, kind != .singer { throw ValidationError("--tap needs --kind singer.") }
    if package != nil, kind != .swift { throw ValidationError("--package needs --kind swift.") }
    if kind == .swift, package == nil {
      throw ValidationError(
        "--kind swift needs --package: the folder or the address of the package airbyte-lowcode, which the connector imports.")
    }
  }

  /// The options that were given and say nothing about a connector of this kind.
  private var optionsWithoutEffect: [String] {
    guard kind != .rest, kind != .swift else { return [] }
    var options = [
      ("--endpoint", !endpoint.isEmpty), ("--records", !records.isEmpty), ("--primary-key", !primaryKey.isEmpty),
      ("--cursor", !cursor.isEmpty), ("--pagination", !pagination.isEmpty), ("--config", config != nil), ("--look", look != nil),
    ]
    if kind == .singer {
      options += [
        ("--url", url != nil), ("--auth", auth != nil), ("--auth-key", authKey != nil), ("--auth-prefix", authPrefix != nil),
        ("--token-url", tokenUrl != nil), ("--consent-url", consentUrl != nil), ("--scope", !scope.isEmpty),
        ("--documentation", documentation != nil),
      ]
    }
    return options.filter(\.1).map(\.0)
  }

  func run() async throws {
    let mask = SecretMask()
    // What the API says may quote what it was sent.
    func report(_ error: any Error) {
      if let findings = error as? any FileFindings {
        return StandardOutput.tell(lines: mask.masked(findings.rendered(hiding: mask)))
      }
      StandardOutput.tell("error: \(mask.masked("\(error)"))")
    }
    try await CommandRunner.run(report: report) { try await NewConnector(command: self, mask: mask).run() }
  }
}

extension ConnectorKind: ExpressibleByArgument {}
extension GivenAnswers.Authentication: ExpressibleByArgument {}
