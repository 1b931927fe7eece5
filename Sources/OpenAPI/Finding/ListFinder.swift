/// Finds the list of records in the answer of an operation.
struct ListFinder {
  let reader: SchemaReader

  struct Found {
    let path: [String]
    let record: DocumentNode
    /// What was preferred to these, of several lists.
    let others: [[String]]
  }

  /// Names that a list of records mostly has.
  static let wrappers: Set<String> = [
    "data", "items", "results", "result", "records", "entries", "values", "value", "list", "rows", "objects", "elements",
    "content", "contents", "collection", "hits", "docs", "documents", "nodes", "edges", "response", "resources", "payload",
    "body",
    "output", "page", "embedded",
  ]
  /// Names of lists that are about the answer, not its content.
  private static let asides: Set<String> = [
    "errors", "error", "warnings", "warning", "links", "messages", "message", "included", "facets", "aggregations", "meta",
    "metadata", "debug", "notices", "hints", "sort", "filters", "schema", "fields", "order",
  ]
  /// Names of what stands beside a list in an answer.
  private static let companions: Set<String> = [
    "count", "total", "totalcount", "totalresults", "totalitems", "totalpages", "totalsize", "page", "pages", "perpage",
    "pagesize",
    "next", "previous", "prev", "nextpage", "previouspage", "prevpage", "nextpagetoken", "nextcursor", "nexttoken", "hasmore",
    "hasnext", "hasnextpage", "haspreviouspage", "links", "meta", "metadata", "pagination", "paging", "limit", "offset", "skip",
    "cursor", "cursors", "object", "kind", "apiversion", "url", "ok", "success", "status", "code", "message", "self", "first",
    "last", "start", "size", "end", "firstpageuri", "nextpageuri", "previouspageuri", "uri", "marker", "nextmarker", "warnings",
    "errors", "incompleteresults", "requestid", "responsemetadata", "totalpagecount", "pagelen", "etag", "nextlink", "entries",
    "order", "numresults", "type", "lastpage", "currentpage", "istruncated", "resultsize", "selflink", "responseheader", "query",
  ]

  /// - Parameter isPaged: whether the operation has parameters that lead through pages.
  /// - Returns: nil for an answer that is no list of objects.
  func find(in operation: DescribedAPI.Operation, isPaged: Bool) -> Found? {
    guard let schema = operation.response?.schema else { return nil }
    let shape = reader.shape(schema)
    if let record = reader.recordSchema(ofList: shape) { return Found(path: [], record: record, others: []) }
    let steps = PathSteps(operation.path)
    let isItem = if case .parameter? = steps.steps.last { true } else { false }
    let own = Set([steps.names.last ?? ""].flatMap { [FieldWords.key($0), FieldWords.key(FieldWords.singular($0))] })
    var lists: [Candidate] = []
    collect(schema, [], own, depth: 0, seen: [], &lists)
    guard let best = lists.max(by: { $0.score < $1.score }) else { return nil }
    let isEvident = best.isNamed || best.isAlone || isPaged
    // One object with lists in it is no list of objects.
    guard isEvident, !isItem || best.isNamed && (isPaged || best.isAlone) else { return nil }
    let others = lists.filter { $0.path != best.path && $0.score > 1 }.map(\.path)
    return Found(path: best.path, record: best.record, others: others)
  }

  private struct Candidate {
    let path: [String]
    let record: DocumentNode
    let score: Int
    /// Whether its name says that it is what was asked for.
    let isNamed: Bool
    /// Whether there is nothing around it but what is about pages.
    let isAlone: Bool
  }

  private func collect(
    _ node: DocumentNode, _ path: [String], _ own: Set<String>, depth: Int, seen: Set<ObjectIdentifier>,
    _ lists: inout [Candidate]
  ) {
    let identity = reader.document.resolved(node).identity
    guard depth < 4, !seen.contains(identity) else { return }
    let properties = reader.properties(of: node)
    for (name, property) in properties {
      let key = FieldWords.key(name)
      guard !Self.asides.contains(key) || own.contains(key) else { continue }
      let shape = reader.shape(property)
      if let record = reader.recordSchema(ofList: shape) {
        let isAlone = properties.allSatisfy { $0.name == name || Self.companions.contains(FieldWords.key($0.name)) }
        let isNamed = own.contains(key) || Self.wrappers.contains(key)
        let score = (own.contains(key) ? 8 : 0) + (Self.wrappers.contains(key) ? 6 : 0) + (isAlone ? 4 : 0) + 1 - depth
        lists.append(Candidate(path: path + [name], record: record, score: score, isNamed: isNamed, isAlone: isAlone))
      } else if shape.isObject, depth == 0 || Self.wrappers.contains(key) || own.contains(key) {
        guard Self.wrappers.contains(key) || own.contains(key) else { continue }
        collect(property, path + [name], own, depth: depth + 1, seen: seen.union([identity]), &lists)
      }
    }
  }
}
