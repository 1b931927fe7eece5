import AirbyteProtocol
import ConnectorModel
import JSON
import PythonTime
import Traffic

/// How parts of a text for people look.
package enum TextLook: Sendable {
  case strong, faint, good, bad, warning
}

/// Explained requests for people and for programs.
package struct RequestReport: Sendable {
  /// Gives a text a look, where it is shown on a terminal.
  package typealias Styling = @Sendable (String, TextLook) -> String

  private let names: SecretNames
  private let styled: Styling
  private let configIsMadeUp: Bool

  /// - Parameter configIsMadeUp: whether nobody gave the config that the requests are made with.
  package init(_ names: SecretNames, configIsMadeUp: Bool = false, styled: @escaping Styling = { text, _ in text }) {
    self.names = names
    self.configIsMadeUp = configIsMadeUp
    self.styled = styled
  }

  // MARK: Text

  /// The request and its parts, a line each and more where a template was evaluated.
  package func text(_ request: ExplainedRequest, indentation: String = "") -> String {
    var lines = [styled("\(request.method) \(names.masked(request.url))", .strong)]
    var rows: [Row] = []
    if !request.slice.isEmpty {
      rows.append(Row(name: "slice", value: names.masked(JSONValue.object(request.slice)).jsonText, source: ""))
    }
    if let record = request.parentRecord {
      rows.append(Row(name: "parent", value: Self.cut(names.masked(JSONValue.object(record)).jsonText), source: ""))
    }
    if let explanation = request.explanation {
      rows += explanation.parts.filter(isWorthALine).map { row($0, of: request) }
    } else {
      rows += request.places.map { Row(name: $0.part, value: "", source: Self.short($0.place)) }
    }
    lines += table(rows)
    if let fate = request.fate { lines += told(fate, request) }
    return lines.map { indentation + $0 }.joined(separator: "\n")
  }

  /// What is as everybody expects needs no line.
  private func isWorthALine(_ part: RequestExplanation.Part) -> Bool {
    switch part.kind {
    case .method: part.place != nil
    case .header: part.source != "the default"
    default: true
    }
  }

  private struct Row {
    var name: String
    var value: String
    var source: String
    var notes: [String] = []
  }

  private func row(_ part: RequestExplanation.Part, of request: ExplainedRequest) -> Row {
    let kind = part.kind == .address ? part.name : [part.kind.rawValue, part.name].filter { !$0.isEmpty }.joined(separator: " ")
    var value = request.value(of: part).map { Self.cut(names.masked($0)) } ?? ""
    var source = part.source == part.name && part.kind == .address ? "" : part.source
    if let place = part.place.map(Self.short) { source += source.isEmpty ? place : " (\(place))" }
    let isTemplate = part.template.map { $0.contains("{{") || $0.contains("{%") } ?? false
    if value.isEmpty, part.kind == .address { value = Self.cut(names.masked(part.template ?? "")) }
    var notes: [String] = []
    if isTemplate, let template = part.template, part.kind != .address || value != template {
      notes.append(Self.cut(names.masked(template.split(whereSeparator: \.isNewline).joined(separator: " "))))
    }
    for variable in part.variables {
      let shown = variable.value.map { Self.cut(names.masked($0).jsonText) } ?? "(nothing)"
      let source =
        configIsMadeUp && variable.source == RequestExplanation.configSource ? "a config made up from the spec" : variable.source
      notes.append("\(variable.name) = \(shown)  from \(source)\(variable.place.map { " (\(Self.short($0)))" } ?? "")")
    }
    return Row(name: kind.isEmpty ? "address" : kind, value: value, source: source, notes: notes)
  }

  /// A place without the folder of its file.
  private static func short(_ place: String) -> String { place.split(separator: "/").last.map { String($0) } ?? place }

  /// What is longer is cut.
  private static func cut(_ text: String) -> String { text.count <= 120 ? text : text.prefix(119) + "…" }

  private func table(_ rows: [Row]) -> [String] {
    let nameWidth = min(rows.map(\.name.count).max() ?? 0, 32)
    let valueWidth = min(rows.filter { !$0.source.isEmpty }.map(\.value.count).max() ?? 0, 44)
    return rows.flatMap { row -> [String] in
      var line = "  " + Self.padded(row.name, nameWidth)
      line += "  " + (row.source.isEmpty ? row.value : Self.padded(row.value, valueWidth))
      if !row.source.isEmpty { line += "  " + styled(row.source, .faint) }
      return [Self.trimmed(line)] + row.notes.map { "      " + styled($0, .faint) }
    }
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text.count >= width ? text : text + String(repeating: " ", count: width - text.count)
  }

  private static func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }

  private func told(_ fate: ExplainedRequest.Fate, _ request: ExplainedRequest) -> [String] {
    var lines: [String] = []
    if request.attempt > 1 { lines.append("  attempt   \(request.attempt)") }
    for delay in fate.delays {
      lines.append("  waited    \(Self.seconds(delay.seconds)) for \(names.masked(delay.policy))")
    }
    let duration = Self.seconds(Double(fate.duration) / 1_000_000)
    if let status = fate.status {
      lines.append("  answer    " + styled("\(status)", status < 400 ? .good : .bad) + " after \(duration)")
    } else {
      lines.append("  answer    " + styled("none", .bad) + " after \(duration)")
    }
    if let failure = fate.failure { lines.append("  failure   \(names.masked(failure))") }
    if let verdict = fate.verdict {
      let judge = verdict.judge.map { "by \(names.masked($0))" } ?? "by the defaults"
      lines.append("  verdict   \(verdict.action), \(judge)")
      if let message = verdict.message, !message.isEmpty { lines.append("            \(Self.cut(names.masked(message)))") }
    }
    return lines
  }

  /// A span of time as people say it.
  package static func seconds(_ given: Double) -> String {
    // A recording may say anything.
    let seconds = given.isFinite ? min(max(given, 0), 1e12) : 0
    if seconds < 1 { return "\(Int((seconds * 1_000).rounded())) ms" }
    if seconds < 60 { return "\(trim(seconds)) s" }
    let whole = Int(seconds.rounded())
    let (days, hours, minutes, rest) = (whole / 86_400, whole / 3_600 % 24, whole / 60 % 60, whole % 60)
    if days > 0 { return "\(days) d \(hours) h" }
    if hours > 0 { return "\(hours) h \(minutes) min" }
    return "\(minutes) min \(rest) s"
  }

  private static func trim(_ number: Double) -> String {
    let rounded = (number * 10).rounded() / 10
    return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
  }

  // MARK: JSON

  package func json(_ request: ExplainedRequest) -> JSONValue {
    var json: JSONObject = ["method": .string(request.method), "url": .string(names.masked(request.url))]
    if let number = request.number { json["request"] = .int(number) }
    json["headers"] = .array(
      request.headers.map { ["name": .string($0.name), "value": .string(names.masked($0.value))] })
    if let text = request.bodyText { json["body"] = .string(names.masked(text)) }
    if let stream = request.stream { json["stream"] = .string(stream) }
    if !request.slice.isEmpty { json["slice"] = names.masked(.object(request.slice)) }
    if let record = request.parentRecord { json["parent_record"] = names.masked(.object(record)) }
    if let component = request.component { json["component"] = .string(component) }
    if request.attempt > 1 { json["attempt"] = .int(request.attempt) }
    if let explanation = request.explanation { json["parts"] = .array(parts(explanation, of: request)) }
    if request.explanation == nil, !request.places.isEmpty {
      json["places"] = .object(JSONObject(request.places.map { ($0.part, .string($0.place)) }, uniquingKeysWith: { $1 }))
    }
    guard let fate = request.fate else { return .object(json) }
    json["status"] = fate.status.map { .int($0) } ?? .null
    json["milliseconds"] = .double(Double(fate.duration) / 1_000)
    if let failure = fate.failure { json["failure"] = .string(names.masked(failure)) }
    json["delays"] = .array(fate.delays.map { ["seconds": .double($0.seconds), "by": .string(names.masked($0.policy))] })
    if let verdict = fate.verdict {
      json["verdict"] = [
        "action": .string(verdict.action), "by": .string(names.masked(verdict.judge ?? "the defaults")),
        "message": verdict.message.map { .string(names.masked($0)) } ?? .null,
      ]
    }
    return .object(json)
  }

  private func parts(_ explanation: RequestExplanation, of request: ExplainedRequest) -> [JSONValue] {
    zip(explanation.parts, explanation.json.array ?? []).map { part, json in
      var json = names.masked(json)
      if let value = request.value(of: part) { json["value"] = .string(names.masked(value)) }
      return json
    }
  }
}
