import ConformanceCases
import Foundation
import JSON
import Testing

import Traffic

@Suite("Recordings of the conformance cases")
struct ReplayTests {
  @Test("A replay prints the same messages, byte for byte", arguments: ConformanceCase.all.filter { $0.components == nil })
  func replays(_ tested: ConformanceCase) async throws { try await expectReplay(tested) }

  @Test(
    "So does one with components in Python", .enabled(if: PythonUnderTest.path != nil, PythonUnderTest.absence),
    arguments: ConformanceCase.all.filter { $0.components != nil })
  func replaysWithComponents(_ tested: ConformanceCase) async throws { try await expectReplay(tested) }

  /// A message that carries a renewed token for the platform carries its placeholder when it is replayed.
  private static func isSame(_ recorded: String, _ replayed: String) -> Bool {
    guard recorded.hasPrefix(#"{"type":"CONTROL""#) else { return recorded == replayed }
    return TextPattern(replayed).matches(recorded)
  }

  private func expectReplay(_ tested: ConformanceCase) async throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "replay-\(UUID().uuidString).har").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    for command in tested.commands where command != .resume && command != .spec {
      try await ScriptedAPI.serving(tested.subject.api) { api in
        var subject = tested.subject
        var settings = TrafficRecorder.Settings(path: path)
        settings.bodies = .all
        subject.traffic = .record(settings)
        let recorded = try await subject.run(command, state: subject.state, on: api)
        #expect(try tested.differences(of: recorded, command) == [], "\(command) of \(tested.name), recorded")
        // What components in Python ask by themselves is not recorded, and so not replayed.
        let asked = recorded.requests.reduce(0) { $0 + ($1["times"]?.int ?? 1) }
        let entries = try HARFile(path: path).count
        guard tested.components == nil || entries >= asked else { return }
        subject.traffic = .replay(path: path, .none)
        let replayed = try await subject.run(command, state: subject.state, on: api)
        let different = zip(recorded.lines, replayed.lines).first { !Self.isSame($0, $1) }
        let shown = different.map { "\n\($0.0)\nbecame\n\($0.1)" } ?? ": \(recorded.lines.count), \(replayed.lines.count) lines"
        let isSame = different == nil && recorded.lines.count == replayed.lines.count && recorded.exit == replayed.exit
        #expect(isSame, "\(command) of \(tested.name)\(shown)")
        #expect(replayed.requests.isEmpty, "\(command) of \(tested.name) asked the API")
      }
    }
  }
}
