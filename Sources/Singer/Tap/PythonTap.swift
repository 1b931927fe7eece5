import AirbyteProtocol
import Bytes
import Concurrency
import ConnectorModel
import Essentials
import Manifest
import Programs
import Secrets

/// A tap in a Python package, which has a virtual environment of its own: made when the tap is first used, kept for all later runs.
struct PythonTap: Sendable, Hashable {
  /// As pip names it.
  var package: String
  /// Nil for the newest one when it is first used.
  var version: String?
  /// The program of the package; nil for the one whose name begins with `tap-`.
  var program: String?
  /// The Python that the environment is made with.
  var python = "python3"

  /// The variable that names the folder of such environments.
  static let variable = "AIRBYTE_LOWCODE_CACHE"

  /// A package as people write it, as in `tap-shop` or `tap-shop==1.2.0`.
  init(package: String, version: String? = nil, program: String? = nil, python: String = "python3") {
    self.package = package
    self.version = version
    self.program = program
    self.python = python
  }

  /// What pip is asked for.
  var requirement: String { version.map { "\(package)==\($0)" } ?? package }

  /// The folder of the environment.
  func folder(_ environment: [String: String]) -> String {
    let name = package.split(separator: "/").last.map { String($0) } ?? package
    let plain = String(name.prefix(60).map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
    // Whatever else tells two taps apart is in the digest.
    let digest = HashFunction.sha256.hash("\(requirement)\n\(python)".utf8).prefix(6).map { byte in
      let text = String(byte, radix: 16)
      return text.count == 1 ? "0" + text : text
    }
    return "\(Self.cache(environment))/taps/\(plain)-\(version ?? "newest")-\(digest.joined())"
  }

  private static func cache(_ environment: [String: String]) -> String {
    func set(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
    if let folder = set(variable) {
      return folder.hasPrefix("/") ? folder : "\(FileManager.default.currentDirectoryPath)/\(folder)"
    }
    if let folder = set("XDG_CACHE_HOME") { return "\(folder)/airbyte-lowcode" }
    return "\(set("HOME") ?? FileManager.default.homeDirectoryForCurrentUser.path)/.cache/airbyte-lowcode"
  }

  /// The path of the tap's program, installed before if it has to be.
  ///
  /// Of several processes that need it at once, one installs and the others wait. What a killed one left is removed by the next.
  /// - Parameter node: where the manifest names the package.
  /// - Throws: ``ConnectorError`` if it cannot be installed, or has no program that is a tap.
  func executable(_ runtime: RuntimeEnvironment, at node: ManifestNode) async throws -> String {
    let folder = folder(runtime.environment)
    if Self.isComplete(folder) { return try executable(in: folder, at: node) }
    let lock: Descriptor
    do {
      try FileManager.default.createDirectory(
        atPath: folder.parentPath, withIntermediateDirectories: true)
      lock = try Descriptor(open("\(folder).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
    } catch {
      throw ConnectorError(
        .config,
        "The folder for the tap \(package), \(folder), cannot be made: \(FileError.reason(of: error))",
        at: node, remedy: "set \(Self.variable) to a folder that can be written to")
    }
    if flock(lock.number, LOCK_EX | LOCK_NB) != 0 {
      runtime.log.log(.info, "Another process is installing the tap \(requirement): waiting for it.")
      await BlockingExecutor.shared.run { while flock(lock.number, LOCK_EX) != 0, errno == EINTR {} }
    }
    // The lock goes with its descriptor.
    defer { withExtendedLifetime(lock) {} }
    if !Self.isComplete(folder) { try await install(in: folder, runtime, at: node) }
    return try executable(in: folder, at: node)
  }

  private static func mark(of folder: String) -> String { "\(folder)/complete" }

  private static func isComplete(_ folder: String) -> Bool { access(mark(of: folder), F_OK) == 0 }

  private func install(in folder: String, _ runtime: RuntimeEnvironment, at node: ManifestNode) async throws {
    runtime.log.log(.info, "Installing the tap \(requirement) into \(folder), once for all later runs …")
    try? FileManager.default.removeItem(atPath: folder)
    try await step(
      [python, "-m", "venv", folder], "\(python) could not make a virtual environment in \(folder)", runtime, at: node,
      remedy: "on Debian and Ubuntu the package python3-venv is needed for it")
    try await step(
      [
        "\(folder)/bin/python", "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--quiet", "--retries", "1",
        requirement,
      ], "The tap \(requirement) could not be installed", runtime, at: node, remedy: nil)
    do {
      let mark = try AtomicFile(path: Self.mark(of: folder), permissions: .usual)
      try mark.write(Array("\(requirement)\n".utf8))
      try mark.putInPlace()
    } catch { throw ConnectorError(.config, "\(folder) cannot be written: \(error)", at: node) }
    runtime.log.log(.info, "The tap \(requirement) is installed.")
  }

  /// The words by which pip says that it did not reach its index.
  private static let unreachable = [
    "Temporary failure in name resolution", "NewConnectionError", "ConnectTimeoutError", "Max retries exceeded",
    "Connection refused",
    "Network is unreachable", "Name or service not known", "nodename nor servname", "ReadTimeoutError", "ProxyError",
  ]

  private func step(
    _ words: [String], _ sentence: String, _ runtime: RuntimeEnvironment, at node: ManifestNode, remedy: Remedy?
  ) async throws {
    var environment = runtime.environment
    // An environment that is active is another one.
    for name in ["VIRTUAL_ENV", "PYTHONHOME", "PYTHONPATH"] { environment[name] = nil }
    let call = ProgramCall(words, environment: environment, limits: .init(silence: 1_800))
    let output: Program.Output
    do { output = try await Program.output(of: call, secrets: runtime.secrets) } catch let error as ConnectorError {
      throw ConnectorError(
        .config, error.message, at: node, internalMessage: error.internalMessage, remedy: error.diagnostic.remedy)
    }
    if output.end.isSuccess { return }
    let said = output.program.lastWords
    guard said.contains(where: { line in Self.unreachable.contains { line.contains($0) } }) else {
      let cause = output.program.error(.config, "\(sentence): pip \(output.end)", remedy: remedy)
      throw ConnectorError(
        .config, words.contains("pip") ? cause.message : output.program.error(.config, "\(sentence): it \(output.end)").message,
        at: node, internalMessage: cause.internalMessage, remedy: remedy)
    }
    throw ConnectorError(
      .transient, "\(sentence), because the index of Python packages cannot be reached", at: node,
      internalMessage: said.joined(separator: "\n"),
      remedy: "try again with a network, or install the tap yourself and name its program as `command`")
  }

  private func executable(in folder: String, at node: ManifestNode) throws -> String {
    let bin = "\(folder)/bin"
    if let program {
      let path = "\(bin)/\(program)"
      if access(path, X_OK) == 0 { return path }
      throw ConnectorError(.config, "The package \(package) has no program `\(program)`", at: node, remedy: Self.advice(in: bin))
    }
    let taps = ((try? FileManager.default.contentsOfDirectory(atPath: bin)) ?? []).filter { $0.hasPrefix("tap-") }.sorted()
    if taps.count == 1 { return "\(bin)/\(taps[0])" }
    if let own = taps.first(where: { package.lowercased() == $0 || package.lowercased().hasSuffix("-" + $0) }) {
      return "\(bin)/\(own)"
    }
    throw ConnectorError(
      .config,
      taps.isEmpty
        ? "The package \(package) has no program whose name begins with `tap-`"
        : "The package \(package) has several taps: \(taps.joined(separator: ", "))",
      at: node, remedy: Self.advice(in: bin))
  }

  private static func advice(in bin: String) -> Remedy {
    let usual = ["python", "pip", "activate", "Activate"]
    let others = ((try? FileManager.default.contentsOfDirectory(atPath: bin)) ?? []).sorted().filter { name in
      !usual.contains { name.hasPrefix($0) }
    }
    return .advice("name one of its programs as `program`: \(others.prefix(20).joined(separator: ", "))")
  }
}
