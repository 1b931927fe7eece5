import Essentials
import JSON

/// What a read was like. Its texts have no secrets any more.
package struct ReadReport: Sendable {
  /// How a read ended.
  package enum Outcome: Sendable {
    case complete
    /// Some streams were not read completely.
    case incomplete
    case interrupted
    /// What ended the read, in a sentence.
    case failed(String)

    var word: String {
      switch self {
      case .complete: "complete"
      case .incomplete: "incomplete"
      case .interrupted: "interrupted"
      case .failed: "failed"
      }
    }

    var failure: String? { if case .failed(let sentence) = self { sentence } else { nil } }
  }

  /// A field of records.
  struct Field: Sendable {
    /// The names that lead to it, with `.` between them and `[]` for the elements of a list.
    let path: String
    /// How many values of each type there are, by the types of JSON schema.
    let types: [(name: String, count: Int)]
    /// How many objects could have it.
    let chances: Int
    let nulls: Int
    /// Whether the schema has it; nil where the schema does not list fields.
    let isDeclared: Bool?
    /// The types of values that the schema does not allow.
    let unexpected: [String]
    /// Members of it that are not told apart.
    let others: Int
    /// Whether it stands for the elements of a list.
    let isElement: Bool

    var present: Int { types.reduce(0) { $0 + $1.count } }
    var missing: Int { max(0, chances - present) }
    /// The share of those that lack it, or have null in it.
    var nullShare: Double { chances == 0 ? 0 : Double(nulls + missing) / Double(chances) }
  }

  struct Keys: Sendable {
    let fields: [String]
    /// Records whose key came before.
    var duplicates = 0
    /// Records that lack a part of their key.
    var missing = 0
    var examples: [String] = []
    /// How many different keys were remembered.
    var remembered = 0
    /// Whether there was memory for all of them.
    var isWhole = true
  }

  struct Cursor: Sendable {
    let field: String
    var findings: CursorFindings
    var least: String?
    var greatest: String?
    /// In seconds; nil if there is none of a fixed length.
    var lookback: Double?
    /// Up to where an earlier read came.
    var known: String?

    /// In which order the records of a slice come; nil if they are all the same.
    var order: String? {
      if findings.ascents == 0, findings.descents == 0 { return nil }
      return findings.ascents >= findings.descents ? "ascending" : "descending"
    }

    /// How often a record is out of that order.
    var violations: Int { min(findings.ascents, findings.descents) }
  }

  struct Stream: Sendable {
    let name: String
    var records = 0
    /// Nil for a stream that had not ended.
    var isComplete: Bool?
    var fields: [Field] = []
    /// Declared fields that no record had.
    var neverSeen: [String] = []
    var keys: Keys?
    var cursor: Cursor?
    var traffic = RunReporter.Traffic()
    /// What deserves attention, in sentences.
    var findings: [String] = []

    init(name: String) { self.name = name }

    var undeclared: [String] { fields.filter { $0.isDeclared == false }.map(\.path) }

    var outcome: String { isComplete.map { $0 ? "complete" : "incomplete" } ?? "not ended" }
  }

  struct Wait: Sendable {
    let stream: String
    let reason: String
    let count: Int
    let seconds: Double
  }

  let outcome: Outcome
  /// Microseconds since the epoch.
  let started: Int64
  let ended: Int64
  var failure: String?
  var shares = TimeShares.Seconds()
  /// Seconds of CPU.
  var cpu = 0.0
  var waits: [Wait] = []
  var streams: [Stream] = []
  /// The requests of what is no stream of the read: parents, logins.
  var otherTraffic: [(name: String, traffic: RunReporter.Traffic)] = []

  init(outcome: Outcome, started: Int64, ended: Int64) {
    self.outcome = outcome
    self.started = started
    self.ended = ended
  }

  var seconds: Double { Double(max(0, ended - started)) / 1_000_000 }

  /// The requests of the whole read.
  var traffic: RunReporter.Traffic {
    (streams.map(\.traffic) + otherTraffic.map(\.traffic)).reduce(into: RunReporter.Traffic()) { sum, traffic in
      sum.requests += traffic.requests
      sum.retries += traffic.retries
      sum.failures += traffic.failures
      sum.duration += traffic.duration
      sum.slowest = max(sum.slowest, traffic.slowest)
      sum.statuses.merge(traffic.statuses, uniquingKeysWith: +)
    }
  }

  /// What kept the read from being faster.
  enum Limit: String, Sendable {
    /// Waits that the API, a budget or a retry demanded.
    case waits
    /// The answers of the API.
    case network
    /// The CPU of this machine.
    case cpu
    /// The work between requests, such as the reader of the output.
    case processing

    var sentence: String {
      switch self {
      case .waits: "The read waited most of the time, as the API or a budget of the manifest demands"
      case .network: "The read waited for answers of the API most of the time: more of them at a time could be faster"
      case .cpu: "This machine was the limit: the read used its CPU most of the time"
      case .processing: "Most of the time no request was under way and nothing waited: what takes the output may be slow"
      }
    }
  }

  var limit: Limit {
    if shares.waiting > max(shares.network, shares.processing) { return .waits }
    if cpu > 0.7 * seconds { return .cpu }
    return shares.network >= shares.processing ? .network : .processing
  }

  // MARK: JSON

  /// The report for programs.
  package var json: JSONValue {
    var report: JSONObject = [
      "report_version": 1, "outcome": .string(outcome.word), "started_at": .string(Self.time(started)),
      "ended_at": .string(Self.time(ended)), "seconds": Self.number(seconds),
    ]
    if let failure { report["failure"] = .string(failure) }
    report["records"] = .int(streams.reduce(0) { $0 + $1.records })
    report["limited_by"] = [
      "what": .string(limit.rawValue), "sentence": .string(limit.sentence), "network_seconds": Self.number(shares.network),
      "waiting_seconds": Self.number(shares.waiting), "processing_seconds": Self.number(shares.processing),
      "cpu_seconds": Self.number(cpu),
    ]
    report["requests"] = Self.json(traffic)
    report["waits"] = .array(
      waits.map { wait in
        var object: JSONObject = wait.stream.isEmpty ? [:] : ["stream": .string(wait.stream)]
        object["reason"] = .string(wait.reason)
        object["count"] = .int(wait.count)
        object["seconds"] = Self.number(wait.seconds)
        return .object(object)
      })
    report["streams"] = .array(streams.map(Self.json))
    report["other_requests"] = .array(
      otherTraffic.map { name, traffic in
        .object(JSONObject(uniqueKeysWithValues: [("name", .string(name)), ("requests", Self.json(traffic))]))
      })
    return .object(report)
  }

  private static func json(_ traffic: RunReporter.Traffic) -> JSONValue {
    [
      "total": .int(traffic.requests), "retries": .int(traffic.retries), "without_answer": .int(traffic.failures),
      "statuses": .object(
        JSONObject(
          traffic.statuses.sorted { $0.key < $1.key }.map { (String($0.key), .int($0.value)) }, uniquingKeysWith: { $1 })),
      "mean_seconds": number(traffic.requests == 0 ? 0 : traffic.duration / Double(traffic.requests)),
      "slowest_seconds": number(traffic.slowest),
    ]
  }

  private static func json(_ stream: Stream) -> JSONValue {
    var object: JSONObject = [
      "name": .string(stream.name), "outcome": .string(stream.outcome), "records": .int(stream.records),
      "findings": .array(stream.findings.map { .string($0) }), "requests": json(stream.traffic),
      "fields": .array(stream.fields.map(json)), "undeclared_fields": .array(stream.undeclared.map { .string($0) }),
      "never_seen_fields": .array(stream.neverSeen.map { .string($0) }),
    ]
    if let keys = stream.keys {
      object["primary_key"] = [
        "fields": .array(keys.fields.map { .string($0) }), "duplicates": .int(keys.duplicates), "missing": .int(keys.missing),
        "examples": .array(keys.examples.map { .string($0) }), "keys_remembered": .int(keys.remembered),
        "all_keys_remembered": .bool(keys.isWhole),
      ]
    }
    if let cursor = stream.cursor { object["cursor"] = json(cursor) }
    return .object(object)
  }

  private static func json(_ field: Field) -> JSONValue {
    var object: JSONObject = [
      "path": .string(field.path),
      "types": .object(JSONObject(field.types.map { ($0.name, .int($0.count)) }, uniquingKeysWith: { $1 })),
      "null": .int(field.nulls), "missing": .int(field.missing), "null_share": number(field.nullShare),
    ]
    if let isDeclared = field.isDeclared { object["declared"] = .bool(isDeclared) }
    if !field.unexpected.isEmpty { object["unexpected_types"] = .array(field.unexpected.map { .string($0) }) }
    if field.others > 0 { object["members_not_told_apart"] = .int(field.others) }
    return .object(object)
  }

  private static func json(_ cursor: Cursor) -> JSONValue {
    var object: JSONObject = ["field": .string(cursor.field)]
    if let least = cursor.least { object["least"] = .string(least) }
    if let greatest = cursor.greatest { object["greatest"] = .string(greatest) }
    if let order = cursor.order { object["order"] = .string(order) }
    let findings = cursor.findings
    object["order_violations"] = .int(cursor.violations)
    object["unreadable"] = .int(findings.unreadable)
    object["before_window"] = .int(findings.beforeWindow)
    object["after_window"] = .int(findings.afterWindow)
    if let lookback = cursor.lookback { object["lookback_seconds"] = number(lookback) }
    if let known = cursor.known {
      object["state"] = .string(known)
      object["late"] = .int(findings.late)
      object["late_beyond_lookback"] = .int(findings.beyondLookback)
      object["greatest_lateness_seconds"] = number(findings.greatestLateness)
    }
    return .object(object)
  }

  /// With at most four decimals.
  private static func number(_ value: Double) -> JSONValue { .double((value * 10_000).rounded() / 10_000) }

  static func time(_ microseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(microseconds) / 1_000_000).formatted(.iso8601)
  }
}
