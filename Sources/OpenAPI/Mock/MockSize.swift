/// How many records a mock has of each list, so that reading shows whether pages and parents are followed, and takes no hour.
struct MockSize: Sendable {
  /// How many pages a list has.
  let pages: Int?
  /// How many records a page has that nothing else decides.
  let records: Int

  /// A page whose size is asked for has to be full unless it is the last one. Beyond these sizes, there is only one, with few
  /// records.
  private static let largestPage = 100
  private static let largestPageOfParent = 20

  /// The records of a list.
  func count(of stream: FoundStream, isParent: Bool) -> Int {
    guard let found = stream.pages else { return records }
    let pages = max(pages ?? 2, 1)
    let size = self.size(of: found)
    let largest = isParent ? Self.largestPageOfParent : Self.largestPage
    if self.pages == nil, size > largest { return records }
    return size * (pages - 1) + max(1, min(records, size - 1))
  }

  /// The size of a list's pages.
  /// - Parameter asked: what the request asks for.
  func size(of pages: FoundPages, asked: Int? = nil) -> Int {
    // Who follows a token or an address takes a short page for what it is.
    if pages.allowsShortPages { return max(1, min(records, asked ?? records)) }
    if let asked, asked > 0 { return pages.size.map { min($0, asked) } ?? asked }
    return max(1, (asked == nil ? pages.usualSize : nil) ?? pages.size ?? records)
  }
}

extension FoundPages {
  /// Whether a page that is not full may be followed by another.
  var allowsShortPages: Bool {
    switch kind {
    case .linkHeader, .nextAddress, .token: true
    case .lastRecord: moreFlag != nil
    case .page, .offset: false
    }
  }
}
