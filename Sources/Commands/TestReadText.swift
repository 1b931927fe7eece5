import AirbyteProtocol
import Authoring
import JSON
import Secrets

/// A test read as a text for people.
struct TestReadText: CustomStringConvertible {
  private let result: TestRead
  private let terminal: Terminal
  private let hasDetails: Bool

  /// How many records of a page are shown, unless all are wanted.
  private static let shownRecords = 3
  /// How wide lines are that go elsewhere than to a terminal.
  private static let usualWidth = 160

  init(_ result: TestRead, _ terminal: Terminal, hasDetails: Bool) {
    self.result = result
    self.terminal = terminal
    self.hasDetails = hasDetails
  }

  var description: String {
    [[headline], slices, auxiliaryRequests, schema, logs, limit].filter { !$0.isEmpty }
      .map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private var headline: String {
    let pages = result.slices.reduce(0) { $0 + $1.pages.count }
    let counts = [
      Self.count(result.records, "record"), Self.count(pages, "page"), Self.count(result.slices.count, "slice"),
    ].joined(separator: ", ")
    return "\(styled(result.stream, .strong))  \(styled(counts, result.hasFailed ? .bad : .good))"
  }

  // MARK: Slices

  private var slices: [String] {
    result.slices.enumerated().flatMap { place, slice in
      (place > 0 ? [""] : []) + self.slice(slice, place + 1)
    }
  }

  private func slice(_ slice: TestRead.Slice, _ number: Int) -> [String] {
    var lines: [String] = []
    let title = styled("Slice \(number) of \(result.slices.count)", .strong)
    lines.append(
      slice.descriptor.isEmpty ? title : "\(title)  \(fitting(JSONValue.object(slice.descriptor).jsonText, after: 16))")
    for request in slice.jobRequests { lines += exchange(request.exchange, request.purpose.title, note: nil) }
    for (place, page) in slice.pages.enumerated() { lines += self.page(page, place + 1) }
    if let state = slice.state?["stream"]?["stream_state"] {
      lines.append("  \(styled("state", .faint))  \(fitting(state.jsonText, after: 9))")
    }
    return lines
  }

  private func page(_ page: TestRead.Page, _ number: Int) -> [String] {
    let records = Self.count(page.records.count, "record")
    var lines =
      page.exchange.map { exchange($0, "page \(number)", note: records, isEmpty: page.records.isEmpty) }
      ?? ["  \(styled("page \(number)", .strong))  from a parent's record  \(records)"]
    let shown = page.records.prefix(hasDetails ? .max : Self.shownRecords)
    lines += shown.map { "    \(hasDetails ? Self.line($0) : fitting(JSONValue.object($0).jsonText, after: 4))" }
    if shown.count < page.records.count { lines.append(styled("    … \(page.records.count - shown.count) more", .faint)) }
    return lines
  }

  // MARK: Exchanges

  private var auxiliaryRequests: [String] {
    guard !result.auxiliaryRequests.isEmpty else { return [] }
    return [styled("Auxiliary requests", .strong)]
      + result.auxiliaryRequests.flatMap { exchange($0.exchange, $0.purpose.title, note: nil) }
  }

  /// - Parameter isEmpty: whether there should be records and are none: then the answer may say why.
  private func exchange(
    _ exchange: TestRead.Exchange, _ title: String, note: String?, isEmpty: Bool = false
  ) -> [String] {
    let (request, response) = (exchange.request, exchange.response)
    let status = styled("\(response.status)", response.status < 400 ? .good : .bad)
    let facts = [status, Self.size(response.body.utf8.count), note].compactMap(\.self).joined(separator: "  ")
    var lines = [
      "  \(styled(TerminalText.line(title), .strong))  \(request.method) \(TerminalText.line(request.url))  \(facts)"
    ]
    if hasDetails {
      lines += part(">", request.headers, request.body) + part("<", response.headers, response.body)
    } else if isEmpty || response.status >= 400, !response.body.isEmpty {
      lines.append("    \(styled("<", .faint)) \(fitting(Self.plain(response.body), after: 6))")
    }
    lines.append("    \(styled(TerminalText.line(request.curl), .faint))")
    return lines
  }

  /// The headers and the body of a request or an answer.
  private func part(_ mark: String, _ headers: [TestRead.Header], _ body: String?) -> [String] {
    let texts = headers.map { "\($0.name): \($0.value)" } + [body.map(Self.plain) ?? ""].filter { !$0.isEmpty }
    return texts.map { "    \(styled(mark, .faint)) \(TerminalText.line($0))" }
  }

  // MARK: The schema

  private var schema: [String] {
    guard let schema = result.schema else { return [] }
    var rows: [(name: String, types: String, note: String)] = []
    collect(schema, depth: 0, into: &rows)
    let names = rows.map { TextWidth.columns(of: $0.name) }.max() ?? 0
    let types = rows.map { TextWidth.columns(of: $0.types) }.max() ?? 0
    return [styled("Schema of the records", .strong)]
      + rows.map { row in
        let note = row.note.isEmpty ? "" : "  \(styled(row.note, .faint))"
        return "  \(Self.padded(row.name, names))  \(row.note.isEmpty ? row.types : Self.padded(row.types, types))\(note)"
      }
  }

  private func collect(_ schema: JSONObject, depth: Int, into rows: inout [(name: String, types: String, note: String)]) {
    let required = Set(schema["required"]?.array?.compactMap(\.string) ?? [])
    for (name, value) in schema["properties"]?.object ?? [:] {
      let member = value.object ?? [:]
      var notes = required.contains(name) ? ["required"] : []
      if depth == 0, let format = result.datetimeFormats[name]?.string { notes.append(format) }
      rows.append(
        (
          String(repeating: "  ", count: depth) + TerminalText.line(name), Self.types(member), notes.joined(separator: ", ")
        ))
      collect(member, depth: depth + 1, into: &rows)
      if let items = member["items"]?.object { collect(items, depth: depth + 1, into: &rows) }
    }
  }

  /// The types of a field besides null, which nearly all have.
  private static func types(_ schema: JSONObject) -> String {
    if let choices = schema["anyOf"]?.array {
      return choices.compactMap(\.object).map(types).filter { !$0.isEmpty }.joined(separator: " or ")
    }
    let names = (schema["type"].map { $0.array ?? [$0] } ?? []).compactMap(\.string).filter { $0 != "null" }
    let elements = schema["items"]?.object.map(types) ?? ""
    return names.map { $0 == "array" && !elements.isEmpty ? "array of \(elements)" : $0 }.joined(separator: " or ")
  }

  // MARK: The log

  private var logs: [String] {
    guard !result.logs.isEmpty else { return [] }
    return [styled("Log", .strong)]
      + result.logs.flatMap { line in
        let style: Terminal.Style =
          switch line.level {
          case .fatal, .error: .bad
          case .warn: .warning
          case .info, .debug, .trace: .faint
          }
        let detail = line.detail.flatMap {
          Self.sentence($0) == Self.sentence(line.message) ? nil : "         \(TerminalText.line($0))"
        }
        return ["  \(styled(Self.padded(line.level.rawValue, 5), style))  \(TerminalText.line(line.message))"]
          + (detail.map { [styled($0, .faint)] } ?? [])
      }
  }

  /// A message without the places that follow it.
  private static func sentence(_ message: String) -> String { message.replacing(/\ \([^()]*\)/, with: "") }

  private var limit: [String] {
    let limits = result.limits
    var reached: [String] = []
    if result.slices.count >= limits.slices { reached.append("\(Self.count(limits.slices, "slice")) (--slices)") }
    if result.slices.contains(where: { $0.pages.count >= limits.pages }) {
      reached.append("\(Self.count(limits.pages, "page")) of a slice (--pages)")
    }
    if result.records >= limits.records { reached.append("\(Self.count(limits.records, "record")) (--records)") }
    guard !reached.isEmpty else { return [] }
    return [styled("A limit was reached, so there may be more: \(reached.joined(separator: ", ")).", .warning)]
  }

  // MARK: Parts

  private func styled(_ text: String, _ style: Terminal.Style) -> String { terminal.styled(text, style) }

  /// The beginning of a text that fits into the rest of a line.
  private func fitting(_ text: String, after columns: Int) -> String {
    let width = terminal.isThere ? terminal.width : Self.usualWidth
    return TextWidth.fitting(TerminalText.line(text), in: max(20, width - columns))
  }

  private static func line(_ record: JSONObject) -> String { TerminalText.line(JSONValue.object(record).jsonText) }

  /// A body without the line breaks and blanks that it is laid out with.
  private static func plain(_ body: String) -> String {
    (try? JSONValue(parsing: Array(body.utf8)))?.jsonText ?? body.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private static func padded(_ text: String, _ columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - TextWidth.columns(of: text)))
  }

  private static func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  private static func size(_ bytes: Int) -> String {
    switch bytes {
    case ..<1_000: "\(bytes) B"
    case ..<1_000_000: "\(bytes / 1_000).\(bytes % 1_000 / 100) kB"
    default: "\(bytes / 1_000_000).\(bytes % 1_000_000 / 100_000) MB"
    }
  }
}
