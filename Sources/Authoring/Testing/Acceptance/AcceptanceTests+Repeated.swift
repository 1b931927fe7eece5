import ConnectorModel
import Engine
import JSON
import Manifest
import Traffic

/// `full_refresh` and `incremental`: reads that follow others.
extension AcceptanceTests {
  mutating func testFullRefresh() async throws {
    let streams = try chosen(await discovered())
    guard !streams.isEmpty else { throw Skipped(reason: "no stream is left to read") }
    let wanted = names(streams)
    let tests = self
    func read() async throws -> ObservedRun {
      try await tests.observe(.read) { $0.streams = .selected(StreamSelection(names: wanted, isFullRefresh: true)) }
    }
    let first = try await read()
    let second = try await read()
    for run in [first, second] where !run.errors.isEmpty {
      return test("two reads", [failure("A read reports errors", said(run))])
    }
    guard !first.records.isEmpty else { return test("two reads", [failure("The first read gives no record at all")]) }
    var found: [TestFailure] = []
    let keys = StreamKeys(connector.manifest)
    for stream in wanted {
      let key = keys.key(of: stream)
      func identity(_ record: JSONValue) -> String { key?.text(of: record) ?? without(record, stream).canonicalText }
      let later = Set((second.records[stream] ?? []).map(identity))
      let lost = (first.records[stream] ?? []).map(identity).filter { !later.contains($0) }
      if !lost.isEmpty {
        found.append(
          failure("Stream \(stream): the second read lacks \(lost.count) records of the first", lost.prefix(10).map { $0 }))
      }
    }
    test("the second read has all records of the first", found)
  }

  /// Streams that are read incrementally, each with its cursor field.
  private func incremental(_ streams: [JSONValue]) -> [(name: String, cursor: [String])] {
    streams.compactMap { stream in
      guard stream["supported_sync_modes"]?.array?.contains("incremental") == true, let name = stream["name"]?.string,
        let cursor = stream["default_cursor_field"]?.array?.compactMap(\.string), !cursor.isEmpty
      else { return nil }
      return (name, cursor)
    }
  }

  /// So many states are read from at least, where there are so many, and not many more: APIs have limits.
  private static let sampledStates = 10

  mutating func testIncremental() async throws {
    let streams = incremental(try chosen(await discovered()))
    guard !streams.isEmpty else { throw Skipped(reason: "no stream can be read incrementally") }
    let wanted = streams.map(\.name)
    let tests = self
    func read(_ states: ByName<JSONObject>) async throws -> ObservedRun {
      try await tests.observe(.read) {
        $0.streams = .selected(StreamSelection(names: wanted))
        $0.states = states
      }
    }
    let first = try await read([:])
    guard first.errors.isEmpty else { return test("two reads", [failure("The first read reports errors", said(first))]) }
    var lacks: [TestFailure] = []
    if first.states.isEmpty { lacks.append(failure("The first read leaves no state")) }
    if first.records.isEmpty { lacks.append(failure("The first read gives no record")) }
    guard lacks.isEmpty else { return test("two reads", lacks) }
    let second = try await read(first.finalStates)
    test(
      "a second read gives nothing from before the state",
      second.errors.isEmpty
        ? earlier(second, than: first.finalStates, streams) : [failure("The second read reports errors", said(second))])
    if entry.node["skip_comprehensive_incremental_tests"]?.bool == true {
      skip("skip_comprehensive_incremental_tests is set", "a read from every state")
    } else {
      try await testEveryState(of: first, streams, read)
    }
    try await testFutureState(streams)
  }

  private mutating func testEveryState(
    of first: ObservedRun, _ streams: [(name: String, cursor: [String])],
    _ read: (ByName<JSONObject>) async throws -> ObservedRun
  ) async throws {
    var states: ByName<JSONObject> = [:]
    var known: NameSet = []
    var points: [ByName<JSONObject>] = []
    for (stream, state) in first.states where known.insert("\(stream) \(JSONValue.object(state).jsonText)") {
      states[stream] = state
      points.append(states)
    }
    let step = max(points.count / Self.sampledStates, 1)
    var found: [TestFailure] = []
    var complaints: [(complaints: RunComplaints, numbers: [Int])] = []
    for (number, states) in points.enumerated() where number % step == 0 {
      let run = try await read(states)
      if !run.errors.isEmpty {
        let said = said(run)
        if let place = complaints.firstIndex(where: { $0.complaints == said }) {
          complaints[place].numbers.append(number + 1)
        } else {
          complaints.append((said, [number + 1]))
        }
      }
      found += earlier(run, than: states, streams)
    }
    found += complaints.map { said, numbers in
      let reads =
        numbers.count == 1
        ? "The read from state \(numbers[0]) reports errors"
        : "The reads from the states \(numbers.map(String.init).joined(separator: ", ")) report the same errors"
      return failure(reads, said)
    }
    test("a read from every state gives nothing from before it", found)
  }

  private func earlier(
    _ run: ObservedRun, than states: ByName<JSONObject>, _ streams: [(name: String, cursor: [String])]
  ) -> [TestFailure] {
    let days = entry.node["threshold_days"]?.double ?? 0
    return streams.compactMap { name, cursor in
      guard let state = states[name] else { return nil }
      let path = entry.node["cursor_paths"]?[name]?.sequence?.map { $0.string ?? $0.value.jsonText }
      let progress = CursorProgress(state, path: cursor, statePath: path)
      let values = (run.records[name] ?? []).compactMap { progress.earlier($0, days: days) }
      guard let least = progress.least, let value = values.first else { return nil }
      return failure(
        "Stream \(name): \(values.count) records lie before the state",
        ["\(cursor.joined(separator: ".")) \(value.jsonText) is before \(least.jsonText)"])
    }
  }

  private mutating func testFutureState(_ streams: [(name: String, cursor: [String])]) async throws {
    let name = "a state in the far future leaves nothing to read"
    let node = entry.node["future_state"]
    if let reason = node?["bypass_reason"]?.string { return skip(reason, name) }
    guard let place = node?["future_state_path"] ?? entry.node["future_state_path"], let path = place.string else { return }
    let states = try TestInput.states(at: connector.path(path), named: place)
    let missing = Set((node?["missing_streams"]?.sequence ?? []).compactMap { $0["name"]?.string })
    let unsaid = streams.map(\.name).filter { states[$0] == nil && !missing.contains($0) }
    var found: [TestFailure] = []
    if isStrict, !unsaid.isEmpty {
      found.append(failure("The future state lacks: \(unsaid.joined(separator: ", "))", at: place))
    }
    let known = states.filter { name, _ in streams.contains { $0.name.sameScalars(as: name) } }
    guard !known.isEmpty else { return test(name, [failure("The future state has none of the streams", at: place)]) }
    let run = try await observe(.read) {
      $0.streams = .selected(StreamSelection(names: known.keys.sorted()))
      $0.states = known
    }
    if !run.errors.isEmpty { found.append(failure("The read reports errors", said(run), at: place)) }
    let records = run.records.filter { !$0.value.isEmpty }
    if !records.isEmpty {
      found.append(
        failure(
          "Records came in spite of a state in the far future",
          records.sorted { $0.key < $1.key }.map {
            "\($0.key): \($0.value.count), such as \(ValueDifference.shown($0.value[0]))"
          },
          at: place))
    }
    if run.states.isEmpty { found.append(failure("The read leaves no state", at: place)) }
    test(name, found)
  }
}
