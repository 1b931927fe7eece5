import AirbyteProtocol
import Bytes
import ConnectorModel
import Engine
import JSON
import Manifest
import Secrets

/// A program that speaks the Airbyte protocol, as a source.
struct ProcessSource: Source {
  private let call: ProgramCall
  private let config: JSONObject
  /// The SPEC message's content; nil if nothing was asked for it yet.
  private let known: JSONObject?
  private let runtime: RuntimeEnvironment
  private let updates: (any ConfigUpdating)?

  /// - Throws: ``ConnectorError`` if the program does not say what its config looks like, which is asked where there is one: nothing else
  ///   says what of it is secret.
  init(_ manifest: ProcessManifest, _ input: SourceInput, runtime: RuntimeEnvironment) async throws {
    self.runtime = runtime
    updates = input.updates
    let isEmpty = input.config.isEmpty && input.completion == nil
    // Nothing says yet what of the config is secret, so that the program that is asked for that gets nothing of it.
    let plain = manifest.bareCall(in: runtime.environment)
    if let spec = manifest.spec {
      known = spec
    } else {
      known = isEmpty ? nil : try await ProtocolProgram(plain, runtime).spec()
    }
    config = isEmpty ? [:] : input.settledConfig(known?["connectionSpecification"], runtime)
    call = try manifest.call(config, in: runtime.environment)
  }

  /// Nobody knows before it writes a state.
  var sharesState: Bool { true }

  func spec() async throws -> JSONObject {
    if let known { return known }
    return try await ProtocolProgram(call, runtime).spec()
  }

  func check() async throws -> ConnectionStatus {
    do { try validate() } catch let error as ConnectorError where error.failureType == .config { return .failure(error.sentence) }
    let files = try PrivateFolder(environment: runtime.environment)
    let arguments = ["check", "--config", try files.write("config.json", JSONValue.object(config).jsonText)]
    return try await keepingConfig(in: files) { try await program.check(arguments) }
  }

  func discover() async throws -> [AirbyteStream] {
    try validate()
    let files = try PrivateFolder(environment: runtime.environment)
    let arguments = ["discover", "--config", try files.write("config.json", JSONValue.object(config).jsonText)]
    return try await keepingConfig(in: files) { try await program.discover(arguments) }
  }

  func read(_ request: ReadRequest, to output: SourceOutput) async throws {
    try validate()
    let files = try PrivateFolder(environment: runtime.environment)
    let catalog: JSONValue = ["streams": .array(request.streams.map(\.json))]
    var arguments = [
      "read", "--config", try files.write("config.json", JSONValue.object(config).jsonText), "--catalog",
      try files.write("catalog.json", catalog.jsonText),
    ]
    let state = Self.state(request.state, for: request.streams)
    if !state.isEmpty { arguments += ["--state", try files.write("state.json", JSONValue.array(state.entries).jsonText)] }
    let call = call.with(arguments)
    try await keepingConfig(in: files) {
      try await ProcessReading(call, request, output: output, runtime: runtime, updates: updates).run()
    }
  }

  /// The state for the streams that are read incrementally.
  private static func state(_ given: SourceState, for streams: [ConfiguredStream]) -> SourceState {
    let incremental = Set(streams.filter { $0.syncMode == .incremental }.map(\.descriptor))
    var state = given
    state.streams = state.streams.filter { incremental.contains($0.key) }
    if incremental.isEmpty {
      state.shared = nil
      state.foreign = nil
    }
    if let legacy = ProcessReading.legacy(in: state.shared) {
      state.shared = nil
      state.foreign = legacy
    }
    return state
  }

  private var program: ProtocolProgram { ProtocolProgram(call, runtime) }

  private func validate() throws {
    guard let specification = known?["connectionSpecification"]?.object else { return }
    try Spec.validate(config, against: specification)
  }

  /// Runs `body`, and keeps a config that the program rewrote.
  private func keepingConfig<Result>(in files: PrivateFolder, _ body: () async throws -> Result) async throws -> Result {
    let result = try await body()
    if let updates, let text = files.text(of: "config.json"), let now = try? JSONValue(parsing: text).object, now != config {
      if let specification = known?["connectionSpecification"] { runtime.secrets.hide(secretsOf: now, spec: specification) }
      await updates.configChanged(now)
    }
    return result
  }
}
