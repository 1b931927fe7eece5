import LowCode

/// A source in Swift: it counts down, and continues where it stopped.
struct Countdown: StreamedSource {
  static let specification: JSONObject = [
    "type": "object", "required": ["from"], "properties": ["from": ["type": "integer"]],
  ]
  let start: Int

  init(config: JSONObject, runtime: RuntimeEnvironment) throws { start = config["from"]?.int ?? 0 }

  var streams: [any SourceStream] { [Numbers(start: start)] }

  struct Numbers: SourceStream {
    let name = "numbers"
    let schema: JSONObject = ["type": "object", "properties": ["number": ["type": "integer"]]]
    let cursorField: String? = "number"
    let start: Int

    func read(from state: JSONObject?, to output: StreamOutput) async throws {
      let last = state?["number"]?.int ?? start + 1
      for number in (0..<max(last, 0)).reversed() { try await output.record(["number": .int(number)]) }
      try await output.state(["number": 0])
    }
  }
}

/// A program that speaks the protocol, beside a source in Swift.
enum OtherSources {
  static let manifest = """
    type: CombinedSource
    sources:
      - {type: Countdown, name: countdown}
      - type: ProcessSource
        name: greeter
        command:
          - sh
          - "-c"
          - |
            case $0 in
              discover) echo '{"type":"CATALOG","catalog":{"streams":[{"name":"greetings","json_schema":{},"supported_sync_modes":["full_refresh"]}]}}' ;;
              read) echo '{"type":"RECORD","record":{"stream":"greetings","data":{"text":"hello"},"emitted_at":1}}' ;;
            esac
        spec: {connection_specification: {type: object, properties: {}}}
    """

  /// Reads from a state on, and gives what was read and the state after it.
  static func read(from state: ConnectorState) async throws -> (records: [String], state: ConnectorState) {
    var sources = SourceTypes()
    sources.add(Countdown.self)
    let connector = Connector(try Manifest(text: manifest, folder: ".", sources: sources), config: ["from": 2])
    var (records, state) = ([String](), state)
    for try await message in connector.read(from: state) {
      switch message {
      case .record(let record): records.append("\(record.stream) \(JSONValue.object(record.data).jsonText)")
      case .state(let message): state.add(message)
      case .globalState(let whole, _): state.add(whole)
      case .error, .streamStatus, .log, .control: break
      }
    }
    return (records, state)
  }
}
