import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest
import PythonTime
import Traffic

/// A test: what a command is run with, and what is expected of it.
package struct TestCase: Sendable {
  package let name: String
  /// Why it is left out; nil if it is not.
  let skipReason: String?
  let command: ConnectorRun.Command
  /// The configs that are laid over each other: of the defaults, and of the test.
  let configs: [ManifestNode]
  let state: ManifestNode?
  let selection: StreamSelection
  let limit: Int?
  /// What the clock shows, in microseconds since the epoch; nil for what it usually shows.
  let now: Int64?
  let traffic: ManifestNode?
  /// Nil if nothing is said of it.
  let expectation: ManifestNode?
  let node: ManifestNode

  /// - Throws: ``ManifestError`` with the place of what cannot be used.
  init(_ node: ManifestNode, _ defaults: TestDefaults) throws {
    self.node = node
    name = node["name"]?.string ?? ""
    skipReason = node["skip"]?.string
    command = node["command"]?.string.flatMap { ConnectorRun.Command(rawValue: $0) } ?? .read
    configs = [defaults.config, node["config"]].compactMap { $0 }
    state = node["state"]
    selection = StreamSelection(
      names: node["streams"]?.sequence?.compactMap(\.string) ?? [], isFullRefresh: node["full_refresh"]?.bool ?? false)
    limit = node["limit"]?.int
    now = try (node["now"] ?? defaults.now).map(Self.time)
    traffic = node["traffic"] ?? defaults.traffic
    expectation = node["expect"].flatMap { $0.isNull ? nil : $0 }
  }

  private static func time(_ node: ManifestNode) throws -> Int64 {
    guard let moment = try? PyDateTime.isoParse(node.string ?? "") else {
      throw ManifestError(
        Diagnostic(
          .error, rule: "tests", "`now` should be a time in the form of ISO 8601, as in \"2025-01-01T00:00:00Z\"", at: node.mark,
          failureType: .config))
    }
    return Int64(moment.inUTC.epochMicroseconds)
  }

  /// The command with its input.
  /// - Throws: ``ConnectorError`` if a file that the test names cannot be used.
  func run(in connector: TestedConnector) throws -> ConnectorRun {
    var run = ConnectorRun(command: command)
    for config in configs { run.config.merge(try TestInput.config(config, in: connector)) { $1 } }
    run.makesConfigUp = configs.isEmpty
    if let state, !selection.isFullRefresh { run.states = try TestInput.states(state, in: connector) }
    run.streams = .selected(selection)
    run.limit = limit
    return run
  }

  /// What answers the requests.
  func traffic(in connector: TestedConnector) -> TestTraffic {
    guard let traffic else { return .nothing }
    let isMock = traffic.string != nil
    if traffic.sequence != nil { return .stubs(files: [], expectations: traffic) }
    if let replay = traffic["replay"]?.string { return .replay(connector.path(replay)) }
    let files = traffic["files"]?.sequence?.compactMap(\.string) ?? []
    let expectations = traffic["expectations"]
    if isMock || files.isEmpty && expectations == nil {
      let mock = traffic["mock"]
      return .mock(
        ManifestAPIOptions(
          seed: mock?["seed"]?.int, pages: mock?["pages"]?.int, records: mock?["records"]?.int,
          knowsCredentials: !configs.isEmpty))
    }
    return .stubs(files: files.map(connector.path), expectations: expectations)
  }
}
