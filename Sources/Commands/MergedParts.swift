import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import JSON
import Secrets
import Sharding
import Traffic

/// The state of a read that was done in parts.
struct MergedParts {
  let folder: PartFolder
  let outputs: [String]
  /// Further states.
  let state: String?
  let requiresAll: Bool

  /// - Parameter path: the file for the state; nil for standard output.
  /// - Throws: ``ConnectorError``, and the exit status where a part is missing that is required.
  func write(to path: String?) throws {
    let division = try folder.division()
    var merge = StateMerge(division)
    for output in try files() {
      let content = try GivenMessages.read(output, "output", of: ["STATE", "TRACE"]) { try merge.add($0, of: output) }
      for entry in content.text?.array ?? content.text.map({ [$0] }) ?? [] {
        try merge.add(state: entry["type"]?.string == "STATE" ? entry["state"] ?? .null : entry, of: output)
      }
      merge.endOutput()
    }
    var result = try merge.merged(reading: { try folder.part($0, of: division) }, in: Self.runtime)
    let further: ByName<JSONObject> = try state.map { try StateCommand.states(at: $0).streams } ?? [:]
    for (name, other) in further {
      guard division.streams.contains(where: { $0.name.sameScalars(as: name) }) else {
        result.states[name] = other
        continue
      }
      guard division.states[name] == other else {
        throw ConnectorError(
          .config,
          "The state of stream `\(name)` in \(state ?? "") is not the one that `shard` divided the read from: give that one, or leave "
            + "--state out")
      }
    }
    for gap in result.gaps { StandardOutput.tell("\(requiresAll ? "error" : "warning"): \(gap.sentence)") }
    if requiresAll, !result.gaps.isEmpty { throw ConnectorError(.config, Self.refusal(result.gaps.count)) }
    try StateCommand.write(NamedStates(result.states, like: []), to: path)
  }

  private static func refusal(_ count: Int) -> String {
    "No state is written, because \(count == 1 ? "a part is" : "\(count) parts are") not there completely: read "
      + "\(count == 1 ? "it" : "them") again, or leave --require-all out"
  }

  private func files() throws -> [String] {
    try outputs.flatMap { output -> [String] in
      guard Folders.isFolder(output) else { return [output] }
      let names = try FileManager.default.contentsOfDirectory(atPath: output).filter { $0.hasSuffix(".jsonl") }.sorted()
      return names.map { "\(output)/\($0)" }
    }
  }

  /// Nothing is read and nothing is said: only states are reckoned with.
  private static var runtime: RuntimeEnvironment {
    RuntimeEnvironment(
      now: SystemClock.now, sleep: { _ in }, random: { 0.5 }, transport: LateTransport(), log: QuietLog(), secrets: NoSecrets())
  }

  private struct QuietLog: Log, RunEvents {
    func log(_ level: LogLevel, _ message: @autoclosure () -> String) {}
    func report(_ error: ConnectorError) {}
  }
}
