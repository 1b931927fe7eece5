import AirbyteProtocol
import Bytes
import Concurrency
import ConnectorModel
import JSON
import Manifest
import Secrets
import Synchronization

/// The Python components of a run: one process, which is started when the first of them is to be built.
package final class PythonComponents: Sendable {
  /// How the run was called.
  package struct Settings: Sendable {
    package var code: ComponentCode
    /// What `--python` names.
    package var interpreter: String?
    /// The folder of the manifest, where a virtual environment may be.
    package var folder: String?

    package init(_ code: ComponentCode, interpreter: String? = nil, folder: String? = nil) {
      self.code = code
      self.interpreter = interpreter
      self.folder = folder
    }
  }

  /// What runs the components.
  package struct Description: Sendable {
    package let interpreter: PythonInterpreter
    /// The version of the language, as in `3.11.7`.
    package let version: String
    /// The version of airbyte-cdk.
    package let reference: String
  }

  /// What became of a custom component.
  package struct Finding: Sendable {
    package let node: ManifestNode
    /// Why it cannot be built; nil if it was.
    package let error: ConnectorError?
    /// Whether its own code failed, which a different config may change.
    package let isOfItsCode: Bool

    package var className: String { HostSubject(node).className }
  }

  private struct State {
    var description: Description?
    var lastIdentifier = 0
    /// What became of the components.
    var outcomes: [ComponentKey: Result<HostedComponent, ConnectorError>] = [:]
    /// Those whose own code failed.
    var failedCode: Set<ComponentKey> = []
    var host: ComponentHost?
    /// The config that the host was given last.
    var given: JSONObject?
    /// Why there is no host; it is not tried twice.
    var refusal: StartFailure?
  }

  private let settings: Settings
  private let runtime: RuntimeEnvironment
  private let updates: (any ConfigUpdating)?
  private let state = Mutex(State())
  /// One build at a time.
  private let turnstile = AsyncMutex()

  package init(_ settings: Settings, runtime: RuntimeEnvironment, updates: (any ConfigUpdating)? = nil) {
    self.settings = settings
    self.runtime = runtime
    self.updates = updates
  }

  /// What became of the component at a place.
  /// - Parameter surroundings: the name of the stream that it is built for, or of the requests.
  /// - Throws: ``ConnectorError`` where it could not be built.
  func hosted(_ node: ManifestNode, in surroundings: String) throws -> HostedComponent {
    let key = ComponentKey(node, in: surroundings)
    // One at the same place is better than none.
    let outcome = state.withLock { state in state.outcomes[key] ?? state.outcomes.first { $0.key.path == key.path }?.value }
    guard let outcome else { throw ConnectorError.custom(node) }
    return try outcome.get()
  }

  /// Builds the custom components in parts of a manifest.
  /// - Parameters:
  ///   - config: the config that they get, one for all, which they may change.
  ///   - isElsewhere: whether a class is made elsewhere.
  /// - Returns: the config afterwards, where a component has changed it.
  /// - Throws: `CancellationError`. Why a component cannot be built is its own matter: see ``hosted(_:in:)``.
  package func prepare(
    _ nodes: [ManifestNode], config: JSONObject, manifest: ManifestNode?, except isElsewhere: @escaping (String) -> Bool
  ) async throws -> JSONObject? {
    let wanted = BuildPlan(nodes, except: isElsewhere).components
    guard !wanted.isEmpty else { return nil }
    try await turnstile.wait(for: ())
    defer { turnstile.signal(()) }
    let new = state.withLock { state in wanted.filter { state.outcomes[$0.key] == nil } }
    do {
      if let first = new.first {
        let host = try await host(config: config, manifest: manifest, for: first)
        // What components have changed in the config that they were given stays.
        if state.withLock({ $0.given }) != config {
          try await host.configure(config, for: HostSubject(first.node))
          state.withLock { $0.given = config }
        }
        try await build(new, on: host)
      }
    } catch let error where !(error is CancellationError) {
      state.withLock { state in
        for planned in new { state.outcomes[planned.key] = .failure(Self.error(error, for: planned.node)) }
      }
    }
    let (given, settled) = state.withLock { ($0.given, $0.host?.currentConfig) }
    return given == config && settled != config ? settled : nil
  }

  /// What runs the components; nil as long as nothing does.
  package var description: Description? { state.withLock { $0.description } }

  /// Builds the custom components in parts of a manifest, and says what became of each.
  /// - Parameter isElsewhere: whether a class is made elsewhere: then it is not among them.
  /// - Throws: `CancellationError`.
  package func examine(
    _ nodes: [ManifestNode], config: JSONObject, manifest: ManifestNode?, except isElsewhere: @escaping (String) -> Bool
  ) async throws -> [Finding] {
    _ = try await prepare(nodes, config: config, manifest: manifest, except: isElsewhere)
    return BuildPlan(nodes, except: isElsewhere).components.map { planned in
      do {
        _ = try hosted(planned.node, in: planned.surroundings)
        return Finding(node: planned.node, error: nil, isOfItsCode: false)
      } catch {
        let isOfItsCode = state.withLock { $0.failedCode.contains(planned.key) }
        return Finding(node: planned.node, error: ConnectorError(wrapping: error), isOfItsCode: isOfItsCode)
      }
    }
  }

  /// The names of the arguments that the classes of components take, by their class names. Empty if nothing runs yet.
  /// - Throws: ``ConnectorError`` if the process has ended, `CancellationError`.
  package func arguments(of nodes: [ManifestNode]) async throws -> [String: Set<String>] {
    guard let first = nodes.first, let host = state.withLock({ $0.host }) else { return [:] }
    let names = Set(nodes.compactMap { $0["class_name"]?.string }).sorted()
    let subject = HostSubject(first)
    let reply = try await host.call(subject, "check", ["classes": .array(names.map { .string($0) })]).checked(subject)
    var arguments: [String: Set<String>] = [:]
    for described in reply["classes"]?.array ?? [] {
      if let name = described["name"]?.string, let hints = described["hints"]?.object { arguments[name] = Set(hints.keys) }
    }
    return arguments
  }

  /// The custom components in parts of a manifest whose classes are made elsewhere.
  package static func others(in nodes: [ManifestNode], _ isElsewhere: @escaping (String) -> Bool) -> [Finding] {
    BuildPlan(nodes, except: isElsewhere).others.map { Finding(node: $0, error: nil, isOfItsCode: false) }
  }

  private static func error(_ error: any Error, for node: ManifestNode) -> ConnectorError {
    if let failure = error as? StartFailure { return failure.error(for: node) }
    var error = ConnectorError(wrapping: error)
    error.isUnsupported = true
    return error
  }

  private func build(_ components: [PlannedComponent], on host: ComponentHost) async throws {
    let first = state.withLock { state in
      defer { state.lastIdentifier += components.count }
      return state.lastIdentifier + 1
    }
    let items = components.enumerated().map { place, planned in
      var item: JSONObject = [
        "id": .int(first + place), "role": .string(planned.role), "definition": planned.node.value,
        "kwargs": .object(planned.arguments), "stream_name": .string(planned.surroundings),
      ]
      if let decoder = planned.decoder { item["decoder"] = .string(decoder) }
      return JSONValue.object(item)
    }
    let subject = HostSubject(components[0].node)
    let reply = try await host.call(subject, "build", ["items": .array(items)]).checked(subject)
    var answers: [Int: JSONValue] = [:]
    for answer in reply["items"]?.array ?? [] {
      if case .int(let identifier)? = answer["id"] { answers[identifier] = answer }
    }
    state.withLock { state in
      for (place, planned) in components.enumerated() {
        let subject = HostSubject(planned.node)
        let outcome: Result<HostedComponent, ConnectorError>
        switch answers[first + place] {
        case let answer? where answer["ok"] == .bool(true):
          outcome = .success(
            HostedComponent(identifier: first + place, subject: subject, flags: answer["flags"]?.object ?? [:], host: host))
        case let answer:
          let failure = HostError(answer?["error"]?.object ?? ["message": .string("the host did not build it")])
          var error = failure.connectorError(subject)
          error.isUnsupported = true
          if failure.kind == .exception { state.failedCode.insert(planned.key) }
          outcome = .failure(error)
        }
        state.outcomes[planned.key] = outcome
      }
    }
  }

  // MARK: The process

  private func host(config: JSONObject, manifest: ManifestNode?, for first: PlannedComponent) async throws -> ComponentHost {
    let (host, refusal) = state.withLock { ($0.host, $0.refusal) }
    if let host { return host }
    if let refusal { throw refusal }
    do {
      let host = try await start(config: config, manifest: manifest, HostSubject(first.node))
      state.withLock { state in (state.host, state.given) = (host, config) }
      return host
    } catch let failure as StartFailure {
      state.withLock { $0.refusal = failure }
      throw failure
    }
  }

  private func start(config: JSONObject, manifest: ManifestNode?, _ subject: HostSubject) async throws -> ComponentHost {
    guard settings.code.isTrusted || ComponentCode.isPermitted(runtime.environment) else { throw StartFailure.notPermitted }
    let python: PythonInterpreter
    let program = settings.code.hostProgram
    do throws(PythonInterpreter.NotFound) {
      python =
        if let program { PythonInterpreter(path: program, reason: "`--components-path` names it") } else {
          try PythonInterpreter.find(option: settings.interpreter, environment: runtime.environment, beside: settings.folder)
        }
    } catch { throw StartFailure.noPython(error) }
    let (log, secrets) = (runtime.log, runtime.secrets)
    let connection: HostConnection
    let unpacked: TemporaryFolder?
    do {
      unpacked = try settings.code.unpacked(runtime.environment)
      let process = try HostProcess(
        python.path, program == nil ? ["-c", HostScript.bootstrap] : [], environment: runtime.environment,
        output: { line in log.log(line.isError ? .warn : .info, line.text) })
      if program == nil { process.send(raw: HostScript.bytes) }
      connection = try HostConnection(
        process, name: program == nil ? "The Python process of the components" : "The host \(python.path)",
        sink: .init(log: log, hide: { secrets.hide($0) }))
    } catch { throw StartFailure.notStarted(python, "\(error)") }
    var fields: JSONObject = [
      "protocol": .int(1), "config": .object(config), "components": settings.code.description(unpacked),
      "log_level": .string(runtime.log.isDebugging ? "DEBUG" : "INFO"),
    ]
    // What belongs to all streams.
    if let budget = manifest?["api_budget"], !budget.isNull { fields["manifest"] = .object(["api_budget": budget.value]) }
    let reply: HostReply
    do { reply = try await connection.call(subject, "hello", fields) } catch let error as ConnectorError {
      throw StartFailure.notStarted(python, error.message.lowercasedFirst)
    }
    if program == nil {
      guard let version = reply["cdk"]?.string else {
        throw reply.error.map { StartFailure.refused(python, $0) } ?? StartFailure.noReference(python)
      }
      // With another version, the code can often not be imported either.
      guard version.split(separator: ".").first == "7" else { throw StartFailure.otherReference(python, version) }
      state.withLock { state in
        state.description = Description(interpreter: python, version: reply["python"]?.string ?? "", reference: version)
      }
    }
    if let error = reply.error { throw StartFailure.refused(python, error) }
    return ComponentHost(connection, code: unpacked, config: config, updates: updates, events: runtime.events, log: log)
  }
}

extension ComponentCode {
  /// The files that Python needs in a folder; nil if there are none.
  fileprivate func unpacked(_ environment: [String: String]) throws(FileError) -> TemporaryFolder? {
    for case .files(let files) in places { return try TemporaryFolder(files, environment: environment) }
    return nil
  }

  /// The code as the protocol names it.
  fileprivate func description(_ unpacked: TemporaryFolder?) -> JSONValue {
    var description: JSONObject = [:]
    for place in places {
      switch place {
      case .file(let path): description["path"] = .string(path)
      case .folder(let path): description["folder"] = .string(path)
      case .text(let text, let name):
        description["text"] = .string(text)
        description["name"] = .string(name)
      case .files:
        description["folder"] = unpacked.map { .string($0.path) }
        // The host removes it at its end, also where this process was killed.
        description["temporary"] = true
      }
    }
    return .object(description)
  }
}
