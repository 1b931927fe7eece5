import AirbyteProtocol
import Authoring
import Concurrency
import ConnectorModel
import Engine
import Essentials
import HTTP
import JSON
import OpenAPI
import Scaffolding
import Secrets
import Traffic

/// What `new` does: it gathers what is known of a connector, and writes its folder.
struct NewConnector {
  let command: NewCommand
  let mask: SecretMask
  private let environment = ProcessInfo.processInfo.environment

  init(command: NewCommand, mask: SecretMask) {
    self.command = command
    self.mask = mask
  }

  private var isAsking: Bool { !command.yes && TerminalAsking.isPossible }

  func run() async throws {
    if let path = command.fromManifest { return try await complete(path) }
    switch command.kind {
    case .singer:
      let names = ConnectorNames(command.name ?? command.tap ?? "tap")
      try await write(SingerTemplate(names: names, tap: command.tap).folder, names: names, hasTests: false)
    case .graphql, .async:
      var description = try command.kind.template(name: command.name, address: command.url)
      let answers = try answers()
      if answers.authentication != nil { description.authentication = try answers.authenticationDescription() }
      description.documentation = command.documentation
      try await write(ConnectorFolder(description), names: ConnectorNames(description.name))
    case .rest, .swift:
      let description = try await described()
      let names = ConnectorNames(description.name)
      guard command.kind == .swift else {
        return try await write(ConnectorFolder(description), names: names, of: description)
      }
      let template = SwiftTemplate(description, package: command.package ?? "")
      var components = CommandProgram.components
      components.register(UnsignedRequests.self, asClass: template.className)
      try await write(template.folder, names: names, of: description, components: components)
    }
  }

  // MARK: Describing

  /// The connector as origins, options, questions and a look at the API describe it.
  private func described() async throws -> ConnectorDescription {
    var config = try givenConfig()
    if let origin = try origin() {
      for problem in origin.problems { StandardOutput.tell("note: \(problem)") }
      config = origin.credentials.merging(config) { $1 }
      var description = try changed(origin.description)
      let mayLook = command.fromCurl != nil && !origin.credentials.isEmpty || !config.isEmpty
      if command.look ?? mayLook { description = try await looked(at: description, config).description }
      return description
    }
    var answers = try answers()
    let canLook = command.look ?? (!config.isEmpty || isAsking)
    if isAsking {
      var interview = Interview(
        answers, config: config,
        by: TerminalAsking(Terminal(command.color, environment: environment)),
        looking: canLook ? { try await outcome($0, $1, decided: $2, of: $3) } : nil)
      return try await interview.run()
    }
    if answers.name.isEmpty, !answers.address.isEmpty {
      answers.name = ConnectorNames(ConnectorNames.name(ofHost: try GivenAnswers.address(answers.address))).title
    }
    if answers.address.isEmpty, answers.endpoints.isEmpty {
      throw ConnectorError(
        .config,
        "There is no terminal to ask on: give at least --url and --endpoint, as in `\(CommandProgram.name) new Bookshop --url "
          + "https://api.example.com/v1 --endpoint /authors`")
    }
    var description = try answers.description()
    var seen: Set<String> = []
    if canLook { (description, seen) = try await looked(at: description, config, answers) }
    for number in description.streams.indices where !seen.contains(description.streams[number].name) {
      StreamInference(decided: answers.decided(of: description.streams[number].name))
        .noteUndecided(of: &description.streams[number])
    }
    return description
  }

  private func answers() throws -> GivenAnswers {
    var answers = GivenAnswers()
    answers.name = command.name ?? ""
    answers.address = command.url ?? ""
    answers.documentation = command.documentation
    answers.authentication = command.auth
    answers.keyPlace = command.authKey
    answers.keyPrefix = command.authPrefix
    if answers.authentication == nil, command.authKey != nil || command.authPrefix != nil { answers.authentication = .key }
    answers.tokenAddress = command.tokenUrl
    if answers.authentication == nil, command.tokenUrl != nil { answers.authentication = .oauth }
    answers.consentAddress = command.consentUrl
    answers.scopes = command.scope
    answers.endpoints = try command.endpoint.map { try EndpointNotation($0) }
    let streams = answers.endpoints.map(\.name)
    answers.recordPaths = .init(command.records, streams: streams)
    answers.primaryKeys = .init(command.primaryKey, streams: streams)
    answers.cursors = .init(command.cursor, streams: streams)
    answers.pagings = .init(command.pagination, streams: streams)
    return answers
  }

  private func origin() throws -> Origin? {
    if let text = command.fromCurl {
      return try CurlOrigin.read(text == "-" ? String(decoding: InputFile.bytes("-", "command"), as: UTF8.self) : text)
    }
    if let path = command.fromHar {
      try InputFile.open(path, "recording")
      return try HAROrigin.read(path)
    }
    if let path = command.fromPostman {
      return try PostmanOrigin.read(
        InputFile.json(path, "collection"), file: path.split(separator: "/").last.map(String.init) ?? path)
    }
    if let path = command.openapi {
      if path == "-" {
        let document = try OpenAPIDocument(InputFile.bytes("-", "OpenAPI document"), name: "standard input")
        return try OpenAPIOrigin.read(document, only: command.only)
      }
      try InputFile.open(path, "OpenAPI document")
      return try OpenAPIOrigin.read(path, only: command.only)
    }
    return nil
  }

  /// What an origin describes, with what the options say otherwise.
  private func changed(_ description: ConnectorDescription) throws -> ConnectorDescription {
    var description = description
    if let name = command.name { description.name = name }
    if let url = command.url { description.baseAddress = try GivenAnswers.address(url) }
    if let documentation = command.documentation { description.documentation = documentation }
    let streams = description.streams.map(\.name)
    let records = GivenAnswers.PerStream(command.records, streams: streams)
    let keys = GivenAnswers.PerStream(command.primaryKey, streams: streams)
    let cursors = GivenAnswers.PerStream(command.cursor, streams: streams)
    let pagings = GivenAnswers.PerStream(command.pagination, streams: streams)
    for number in description.streams.indices {
      let name = description.streams[number].name
      if let path = records[name] { description.streams[number].recordPath = try GivenAnswers.path(path) }
      if let key = keys[name] { description.streams[number].primaryKey = try GivenAnswers.fields(key) }
      if let cursor = cursors[name] { description.streams[number].cursor = try CursorNotation.parse(cursor) }
      if let paging = pagings[name] { description.streams[number].paging = try PagingNotation.parse(paging) }
    }
    return description
  }

  // MARK: Looking

  /// The config that was given, in a file or by variables.
  private func givenConfig() throws -> JSONObject {
    let file = try command.config.map { try InputFile.object($0, "config") } ?? [:]
    let variables = ConfigVariables(
      environment: environment,
      file: FileManager.default.contents(atPath: ".env").map { String(decoding: $0, as: UTF8.self) } ?? "")
    return variables.applied(to: file, specification: nil)
  }

  private func looked(
    at description: ConnectorDescription, _ config: JSONObject, _ answers: GivenAnswers? = nil
  ) async throws -> (description: ConnectorDescription, seen: Set<String>) {
    let streams = description.streams.map(\.name)
    let decided = Dictionary(
      streams.map { name in (name, answers?.decided(of: name) ?? decidedByOptions(name, streams)) }, uniquingKeysWith: { $1 })
    if let host = ConnectorFiles.host(of: description.baseAddress) { StandardOutput.tell("Asking \(TerminalText.line(host)) …") }
    let outcome = try await outcome(description, config, decided: decided, of: nil)
    for problem in outcome.problems { StandardOutput.tell("warning: \(problem)") }
    for name in outcome.seen {
      if let stream = outcome.description.streams.first(where: { $0.name == name }) {
        StandardOutput.tell(StreamSummary.text(stream))
      }
    }
    return (outcome.description, Set(outcome.seen))
  }

  private func decidedByOptions(_ name: String, _ streams: [String]) -> Set<StreamInference.Part> {
    var decided: Set<StreamInference.Part> = []
    for (texts, part) in [
      (command.records, StreamInference.Part.records), (command.primaryKey, .primaryKey), (command.cursor, .cursor),
      (command.pagination, .paging),
    ] where GivenAnswers.PerStream(texts, streams: streams)[name] != nil {
      decided.insert(part)
    }
    return decided
  }

  private func outcome(
    _ description: ConnectorDescription, _ config: JSONObject, decided: [String: Set<StreamInference.Part>], of stream: String?
  ) async throws -> Look.Outcome {
    let surroundings = TrafficRun.Surroundings(
      now: SystemClock.now, sleep: { try await TaskThreads.shared.sleep($0) }, random: { Double.random(in: 0..<1) },
      transport: NetworkTransport(environment: environment, secrets: mask))
    let look = Look(config: config, surroundings: surroundings, hiding: mask, environment: environment)
    return try await look.look(at: description, decided: decided, streams: stream.map { [$0] })
  }

  // MARK: Writing

  /// Says how much was left open; the manifest says what.
  private func tellOpenQuestions(of description: ConnectorDescription) {
    for note in description.notes where note.place == .head { StandardOutput.tell("note: \(note.text)") }
    let count = description.streams.reduce(description.notes.count { $0.place != .head }) { $0 + $1.notes.count }
    guard count > 0 else { return }
    StandardOutput.tell(
      count == 1
        ? "note: a comment in manifest.yaml says what is a guess or is still open."
        : "note: \(count) comments in manifest.yaml say what is a guess or is still open.")
  }

  private func write(
    _ folder: ConnectorFolder, names: ConnectorNames, of description: ConnectorDescription? = nil,
    components: ComponentRegistry = CommandProgram.components, hasTests: Bool = true
  ) async throws {
    let place = command.output ?? names.source
    try folder.write(to: place, replaces: command.force)
    if let description { tellOpenQuestions(of: description) }
    StandardOutput.tell("\(place) has \(folder.files.count) files: \(folder.files.map(\.path).joined(separator: ", ")).")
    guard hasTests else { return }
    try await prepareTests(in: place, components: components)
    let program = command.kind == .swift ? "swift run \(names.source)" : CommandProgram.name
    StandardOutput.tell("Go on with `cd \(place)` and `\(program) test`; README.md has more.")
  }

  private func prepareTests(
    in place: String, manifest: String = "manifest.yaml", components: ComponentRegistry = CommandProgram.components
  ) async throws {
    let failed = try await TestPreparation.complete(
      place, manifest: manifest, components: components, environment: environment, clock: SystemClock.now)
    if !failed.isEmpty {
      StandardOutput.tell(
        "warning: \(failed.count == 1 ? "a test does" : "\(failed.count) tests do") not pass yet: \(failed.joined(separator: ", "))"
      )
    }
  }

  /// Writes what is missing around a manifest.
  private func complete(_ path: String) async throws {
    let manifest = ManifestOptions.file(of: path)
    try InputFile.open(manifest, "manifest")
    let place = manifest.parentPath
    let folder = place.isEmpty ? "." : place
    let completion = try ManifestOrigin.read(manifest, named: command.name, components: CommandProgram.components)
    let present = Set(completion.folder.existing(in: folder))
    var missing = completion.folder
    if !command.force { missing.files.removeAll { present.contains($0.path) } }
    guard !missing.files.isEmpty else { return StandardOutput.tell("\(folder) has all files already: nothing was written.") }
    try missing.write(to: folder, replaces: command.force)
    StandardOutput.tell("\(folder) has \(missing.files.count) more files: \(missing.files.map(\.path).joined(separator: ", ")).")
    guard missing.files.contains(where: { $0.path == TestFile.usualName }) else { return }
    try await prepareTests(in: folder, manifest: manifest.lastPathPart)
  }
}
