import ConnectorModel
import JSON

/// Guesses from an answer how one page leads to the next.
struct PagingInference: Sendable {
  let paging: PagingDescription?
  /// What is only a guess, or is not known.
  let note: String?

  private static let addresses: Set<String> = [
    "next", "next_url", "next_page_url", "next_link", "next_page_link", "next_records_url", "next_href", "odata_next_link",
    "next_page",
  ]
  /// Names of tokens in answers, with the parameters that usually take them.
  private static let tokens: [(name: String, parameter: String)] = [
    ("next_cursor", "cursor"), ("nextCursor", "cursor"), ("next_page_token", "page_token"), ("nextPageToken", "pageToken"),
    ("next_token", "next_token"), ("nextToken", "nextToken"), ("NextToken", "NextToken"),
    ("continuation_token", "continuation_token"),
    ("continuationToken", "continuationToken"), ("end_cursor", "after"), ("endCursor", "after"), ("cursor", "cursor"),
    ("after", "after"), ("next", "cursor"), ("next_page", "page"), ("scroll_id", "scroll_id"), ("bookmark", "bookmark"),
    ("page_token", "page_token"), ("offset", "offset"), ("sync_token", "sync_token"), ("next_page_id", "page_id"),
  ]
  private static let flags: Set<String> = ["has_more", "hasMore", "has_next", "hasNext", "has_next_page", "hasNextPage", "more"]
  static let sizes: [String] = [
    "per_page", "perPage", "page_size", "pageSize", "limit", "max_results", "maxResults", "size", "count", "page[size]",
    "results_per_page", "pagelen", "$top", "top", "rows", "itemsPerPage", "items_per_page",
  ]
  static let pages: [String] = [
    "page", "current_page", "currentPage", "page_number", "pageNumber", "pageNo", "page_no", "page[number]", "pageIndex",
    "page_index",
  ]
  static let offsets: [String] = [
    "offset", "skip", "start", "startAt", "start_at", "startIndex", "from", "$skip", "page[offset]",
  ]

  /// - Parameters:
  ///   - records: what was found in the answer.
  ///   - key: the primary key of the records; nil if unknown.
  init(_ answer: SeenAnswer, _ records: SeenRecords, key: String?) {
    guard records.isList else {
      (paging, note) = (nil, nil)
      return
    }
    let query = answer.query
    let asked = Self.pageSize(of: query)
    let body = Self.members(of: answer.body, besides: records.path)
    if let link = answer.headers["Link"], let next = Self.next(in: link) {
      paging = PagingDescription(
        .linkHeader, pageSize: Self.pageSize(of: QueryText(RequestURL(next).query ?? "").fields) ?? asked)
      note = nil
    } else if let found = Self.address(in: body) {
      let size = found.url.flatMap { Self.pageSize(of: QueryText(RequestURL($0).query ?? "").fields) }
      paging = PagingDescription(.nextAddress(path: found.path), pageSize: size ?? asked)
      note =
        found.url == nil
        ? Self.guess("`\(found.path.joined(separator: "."))` of the answer holds the address of the next page") : nil
    } else if let found = Self.token(in: body, query) {
      let more = body.first { Self.flags.contains($0.path.last ?? "") && $0.path.dropLast() == found.path.dropLast() }
      paging = PagingDescription(
        .token(path: found.path, into: RequestPlace(.query, found.parameter)), pageSize: asked, moreFlag: more?.path)
      note =
        found.isAsked
        ? nil : Self.guess("the parameter `\(found.parameter)` takes `\(found.path.joined(separator: "."))` of the answer before")
    } else if let found = Self.numbered(body, query, asked) {
      (paging, note) = found
    } else if let more = body.first(where: { Self.flags.contains($0.path.last ?? "") }), let key {
      paging = PagingDescription(
        .lastRecord(field: key, into: RequestPlace(.query, "starting_after")), pageSize: asked, moreFlag: more.path)
      note = Self.guess("the parameter `starting_after` takes `\(key)` of the last record")
    } else {
      paging = nil
      note =
        Self.usualCounts.contains(records.records.count)
        ? "Nothing in the answer says how pages go, and \(records.records.count) records look like a whole page: there are probably "
          + "more, for which a `paginator` has to be added."
        : "Nothing in the answer says how pages go, so one page is read. If there are more, add a `paginator`."
    }
  }

  /// How many records pages usually have.
  private static let usualCounts: Set<Int> = [10, 15, 20, 25, 30, 40, 50, 60, 100, 200, 250, 500, 1000, 5000, 10000]

  private static func guess(_ what: String) -> String { "It is a guess that \(what): look into the documentation of the API." }

  // MARK: What answers hold

  private struct Member {
    let path: [String]
    let value: JSONValue
  }

  /// The values beside the records, nearest to the root first.
  private static func members(of body: JSONValue?, besides path: [String]) -> [Member] {
    var found: [Member] = []
    var level: [(path: [String], object: JSONObject)] = body?.object.map { [([], $0)] } ?? []
    for _ in 0..<4 {
      var next: [(path: [String], object: JSONObject)] = []
      for (place, object) in level {
        for (key, value) in object {
          let inner = place + [key]
          if let object = value.object {
            next.append((inner, object))
          } else if value.array == nil {
            found.append(Member(path: inner, value: value))
          }
        }
      }
      level = next
    }
    return found.enumerated().sorted { ($0.element.path.count, $0.offset) < ($1.element.path.count, $1.offset) }.map(\.element)
  }

  /// The target of `rel="next"` (RFC 8288).
  private static func next(in header: String) -> String? {
    for part in header.split(separator: ",<").joined(separator: ", <").components(on: ", <") {
      let words = part.split(separator: ";").map { String($0).trimmed }
      guard let target = words.first, words.dropFirst().contains(where: { $0.filter { !"\" ".contains($0) } == "rel=next" })
      else {
        continue
      }
      return target.filter { !"<> ".contains($0) }
    }
    return nil
  }

  private static func address(in body: [Member]) -> (path: [String], url: String?)? {
    func isNamed(_ member: Member) -> Bool {
      let name = ConnectorNames.snake(member.path.last ?? "")
      if addresses.contains(name) { return true }
      // `links.next.href`
      return ["href", "url", "link"].contains(name)
        && member.path.dropLast().last.map { ConnectorNames.snake($0) == "next" } ?? false
    }
    for member in body where isNamed(member) {
      if let text = member.value.string, text.contains("://") || text.hasPrefix("/") || text.hasPrefix("?") {
        return (member.path, text)
      }
    }
    // On the last page there is none, but its place is there; one that may hold a token as well needs neighbours.
    for member in body where isNamed(member) && member.value == .null {
      let name = ConnectorNames.snake(member.path.last ?? "")
      let siblings = body.filter { $0.path.dropLast() == member.path.dropLast() }.map { ConnectorNames.snake($0.path.last ?? "") }
      if name.contains("url") || name.contains("link") || name.contains("href")
        || siblings.contains(where: { ["previous", "prev", "self", "first", "last"].contains($0) })
      {
        return (member.path, nil)
      }
    }
    return nil
  }

  private static func token(
    in body: [Member], _ query: [QueryText.Field]
  ) -> (path: [String], parameter: String, isAsked: Bool)? {
    for (name, parameter) in tokens {
      for member in body where member.path.last == name {
        let isToken: Bool
        switch member.value {
        case .string(let text): isToken = !text.contains("://") && (name != "offset" || Int(text) == nil)
        // A null says that there is no next page; the name has to be clear then.
        case .null: isToken = name.lowercased().contains("cursor") || name.lowercased().contains("token") || name == "next"
        case .int: isToken = name.hasPrefix("next")
        default: isToken = false
        }
        guard isToken else { continue }
        let asked = query.first { field in
          [parameter, "cursor", "after", "page_token", "pageToken", "token"].contains(field.name)
        }
        return (member.path, asked?.name ?? parameter, asked != nil)
      }
    }
    return nil
  }

  // MARK: Numbers

  private static func numbered(
    _ body: [Member], _ query: [QueryText.Field], _ asked: PagingDescription.PageSize?
  ) -> (PagingDescription, String?)? {
    let asksPage = query.first { pages.contains($0.name) }
    let asksOffset = query.first { offsets.contains($0.name) }
    if let asksPage, let number = asksPage.value.flatMap({ Int($0) }) {
      return (
        PagingDescription(.page(into: RequestPlace(.query, asksPage.name), first: min(number, 1)), pageSize: asked), nil
      )
    }
    if let asksOffset, Int(asksOffset.value ?? "") != nil, asked != nil || asksOffset.name != "from" {
      return (PagingDescription(.offset(into: RequestPlace(.query, asksOffset.name)), pageSize: asked), nil)
    }
    let totals: Set<String> = [
      "total", "total_pages", "totalPages", "last_page", "lastPage", "pages", "total_count", "totalCount", "page_count",
    ]
    let hasTotal = body.contains { totals.contains($0.path.last ?? "") }
    if let page = body.first(where: { pages.contains($0.path.last ?? "") && $0.value.int != nil }), let number = page.value.int {
      let size = asked ?? size(beside: page, in: body)
      guard hasTotal || size != nil else { return nil }
      let name = "page"
      return (
        PagingDescription(.page(into: RequestPlace(.query, name), first: number == 0 ? 0 : 1), pageSize: size),
        guess("the parameter `\(name)` takes the number of the page")
      )
    }
    if let offset = body.first(where: { offsets.contains($0.path.last ?? "") && $0.value.int != nil }),
      let size = asked ?? size(beside: offset, in: body)
    {
      let name = offset.path.last ?? "offset"
      return (
        PagingDescription(.offset(into: RequestPlace(.query, name)), pageSize: size),
        guess("the parameter `\(name)` takes the number of records to skip")
      )
    }
    return nil
  }

  private static func size(beside member: Member, in body: [Member]) -> PagingDescription.PageSize? {
    for name in sizes {
      if let found = body.first(where: { $0.path == member.path.dropLast() + [name] }), let size = found.value.int, size > 0 {
        return .init(size, into: RequestPlace(.query, name))
      }
    }
    return nil
  }

  /// The size of a page that a query asks for.
  static func pageSize(of query: [QueryText.Field]) -> PagingDescription.PageSize? {
    for name in sizes where !(name == "count" && query.count > 6) {
      if let field = query.first(where: { $0.name == name }), let size = field.value.flatMap({ Int($0) }), size > 0 {
        return .init(size, into: RequestPlace(.query, name))
      }
    }
    return nil
  }
}

extension String {
  fileprivate func components(on separator: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
