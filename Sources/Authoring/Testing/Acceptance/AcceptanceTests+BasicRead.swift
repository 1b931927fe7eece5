import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import JSONSchema
import Manifest

/// `basic_read`: one full read, and what its records are like.
extension AcceptanceTests {
  mutating func testBasicRead() async throws {
    if entry.node["validate_schema"]?.bool == false, isStrict {
      test(
        "validate_schema",
        [
          failure(
            "At the strictness level `high`, records have to be checked against their schemas", at: entry.node["validate_schema"])
        ])
    }
    let streams = try chosen(await discovered())
    guard !streams.isEmpty else { throw Skipped(reason: "no stream is left to read") }
    let wanted = names(streams)
    let run = try await observe(.read) { $0.streams = .selected(StreamSelection(names: wanted, isFullRefresh: true)) }
    guard run.errors.isEmpty else {
      return test("the read succeeds", [failure("The read reports errors", said(run))])
    }
    test("the read succeeds", [])
    let records = run.records
    let empty = wanted.filter { records[$0]?.isEmpty ?? true }
    test(
      "every stream has records",
      empty.isEmpty
        ? []
        : [
          failure("No record came of: \(empty.joined(separator: ", ")). Streams that may be empty are listed as `empty_streams`")
        ])
    if entry.node["validate_schema"]?.bool ?? true {
      var found: [TestFailure] = []
      for stream in streams {
        let name = stream["name"]?.string ?? ""
        do {
          let problems = try RecordChecks(stream["json_schema"] ?? [:]).problems(of: records[name] ?? [])
          if let first = problems.first { found.append(failure("Stream \(name): \(first)", Array(problems.dropFirst()))) }
        } catch { found.append(failure("Stream \(name): its schema is not valid: \(error)")) }
      }
      test("records are as their schemas say", found)
    }
    testStatuses(run, wanted)
    testStates(run, wanted)
    if entry.node["validate_data_points"]?.bool == true { testDataPoints(streams, records) }
    try testExpectedRecords(records)
  }

  /// Each stream starts, runs and is complete.
  private mutating func testStatuses(_ run: ObservedRun, _ names: [String]) {
    guard entry.node["validate_stream_statuses"]?.bool ?? true else { return }
    var seen: ByName<[String]> = [:]
    for trace in run.messages("TRACE", "trace") {
      guard let status = trace["stream_status"], let name = status["stream_descriptor"]?["name"]?.string else { continue }
      // A stream that an API throttles says again that it is running.
      if seen[name]?.last != status["status"]?.string { seen[name, default: []].append(status["status"]?.string ?? "") }
    }
    let wrong = names.compactMap { name -> String? in
      let statuses = seen[name] ?? []
      let isRight = statuses == ["STARTED", "RUNNING", "COMPLETE"] || statuses == ["STARTED", "COMPLETE"]
      return isRight ? nil : "\(name): \(statuses.isEmpty ? "none" : statuses.joined(separator: ", "))"
    }
    test(
      "statuses of streams are complete",
      wrong.isEmpty ? [] : [failure("Each stream should be STARTED, RUNNING and COMPLETE", wrong)])
  }

  /// Each stream leaves a state that counts its records.
  private mutating func testStates(_ run: ObservedRun, _ names: [String]) {
    guard entry.node["validate_state_messages"]?.bool ?? true else { return }
    var counts: ByName<Double> = [:]
    for state in run.messages("STATE", "state") {
      guard let name = state["stream"]?["stream_descriptor"]?["name"]?.string else { continue }
      counts[name, default: 0] += state["sourceStats"]?["recordCount"]?.double ?? 0
    }
    let wrong = names.compactMap { name -> String? in
      let count = run.records[name]?.count ?? 0
      guard let counted = counts[name] else { return "\(name): no state" }
      return Int(counted) == count ? nil : "\(name): the states count \(Int(counted)) records, and \(count) came"
    }
    test(
      "states count the records", wrong.isEmpty ? [] : [failure("Each stream should leave states that count its records", wrong)])
  }

  /// Each property of a schema has a value in some record.
  private mutating func testDataPoints(_ streams: [JSONValue], _ records: ByName<[JSONValue]>) {
    let wrong = streams.compactMap { stream -> String? in
      let name = stream["name"]?.string ?? ""
      let missing = (stream["json_schema"]?["properties"]?.object ?? [:]).keys.filter { key in
        !(records[name] ?? []).contains { $0[key].map { !$0.isNull } ?? false }
      }
      return missing.isEmpty ? nil : "\(name): \(missing.joined(separator: ", "))"
    }
    test("every field has a value", wrong.isEmpty ? [] : [failure("Some fields have no value in any record", wrong)])
  }

  private mutating func testExpectedRecords(_ records: ByName<[JSONValue]>) throws {
    guard let node = entry.node["expect_records"] else { return }
    let name = "expected records came"
    guard let place = node["path"], let path = place.string else {
      return skip(node["bypass_reason"]?.string ?? "no `path` is given", name)
    }
    if traffic.isMock { return skip("the records of a mock are made up", name) }
    let isOrdered = node["exact_order"]?.bool ?? entry.node["exact_order"]?.bool ?? false
    var expected: ByName<[JSONValue]> = [:]
    let bytes = try TestInput.bytes(connector.path(path), "file of expected records", place)
    for (number, line) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated()
    where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) {
      guard let record = try? JSONValue(parsing: Array(line)), let stream = record["stream"]?.string, let data = record["data"]
      else {
        throw ConnectorError(
          .config, "Line \(number + 1) of \(connector.path(path)) is not a record: an object with `stream` and `data`", at: place)
      }
      expected[stream, default: []].append(data)
    }
    var found: [TestFailure] = []
    for (stream, wanted) in expected.sorted(by: { $0.key < $1.key }) {
      found += comparison(
        stream, wanted.map { without($0, stream) }, (records[stream] ?? []).map { without($0, stream) }, isOrdered, node)
    }
    test(name, found)
  }

  private func comparison(
    _ stream: String, _ wanted: [JSONValue], _ given: [JSONValue], _ isOrdered: Bool, _ node: ManifestNode
  ) -> [TestFailure] {
    let values = ValueComparison()
    let key = StreamKeys(connector.manifest).key(of: stream)
    let comparison = ListComparison(
      expected: wanted.count, actual: given.count, .init(isOrdered: isOrdered, allowsMore: !isOrdered),
      differences: { values.differences(wanted[$0], given[$1]).map(\.sentence) },
      isAlike: { number, other, differences in
        if let key { return key.isSame(wanted[number], given[other]) }
        return differences.count < max(wanted[number].count / 2, 2)
      })
    guard !comparison.isFulfilled else { return [] }
    var lines: [String] = []
    for pair in comparison.pairs {
      lines.append("record \(key?.text(of: given[pair.actual]) ?? "number \(pair.actual + 1)")")
      lines += pair.differences.map { "  \($0)" }
    }
    lines += comparison.missing.map { "did not come: \(ValueDifference.shown(wanted[$0]))" }
    lines += comparison.unexpected.map { "not expected: \(ValueDifference.shown(given[$0]))" }
    let message = "Stream \(stream): \(comparison.matches.count) of \(wanted.count) expected records came"
    return [failure(message, Self.shown(lines), at: node)]
  }

  /// A record without the fields that are not compared.
  func without(_ record: JSONValue, _ stream: String) -> JSONValue {
    var record = record
    for field in entry.node["ignored_fields"]?[stream]?.sequence ?? [] {
      guard let name = field.string ?? field["name"]?.string else { continue }
      record = Self.removing(name.split(separator: "/").map(String.init)[...], of: record)
    }
    return record
  }

  private static func removing(_ path: ArraySlice<String>, of value: JSONValue) -> JSONValue {
    guard let first = path.first else { return value }
    switch value {
    case .array(let elements): return .array(elements.map { removing(path, of: $0) })
    case .object(var members):
      if path.count == 1 {
        members[first] = nil
      } else if let inner = members[first] {
        members[first] = removing(path.dropFirst(), of: inner)
      }
      return .object(members)
    default: return value
    }
  }
}
