/// How one page leads to the next.
package struct PagingDescription: Sendable, Equatable {
  package enum Strategy: Sendable, Equatable {
    /// A header `Link` with `rel="next"`.
    case linkHeader
    /// The address of the next page, whole or relative, in the answer.
    case nextAddress(path: [String])
    /// A token in the answer, which the next request sends.
    case token(path: [String], into: RequestPlace)
    /// A token in a header of the answer.
    case tokenHeader(name: String, into: RequestPlace)
    /// A field of the page's last record, which the next request sends.
    case lastRecord(field: String, into: RequestPlace)
    /// Numbers of pages.
    case page(into: RequestPlace, first: Int)
    /// The number of records to skip.
    case offset(into: RequestPlace)
  }

  package var strategy: Strategy
  /// How many records a page has; nil if the request does not say.
  package var pageSize: PageSize?
  /// Where the answer says whether there is more, as a truth value. It decides for ``Strategy/token(path:into:)``,
  /// ``Strategy/lastRecord(field:into:)`` and ``Strategy/nextAddress(path:)``.
  package var moreFlag: [String]?

  package struct PageSize: Sendable, Equatable {
    package var size: Int
    /// Nil where the size is what the API does by itself.
    package var place: RequestPlace?

    package init(_ size: Int, into place: RequestPlace?) {
      self.size = size
      self.place = place
    }
  }

  package init(_ strategy: Strategy, pageSize: PageSize? = nil, moreFlag: [String]? = nil) {
    self.strategy = strategy
    self.pageSize = pageSize
    self.moreFlag = moreFlag
  }
}
