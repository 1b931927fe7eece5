import Secrets

/// A report as a page that stands alone: it needs no other file and runs no script.
package struct ReportPage {
  private let report: ReadReport
  private let title: String

  /// - Parameter title: what was read, as in the name of a manifest.
  package init(_ report: ReadReport, title: String) {
    self.report = report
    self.title = title
  }

  package var html: String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>\(Self.escaped("Read of \(title)"))</title>
    <style>
    \(Self.style)
    </style>
    </head>
    <body>
    <main>
    \(([head, limit] + [requests, waits] + report.streams.map(section)).filter { !$0.isEmpty }.joined(separator: "\n"))
    </main>
    </body>
    </html>

    """
  }

  private static let style = """
    :root { color-scheme: light dark; --ink: #1d2430; --soft: #5d6775; --line: #d9dee5; --paper: #ffffff; --pale: #f4f6f8;
      --good: #1b7f4b; --bad: #b3261e; --warn: #9a6200; --one: #3b6fd4; --two: #d98c1f; --three: #8a94a3; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --soft: #a0a9b6; --line: #39414d; --paper: #161a20; --pale: #20262e;
      --good: #58c48a; --bad: #ff8a80; --warn: #f0b452; --one: #6e9bf0; --two: #e0a040; --three: #707a88; } }
    * { box-sizing: border-box; }
    body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
    main { max-width: 1080px; margin: 0 auto; padding: 24px 20px 64px; }
    h1 { font-size: 24px; margin: 0 0 4px; overflow-wrap: anywhere; }
    h2 { font-size: 18px; margin: 36px 0 8px; overflow-wrap: anywhere; }
    p { margin: 4px 0 12px; }
    .soft { color: var(--soft); }
    .good { color: var(--good); } .bad { color: var(--bad); } .warn { color: var(--warn); }
    .facts { display: flex; flex-wrap: wrap; gap: 12px; padding: 0; margin: 16px 0; list-style: none; }
    .facts li { background: var(--pale); border-radius: 8px; padding: 8px 14px; min-width: 110px; }
    .facts b { display: block; font-size: 20px; font-variant-numeric: tabular-nums; }
    .shares { display: flex; height: 18px; border-radius: 5px; overflow: hidden; background: var(--pale); }
    .shares span { display: block; } .one { background: var(--one); } .two { background: var(--two); } .three { background: var(--three); }
    .key { display: inline-block; width: 10px; height: 10px; border-radius: 2px; margin-right: 6px; }
    .legend span.item { margin-right: 18px; white-space: nowrap; }
    .scroll { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
    th, td { text-align: left; padding: 5px 18px 5px 0; border-bottom: 1px solid var(--line); vertical-align: top; }
    th { color: var(--soft); font-weight: 600; font-size: 13px; }
    td.number, th.number { text-align: right; }
    code { font: 13px/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
    .bar { display: inline-block; width: 70px; height: 8px; border-radius: 4px; background: var(--pale); margin-right: 8px; overflow: hidden; }
    .bar span { display: block; height: 100%; background: var(--two); }
    ul.findings { margin: 8px 0 14px; padding-left: 20px; } ul.findings li { margin: 3px 0; }
    @media print { body { font-size: 12px; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
    """

  // MARK: Parts

  private var head: String {
    let records = report.streams.reduce(0) { $0 + $1.records }
    let traffic = report.traffic
    let look =
      switch report.outcome {
      case .complete: "good"
      case .incomplete, .interrupted: "warn"
      case .failed: "bad"
      }
    var parts = ["<h1>\(Self.escaped("Read of \(title)"))</h1>"]
    parts.append(
      "<p><span class=\"\(look)\">\(report.outcome.word)</span> <span class=\"soft\">\(Self.escaped(ReadReport.time(report.started)))"
        + " to \(Self.escaped(ReadReport.time(report.ended)))</span></p>")
    if let failure = report.failure { parts.append("<p class=\"bad\">\(Self.escaped(failure))</p>") }
    let facts = [
      (Self.number(records), records == 1 ? "record" : "records"),
      (Self.number(report.streams.count), report.streams.count == 1 ? "stream" : "streams"),
      (StreamFindings.duration(report.seconds), "in all"), (Self.number(traffic.requests), "requests"),
      (Self.number(traffic.retries), "retries"), (StreamFindings.duration(report.cpu), "of CPU"),
    ]
    parts.append(
      "<ul class=\"facts\">" + facts.map { "<li><b>\(Self.escaped($0))</b>\(Self.escaped($1))</li>" }.joined() + "</ul>")
    return parts.joined(separator: "\n")
  }

  private var limit: String {
    let shares = report.shares
    let parts = [
      ("one", "requests under way", shares.network), ("two", "waits", shares.waiting),
      ("three", "work and output", shares.processing),
    ]
    let whole = max(shares.all, 1e-9)
    let bars = parts.map { look, _, seconds in
      "<span class=\"\(look)\" style=\"width:\(Self.percent(seconds / whole))\"></span>"
    }
    let legend = parts.map { look, name, seconds in
      "<span class=\"item\"><span class=\"key \(look)\"></span>\(name), \(Self.escaped(StreamFindings.duration(seconds)))</span>"
    }
    return """
      <h2>What limited the read</h2>
      <p>\(Self.escaped(report.limit.sentence)).</p>
      <div class="shares">\(bars.joined())</div>
      <p class="legend soft">\(legend.joined())</p>
      """
  }

  private var requests: String {
    let rows = report.streams.map { ($0.name, $0.traffic) } + report.otherTraffic.map { ($0.name, $0.traffic) }
    let shown = rows.filter { $0.1.requests > 0 }
    guard !shown.isEmpty else { return "" }
    return "<h2>Requests</h2>\n"
      + table(
        ["For", "#Requests", "#Retries", "#Without answer", "Statuses", "#Mean", "#Slowest"],
        shown.map { name, traffic in
          let statuses = traffic.statuses.sorted { $0.key < $1.key }.map { "\($0.key) × \(Self.number($0.value))" }
          return [
            name.isEmpty ? "<span class=\"soft\">no stream</span>" : "<code>\(Self.escaped(name))</code>",
            Self.number(traffic.requests), Self.number(traffic.retries), Self.number(traffic.failures),
            Self.escaped(statuses.joined(separator: ", ")),
            Self.escaped(StreamFindings.duration(traffic.duration / Double(traffic.requests))),
            Self.escaped(StreamFindings.duration(traffic.slowest)),
          ]
        })
  }

  private var waits: String {
    guard !report.waits.isEmpty else { return "" }
    return "<h2>Waits</h2>\n"
      + table(
        ["For", "Reason", "#Times", "#In all"],
        report.waits.map { wait in
          [
            wait.stream.isEmpty ? "<span class=\"soft\">no stream</span>" : "<code>\(Self.escaped(wait.stream))</code>",
            Self.escaped(wait.reason), Self.number(wait.count), Self.escaped(StreamFindings.duration(wait.seconds)),
          ]
        })
  }

  private func section(_ stream: ReadReport.Stream) -> String {
    let look = stream.isComplete == true ? "good" : "warn"
    var parts = ["<h2>Stream <code>\(Self.escaped(stream.name))</code></h2>"]
    parts.append(
      "<p><span class=\"\(look)\">\(stream.outcome)</span> <span class=\"soft\">\(Self.number(stream.records)) "
        + "\(stream.records == 1 ? "record" : "records")</span></p>")
    if !stream.findings.isEmpty {
      parts.append(
        "<ul class=\"findings\">" + stream.findings.map { "<li class=\"warn\">\(Self.escaped($0))</li>" }.joined() + "</ul>")
    }
    parts += [keys(stream), cursor(stream), fields(stream)].filter { !$0.isEmpty }
    return "<section>\n" + parts.joined(separator: "\n") + "\n</section>"
  }

  private func keys(_ stream: ReadReport.Stream) -> String {
    guard let keys = stream.keys else { return "" }
    return "<p>Primary key <code>\(Self.escaped(keys.fields.joined(separator: ", ")))</code>: "
      + "\(Self.number(keys.remembered)) different, \(Self.number(keys.duplicates)) repeated, \(Self.number(keys.missing)) missing"
      + "\(keys.isWhole ? "" : "; memory did not suffice for all of them")</p>"
  }

  private func cursor(_ stream: ReadReport.Stream) -> String {
    guard let cursor = stream.cursor else { return "" }
    var facts = ["\(cursor.order ?? "no order"), \(Self.number(cursor.violations)) out of order"]
    if let least = cursor.least, let greatest = cursor.greatest { facts.append("from \(least) to \(greatest)") }
    if let known = cursor.known { facts.append("continued from \(known), \(Self.number(cursor.findings.late)) late") }
    if let lookback = cursor.lookback { facts.append("lookback \(StreamFindings.duration(lookback))") }
    return "<p>Cursor <code>\(Self.escaped(cursor.field))</code>: \(Self.escaped(facts.joined(separator: "; ")))</p>"
  }

  private func fields(_ stream: ReadReport.Stream) -> String {
    guard !stream.fields.isEmpty || !stream.neverSeen.isEmpty else { return "" }
    var rows = stream.fields.map { field -> [String] in
      let types = field.types.map { name, count in
        let text = "\(name)\(field.types.count > 1 ? " × \(Self.number(count))" : "")"
        return field.unexpected.contains(name) ? "<span class=\"bad\">\(Self.escaped(text))</span>" : Self.escaped(text)
      }
      let share =
        "<span class=\"bar\"><span style=\"width:\(Self.percent(field.nullShare))\"></span></span>\(Self.percent(field.nullShare))"
      let declared =
        switch field.isDeclared {
        case true?: "declared"
        case false?: "<span class=\"warn\">not declared</span>"
        case nil: ""
        }
      return ["<code>\(Self.escaped(field.path))</code>", types.joined(separator: ", "), share, declared]
    }
    rows += stream.neverSeen.map { path in
      ["<code>\(Self.escaped(path))</code>", "<span class=\"soft\">never seen</span>", "", "declared"]
    }
    return table(["Field", "Types", "Null or missing", "Schema"], rows)
  }

  /// - Parameters:
  ///   - heads: the titles of columns; those of numbers begin with `#`.
  ///   - rows: HTML.
  private func table(_ heads: [String], _ rows: [[String]]) -> String {
    func cells(_ row: [String], _ tag: String) -> String {
      zip(heads, row).map { head, cell in "<\(tag)\(head.hasPrefix("#") ? " class=\"number\"" : "")>\(cell)</\(tag)>" }.joined()
    }
    let titles = heads.map { Self.escaped($0.hasPrefix("#") ? String($0.dropFirst()) : $0) }
    return "<div class=\"scroll\"><table>\n<thead><tr>\(cells(titles, "th"))</tr></thead>\n<tbody>\n"
      + rows.map { "<tr>\(cells($0, "td"))</tr>" }.joined(separator: "\n") + "\n</tbody></table></div>"
  }

  // MARK: Texts

  /// With spaces between groups of three digits.
  private static func number(_ number: Int) -> String {
    let digits = Array(String(number))
    return digits.enumerated().map { place, digit in
      place > 0 && (digits.count - place) % 3 == 0 && digits[place - 1] != "-" ? "\u{2009}\(digit)" : String(digit)
    }.joined()
  }

  private static func percent(_ share: Double) -> String {
    let value = (min(max(share, 0), 1) * 1_000).rounded() / 10
    // What is there is not shown as nothing.
    if value == 0, share > 0 { return "0.1%" }
    return value == value.rounded() ? "\(Int(value))%" : "\(value)%"
  }

  /// A text that is nothing but text in HTML; what nobody could see in it is written as an escape.
  static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case _ where TerminalText.isUnsafe(scalar):
        result += "\\u{\(String(scalar.value, radix: 16))}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
