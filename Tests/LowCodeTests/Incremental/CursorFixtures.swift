import AirbyteProtocol
import Foundation
import JSON
import OrderedCollections

@testable import Components
@testable import ConnectorModel
@testable import Manifest

/// What the tests of cursors and routers share: manifest nodes from JSON, a world whose clock stands still, and the recorded
/// answers.
enum CursorFixtures {
  /// 2025-03-01T12:00:00.123456Z.
  static let now: Int64 = 1_740_830_400_123_456
  static let config: JSONObject = ["start": "2025-01-01", "lookback": "P2D", "none": ""]

  static func context(
    stream: String = "items", state: JSONObject? = nil, config: JSONObject = config, log: RecordingLog = RecordingLog(),
    components: [any Component.Type] = [], now: @escaping @Sendable () -> Int64 = { CursorFixtures.now }
  ) -> BuildScope {
    let runtime = RuntimeEnvironment(
      now: now, sleep: { _ in }, random: { 0.5 }, transport: NoTransport(), log: log)
    let all: [any Component.Type] =
      [
        DatetimeBasedCursor.self, IncrementingCountCursor.self, LegacyToPerPartitionStateMigration.self, ListPartitionRouter.self,
        SubstreamPartitionRouter.self, ParentStreamConfig.self, GroupingPartitionRouter.self, UnionPartitionRouter.self,
        RequestOption.self,
      ] + components
    return BuildScope(
      config: config, runtime: runtime, registry: ComponentRegistry(all, rules: CompositionRules(CompositionRules.reading))
    )
    .entering(StreamScope(name: stream, state: state))
  }

  static func node(_ value: JSONValue) -> ManifestNode {
    switch value {
    case .null: ManifestNode(.null)
    case .bool(let flag): ManifestNode(.bool(flag))
    case .int(let number): ManifestNode(.int(number))
    case .double(let number): ManifestNode(.double(number))
    case .number(let digits): ManifestNode(.number(digits))
    case .string(let text): ManifestNode(.string(text))
    case .array(let elements): ManifestNode(.sequence(elements.map(node)))
    case .object(let object): ManifestNode(.mapping(OrderedDictionary(uniqueKeysWithValues: object.map { ($0, node($1)) })))
    }
  }

  static func cases(_ file: String) throws -> [JSONValue] {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    return try JSONValue(parsing: Data(contentsOf: folder.appendingPathComponent(file))).array ?? []
  }

  static func cursor(_ definition: JSONValue, state: JSONObject, log: RecordingLog = RecordingLog()) throws -> any Cursor {
    let context = context(state: state, log: log)
    let sync: any IncrementalSync = try context.build(node(definition))
    return try StreamCursor.make(incrementalSync: sync, router: nil, in: context)
  }

  /// The first slices of a cursor; a cursor may have thousands.
  static func slices(_ cursor: any Cursor, limit: Int = 2_000) async throws -> [StreamSlice] {
    struct Enough: Error {}
    var slices: [StreamSlice] = []
    do {
      try await cursor.slices { slice in
        slices.append(slice)
        if slices.count == limit { throw Enough() }
      }
    } catch is Enough {}
    return slices
  }

  /// Infinity, as the recorded answers write it.
  static func plain(_ object: JSONObject) -> JSONValue {
    .object(object.mapValues { $0 == .double(.infinity) ? "Infinity" : $0 })
  }

  /// A record as a page has it.
  static func record(_ object: JSONObject) throws -> Record {
    Record(try JSONDocument(parsing: JSONValue.object(object).jsonText).root)
  }
}

final class RecordingLog: Log, RunEvents, @unchecked Sendable {
  private let lock = NSLock()
  private var all: [String] = []
  var lines: [String] { lock.withLock { all } }

  func log(_ level: LogLevel, _ message: @autoclosure () -> String) {
    let line = "\(level.rawValue) \(message())"
    lock.withLock { all.append(line) }
  }
}

struct NoTransport: Transport {
  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    throw TransportError(.other, "There is no network in this test.")
  }
}
