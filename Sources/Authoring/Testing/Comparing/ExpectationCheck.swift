import JSON
import Manifest
import Secrets
import Traffic

/// Compares what a run did with what a test expects of it.
struct ExpectationCheck {
  let test: TestCase
  let run: ObservedRun
  /// The primary keys of streams, by which records are recognised.
  let keys: StreamKeys
  private(set) var verdict = Verdict()

  init(_ test: TestCase, _ run: ObservedRun, keys: StreamKeys) {
    self.test = test
    self.run = run
    self.keys = keys
    checkUnknownRequests()
    guard let expectation = test.expectation else {
      checkErrors(nil)
      if test.command == .check { checkStatus(nil) }
      // What is empty is filled.
      let seen = JSONValue.object(seen)
      verdict.revise(test.node["expect"].map { .replace($0, seen) } ?? .add(to: test.node, key: "expect", seen))
      return
    }
    // First what explains the rest.
    checkErrors(expectation["errors"])
    if let requests = expectation["requests"] { checkRequests(requests) }
    for (stream, node) in expectation["records"]?.entries ?? [] { checkRecords(of: stream, node) }
    for (stream, node) in expectation["state"]?.entries ?? [] { checkState(of: stream, node) }
    if test.command == .check { checkStatus(expectation["status"]) }
    if let message = expectation["message"] { checkMessage(message) }
    if let catalog = expectation["catalog"] { checkCatalog(catalog) }
    if let spec = expectation["spec"] { checkSpec(spec) }
    if let messages = expectation["messages"] { checkMessages(messages) }
    for line in expectation["logs"]?.sequence ?? [] { checkLog(line) }
    if let waited = expectation["waited"] { checkWait(waited) }
  }

  /// So many differences of a kind are shown: nobody reads more.
  private static let mostShown = 10

  private func shown(_ lines: [String]) -> [String] {
    let lines = lines.map { run.mask.masked($0) }
    return lines.count > Self.mostShown ? lines.prefix(Self.mostShown) + ["and \(lines.count - Self.mostShown) more"] : lines
  }

  private func shown(_ value: JSONValue) -> String { run.mask.masked(ValueDifference.shown(value)) }

  // MARK: Requests

  private mutating func checkUnknownRequests() {
    let unknown = run.requests.filter(\.isUnknown).map { "\($0.request.method) \($0.request.url)" }
    guard !unknown.isEmpty else { return }
    let what = unknown.count == 1 ? "A request has no answer" : "\(unknown.count) requests have no answer"
    verdict.fail("\(what) in the test's traffic", at: test.traffic, shown(unknown))
  }

  private mutating func checkRequests(_ node: ManifestNode) {
    if let count = node["count"], count.int != run.requests.count {
      verdict.fail(
        "\(count.int ?? 0) requests are expected, but \(run.requests.count) were made", at: count,
        shown(run.requests.map(\.line)), .replace(count, .int(run.requests.count)))
    }
    let isOrdered = node["exact_order"]?.bool ?? false
    if let all = node.sequence != nil ? node : node["all"] { checkRequests(all, .init(isOrdered: isOrdered)) }
    if let some = node["contain"] { checkRequests(some, .init(isOrdered: isOrdered, allowsMore: true)) }
  }

  private mutating func checkRequests(_ node: ManifestNode, _ rules: ListComparison.Rules) {
    let nodes = node.sequence ?? []
    let expected = nodes.map { ExpectedRequest($0) }
    let comparison = ListComparison(
      expected: expected.count, actual: run.requests.count, rules,
      differences: { expected[$0].differences(run.requests[$1]) },
      isAlike: { expected[$0].isAlike(run.requests[$1]) || $2.count <= 1 })
    guard !comparison.isFulfilled else { return }
    var lines: [String] = []
    for pair in comparison.pairs {
      lines.append("\(run.requests[pair.actual].line)")
      lines += pair.differences.map { "  \($0)" }
    }
    lines += comparison.missing.map { "not made: \(shown(nodes[$0].value))" }
    lines += comparison.unexpected.map { "not expected: \(run.requests[$0].line)" }
    let revised = comparison.revised(nodes.map(\.value)) { number, _ in
      run.requests[number].expectation(hiding: run.mask)
    }
    verdict.fail(
      "The requests are not those that are expected: \(comparison.matches.count) of \(expected.count) were made", at: node,
      shown(lines), .replace(node, .array(revised)))
  }

  // MARK: Records and states

  private mutating func checkRecords(of stream: String, _ node: ManifestNode) {
    let records = run.records[stream] ?? []
    if let count = node["count"], count.int != records.count {
      verdict.fail(
        "\(count.int ?? 0) records of \(stream) are expected, but \(records.count) came", at: count, [],
        .replace(count, .int(records.count)))
    }
    let isOrdered = node["exact_order"]?.bool ?? false
    if let all = node.sequence != nil ? node : node["all"] {
      checkRecords(records, of: stream, all, .init(isOrdered: isOrdered), ValueComparison())
    }
    if let some = node["contain"] {
      checkRecords(
        records, of: stream, some, .init(isOrdered: isOrdered, allowsMore: true), ValueComparison(allowsMore: true))
    }
  }

  private mutating func checkRecords(
    _ records: [JSONValue], of stream: String, _ node: ManifestNode, _ rules: ListComparison.Rules, _ values: ValueComparison
  ) {
    let expected = node.sequence?.map(\.value) ?? []
    let key = keys.key(of: stream)
    let comparison = ListComparison(
      expected: expected.count, actual: records.count, rules,
      differences: { values.differences(expected[$0], records[$1]).map(\.sentence) },
      isAlike: { number, other, differences in
        if let key { return key.isSame(expected[number], records[other]) }
        return differences.count < max(expected[number].count, 2)
      })
    guard !comparison.isFulfilled else { return }
    var lines: [String] = []
    for pair in comparison.pairs {
      lines.append("record \(key?.text(of: records[pair.actual]) ?? "number \(pair.actual + 1)")")
      lines += pair.differences.map { "  \($0)" }
    }
    lines += comparison.missing.map { "did not come: \(shown(expected[$0]))" }
    lines += comparison.unexpected.map { "not expected: \(shown(records[$0]))" }
    verdict.fail(
      "The records of \(stream) are not those that are expected: \(comparison.matches.count) of \(expected.count) came", at: node,
      shown(lines),
      .replace(
        node,
        .array(
          comparison.revised(expected) { number, wanted in
            guard values.allowsMore, let wanted else { return records[number] }
            return Self.narrowed(records[number], to: wanted)
          })))
  }

  private mutating func checkState(of stream: String, _ node: ManifestNode) {
    guard let state = run.finalStates[stream] else {
      return verdict.fail("The stream \(stream) left no state", at: node)
    }
    let differences = ValueComparison().differences(node.value, .object(state))
    guard !differences.isEmpty else { return }
    verdict.fail(
      "The state of \(stream) is not the one that is expected", at: node, shown(differences.map(\.sentence)),
      .replace(node, .object(state)))
  }

  // MARK: Checks, catalogs, specifications

  private var connectionStatus: JSONValue? { run.messages("CONNECTION_STATUS", "connectionStatus").last }

  /// What the check says, in the words of tests.
  private var status: String {
    switch connectionStatus?["status"]?.string {
    case "SUCCEEDED"?: "succeed"
    case "FAILED"?: "failed"
    default: "exception"
    }
  }

  private mutating func checkStatus(_ node: ManifestNode?) {
    let expected = node?.string ?? "succeed"
    guard status != expected else { return }
    let said = [connectionStatus?["message"]?.string].compactMap { $0 } + run.errors.compactMap { $0["message"]?.string }
    verdict.fail(
      "The check is expected to end with \(expected), but ended with \(status)", at: node ?? test.node, shown(said),
      node.map { .replace($0, .string(status)) })
  }

  private mutating func checkMessage(_ node: ManifestNode) {
    let said = connectionStatus?["message"]?.string ?? ""
    guard !said.contains(node.string ?? "") else { return }
    verdict.fail(
      "The check does not say what is expected", at: node, shown(["expected: \(node.string ?? "")", "came: \(said)"]),
      .replace(node, .string(run.mask.masked(said))))
  }

  private mutating func checkCatalog(_ node: ManifestNode) {
    let listed = run.messages("CATALOG", "catalog").last?["streams"]?.array ?? []
    let catalog = JSONObject(listed.map { ($0["name"]?.string ?? "", $0) }, uniquingKeysWith: { $1 })
    var lines: [String] = []
    var revised = node.value.object ?? [:]
    for (name, expected) in node.value.object ?? [:] {
      guard let stream = catalog[name] else {
        lines.append("not listed: \(name)")
        revised[name] = nil
        continue
      }
      let differences = ValueComparison(allowsMore: true).differences(expected, stream)
      lines += differences.map { "\(name): \($0.sentence)" }
      if !differences.isEmpty { revised[name] = Self.narrowed(stream, to: expected) }
    }
    for name in catalog.keys where node[name] == nil {
      lines.append("not expected: \(name)")
      revised[name] = [:]
    }
    guard !lines.isEmpty else { return }
    verdict.fail("The catalog is not the one that is expected", at: node, shown(lines), .replace(node, .object(revised)))
  }

  private mutating func checkSpec(_ node: ManifestNode) {
    let spec = run.messages("SPEC", "spec").last ?? [:]
    let differences = ValueComparison(allowsMore: true).differences(node.value, spec)
    guard !differences.isEmpty else { return }
    verdict.fail(
      "The specification is not the one that is expected", at: node, shown(differences.map(\.sentence)),
      .replace(node, Self.narrowed(spec, to: node.value)))
  }

  /// What came, with the members alone that were expected.
  private static func narrowed(_ value: JSONValue, to expected: JSONValue) -> JSONValue {
    guard let members = value.object, let wanted = expected.object else { return value }
    return .object(
      JSONObject(
        wanted.compactMap { key, inner in members[key].map { (key, narrowed($0, to: inner)) } }, uniquingKeysWith: { $1 }))
  }

  // MARK: Messages

  private mutating func checkMessages(_ node: ManifestNode) {
    let expected = node.sequence?.map(\.value) ?? []
    let values = ValueComparison(allowsMore: true)
    let comparison = ListComparison(
      expected: expected.count, actual: run.messages.count, .init(isOrdered: true, allowsMore: true),
      differences: { values.differences(expected[$0], run.messages[$1]).map(\.sentence) }, isAlike: { _, _, _ in false })
    guard !comparison.isFulfilled else { return }
    var lines: [String] = []
    for number in comparison.missing {
      lines.append("did not come: \(shown(expected[number]))")
      let alike = run.messages.filter { $0["type"] == expected[number]["type"] }
      let nearest = alike.map { values.differences(expected[number], $0) }.min { $0.count < $1.count }
      if nearest?.isEmpty == true {
        lines.append("  it came earlier than it should")
      } else {
        lines += (nearest ?? []).map { "  the one most like it: \($0.sentence)" }
      }
    }
    verdict.fail("The messages are not those that are expected", at: node, shown(lines))
  }

  private mutating func checkLog(_ node: ManifestNode) {
    let lines = run.messages("LOG", "log").compactMap { $0["message"]?.string }
    guard !lines.contains(where: { $0.contains(node.string ?? "") }) else { return }
    verdict.fail("No line of the log has: \(node.string ?? "")", at: node, shown(lines))
  }

  private mutating func checkErrors(_ node: ManifestNode?) {
    // What ends a read after its streams have failed says nothing of its own.
    let errors = run.errors.filter { $0["internal_message"] != "Some streams failed" }
    if node == nil, test.command == .check, test.expectation?["status"]?.string ?? "succeed" != "succeed" { return }
    let nodes = node?.sequence ?? []
    let comparison = ListComparison(
      expected: nodes.count, actual: errors.count, .init(),
      differences: { Self.differences(nodes[$0], errors[$1]) },
      isAlike: { nodes[$0]["stream"]?.string == errors[$1]["stream_descriptor"]?["name"]?.string || $2.count <= 1 })
    guard !comparison.isFulfilled else { return }
    var lines: [String] = []
    for pair in comparison.pairs {
      lines.append(Self.line(errors[pair.actual]))
      lines += pair.differences.map { "  \($0)" }
    }
    lines += comparison.missing.map { "did not come: \(shown(nodes[$0].value))" }
    lines += comparison.unexpected.map { node == nil ? Self.line(errors[$0]) : "not expected: \(Self.line(errors[$0]))" }
    let revised = comparison.revised(nodes.map(\.value)) { number, _ in seen(errors[number]) }
    verdict.fail(
      node == nil ? "The run reports errors that are not expected" : "The errors are not those that are expected",
      at: node ?? test.node,
      shown(lines), node.map { .replace($0, .array(revised)) })
  }

  private static func differences(_ node: ManifestNode, _ error: JSONValue) -> [String] {
    var found: [String] = []
    func compare(_ what: String, _ wanted: String?, _ given: String?) {
      if let wanted, wanted != given { found.append("\(what): expected \(wanted), came \(given ?? "none")") }
    }
    compare("stream", node["stream"]?.string, error["stream_descriptor"]?["name"]?.string)
    compare("failure_type", node["failure_type"]?.string, error["failure_type"]?.string)
    let said = error["message"]?.string ?? ""
    if let part = node["message"]?.string, !said.contains(part) { found.append("message: expected \(part), came \(said)") }
    return found
  }

  private static func line(_ error: JSONValue) -> String {
    let stream = error["stream_descriptor"]?["name"]?.string.map { "\($0): " } ?? ""
    return "\(stream)\(error["message"]?.string ?? "") (\(error["failure_type"]?.string ?? ""))"
  }

  private func seen(_ error: JSONValue) -> JSONValue {
    var seen: JSONObject = [:]
    if let stream = error["stream_descriptor"]?["name"] { seen["stream"] = stream }
    if let type = error["failure_type"] { seen["failure_type"] = type }
    if let message = error["message"]?.string { seen["message"] = .string(run.mask.masked(message)) }
    return .object(seen)
  }

  private mutating func checkWait(_ node: ManifestNode) {
    let waited = (run.waited * 10).rounded() / 10
    guard abs((node.double ?? 0) - waited) > 0.05 else { return }
    verdict.fail(
      "The run is expected to wait \(node.value.jsonText) s, but waited \(JSONValue.double(waited).jsonText) s", at: node, [],
      .replace(node, waited == waited.rounded() ? .int(Int(waited)) : .double(waited)))
  }

  // MARK: What was seen

  /// What the run did, as an expectation.
  private var seen: JSONObject {
    var seen: JSONObject = [:]
    func add(requests: Bool) {
      if requests, !run.requests.isEmpty {
        seen["requests"] = .array(run.requests.map { $0.expectation(hiding: run.mask) })
      }
    }
    switch test.command {
    case .spec: seen["spec"] = run.messages("SPEC", "spec").last ?? [:]
    case .check:
      seen["status"] = .string(status)
      add(requests: true)
    case .discover:
      let names = run.messages("CATALOG", "catalog").last?["streams"]?.array?.compactMap { $0["name"]?.string } ?? []
      seen["catalog"] = .object(JSONObject(names.map { ($0, [:]) }, uniquingKeysWith: { $1 }))
      add(requests: true)
    case .read:
      add(requests: true)
      let records = run.records
      let read = run.statuses.keys.sorted()
      seen["records"] = .object(JSONObject(read.map { ($0, .array(records[$0] ?? [])) }, uniquingKeysWith: { $1 }))
      let states = run.finalStates.filter { !$0.value.isEmpty && $0.value["__ab_no_cursor_state_message"] == nil }
      if !states.isEmpty {
        seen["state"] = .object(
          JSONObject(states.sorted { $0.key < $1.key }.map { ($0.key, .object($0.value)) }, uniquingKeysWith: { $1 }))
      }
    }
    return seen
  }
}

extension ListComparison {
  /// The list that would have been right: what was expected where it came, what came instead of it, and what else came.
  /// - Parameter actual: gives what came, beside what was expected in its place.
  func revised(_ expected: [JSONValue], _ actual: (Int, JSONValue?) -> JSONValue) -> [JSONValue] {
    let replaced = Dictionary(pairs.map { ($0.expected, $0.actual) }, uniquingKeysWith: { first, _ in first })
    var list: [JSONValue] = []
    for (number, value) in expected.enumerated() {
      if matches[number] != nil { list.append(value) } else if let other = replaced[number] { list.append(actual(other, value)) }
    }
    return list + unexpected.map { actual($0, nil) }
  }
}

extension ObservedRequest {
  /// The request on one line.
  var line: String { "\(request.method) \(request.url)" }

  /// The request as a test would expect it, without secrets.
  func expectation(hiding mask: SecretMask) -> JSONValue {
    let url = mask.masked(request.url)
    guard !request.body.isEmpty else { return .string("\(request.method) \(url)") }
    var expectation: JSONObject = ["method": .string(request.method), "url": .string(url)]
    if !request.form.isEmpty {
      var form: JSONObject = [:]
      for (name, value) in request.form { form[name] = .string(mask.masked(value)) }
      expectation["form"] = .object(form)
    } else {
      let text = mask.masked(request.bodyText)
      expectation["body"] = (try? JSONValue(parsing: text)) ?? .string(text)
    }
    return .object(expectation)
  }
}
