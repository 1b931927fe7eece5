import ConnectorModel
import JSON
import Jinja
import Manifest
import Secrets

/// Notices a read that ends with its first page though the API has more: it gives fewer records a page than were asked for, so that
/// the page looks like the last one.
///
/// Nothing is done about it, as the reference does nothing, but the stream's end says so.
struct ShortFirstPage: Sendable {
  private let streamName: String
  private let warnings: StreamWarnings
  private let secrets: any Secrets
  private let place: String

  /// - Parameter strategy: the pagination strategy's node.
  init(_ strategy: ManifestNode, in scope: BuildScope) {
    streamName = scope.streamName
    warnings = scope.runtime.warnings
    secrets = scope.runtime.secrets
    place = (strategy["page_size"] ?? strategy).mark.map { " (\($0))" } ?? ""
  }

  /// The page that was read first has no successor.
  /// - Parameter size: how many records were asked for.
  func check(_ page: PageResult, askedFor size: Int) {
    let count = page.extractedCount
    guard count > 0, count < size, let hint = FurtherRecords.hint(in: page) else { return }
    warnings.keep(.shortFirstPage, of: streamName) {
      "it ends with its first page, which has \(count) records although \(size) were requested; but the response says that there are more: "
        + "\(secrets.masked(hint)). If the API gives at most \(count) records a page, set `page_size: \(count)`.\(place)"
    }
  }
}

/// What responses say of records beyond those that they bring.
enum FurtherRecords {
  /// Names of members, in lower-case letters without signs between their words.
  private static let flags: Set = [
    "hasmore", "more", "hasnext", "hasnextpage", "hasmoreitems", "hasmorepages", "moreavailable", "morerecords", "moreresults",
  ]
  private static let endFlags: Set = ["last", "islast", "islastpage", "done", "isdone"]
  private static let totals: Set = [
    "total", "totalcount", "totalrecords", "totalresults", "totalitems", "totalsize", "totalrows", "totalhits", "totalelements",
    "totalentries", "totalobjects",
  ]
  private static let pageTotals: Set = ["totalpages", "pagecount", "pagestotal", "numpages", "lastpage", "pages"]
  private static let nextPlaces: Set = [
    "next", "nextpage", "nextlink", "nexturl", "nextpageurl", "nextpagelink", "nextcursor", "nextpagetoken", "nexttoken",
  ]

  /// The member that says so, as ``` `total` is 240 ```; nil if there is none. Only the top level and its objects are searched.
  static func hint(in page: PageResult) -> String? {
    if let body = page.body, body.kind == .object {
      if let hint = hint(in: body, "", page.extractedCount) { return hint }
      for key in body.keys {
        if let member = body[key], member.kind == .object, let hint = hint(in: member, key + ".", page.extractedCount) {
          return hint
        }
      }
    }
    return page.response.header("Link")?.contains("rel=\"next\"") == true ? "it has a `Link` header with the next page" : nil
  }

  private static func hint(in object: JSONView, _ prefix: String, _ count: Int) -> String? {
    for key in object.keys {
      guard let value = object[key] else { continue }
      let name = key.lowercased().filter { $0 != "_" && $0 != "-" }
      let isHint =
        switch value.kind {
        case .bool: value.isTruthy ? flags.contains(name) : endFlags.contains(name)
        case .int: totals.contains(name) && value.int ?? 0 > count || pageTotals.contains(name) && value.int ?? 0 > 1
        case .string: nextPlaces.contains(name) && value.isTruthy
        default: false
        }
      guard isHint else { continue }
      let text = value.kind == .string ? "names one" : "is \(value.value.jsonText)"
      return "`\(prefix)\(key)` \(text)"
    }
    return nil
  }
}
