import JSON

/// A read of one stream that is put together from a cursor, a way to cut the stream, a way to page and a state to begin with, against
/// an API that answers by a table; some of the requests fail once.
struct GeneratedRead: Sendable {
  let subject: ReadSubject
  /// What the whole read gives at least.
  let ids: Set<String>

  /// Every combination that makes sense of a cursor, a router and pages; in turn it begins without a state, begins with a state of one
  /// of the shapes there are, or fails once.
  static let all: [GeneratedRead] = {
    var reads: [GeneratedRead] = []
    for cursor in Cursor.allCases {
      for (shift, router) in Router.allCases.enumerated() where cursor != .count || router == .none {
        let states = State.shapes(cursor, router)
        for (number, pages) in Pages.allCases.enumerated() {
          switch (number + shift) % 3 {
          case 0: reads.append(GeneratedRead(cursor, router, pages))
          case 1: reads.append(GeneratedRead(cursor, router, pages, state: states[reads.count / 3 % states.count]))
          default: reads.append(GeneratedRead(cursor, router, pages, failsOnce: true))
          }
        }
      }
    }
    return reads
  }()

  enum Cursor: String, CaseIterable { case none, window, windows, lookback, clientSide, dataFeed, shared, count }
  enum Router: String, CaseIterable { case none, list, parent, dependency, pairs, union, groups }
  enum Pages: String, CaseIterable { case none, page, token }

  private init(_ cursor: Cursor, _ router: Router, _ pages: Pages, state: JSONValue? = nil, failsOnce: Bool = false) {
    let records = Self.records(of: router == .none ? ["a"] : ["a", "b", "c", "d"], newestFirst: cursor == .dataFeed)
    let failing: JSONValue? = failsOnce ? .some(Self.failing(cursor, router, pages)) : .none
    let options = [state.map { "state \($0.jsonText)" }, failsOnce ? "failing once" : nil].compactMap { $0 }
    subject = ReadSubject(
      name: (["cursor \(cursor)", "router \(router)", "pages \(pages)"] + options).joined(separator: ", "),
      manifest: GeneratedManifest(cursor: cursor, router: router, pages: pages).json.jsonText,
      catalog: Self.catalog(isIncremental: cursor != .none).jsonText,
      state: state.map(Self.stateFile)?.jsonText,
      api: Self.api(cursor, records, pages, failing: failing).jsonText)
    ids = state == nil ? Set(records.compactMap { $0["id"]?.string }) : []
  }

  private static func stateFile(_ state: JSONValue) -> JSONValue {
    [["type": "STREAM", "stream": ["stream_descriptor": ["name": "items"], "stream_state": state]]]
  }

  private static func catalog(isIncremental: Bool) -> JSONValue {
    [
      "streams": [
        [
          "stream": ["name": "items", "json_schema": [:], "supported_sync_modes": ["full_refresh", "incremental"]],
          "sync_mode": .string(isIncremental ? "incremental" : "full_refresh"), "destination_sync_mode": "append",
        ]
      ]
    ]
  }

  // MARK: The API

  private static let dates = ["2025-01-04", "2025-01-11", "2025-01-22", "2025-02-03", "2025-02-24"].map { $0 + "T06:00:00Z" }

  private static func records(of parts: [String], newestFirst: Bool) -> [JSONValue] {
    let records = parts.flatMap { part in
      dates.enumerated().map { number, date -> JSONValue in
        [
          "id": .string("\(part)\(number)"), "part": .string(part), "kind": .string(number % 2 == 0 ? "x" : "y"),
          "at": .string(date), "n": .int(10 * number + 10),
        ]
      }
    }
    return newestFirst ? records.reversed() : records
  }

  /// The query of a request that the API refuses the first time: a first page of some partition or window, or else a second page.
  private static func failing(_ cursor: Cursor, _ router: Router, _ pages: Pages) -> JSONValue {
    let first: JSONObject = ["page": .null, "after": .null]
    if router == .groups { return .object(first.merging(["parts": "c,d"]) { $1 }) }
    if router != .none { return .object(first.merging(["part": "b"]) { $1 }) }
    if cursor == .windows || cursor == .lookback { return .object(first.merging(["from": "2025-01-21T00:00:00Z"]) { $1 }) }
    switch pages {
    case .none: return [:]
    case .page: return ["page": "2"]
    case .token: return ["after": "2"]
    }
  }

  private static func api(_ cursor: Cursor, _ records: [JSONValue], _ pages: Pages, failing: JSONValue?) -> JSONValue {
    var table: JSONObject = ["equal": ["part": "part", "kind": "kind"], "among": ["parts": "part"], "records": .array(records)]
    if cursor != .clientSide, cursor != .dataFeed {
      table["at_least"] = ["from": "at", "above": "n"]
      table["at_most"] = ["to": "at"]
    }
    switch pages {
    case .none: break
    case .page: table["pages"] = ["parameter": "page", "by": "page", "size": 2]
    case .token: table["pages"] = ["parameter": "after", "by": "token", "size": 2]
    }
    let parents = zip(["a", "b", "c", "d"], dates).map { ["id": .string($0), "at": .string($1)] as JSONValue }
    let parentTable: JSONObject = ["at_least": ["from": "at"], "at_most": ["to": "at"], "records": .array(parents)]
    var routes: [JSONValue] = [
      ["path": "/items", "table": .object(table)], ["path": "/parents", "table": .object(parentTable)],
    ]
    if let failing {
      routes.insert(["path": "/items", "query": failing, "sequence": [["status": 400, "json": [:]], "pass"]], at: 0)
    }
    return ["routes": .array(routes)]
  }

  // MARK: States

  private enum State {
    /// The shapes of a state that such a stream may be given.
    static func shapes(_ cursor: Cursor, _ router: Router) -> [JSONValue] {
      let flat: JSONValue = ["at": "2025-01-15T00:00:00Z"]
      switch (cursor, router) {
      case (.none, _): return [["__ab_no_cursor_state_message": true], ["__ab_full_refresh_sync_complete": true]]
      case (.count, _):
        return [["n": 20], ["state_type": "integer", "slices": [["start": 0, "end": 30, "most_recent_cursor_value": 30]]]]
      case (_, .none):
        return [
          flat,
          [
            "state_type": "date-range", "legacy": [:],
            "slices": [
              ["start": "2025-01-01T00:00:00Z", "end": "2025-01-12T00:00:00Z"],
              ["start": "2025-02-01T00:00:00Z", "end": "2025-02-10T00:00:00Z"],
            ],
          ],
        ]
      default:
        let shared: JSONValue = ["use_global_cursor": true, "state": flat, "lookback_window": 3600]
        return [partitions(router), flat, shared]
      }
    }

    private static func partitions(_ router: Router) -> JSONValue {
      var partition: JSONObject = ["part": router == .groups ? ["a", "b"] : "b"]
      switch router {
      case .parent, .dependency: partition["parent_slice"] = [:]
      case .pairs: partition["kind"] = "x"
      case .none, .list, .union, .groups: break
      }
      var state: JSONObject = [
        "use_global_cursor": false, "lookback_window": 1, "state": ["at": "2025-01-08T00:00:00Z"],
        "states": [["partition": .object(partition), "cursor": ["at": "2025-01-20T00:00:00Z"]]],
      ]
      if router == .dependency { state["parent_state"] = ["parents": ["at": "2025-01-12T00:00:00Z"]] }
      return .object(state)
    }
  }
}
