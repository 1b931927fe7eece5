import ConformanceCases
import Foundation
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
        subject.traffic = .replay(path: path, .none)
        let replayed = try await subject.run(command, state: subject.state, on: api)
        #expect(replayed.lines == recorded.lines, "\(command) of \(tested.name)")
        #expect(replayed.exit == recorded.exit)
        #expect(replayed.requests.isEmpty, "\(command) of \(tested.name) asked the API")
      }
    }
  }
}
