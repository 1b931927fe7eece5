import ConnectorModel
import JSON

/// An answer of an API to one request, from which it can be guessed how the endpoint works.
package struct SeenAnswer: Sendable {
  /// The address that was asked.
  package var url: String
  package var status: Int
  package var headers: HTTPHeaders
  /// Nil for what is no JSON.
  package var body: JSONValue?

  package init(url: String, status: Int = 200, headers: HTTPHeaders = HTTPHeaders(), body: JSONValue?) {
    self.url = url
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The fields of the request's query.
  var query: [QueryText.Field] { QueryText(RequestURL(url).query ?? "").fields }
}

/// The records of an answer, and where they are.
package struct SeenRecords: Sendable, Equatable {
  /// As in ``StreamDescription/recordPath``.
  package var path: [String]
  package var records: [JSONObject]
  /// Whether the answer has a list; otherwise it is one record, or none was found.
  package var isList: Bool

  private static let usualNames = [
    "data", "items", "results", "records", "result", "entries", "values", "value", "rows", "list", "elements", "objects",
    "content",
    "nodes", "edges", "response", "collection", "members", "hits",
  ]

  /// - Parameter stream: the name of the stream, by which a list may be called.
  package init(in body: JSONValue, of stream: String) {
    if let list = body.array {
      (path, records, isList) = ([], list.compactMap(\.object), true)
      return
    }
    var lists: [(path: [String], list: [JSONValue])] = []
    Self.collect(body, [], &lists)
    let best = lists.enumerated().min { one, other in
      (Self.rank(one.element, of: stream), one.offset) < (Self.rank(other.element, of: stream), other.offset)
    }
    guard let best = best?.element else {
      if let found = Self.members(of: body, stream) {
        (path, records, isList) = (found.path, found.records, true)
        return
      }
      // One record: the answer itself, or what it wraps.
      let inner = ["data", "result", stream].first { body[$0]?.object?.isEmpty == false && (body.object?.count ?? 0) <= 3 }
      path = inner.map { [$0] } ?? []
      records = (inner.flatMap { body[$0]?.object } ?? body.object).map { [$0] } ?? []
      isList = false
      return
    }
    (path, records) = Self.unwrapped(best.path, best.list)
    isList = true
  }

  /// The members of an object that are like each other, as in `{"7": {…}, "8": {…}}`: at the root, or in what it wraps.
  private static func members(of body: JSONValue, _ stream: String) -> (path: [String], records: [JSONObject])? {
    for path in [[], ["data"], ["result"], ["results"], ["items"], [stream]] {
      guard let object = path.reduce(Optional(body), { $0?[$1] })?.object, object.count > 1 else { continue }
      let records = object.values.compactMap(\.object)
      guard records.count == object.count, let first = records.first, !first.isEmpty else { continue }
      let common = first.keys.filter { key in records.allSatisfy { $0[key] != nil } }
      if common.count * 2 >= (records.map(\.count).max() ?? 0) { return (path + ["*"], records) }
    }
    return nil
  }

  /// The lists of objects, and empty ones, below a value.
  private static func collect(_ value: JSONValue, _ path: [String], _ lists: inout [(path: [String], list: [JSONValue])]) {
    guard path.count < 5 else { return }
    for (key, member) in value.object ?? [:] {
      if let list = member.array {
        if list.isEmpty || list.contains(where: { $0.object != nil }) { lists.append((path + [key], list)) }
      } else {
        collect(member, path + [key], &lists)
      }
    }
  }

  /// The smaller, the likelier.
  private static func rank(_ found: (path: [String], list: [JSONValue]), of stream: String) -> Int {
    let name = ConnectorNames.snake(found.path.last ?? "")
    var rank = found.path.count * 10
    if name == stream || stream.hasSuffix("_\(name)") { rank -= 25 } else if usualNames.contains(name) { rank -= 15 }
    if ["errors", "warnings", "links", "included", "messages", "facets", "aggregations"].contains(name) { rank += 60 }
    if found.list.isEmpty { rank += 12 }
    return rank
  }

  /// What is within the elements of connections, as GraphQL has them: `edges.*.node`.
  private static func unwrapped(_ path: [String], _ list: [JSONValue]) -> ([String], [JSONObject]) {
    let objects = list.compactMap(\.object)
    if path.last == "edges", !objects.isEmpty, objects.allSatisfy({ $0["node"]?.object != nil }) {
      return (path + ["*", "node"], objects.compactMap { $0["node"]?.object })
    }
    return (path, objects)
  }
}
