import AirbyteProtocol
import ArgumentParser
import Foundation
import JSON
import LowCode

/// One run of a command of the protocol: its surroundings, its input files, and how its failures are told.
struct Session {
  let writer: MessageWriter
  let runtime: RuntimeEnvironment
  private let mask = SecretMask()
  private let options: ManifestOptions

  init(_ options: ManifestOptions) {
    self.options = options
    signal(SIGPIPE, SIG_IGN)
    let environment = ProcessInfo.processInfo.environment
    let now = SystemClock.now
    let writer = MessageWriter(output: DescriptorOutput(descriptor: STDOUT_FILENO), mask: mask, now: now)
    self.writer = writer
    let isDebugging = options.debug || environment["LOG_LEVEL"]?.uppercased() == "DEBUG"
    runtime = RuntimeEnvironment(
      now: now, sleep: { try await Task.sleep(nanoseconds: UInt64(max(0, min($0, 1e9)) * 1e9)) },
      random: { Double.random(in: 0..<1) }, transport: NetworkTransport(environment: environment, mask: mask),
      log: RunLog(writer: writer, mask: mask, isDebugging: isDebugging), environment: environment)
  }

  /// Runs `body`; it returns whether everything went well. Errors become TRACE messages.
  /// - Throws: the exit status, where it is not 0.
  func run(_ body: (Session) async throws -> Bool) async throws {
    do {
      if try await body(self) { return }
    } catch {
      if let error = error as? ManifestError { tell(error.rendered) }
      if error is OutputClosed { tell("error: standard output was closed by its reader; nothing more can be written") }
      writer.report(error)
    }
    throw ExitCode.failure
  }

  /// The manifest and the config, ready to run.
  func connector(
    config path: String?, states: [String: JSONObject] = [:], catalog: [ConfiguredStream] = []
  ) throws -> Connector {
    var input = ConnectorInput()
    input.config = try path.map { try InputFile.object($0, "config") } ?? [:]
    input.states = states
    input.catalog = catalog
    input.folder = folder
    input.updates = ConfigControl(writer: writer, file: path)
    return try Connector.load(manifestSource(input.config), input, mask: mask, runtime: runtime)
  }

  private func tell(_ text: String) { FileHandle.standardError.write(Data((mask.masked(text) + "\n").utf8)) }

  private func manifestSource(_ config: JSONObject) throws -> ManifestSource {
    switch options.manifest {
    case "-"?: return .text(try InputFile.bytes("-"), name: "<stdin>")
    case let path?: return .file(path: path)
    case nil:
      guard let injected = config["__injected_declarative_manifest"] else {
        throw ConnectorError(
          .config,
          "There is no manifest: name one with --manifest, or put one into the config's `__injected_declarative_manifest`.")
      }
      return .injected(injected)
    }
  }

  /// Where files that the manifest names are looked for.
  private var folder: String {
    guard let path = options.manifest, path != "-" else { return "." }
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }

  /// - Throws: ``ConnectorError`` that says what is wrong with the catalog.
  func catalog(at path: String) throws -> [ConfiguredStream] {
    do {
      return try ConfiguredStream.catalog(InputFile.json(path, "catalog"))
    } catch let error as InputShapeError {
      throw ConnectorError(.config, "The catalog \(path) cannot be used: \(error)")
    }
  }

  /// - Throws: ``ConnectorError`` that says what is wrong with the state.
  func states(at path: String) throws -> [String: JSONObject] {
    do {
      return try InputState.streams(InputFile.json(path, "state"))
    } catch let error as InputShapeError {
      throw ConnectorError(.config, "The state \(path) cannot be used: \(error)")
    }
  }
}
