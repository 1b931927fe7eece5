import AirbyteProtocol
import ArgumentParser
import Authoring
import Bytes
import Components
import ConnectorModel
import Engine
import Essentials
import JSON
import Manifest
import Secrets
import SignIn

struct LoginCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "login", abstract: "Sign in by OAuth 2.0 in a browser, and put the tokens into the config.",
    discussion: """
      The manifest's `spec.advanced_auth` says where users consent and what becomes of the answer. The client's id and secret come from \
      the config, from \(InputCollection.clientIDVariable) and \(InputCollection.clientSecretVariable), or from a prompt.

      The provider sends the browser back to http://127.0.0.1 with a free port. Where it knows only one address, name that with \
      --redirect-uri; if the address is not on this machine, paste what the browser shows at the end.

      Examples:
        \(CommandProgram.shownName) login --config config.json
        \(CommandProgram.shownName) login manifest.yaml -c config.json --no-browser --port 8080
      """)

  @OptionGroup var options: ManifestOptions

  @Option(
    name: [.customShort("c"), .customLong("config")],
    help: ArgumentHelp(
      "The user's config, a JSON file, which gets the tokens. It is made if there is none; `-` is standard input.",
      valueName: "file"), completion: .file(extensions: ["json"]))
  var config: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "Write the config with the tokens to this file, and leave the one that was given as it is.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var output: String?

  @Flag(name: .customLong("print"), help: "Print the config with the tokens, and write no file.")
  var prints = false

  @Option(help: ArgumentHelp("The port that the browser is sent back to. By default a free one.", valueName: "port"))
  var port: UInt16?

  @Option(
    help: ArgumentHelp(
      "The address to return to, as it is registered with the provider. If it is not on this machine, you paste what the browser shows.",
      valueName: "url"))
  var redirectUri: String?

  @Flag(help: "Show the address of the provider's page, and open no browser.")
  var noBrowser = false

  @Flag(help: "Wait for no browser: you paste the address that it shows after the consent, or the code.")
  var paste = false

  @Option(help: ArgumentHelp("How many seconds you have to consent.", valueName: "seconds"))
  var timeout = 300

  @Flag(help: "Send no proof key (PKCE), for an API that refuses it.")
  var noPkce = false

  @Flag(help: "Get new tokens for the refresh token of the config, without a consent.")
  var refresh = false

  @Option(
    help: ArgumentHelp(
      "Consent on any other device: the address where that begins (RFC 8628).", valueName: "url"))
  var deviceEndpoint: String?

  @Option(help: ArgumentHelp("The page on which users consent, where the manifest does not say it.", valueName: "url"))
  var authorizationEndpoint: String?

  @Option(help: ArgumentHelp("Where tokens come from, instead of what the manifest says.", valueName: "url"))
  var tokenEndpoint: String?

  @Option(
    help: ArgumentHelp(
      "What to ask for, where the manifest does not say where users consent; give it again for more.", valueName: "scope"))
  var scope: [String] = []

  func validate() throws {
    if config == nil, output == nil, !prints {
      throw ValidationError("Name the config that gets the tokens with --config, or print it with --print.")
    }
    if config == "-", output == nil, !prints {
      throw ValidationError("Standard input cannot be written: name a file with --output, or print the config with --print.")
    }
    if prints, output != nil { throw ValidationError("--print writes no file: leave --output out.") }
    if !(1...86_400).contains(timeout) { throw ValidationError("--timeout should be a number of seconds from 1 to 86400.") }
    if deviceEndpoint != nil, paste || redirectUri != nil || port != nil {
      throw ValidationError("With --device-endpoint, no browser is sent back: leave --paste, --redirect-uri and --port out.")
    }
    if refresh, paste || redirectUri != nil || port != nil || deviceEndpoint != nil || authorizationEndpoint != nil {
      throw ValidationError("--refresh asks no user: leave the options of the consent out.")
    }
    for (name, url) in [
      ("--device-endpoint", deviceEndpoint), ("--authorization-endpoint", authorizationEndpoint),
      ("--token-endpoint", tokenEndpoint),
    ] {
      if let url, !url.hasPrefix("https://"), !url.hasPrefix("http://") {
        throw ValidationError("\(name) should be an address such as https://api.example.com/oauth.")
      }
    }
  }

  func run() async throws {
    let address = try CommandRunner.orderly { try RedirectAddress(redirectUri, port: port, pastes: paste) }
    try await Session(options, running: "login", output: .report).run { session in
      let file = try LoginFile(config: config, output: output, prints: prints)
      let inside = try config.flatMap { file.isThere ? try InputFile.object($0, "config") : nil }
      let (source, files) = try session.source(inside ?? [:])
      try session.refuseOtherKinds(source)
      let manifest = try await session.connectorWithoutConfig(source, files).manifest
      let specification = manifest.spec?["connection_specification"]?.value
      let given = variables.applied(to: file.config, specification: specification)
      if let specification { session.mask.hide(secretsOf: given, spec: specification) }
      let login = try declaration(manifest, given, session.runtime)
      try refuseOtherChoice(login, given)
      let terminal = LoginTerminal(color: options.color, opensBrowser: !noBrowser, readsConfig: config == "-")
      let inputs = try await InputCollection(
        login, specification: specification, environment: session.runtime.environment, ask: terminal.ask
      ).inputs(given, needsSecret: login.usesSecret && !mayBePublic, hiding: session.mask)
      // Before anybody consents to what could not be kept.
      try file.probe()
      let run = SignInRun(login, inputs, runtime: session.runtime, host: terminal.host(address), timeout: Double(timeout))
      let answer = try await tokens(run, login, given, address, manifest)
      let (tokens, unplaced) = try login.placed(answer, now: session.runtime.now(), isPartial: refresh)
      for name in unplaced {
        StandardOutput.tell(
          "warning: `\(name)` was given, but `complete_oauth_output_specification` has no place in the config for it")
      }
      let changes = ConfigPlacement.changes(tokens, inputs, login, in: file.config)
      try file.write(changes)
      let names = tokens.map { "`\($0.path.joined(separator: "."))`" }.joined(separator: ", ")
      terminal.conclude(names.isEmpty ? ", but there is nothing to keep." : ": \(file.told) has \(names).")
      return .success
    }
  }

  private var variables: ConfigVariables {
    let file = FileManager.default.contents(atPath: ".env").map { String(decoding: $0, as: UTF8.self) }
    return ConfigVariables(environment: ProcessInfo.processInfo.environment, file: file ?? "")
  }

  /// Whether the application may have no secret: where the manifest's templates do not demand one.
  private var mayBePublic: Bool { deviceEndpoint != nil || authorizationEndpoint != nil || refresh }

  private func declaration(
    _ manifest: Manifest, _ config: JSONObject, _ runtime: RuntimeEnvironment
  ) throws -> ConsentDeclaration {
    let declared = try ConsentDeclaration.declared(by: manifest.spec)
    if let declared, authorizationEndpoint == nil {
      guard scope.isEmpty else {
        throw ConnectorError(
          .config, "`--scope` has no effect, as the manifest says what to ask for: leave it out",
          remedy: "change `scopes` of the manifest, or name the provider's page with `--authorization-endpoint`")
      }
      return declared.taking(tokensFrom: tokenEndpoint)
    }
    let given = GivenEndpoints(
      authorization: authorizationEndpoint, token: tokenEndpoint, device: deviceEndpoint, scopes: scope)
    return try ConsentDeclaration.plain(manifest, config, given, runtime: runtime, isRefresh: refresh)
  }

  private func refuseOtherChoice(_ login: ConsentDeclaration, _ config: JSONObject) throws {
    guard login.places.choosesOtherWay(config), let predicate = login.places.predicate else { return }
    let place = predicate.path.joined(separator: ".")
    throw ConnectorError(
      .config, "The config chooses another way to authenticate than OAuth: `\(place)` is not `\(predicate.value)`",
      remedy: "set `\(place)` to `\(predicate.value)`, or remove it")
  }

  private func tokens(
    _ run: SignInRun, _ login: ConsentDeclaration, _ config: JSONObject, _ address: RedirectAddress, _ manifest: Manifest
  ) async throws -> JSONObject {
    if refresh {
      let place = login.places.outputs.first { $0.name == "refresh_token" }
      let path = place?.path ?? ["refresh_token"]
      guard let token = OAuthPlaces.value(in: config, at: path)?.string else {
        throw ConnectorError(
          .config, "The config has no refresh token at `\(path.joined(separator: "."))`",
          remedy: "run `login` without `--refresh`")
      }
      return try await run.refresh(token, by: try renewal(run, login, config, manifest), tokenEndpoint: tokenEndpoint)
    }
    if let deviceEndpoint { return try await run.consentOnDevice(from: deviceEndpoint, tokenEndpoint: tokenEndpoint) }
    return try await run.consent(returningTo: address, usesProof: !noPkce)
  }
}

extension LoginCommand {
  /// How a read would renew the tokens, with the application's credentials wherever they were given.
  private func renewal(
    _ run: SignInRun, _ login: ConsentDeclaration, _ config: JSONObject, _ manifest: Manifest
  ) throws -> TokenRenewal? {
    let client = ConfigPlacement.changes([], run.inputs, login, in: config)
    return try SignInRun.renewal(
      of: manifest, config: try ConfigPlacement.applied(client, to: config), endpoint: tokenEndpoint, runtime: run.runtime)
  }
}

/// The file of a config that gets tokens.
struct LoginFile {
  /// The config as it was given.
  let config: JSONObject
  /// Whether there is a file with it.
  let isThere: Bool
  private let text: String
  /// Where it is written to; nil for standard output.
  private let target: String?

  /// - Throws: ``ConnectorError`` if the config cannot be read.
  init(config path: String?, output: String?, prints: Bool) throws {
    target = prints ? nil : output ?? path
    guard let path, path == "-" || InputFile.exists(path) else {
      (config, text, isThere) = ([:], "", false)
      return
    }
    let bytes = try InputFile.bytes(path, "config")
    config = try InputFile.object(bytes, path, "config")
    text = String(decoding: bytes, as: UTF8.self)
    isThere = path != "-"
  }

  /// How the place is called in a sentence.
  var told: String { target ?? "what is printed" }

  /// Whether the file could be written.
  /// - Throws: ``ConnectorError`` if not.
  func probe() throws {
    guard let target else { return }
    do throws(FileError) { _ = try AtomicFile(path: target, permissions: .fixed(0o600)) } catch {
      throw unwritable(target, error)
    }
  }

  /// Writes the config with some values, as a whole, and for its owner alone.
  /// - Throws: ``ConnectorError`` if that does not work; the file is then as it was.
  func write(_ changes: PlacedValues) throws {
    let changed = try ConfigPlacement.applied(changes, to: config)
    let text = text.isEmpty ? ConfigText.written(changed) : ConfigText.changed(text, changes, meaning: changed)
    guard let target else { return try StandardOutput.write(line: text.hasSuffix("\n") ? String(text.dropLast()) : text) }
    do throws(FileError) {
      let file = try AtomicFile(path: target, permissions: .fixed(0o600))
      try file.write(Array(text.utf8))
      try file.putInPlace()
    } catch {
      throw unwritable(target, error)
    }
  }

  private func unwritable(_ path: String, _ error: FileError) -> ConnectorError {
    ConnectorError(.config, "The config cannot be written to \(path): \(error)", remedy: "name another file with `--output`")
  }
}

extension CommandRunner {
  /// What `body` gives. An error ends the command as any other does.
  static func orderly<Result>(_ body: () throws -> Result) throws -> Result {
    do { return try body() } catch {
      tell(error)
      throw ExitCode.failure
    }
  }
}
