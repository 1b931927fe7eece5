import AirbyteProtocol
import ConnectorModel

/// How pages go, as people write it on a command line: `page:page,per_page=50`, `offset:skip,limit=100`, `token:meta.next,cursor`,
/// `next:links.next`, `link`, `last:id,starting_after,more=has_more`, or `none`.
package enum PagingNotation {
  /// What it looks like, for help and questions.
  package static let examples = [
    "none", "link", "next:links.next", "token:meta.next_cursor,cursor", "page:page,per_page=50", "offset:offset,limit=100",
    "last:id,starting_after,limit=100,more=has_more",
  ]

  /// - Returns: nil for `none`.
  /// - Throws: ``ConnectorError`` that says how it should be written.
  package static func parse(_ text: String) throws(ConnectorError) -> PagingDescription? {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map { String($0).trimmed }
    var words: [String] = []
    var options: [(name: String, value: String)] = []
    for word in parts.count > 1 ? parts[1].split(separator: ",").map({ String($0).trimmed }) : [] {
      let pair = word.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
      if pair.count == 2 { options.append((pair[0], pair[1])) } else { words.append(word) }
    }
    func option(_ name: String) -> String? { options.first { $0.name == name }?.value }
    let known = ["first", "more"]
    var paging: PagingDescription
    switch (parts[0].lowercased(), words.count) {
    case ("none", 0), ("", 0): return nil
    case ("link", 0): paging = PagingDescription(.linkHeader)
    case ("next", 1): paging = PagingDescription(.nextAddress(path: Self.path(words[0])))
    case ("token", 2): paging = PagingDescription(.token(path: Self.path(words[0]), into: RequestPlace(.query, words[1])))
    case ("last", 2): paging = PagingDescription(.lastRecord(field: words[0], into: RequestPlace(.query, words[1])))
    case ("page", 0...1):
      let first = option("first") ?? "1"
      guard let number = Int(first) else { throw mistake(text, "`first` is the number of the first page, such as 1") }
      paging = PagingDescription(.page(into: RequestPlace(.query, words.first ?? "page"), first: number))
    case ("offset", 0...1): paging = PagingDescription(.offset(into: RequestPlace(.query, words.first ?? "offset")))
    default: throw mistake(text, "it should look like one of \(examples.map { "`\($0)`" }.joined(separator: ", "))")
    }
    for (name, value) in options where !known.contains(name) {
      guard let size = Int(value), size > 0 else {
        throw mistake(
          text, "`\(name)=\(value)` should be the parameter for the size of a page and that size, as in `per_page=50`")
      }
      paging.pageSize = .init(size, into: RequestPlace(.query, name))
    }
    paging.moreFlag = option("more").map(Self.path)
    return paging
  }

  private static func mistake(_ text: String, _ reason: String) -> ConnectorError {
    ConnectorError(.config, "The pagination `\(text)` cannot be used: \(reason)")
  }

  private static func path(_ text: String) -> [String] { text.split(separator: ".").map(String.init) }

  /// A paging as it is written here; nil for one that has no notation.
  package static func text(_ paging: PagingDescription?) -> String? {
    guard let paging else { return "none" }
    var words: [String]
    let head: String
    switch paging.strategy {
    case .linkHeader: (head, words) = ("link", [])
    case .nextAddress(let path): (head, words) = ("next", [path.joined(separator: ".")])
    case .token(let path, let place):
      guard let name = plain(place) else { return nil }
      (head, words) = ("token", [path.joined(separator: "."), name])
    case .tokenHeader: return nil
    case .lastRecord(let field, let place):
      guard let name = plain(place) else { return nil }
      (head, words) = ("last", [field, name])
    case .page(let place, let first):
      guard let name = plain(place) else { return nil }
      (head, words) = ("page", [name] + (first == 1 ? [] : ["first=\(first)"]))
    case .offset(let place):
      guard let name = plain(place) else { return nil }
      (head, words) = ("offset", [name])
    }
    if let size = paging.pageSize, let place = size.place {
      guard let name = plain(place) else { return nil }
      words.append("\(name)=\(size.size)")
    }
    if let more = paging.moreFlag { words.append("more=\(more.joined(separator: "."))") }
    return words.isEmpty ? head : "\(head):\(words.joined(separator: ","))"
  }

  private static func plain(_ place: RequestPlace) -> String? {
    place.kind == .query && place.names.count == 1 ? place.names[0] : nil
  }
}

/// A cursor as people write it on a command line: `updated_at`, or `updated_at,updated_since,until=updated_before,step=P1M`.
package enum CursorNotation {
  package static let usualFormat = "%Y-%m-%dT%H:%M:%SZ"

  /// - Returns: nil for `none`.
  /// - Throws: ``ConnectorError`` that says how it should be written.
  package static func parse(_ text: String) throws(ConnectorError) -> CursorDescription? {
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
    guard let field = words.first, text.trimmed.lowercased() != "none", !text.trimmed.isEmpty else { return nil }
    var cursor = CursorDescription(field: field, formats: [usualFormat])
    for word in words.dropFirst() {
      let pair = word.split(separator: "=", maxSplits: 1).map { String($0).trimmed }
      switch (pair.first ?? "", pair.count) {
      case ("format", 2): cursor.formats = [pair[1]]
      case ("until", 2): cursor.end = RequestPlace(.query, pair[1])
      case ("step", 2): cursor.step = pair[1]
      case (let name, 1) where cursor.start == nil && !name.isEmpty: cursor.start = RequestPlace(.query, name)
      default: throw mistake(text)
      }
    }
    guard !field.isEmpty, !field.contains("=") else { throw mistake(text) }
    for format in cursor.formats where !["%s", "%ms", "%s_as_float"].contains(format) && !isFormat(format) {
      throw ConnectorError(
        .config,
        "The format `\(format)` of the cursor cannot be used: it should look like %Y-%m-%dT%H:%M:%SZ, %Y-%m-%d, %s or %ms")
    }
    if cursor.step != nil, cursor.end == nil {
      throw ConnectorError(
        .config, "The cursor `\(text)` has a `step`, for which the parameter that ends a window is needed: add `until=NAME`")
    }
    return cursor
  }

  /// Whether a format has nothing but directives that are known.
  private static func isFormat(_ format: String) -> Bool {
    var directives: [Character] = []
    var rest = format[...]
    while let sign = rest.firstIndex(of: "%") {
      guard let next = rest[rest.index(after: sign)...].first else { return false }
      directives.append(next)
      rest = rest[sign...].dropFirst(2)
    }
    return !directives.isEmpty && directives.allSatisfy { "aAwdbBmyYHIpMSfzZjUWcxXGuVs%e".contains($0) }
  }

  private static func mistake(_ text: String) -> ConnectorError {
    ConnectorError(
      .config,
      "The cursor `\(text)` cannot be used: it should look like `updated_at`, or "
        + "`updated_at,updated_since,until=updated_before,step=P1M,format=%Y-%m-%d`")
  }

  package static func text(_ cursor: CursorDescription?) -> String {
    guard let cursor else { return "none" }
    var words = [cursor.field]
    if let start = cursor.start?.names.first { words.append(start) }
    if let end = cursor.end?.names.first { words.append("until=\(end)") }
    if let step = cursor.step { words.append("step=\(step)") }
    if cursor.formats != [usualFormat], let format = cursor.formats.first { words.append("format=\(format)") }
    return words.joined(separator: ",")
  }
}

extension String {
  /// Without blanks at both ends.
  var trimmed: String {
    var text = self[...]
    while let first = text.first, first.isWhitespace { text.removeFirst() }
    while let last = text.last, last.isWhitespace { text.removeLast() }
    return String(text)
  }
}
