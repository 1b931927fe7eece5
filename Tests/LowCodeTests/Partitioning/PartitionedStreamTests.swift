import JSON
import Synchronization
import Testing

@testable import Components
@testable import ConnectorModel

/// The records of a case, by stream: the n-th slice of a stream that is read has the n-th list; after the last it begins anew.
final class ScriptedRecords: Sendable {
  private let records: [String: [JSONValue]]
  private let reads = Mutex<[String: Int]>([:])

  init(_ records: JSONValue?) { self.records = (records?.object ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.array } }

  func next(of stream: String) throws -> [Record] {
    guard let pages = records[stream], !pages.isEmpty else { return [] }
    let place = reads.withLock { reads in
      defer { reads[stream, default: 0] += 1 }
      return reads[stream, default: 0]
    }
    return try (pages[place % pages.count].array ?? []).map { try CursorFixtures.record($0.object ?? [:]) }
  }

  @TaskLocal static var current = ScriptedRecords(nil)
}

/// Carries the manifest's name of a stream without being the one of the library.
enum Scripted {
  /// A stream with everything but requests: its records come from the case.
  struct DeclarativeStream: Component, ParentStream {
    let name: String
    let cursor: any Cursor
    private let records = ScriptedRecords.current

    init(from node: ComponentNode, in scope: BuildScope) throws {
      name = try node.string("name")
      let state = try StateMigrations.migrated(scope.stream.state ?? [:], of: node, in: scope)
      let scope = scope.entering(StreamScope(name: name, state: state))
      let router = try PartitionRouters.make(from: node.required("retriever")["partition_router"], in: scope)
      cursor = try StreamCursor.make(
        incrementalSync: scope.build(optional: node["incremental_sync"]), router: router, in: scope)
    }

    /// Pages of one record, so that what is kept from page to page counts.
    func read(_ slice: StreamSlice, _ body: ([Record]) async throws -> Void) async throws {
      for record in try records.next(of: name) { try await body([record]) }
    }
  }
}

/// Streams with partitions, played against what the reference did: slices, requests, states, in the same order of closing.
@Suite struct PartitionedStreamTests {
  private static let config: JSONObject = [
    "start": "2025-01-01", "lookback": "P2D", "none": "", "teams": ["red", "blue"], "word": "ab",
  ]

  @Test func streamsAreReadAsTheReferenceReadsThem() async throws {
    for recorded in try CursorFixtures.cases("partitions.json") {
      let outcome = try await ScriptedRecords.$current.withValue(ScriptedRecords(recorded["records"])) {
        try await Self.play(recorded)
      }
      if let difference = Self.difference(outcome, recorded) {
        Issue.record("\(recorded["name"]?.string ?? ""): \(difference) — state \(recorded["state"]?.jsonText ?? "")")
      }
    }
  }

  private struct Outcome {
    var slices: [JSONValue] = []
    var events: [JSONValue] = []
    var final: JSONValue?
    var error: (any Error)?
  }

  /// Closes what the recorded events close between one slice and the next.
  private static func play(_ recorded: JSONValue) async throws -> Outcome {
    var outcome = Outcome()
    var events = (recorded["events"]?.array ?? [])[...]
    var open: [StreamSlice] = []
    do {
      let context = CursorFixtures.context(
        state: recorded["state"]?.object, config: config, components: [Scripted.DeclarativeStream.self])
      let stream: any ParentStream = try await context.migratingStates { scope in
        try scope.build(CursorFixtures.node(recorded["stream"] ?? .null))
      }
      func closeUntilNextSlice() throws {
        while let event = events.first, event != "slice", event != "end" {
          events.removeFirst()
          guard let place = event["close"]?.int else {
            outcome.events.append(event)
            continue
          }
          let observer = stream.cursor.observer(for: open[place])
          for value in event["values"]?.array ?? [] { try observer.observe(CursorFixtures.record(["updated_at": value])) }
          let emitted = try stream.cursor.close(open[place], after: observer.finish())
          var played: JSONObject = ["close": .int(place), "values": event["values"] ?? [], "emits": .bool(emitted != nil)]
          let state = try JSONValue.object(stream.cursor.state)
          if event["state"] != nil { played["state"] = state }
          if let emitted { #expect(.object(emitted) == state) }
          outcome.events.append(.object(played))
        }
      }
      try await stream.cursor.slices { slice in
        open.append(slice)
        outcome.slices.append(try await describe(slice, stream.cursor))
        outcome.events.append("slice")
        if events.first == "slice" { events.removeFirst() }
        try closeUntilNextSlice()
      }
      outcome.events.append("end")
      if events.first == "end" { events.removeFirst() }
      try closeUntilNextSlice()
      outcome.final = .object(try stream.cursor.finish())
    } catch {
      outcome.error = error
    }
    return outcome
  }

  private static func describe(_ slice: StreamSlice, _ cursor: any Cursor) async throws -> JSONValue {
    let parts = try await cursor.requestParts(for: slice, token: nil)
    var described: JSONObject = [
      "partition": .object(slice.partition), "cursor_slice": .object(slice.cursorSlice), "extra": .object(slice.extraFields),
    ]
    if !parts.parameters.isEmpty { described["parameters"] = .object(parts.parameters) }
    if !parts.headers.isEmpty { described["headers"] = .object(parts.headers) }
    if parts.bodyData != .object([:]) { described["data"] = parts.bodyData }
    if !parts.bodyJSON.isEmpty { described["json"] = .object(parts.bodyJSON) }
    return .object(described)
  }

  /// The first difference, in words; nil where there is none.
  private static func difference(_ outcome: Outcome, _ recorded: JSONValue) -> String? {
    if recorded["error"] != nil { return outcome.error == nil ? "it should have failed" : nil }
    if let error = outcome.error { return "it failed: \(error)" }
    for (index, expected) in (recorded["slices"]?.array ?? []).enumerated() {
      guard index < outcome.slices.count else { return "slice \(index) is missing: \(expected.jsonText)" }
      if !outcome.slices[index].equals(expected) {
        return "slice \(index)\n  is     \(outcome.slices[index].jsonText)\n  not    \(expected.jsonText)"
      }
    }
    if outcome.slices.count != recorded["slices"]?.count { return "there are more slices: \(outcome.slices.count)" }
    for (index, expected) in (recorded["events"]?.array ?? []).enumerated() {
      guard index < outcome.events.count else { return "event \(index) is missing" }
      if !outcome.events[index].equals(expected) {
        return "event \(index)\n  is     \(outcome.events[index].jsonText)\n  not    \(expected.jsonText)"
      }
    }
    if outcome.final?.equals(recorded["final"] ?? .null) != true {
      return "the final state\n  is     \(outcome.final?.jsonText ?? "")\n  not    \(recorded["final"]?.jsonText ?? "")"
    }
    return nil
  }
}
