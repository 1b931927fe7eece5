import ConformanceCases
import ConnectorModel
import Engine
import HTTP
import JSON
import Manifest
import Traffic

/// What a command is run on: the texts of its files, with the API's placeholder address.
struct ReadSubject: Sendable {
  /// For messages of tests.
  let name: String
  var manifest: String
  var config = "{}"
  let catalog: String?
  /// The state that the first read is given.
  var state: String?
  let api: String
  /// The files that the manifest may name.
  var files = ManifestFiles.packaged([:])
  var movesClock = false
  /// What carries the requests.
  var transport = TransportKind.standard
  /// The components that the manifest may name.
  var components = ComponentRegistry.standard
  /// The text of a components.py, for those that are written in Python.
  var pythonComponents: String?
  /// What is done with the traffic; nil for nothing.
  var traffic: TrafficRun.Plan?
  /// What is done with the connector instead of reading its catalog.
  var reading: (@Sendable (Connector, MessageWriter) async throws -> Bool)?

  /// Runs a command against the API, which goes on where the command before left it.
  /// - Parameter state: a state file for reads.
  func run(_ command: Command, state: String?, on api: ScriptedAPI) async throws -> Outcome {
    let isRead = command == .read || command == .resume
    let input = CommandInput(
      command: command, manifest: api.localise(manifest), config: api.localise(config),
      catalog: isRead ? catalog.map(api.localise) : nil, state: isRead ? state.map(api.localise) : nil,
      files: files, sleeps: SleepRecorder(movesClock: movesClock), transport: transport, components: components,
      pythonComponents: pythonComponents.map(api.localise), traffic: traffic, reading: reading)
    _ = api.takeRequests()
    let output = try await pythonComponents == nil ? ConnectorUnderTest.runner.run(input) : PythonUnderTest.run(input)
    return Outcome(
      lines: api.restore(output.text).split(separator: "\n").map(String.init), requests: api.takeRequests(), exit: output.exit,
      sleeps: input.sleeps.seconds)
  }
}

/// The last state of each stream that lines of a read hold.
struct LastStates {
  private var states: [String: JSONValue] = [:]

  /// - Parameter before: a state file, whose states hold for streams of which the lines have none.
  init(_ lines: some Sequence<String> = [String](), before: JSONValue? = nil) {
    for state in before?.array ?? [] { add(state) }
    for line in lines { add(line) }
  }

  /// Takes a line in, if it is a STATE.
  mutating func add(_ line: String) {
    guard line.hasPrefix(#"{"type":"STATE""#), let state = (try? JSONValue(parsing: line))?["state"] else { return }
    add(state)
  }

  private mutating func add(_ state: JSONValue) {
    guard let stream = state["stream"], let name = stream["stream_descriptor"]?["name"]?.string else { return }
    states[name] = ["type": "STREAM", "stream": stream]
  }

  /// A state file.
  var json: JSONValue { .array(states.sorted { $0.key < $1.key }.map(\.value)) }
}
