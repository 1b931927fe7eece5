import AirbyteProtocol
import ConnectorModel
import JSON
import Traffic

/// The requests of a recording with their reasons.
package struct RecordedReasons {
  private let file: HARFile

  package init(_ file: HARFile) { self.file = file }

  /// The request of a number: the one that the recording gives it, else its place among the entries, from 1.
  /// - Throws: ``ConnectorError`` if there is none, or it cannot be read.
  package func request(_ number: Int) throws(ConnectorError) -> ExplainedRequest {
    var first = Int.max
    var last = Int.min
    for index in 0..<file.count {
      let request = ExplainedRequest(try file.entry(index))
      let own = request.number ?? index + 1
      if own == number { return numbered(request, own) }
      (first, last) = (min(first, own), max(last, own))
    }
    throw ConnectorError(
      .config,
      file.count == 0
        ? "The recording \(file.path) has no requests"
        : "The recording \(file.path) has no request \(number): it has \(file.count), from \(first) to \(last)")
  }

  /// All requests, or those of a stream, in the order in which they began.
  /// - Throws: ``ConnectorError`` if one of them cannot be read, or there is none of the stream.
  package func list(of stream: String?) throws(ConnectorError) -> RecordedList {
    var requests: [ExplainedRequest] = []
    var streams: Set<String> = []
    for index in 0..<file.count {
      let request = ExplainedRequest(try file.entry(index))
      if let name = request.stream { streams.insert(name) }
      guard stream == nil || request.stream == stream else { continue }
      requests.append(numbered(request, request.number ?? index + 1))
    }
    if let stream, requests.isEmpty {
      let known = streams.sorted().map { "`\($0)`" }.joined(separator: ", ")
      throw ConnectorError(
        .config,
        "The recording \(file.path) has no request of the stream `\(stream)`\(known.isEmpty ? "" : ", but of \(known)")")
    }
    requests.sort { ($0.number ?? 0) < ($1.number ?? 0) }
    return RecordedList(requests: requests, isCutOff: file.isCutOff)
  }

  private func numbered(_ request: ExplainedRequest, _ number: Int) -> ExplainedRequest {
    var request = request
    request.number = number
    return request
  }
}

/// The requests of a recording, a line each.
package struct RecordedList: Sendable {
  let requests: [ExplainedRequest]
  /// Whether the file ends in the middle.
  let isCutOff: Bool

  package func text(styled: RequestReport.Styling) -> String {
    let end = isCutOff ? "The file ends in the middle: what followed is missing." : nil
    if requests.isEmpty { return (["There is no request."] + [end].compactMap { $0 }).joined(separator: " ") }
    let start = requests.compactMap { $0.fate?.started }.min() ?? 0
    let width = String(requests.last?.number ?? 0).count
    let streams = requests.map { $0.stream?.count ?? 1 }.max() ?? 0
    func moment(_ request: ExplainedRequest) -> String {
      "+" + RequestReport.seconds(Double((request.fate?.started ?? start) - start) / 1_000_000)
    }
    let times = requests.map { moment($0).count }.max() ?? 0
    let lines = requests.map { request in
      let number = String(request.number ?? 0)
      let fate = request.fate
      let status = fate?.status.map { styled(String($0), $0 < 400 ? .good : .bad) } ?? styled("---", .bad)
      let stream = request.stream ?? "–"
      var words = [
        String(repeating: " ", count: max(0, width - number.count)) + number, status,
        stream + String(repeating: " ", count: max(0, streams - stream.count)), "\(request.method) \(request.url)",
      ]
      let time = moment(request)
      words.insert(styled(String(repeating: " ", count: times - time.count) + time, .faint), at: 1)
      let waited = fate?.delays.reduce(0) { $0 + $1.seconds } ?? 0
      if waited > 0 { words.append(styled("waited \(RequestReport.seconds(waited))", .warning)) }
      if request.attempt > 1 { words.append(styled("attempt \(request.attempt)", .warning)) }
      if let action = fate?.verdict?.action, action != "SUCCESS" { words.append(styled(action, .warning)) }
      return words.joined(separator: "  ")
    }
    return (lines + [end].compactMap { $0 }).joined(separator: "\n")
  }

  package var json: JSONValue {
    let report = RequestReport(SecretNames())
    return .array(
      requests.map { request in
        var json = report.json(request)
        json["parts"] = nil
        json["headers"] = nil
        json["body"] = nil
        return json
      })
  }
}
