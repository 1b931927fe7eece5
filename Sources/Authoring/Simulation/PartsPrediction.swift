import JSON

/// How long a read takes that is divided among several workers.
package struct PartsPrediction: Sendable {
  /// How many parts are read at the same time.
  package var workers: Int
  /// How long it takes to list what there is to read: parents are read then. In microseconds.
  package var listing: Int64
  /// How long the longest part takes, in microseconds.
  package var reading: Int64 = 0
  /// How many requests that part makes.
  package var requests = 0
  /// What that part cannot be faster than.
  package var bound: SimulationReport.Bound?

  package var duration: Int64 { listing + reading }

  /// Takes in a part that may be the longest.
  mutating func take(_ report: SimulationReport) {
    guard report.duration >= reading else { return }
    reading = report.duration
    requests = report.requests
    bound = report.last?.bound
  }

  var json: JSONValue {
    [
      "workers": .int(workers), "listing_seconds": .double(Double(listing) / 1_000_000),
      "reading_seconds": .double(Double(reading) / 1_000_000), "seconds": .double(Double(duration) / 1_000_000),
      "requests_of_a_part": .int(requests), "bound": bound.map { .string($0.rawValue) } ?? .null,
    ]
  }
}

extension SimulationReport {
  /// For people: a line for each number of workers, and from where on more of them do not help.
  func lines(of predictions: [PartsPrediction], styled: RequestReport.Styling) -> [String] {
    guard !predictions.isEmpty else { return [] }
    var rows = [["workers", "listing", "reading", "together", "bound by"]]
    for prediction in predictions {
      rows.append([
        Self.number(prediction.workers), Self.time(prediction.listing), Self.time(prediction.reading),
        Self.time(prediction.duration), prediction.bound?.rawValue ?? "–",
      ])
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    var lines = [""]
    for (number, row) in rows.enumerated() {
      let line = row.enumerated().map { column, cell in
        column == row.count - 1 ? cell : String(repeating: " ", count: widths[column] - cell.count) + cell
      }.joined(separator: "  ")
      lines.append(number == 0 ? styled(line, .faint) : line)
    }
    if let sentence = sentence(of: predictions) { lines.append(sentence) }
    return lines
  }

  private func sentence(of predictions: [PartsPrediction]) -> String? {
    if let limited = predictions.first(where: { $0.bound == .callRate }) {
      let place = budgetPlace.map { " (\($0))" } ?? ""
      return
        "With \(Self.count(limited.workers, "worker")) the call rates of `api_budget`\(place) are the limit: more of them do not make it faster."
    }
    guard let fastest = predictions.min(by: { ($0.duration, $0.workers) < ($1.duration, $1.workers) }),
      fastest.workers < predictions.map(\.workers).max() ?? 0
    else { return nil }
    return "More than \(Self.count(fastest.workers, "worker")) do not make it faster."
  }
}
