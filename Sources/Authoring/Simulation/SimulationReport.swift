import Essentials
import JSON

/// What a simulation found.
package struct SimulationReport: Sendable {
  /// What a stream cannot be faster than.
  package enum Bound: String, Sendable {
    case callRate = "call rate"
    case concurrency
    case pages = "pages in sequence"
    case parents
    case latency
    /// All of its answers were kept from other streams.
    case kept = "nothing: kept answers"
  }

  package struct Stream: Sendable {
    package var name: String
    package var records: Int
    package var slices: Int
    package var pages: Int
    package var requests: Int
    package var parentRequests: Int
    /// Since the read began, in microseconds.
    package var started: Int64
    package var duration: Int64
    /// How many of its requests were under way on average.
    package var parallelism: Double
    /// How long its requests waited for call rates, all together, in seconds.
    package var throttled: Double
    /// Nil for a stream that could not be read.
    package var bound: Bound?
    package var failure: String?
    /// Whether its records are made by jobs of the API.
    package var isOfJobs = false
  }

  package var streams: [Stream] = []
  /// In microseconds.
  package var duration: Int64 = 0
  package var latency: Int64 = 0
  package var concurrency = 0
  package var logins = 0
  package var budgetPlace: String?
  package var concurrencyPlace: String?
  /// How long it takes with several workers.
  package var parts: [PartsPrediction] = []
  /// How long it would take otherwise, in microseconds.
  package var alternatives: [(words: String, duration: Int64)] = []

  package init() {}

  package var requests: Int { streams.reduce(logins) { $0 + $1.requests + $1.parentRequests } }
  package var records: Int { streams.reduce(0) { $0 + $1.records } }

  /// The stream that ends last, which the whole read waits for.
  var last: Stream? {
    streams.filter { $0.failure == nil }.max { ($0.started + $0.duration, $1.name) < ($1.started + $1.duration, $0.name) }
  }
}

extension SimulationReport.Stream {
  init(_ name: String, _ measure: SimulationState.Measure, begun: Int64, concurrency: Int, isOfJobs: Bool) {
    self.name = name
    self.isOfJobs = isOfJobs
    records = measure.records
    slices = measure.slices
    pages = measure.pages
    requests = measure.requests
    parentRequests = measure.parentRequests
    started = (measure.started ?? begun) - begun
    duration = max(0, (measure.ended ?? begun) - (measure.started ?? begun))
    throttled = measure.throttled
    failure = measure.failure
    let time = Double(max(duration, 1))
    parallelism = Double(measure.busy) / time
    let all = Double(measure.allBusyAtEnd - measure.allBusyAtStart) / time
    let isAsked = requests + parentRequests > 0
    bound = !isAsked ? (pages > 0 ? .kept : nil) : Self.bound(measure, parallelism, all, time, concurrency)
  }

  /// What holds a stream up, by how its time was spent.
  /// - Parameters:
  ///   - own: how many of its requests were under way on average.
  ///   - all: the same for those of all streams.
  private static func bound(
    _ measure: SimulationState.Measure, _ own: Double, _ all: Double, _ time: Double, _ concurrency: Int
  ) -> SimulationReport.Bound {
    let busy = Double(measure.busy + measure.parentBusy) / 1_000_000
    // As much time waiting for leave to ask as for answers.
    if measure.throttled > 0, measure.throttled >= busy / 2 { return .callRate }
    if Double(measure.parentBusy) >= time / 2, own < 1 { return .parents }
    if measure.requests <= 1 { return .latency }
    if measure.slices > 1, Double(measure.slices) > own * 1.5, all >= Double(concurrency) * 0.75 { return .concurrency }
    if measure.pages > measure.slices { return .pages }
    // With places to spare, whoever lists the slices is what is waited for.
    return measure.parentRequests > 0 ? .parents : measure.slices > 1 ? .concurrency : .latency
  }
}

extension SimulationReport {
  /// For people: a line a stream, and what would help.
  package func text(styled: RequestReport.Styling) -> String {
    var rows = [["stream", "records", "slices", "requests", "time", "at a time", "bound by"]]
    for stream in streams {
      rows.append([
        stream.name, Self.number(stream.records), Self.number(stream.slices),
        Self.number(stream.requests) + (stream.parentRequests > 0 ? " + \(Self.number(stream.parentRequests))" : ""),
        Self.time(stream.duration), stream.parallelism.fixed(1), stream.bound?.rawValue ?? "–",
      ])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    var lines = rows.enumerated().map { number, row in
      let line = row.enumerated().map { column, cell in
        let space = String(repeating: " ", count: widths[column] - cell.count)
        let isText = column == 0 || column == row.count - 1
        return isText ? cell + (column == 0 ? space : "") : space + cell
      }.joined(separator: "  ")
      return number == 0 ? styled(line, .faint) : line
    }
    for stream in streams { if let failure = stream.failure { lines.append(styled("\(stream.name): \(failure)", .bad)) } }
    lines.append("")
    let logins = logins == 0 ? "" : ", \(Self.number(logins)) of them \(logins == 1 ? "a login" : "logins")"
    lines.append(
      styled(
        "\(Self.count(records, "record")), \(Self.count(requests, "request"))\(logins), \(Self.time(duration)) "
          + "with \(Self.time(latency)) an answer and \(concurrency) at a time", .strong))
    lines += advice
    let ofJobs = streams.filter { $0.isOfJobs && $0.failure == nil }.map { "`\($0.name)`" }
    if !ofJobs.isEmpty {
      lines.append(
        "\(ofJobs.joined(separator: ", ")): how long a job of the API takes is not known. Here it is done when it is asked about for the "
          + "second time, and its result is one file.")
    }
    lines += alternatives.map { "\(Self.time($0.duration)) \($0.words)" }
    lines += self.lines(of: parts, styled: styled)
    return lines.joined(separator: "\n")
  }

  /// What would make the read faster.
  private var advice: [String] {
    guard let last, let bound = last.bound else { return [] }
    let place: String? =
      switch bound {
      case .callRate: budgetPlace
      case .concurrency: concurrencyPlace
      default: nil
      }
    let shown = place.map { " (\($0))" } ?? ""
    let sentence =
      switch bound {
      case .callRate: "its requests wait for the call rates of `api_budget`\(shown), so nothing else makes it faster"
      case .concurrency:
        "more slices wait than are read at a time: `concurrency_level`\(shown) sets that, as far as the API allows it"
      case .pages:
        "each page is asked for after the one before: larger pages, or slices such as a `step` of the cursor, would make it faster"
      case .parents: "its slices are the records of its parents, which come page after page"
      case .latency, .kept: "it waits for single answers"
      }
    return ["`\(last.name)` ends last: \(sentence)."]
  }

  /// For programs.
  package var json: JSONValue {
    [
      "records": .int(records), "requests": .int(requests), "login_requests": .int(logins),
      "seconds": .double(Double(duration) / 1_000_000), "latency_seconds": .double(Double(latency) / 1_000_000),
      "concurrency": .int(concurrency),
      "alternatives": .array(
        alternatives.map { ["change": .string($0.words), "seconds": .double(Double($0.duration) / 1_000_000)] }),
      "parts": .array(parts.map(\.json)), "ends_last": last.map { .string($0.name) } ?? .null,
      "streams": .array(
        streams.map { stream in
          [
            "name": .string(stream.name), "records": .int(stream.records), "slices": .int(stream.slices),
            "pages": .int(stream.pages), "requests": .int(stream.requests), "parent_requests": .int(stream.parentRequests),
            "started_seconds": .double(Double(stream.started) / 1_000_000),
            "seconds": .double(Double(stream.duration) / 1_000_000),
            "parallelism": .double((stream.parallelism * 100).rounded() / 100),
            "call_rate_wait_seconds": .double(stream.throttled),
            "bound": stream.bound.map { .string($0.rawValue) } ?? .null,
            "jobs": .bool(stream.isOfJobs), "failure": stream.failure.map { .string($0) } ?? .null,
          ]
        }),
    ]
  }

  package static func time(_ microseconds: Int64) -> String { RequestReport.seconds(Double(microseconds) / 1_000_000) }

  package static func count(_ number: Int, _ word: String) -> String { "\(self.number(number)) \(word)\(number == 1 ? "" : "s")" }

  /// With spaces between the thousands.
  package static func number(_ number: Int) -> String {
    var text = ""
    for (place, digit) in String(number).reversed().enumerated() {
      if place > 0, place % 3 == 0 { text.append(" ") }
      text.append(digit)
    }
    return String(text.reversed())
  }
}
