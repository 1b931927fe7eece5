import JSON

/// Finds how the pages of a list follow each other, from its parameters and its answer.
struct PageFinder {
  let reader: SchemaReader
  private var kinds: ParameterKinds { ParameterKinds(reader: reader) }

  init(reader: SchemaReader) { self.reader = reader }

  /// Where answers have the address of the next page.
  private static let addresses: [[String]] = [
    ["next"], ["next_page_url"], ["nextpageurl"], ["next_url"], ["nexturl"], ["next_page_uri"], ["nextpageuri"], ["nextlink"],
    ["odatanextlink"], ["links", "next"], ["links", "next", "href"], ["links", "pages", "next"], ["paging", "next"],
    ["pagination", "next"], ["pagination", "nexturl"], ["pagination", "nextpageurl"], ["pagination", "links", "next"],
    ["meta", "next"],
    ["meta", "nexturl"], ["meta", "nextpageurl"], ["meta", "pagination", "next"], ["meta", "pagination", "links", "next"],
    ["metadata", "next"],
    ["nextpage", "uri"], ["nextpage", "url"], ["nextpage", "href"], ["paging", "nexturl"], ["paging", "next", "link"],
    ["info", "next"], ["page", "next"],
  ]
  /// Where answers have the token of the next page.
  private static let tokens: [[String]] = [
    ["nextpagetoken"], ["nextcursor"], ["nexttoken"], ["nextmarker"], ["nextpage"], ["nextoffset"], ["nextkey"],
    ["continuationtoken"],
    ["nextcontinuationtoken"], ["pagetoken"], ["scrollid"], ["cursor"], ["endcursor"], ["bookmark"], ["marker"], ["next"],
    ["iterator"],
    ["paginationtoken"], ["after"], ["lastevaluatedkey"],
  ]
  private static let tokenParents = [
    "metadata", "meta", "pagination", "paging", "responsemetadata", "pageinfo", "page", "cursors", "cursor", "links", "nextpage",
    "next",
  ]
  private static let flags: Set<String> = [
    "hasmore", "hasnext", "hasnextpage", "hasmoreitems", "more", "moreitems", "hasmoreresults", "istruncated",
  ]

  /// - Parameter key: the field that tells records apart.
  func find(
    in operation: DescribedAPI.Operation, key: String?, notes: inout [FoundNote]
  ) -> FoundPages? {
    let answer = operation.response?.schema
    let (sizeParameter, size, usual) = self.size(operation)
    func pages(_ kind: FoundPages.Kind, flag: [String]? = nil) -> FoundPages {
      FoundPages(kind: kind, sizeParameter: sizeParameter, size: size, usualSize: usual, moreFlag: flag)
    }
    let flag = answer.flatMap(moreFlag)
    let tokenParameter = kinds.first(.token, in: operation)
    if let tokenParameter, let path = answer.flatMap({ token(in: $0, for: tokenParameter) }) {
      return pages(.token(path: path, parameter: tokenParameter.name), flag: flag)
    }
    if let last = lastRecordParameter(operation, flag: flag), let key {
      return pages(.lastRecord(field: key, parameter: last.name), flag: flag)
    }
    if let path = answer.flatMap({ address(in: $0, isPaged: kinds.isPaged(operation)) }) {
      return pages(.nextAddress(path: path), flag: nil)
    }
    if operation.response?.headers.contains("link") == true { return pages(.linkHeader) }
    if let page = kinds.first(.page, in: operation) {
      return pages(.page(parameter: page.name, first: firstPage(page)))
    }
    if let offset = kinds.first(.offset, in: operation), sizeParameter != nil || offset.name != "from" {
      return pages(.offset(parameter: offset.name))
    }
    if let tokenParameter {
      let text =
        "The parameter `\(tokenParameter.name)` leads to further pages, but the document does not say where an answer has its value."
      notes.append(.init(topic: .pages, text: text))
    } else if let sizeParameter {
      let text = "The parameter `\(sizeParameter)` limits the number of records, and the document shows no way to the next ones."
      notes.append(.init(topic: .pages, text: text))
    }
    return nil
  }

  // MARK: Parameters

  /// No page is larger, whatever a document says.
  private static let largestOfAll = 10_000

  private func size(_ operation: DescribedAPI.Operation) -> (parameter: String?, size: Int?, usual: Int?) {
    guard let parameter = kinds.first(.size, in: operation) else { return (nil, nil, nil) }
    let shape = parameter.schema.map { reader.shape($0) }
    let usual = shape?.defaultValue?.double.flatMap { Int(exactly: $0.rounded()) }.map { min(max($0, 1), Self.largestOfAll) }
    return (parameter.name, Self.largest(parameter, shape).map { min($0, 1_000) } ?? usual.map { min($0, 1_000) }, usual)
  }

  /// The largest page that a parameter may ask for, by its schema or its description.
  static func largest(_ parameter: DescribedAPI.Parameter, _ shape: SchemaShape?) -> Int? {
    if let maximum = shape?.maximum, maximum >= 1, maximum < 1_000_000 { return Int(maximum) }
    let choices = (shape?.choices ?? []).compactMap(\.int)
    if let most = choices.max() { return most }
    guard let note = parameter.note?.lowercased() else { return nil }
    let words = note.split { !($0.isLetter || $0.isNumber || $0 == ",") }.map { $0.replacing(",", with: "") }
    for (place, word) in words.enumerated() {
      // `between 1 and 100`, `range from 1 to 100`.
      let isRange = word == "between" || word == "range"
      guard isRange || ["max", "maximum", "most", "exceed", "up"].contains(word) else { continue }
      let numbers = words[(place + 1)...].prefix(6).compactMap { Int($0) }
      if let number = isRange ? numbers.prefix(2).last : numbers.first, number > 1, number <= 10_000 { return number }
      // `100 max`.
      if !isRange, place > 0, let number = Int(words[place - 1]), number > 1, number <= 10_000 { return number }
    }
    return nil
  }

  private func firstPage(_ parameter: DescribedAPI.Parameter) -> Int {
    let shape = parameter.schema.map { reader.shape($0) }
    if let standard = shape?.defaultValue?.int, standard == 0 || standard == 1 { return standard }
    if shape?.minimum == 0 { return 0 }
    let note = parameter.note?.lowercased() ?? ""
    let saysZero = ["0-based", "zero-based", "zero based", "0..n", "starting at 0", "starts at 0", "starting from 0", "0 based"]
    return saysZero.contains(where: note.contains) ? 0 : 1
  }

  private func lastRecordParameter(_ operation: DescribedAPI.Operation, flag: [String]?) -> DescribedAPI.Parameter? {
    guard let found = kinds.first(.lastRecord, in: operation) else { return nil }
    return flag != nil || FieldWords.key(found.name) != "sinceid" ? found : nil
  }

  // MARK: Answers

  private func moreFlag(in answer: DocumentNode) -> [String]? {
    for (path, node) in fields(of: answer) where Self.flags.contains(FieldWords.key(path.last ?? "")) {
      if reader.shape(node).types.contains("boolean") { return path }
    }
    return nil
  }

  private func address(in answer: DocumentNode, isPaged: Bool) -> [String]? {
    let fields = fields(of: answer)
    for wanted in Self.addresses {
      for (path, node) in fields where path.map(FieldWords.key) == wanted {
        let shape = reader.shape(node)
        guard shape.isText || shape.types.isEmpty && shape.alternatives.isEmpty else { continue }
        // `next` alone may be a token.
        if wanted.last == "next", !wanted.contains("links"), shape.format == nil, !isPaged, !looksLikeAddress(shape) { continue }
        return path
      }
    }
    return nil
  }

  private func looksLikeAddress(_ shape: SchemaShape) -> Bool {
    if let example = shape.example?.string { return example.contains("/") }
    let note = shape.note?.lowercased() ?? ""
    return ["url", "uri", "link", "address"].contains(where: note.contains)
  }

  private func token(in answer: DocumentNode, for parameter: DescribedAPI.Parameter) -> [String]? {
    let fields = fields(of: answer).filter { !reader.shape($0.node).isObject && !reader.shape($0.node).isArray }
    let key = FieldWords.key(parameter.name)
    // `metadata.continue` for `continue`, `next_page.offset` for `offset`.
    let named = fields.first { path, _ in
      guard let last = path.last else { return false }
      let isInside = path.count > 1 && path.dropLast().allSatisfy { Self.tokenParents.contains(FieldWords.key($0)) }
      return FieldWords.key(last) == "next" + key || FieldWords.key(last) == key && isInside
    }
    if let named, reader.shape(named.node).isText || reader.shape(named.node).types.isEmpty { return named.path }
    for name in Self.tokens {
      for (path, node) in fields where FieldWords.key(path.last ?? "") == name[0] {
        let shape = reader.shape(node)
        guard path.dropLast().allSatisfy({ Self.tokenParents.contains(FieldWords.key($0)) }) else { continue }
        guard !shape.types.contains("boolean"), shape.format != "uri", name[0] != "next" || !looksLikeAddress(shape) else {
          continue
        }
        return path
      }
    }
    return nil
  }

  /// The values of an answer outside of its lists, three levels deep.
  private func fields(of answer: DocumentNode) -> [(path: [String], node: DocumentNode)] {
    var found: [(path: [String], node: DocumentNode)] = []
    func look(_ node: DocumentNode, _ path: [String]) {
      for (name, property) in reader.properties(of: node) {
        found.append((path + [name], property))
        if path.count < 2, found.count < 500, reader.shape(property).isObject { look(property, path + [name]) }
      }
    }
    if !reader.shape(answer).isArray { look(answer, []) }
    return found
  }
}
