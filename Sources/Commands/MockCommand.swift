import ArgumentParser
import Concurrency
import ConnectorModel
import Dispatch
import Engine
import Essentials
import JSON
import Manifest
import OpenAPI
import Secrets
import Traffic

struct MockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "mock", abstract: "Serve an API on 127.0.0.1 that answers as files say, or as a manifest expects.",
    discussion: """
      A file is told by its content: expectations of MockServer, mappings of WireMock (also a folder of them), a recording (HAR), or an \
      OpenAPI document. \
      The address is the first line on standard output; each request is a line on standard error. The server ends with SIGINT or \
      SIGTERM.

      Examples:
        \(CommandProgram.name) mock --manifest manifest.yaml --port 8080
        \(CommandProgram.name) mock run.har.gz --strict
      """)

  @Argument(
    help: "Manifests, files of expectations or mappings, folders of mappings, recordings, and OpenAPI documents.",
    completion: .file())
  var sources: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("A manifest: an API is made up that it can read. It may also be named as a source.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml"]))
  var manifest: String?

  @Option(
    help: ArgumentHelp(
      "An OpenAPI document: its API is made up, with records in each list. A document may also be named as a source.",
      valueName: "file"), completion: .file(extensions: ["yaml", "yml", "json"]))
  var openapi: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The config that the manifest is read with: its credentials are demanded then. By default it is made up, and any are taken.",
      valueName: "file"), completion: .file(extensions: ["json"]))
  var config: String?

  @Option(help: "The port to listen on; 0 takes a free one.")
  var port: UInt16 = 0

  @Option(
    help: ArgumentHelp("What the values of made-up records are made from: another number gives others.", valueName: "number"))
  var seed: Int?

  @Option(help: ArgumentHelp("How many pages each request has that is paginated. By default 2.", valueName: "number"))
  var pages: Int?

  @Option(
    help: ArgumentHelp("How many records a page has where the manifest sets no size. By default 3.", valueName: "number"))
  var records: Int?

  @Option(
    help: ArgumentHelp(
      "Break some of the answers: which, and how, is made from this number. docs/mock.md lists the faults.", valueName: "seed"))
  var faults: Int?

  @Flag(help: "End with status 1 if anything was asked that the mock does not know.")
  var strict = false

  func validate() throws {
    guard !sources.isEmpty || manifest != nil || openapi != nil else {
      throw ValidationError(
        "There is nothing to answer from: name a manifest, or a file of answers.")
    }
    if manifest == nil, config != nil, !sources.contains(where: MockSource.isManifest) {
      throw ValidationError("--config needs a manifest.")
    }
    if manifest == nil, openapi == nil, sources.isEmpty, seed != nil || pages != nil || records != nil {
      throw ValidationError("--seed, --pages and --records need --manifest or --openapi.")
    }
    try MockOptions.check(pages, "--pages")
    try MockOptions.check(records, "--records")
  }

  func run() async throws {
    try await CommandRunner.run {
      let mask = SecretMask()
      let board = StubBoard(now: SystemClock.now)
      var others: [any MockAPI] = []
      for source in sources {
        if let document = try MockDocument.read(source) {
          others.append(api(of: document))
        } else if MockSource.isManifest(source) {
          others.append(try await api(of: source, mask))
        } else {
          try MockSource.load(source, into: board, recordings: &others)
        }
      }
      if let openapi { others.append(api(of: try OpenAPIDocument(path: openapi))) }
      if let manifest { others.append(try await api(of: manifest, mask)) }
      let server = try MockServer(
        port: port, sleep: { try await TaskThreads.shared.sleep($0) }, log: { StandardOutput.tell(Self.line($0, mask)) }
      ) { [others, faults] port in
        let answers = MockAPIs([board] + others)
        return MockAPIs([
          // As whoever stops it from outside.
          MockServerControl(board, port: port, stop: { kill(getpid(), SIGTERM) }),
          faults.map { FaultyAPI(answers, seed: $0) } ?? answers as any MockAPI,
        ])
      }
      let signals = EndSignal.watch { [strict] in
        // What has been asked is answered, unless that takes long.
        for _ in 0..<30 where server.isAnswering { usleep(10_000) }
        let unknown = server.unknownRequests
        let isRefused = strict && unknown > 0
        let summary =
          "\(server.requests) \(server.requests == 1 ? "request" : "requests"), \(unknown) of them unknown to the mock"
        StandardOutput.tellWhereRead(isRefused ? "error: " + summary : summary)
        // The connections that are open end with the process.
        _exit(isRefused ? EXIT_FAILURE : EXIT_SUCCESS)
      }
      defer { for signal in signals { signal.cancel() } }
      try StandardOutput.write(line: server.address)
      try await server.run()
    }
  }

  private func api(of document: OpenAPIDocument) -> any MockAPI {
    for warning in document.warnings { StandardOutput.tell(warning.description) }
    var options = DocumentMock.Options()
    options.seed = seed ?? options.seed
    options.pages = pages
    options.records = records ?? options.records
    return DocumentMock(document, options: options, now: SystemClock.now())
  }

  private func api(of manifest: String, _ mask: SecretMask) async throws -> any MockAPI {
    let given = try await MockInput(manifest: manifest, config: config, now: SystemClock.now())
    let runtime = RuntimeEnvironment(
      now: SystemClock.now, sleep: { _ in }, random: { 0.5 }, transport: LateTransport(),
      log: PlainLog(mask: mask, isDebugging: false),
      secrets: mask, environment: ProcessInfo.processInfo.environment)
    let options = ManifestAPIOptions(seed: seed, pages: pages, records: records, knowsCredentials: config != nil)
    return try await ManifestMock.api(for: given.source, given.input, options: options, runtime: runtime)
  }

  /// A line of the access log.
  private static func line(_ access: MockServer.Access, _ mask: SecretMask) -> String {
    let answer = access.answer
    guard let request = access.request else {
      return "no request -> \(answer.status), \(String(decoding: answer.body, as: UTF8.self))"
    }
    mask.hide(
      credentialsNamedIn: .object(
        JSONObject(request.query.map { ($0.name, .string($0.value)) }, uniquingKeysWith: { first, _ in first })))
    let milliseconds = (access.seconds * 10_000).rounded() / 10
    let outcome = access.isKnown ? "\(answer.status)" : "unknown, \(answer.status)"
    let damage = answer.damage.map { ", \($0.words)" } ?? ""
    return mask.masked(
      "\(request.method) \(request.target) -> \(outcome), \(answer.body.count) bytes, \(milliseconds) ms\(damage)")
  }
}

/// The signals that end a server.
private enum EndSignal {
  /// Calls `end` on a queue of its own when one of them comes, whatever the server is waiting for.
  static func watch(_ end: @escaping @Sendable () -> Void) -> [any DispatchSourceSignal] {
    let queue = DispatchQueue(label: "end of the mock")
    return [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler(handler: end)
      source.resume()
      return source
    }
  }
}
