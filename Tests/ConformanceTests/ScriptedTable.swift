import JSON

/// The `table` of a route: fixed records, of which a request gets those that its parameters ask for, page by page.
struct ScriptedTable {
  private let table: JSONValue

  init(_ table: JSONValue) { self.table = table }

  /// `{"items": […]}`, with `next` where another page follows one that is asked for by a token.
  func page(for request: ScriptedRequest) -> JSONValue {
    let query = Dictionary(request.query.map { ($0[0], $0[1]) }, uniquingKeysWith: { $1 })
    let records = (table["records"]?.array ?? []).filter { record in
      Self.rules.allSatisfy { rule, holds in
        (table[rule]?.object ?? [:]).allSatisfy { parameter, field in
          guard let asked = query[parameter], let own = field.string.flatMap({ record[$0] }) else { return true }
          return holds(own, asked)
        }
      }
    }
    guard let pages = table["pages"], let size = pages["size"]?.int else { return ["items": .array(records)] }
    let asked = pages["parameter"]?.string.flatMap { query[$0] }.flatMap { Int($0) }
    let by = pages["by"]?.string
    let start = by == "page" ? ((asked ?? 1) - 1) * size : asked ?? 0
    var page: JSONObject = ["items": .array(Array(records.dropFirst(start).prefix(size)))]
    if by == "token", start + size < records.count { page["next"] = .string(String(start + size)) }
    return .object(page)
  }

  private static let rules: [(String, @Sendable (JSONValue, String) -> Bool)] = [
    ("at_least", { compare($0, $1).map { $0 >= 0 } ?? false }),
    ("at_most", { compare($0, $1).map { $0 <= 0 } ?? false }),
    ("equal", { compare($0, $1) == 0 }),
    ("among", { own, asked in asked.split(separator: ",").contains { $0 == own.string ?? own.jsonText } }),
  ]

  /// How a record's value stands to a parameter's: below, at or above zero; numbers as numbers.
  private static func compare(_ own: JSONValue, _ asked: String) -> Int? {
    if let text = own.string { return text == asked ? 0 : text.utf8.lexicographicallyPrecedes(asked.utf8) ? -1 : 1 }
    guard let number = own.double, let other = Double(asked) else { return nil }
    return number == other ? 0 : number < other ? -1 : 1
  }
}
