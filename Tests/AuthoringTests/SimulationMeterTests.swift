import ConnectorModel
import Engine
import JSON
import Manifest
import Synchronization
import Testing

@testable import Authoring

/// What a simulation says of how far it is.
@Suite(.timeLimit(.minutes(5))) struct SimulationMeterTests {
  private static func progress(
    _ streams: [String], records: Int, comparesAlternatives: Bool = false
  ) async throws -> [SimulationProgress] {
    let seen = Mutex<[SimulationProgress]>([])
    let meter = SimulationMeter { progress in seen.withLock { $0.append(progress) } }
    var settings = SimulationSettings()
    settings.records = records
    settings.recordsOfStreams = ["users": 640]
    var input = ConnectorInput()
    input.config = try JSONValue(parsing: ShopManifest.config).object ?? [:]
    let simulation = Simulation(
      .text(Array(ShopManifest.text.utf8), name: "manifest.yaml"), input, settings, start: ShopManifest.now, environment: [:],
      meter: meter)
    _ = try await simulation.run(StreamSelection(names: streams), comparesAlternatives: comparesAlternatives)
    return seen.withLock { $0 }
  }

  /// 640 users make as many slices, of one page each.
  @Test func theShareThatIsDoneGrowsToTheWhole() async throws {
    let seen = try await Self.progress(["posts"], records: 640)
    let read = seen.filter { $0.counted == nil }
    #expect(read.count >= 9)
    #expect(read.allSatisfy { $0.streams == 1 && $0.expectedSlices == 640 && $0.runs == 1 && $0.run == 1 })
    let shares = read.compactMap(\.done)
    #expect(shares.count == read.count && shares == shares.sorted())
    #expect(abs((shares.first ?? 0) - 0.1) < 0.01 && (shares.last ?? 0) > 0.9)
    #expect(zip(read, read.dropFirst()).allSatisfy { $0.simulated <= $1.simulated && $0.slices <= $1.slices })
  }

  @Test func furtherRunsAreNumbered() async throws {
    let seen = try await Self.progress(["posts"], records: 640, comparesAlternatives: true).filter { $0.counted == nil }
    #expect(seen.first?.runs == 4)
    #expect(Set(seen.map(\.run)).isSuperset(of: [1, 2, 3]))
  }
}
