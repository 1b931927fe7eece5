/// What parameters are for, by their names.
struct ParameterKinds {
  let reader: SchemaReader

  private static let pages: Set<String> = ["page", "pagenumber", "pageno", "pagenum", "pageindex", "currentpage", "p", "pageid"]
  private static let sizes: Set<String> = [
    "perpage", "pagesize", "limit", "pagelimit", "size", "maxresults", "maxresult", "maxitems", "resultsperpage", "itemsperpage",
    "top", "rows", "take", "pagelen", "pagelength", "count", "first", "num", "maxpagesize", "maxrecords", "recordsperpage",
    "maxkeys",
  ]
  private static let offsets: Set<String> = [
    "offset", "skip", "start", "startat", "startindex", "pageoffset", "startrow", "from", "firstresult",
  ]
  private static let tokens: Set<String> = [
    "cursor", "pagetoken", "nexttoken", "nextpagetoken", "continuationtoken", "continue", "paginationtoken", "nextcursor",
    "pagecursor", "startcursor", "marker", "bookmark", "scrollid", "startingtoken", "next", "nextpage", "pageafter", "after",
    "paginationcursor", "nextkey", "lastkey", "nextmarker", "exclusivestartkey", "iterator", "pagingtoken",
  ]
  private static let lastRecords: Set<String> = ["startingafter", "afterid", "lastid", "startafter", "sinceid"]

  enum Kind { case page, size, offset, token, lastRecord }

  func first(_ kind: Kind, in operation: DescribedAPI.Operation) -> DescribedAPI.Parameter? {
    operation.parameters.first { $0.place == .query && serves($0, kind) }
  }

  func serves(_ parameter: DescribedAPI.Parameter, _ kind: Kind) -> Bool {
    let key = FieldWords.key(parameter.name)
    let shape = parameter.schema.map { reader.shape($0) }
    let isNumber = shape.map { $0.isInteger || $0.types.isEmpty } ?? true
    let isText = shape.map { !$0.isInteger } ?? true
    switch kind {
    case .page: return Self.pages.contains(key) && isNumber
    case .size: return Self.sizes.contains(key) && isNumber
    case .offset: return Self.offsets.contains(key) && isNumber && (key != "from" || parameter.name == "from")
    // A token may be called an offset, but it is a text then.
    case .token: return (Self.tokens.contains(key) || ["offset", "page"].contains(key) && shape?.isText == true) && isText
    case .lastRecord: return Self.lastRecords.contains(key)
    }
  }

  /// Whether an operation has parameters that lead through pages.
  func isPaged(_ operation: DescribedAPI.Operation) -> Bool {
    operation.parameters.contains { parameter in
      parameter.place == .query && [Kind.page, .size, .offset, .token, .lastRecord].contains { serves(parameter, $0) }
    }
  }
}
