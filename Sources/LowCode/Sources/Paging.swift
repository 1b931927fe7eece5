import ConnectorModel
import Engine
import JSON

/// How one page leads to the next. A value without I/O: it is asked before each request.
public protocol Paging: Sendable {
  /// What is requested next.
  /// - Parameter page: the last page; nil before the first one.
  /// - Returns: nil if there is no further page.
  mutating func next(after page: WebPage?) throws -> NextPage?
}

/// What a request for a page carries.
public struct NextPage: Sendable {
  /// Parameters of the query beside those of the list.
  public var parameters: [(name: String, value: String)]
  /// The address of the page, where the API gave it whole; nil for that of the list.
  public var address: String?

  /// A request for a page.
  public init(parameters: [(name: String, value: String)] = [], address: String? = nil) {
    self.parameters = parameters
    self.address = address
  }
}

/// Pages with numbers: 1, 2, 3, … until one has no records, or fewer than fit.
public struct PageNumbers: Paging {
  private let parameter: String
  private let records: [String]
  private let size: Int?
  private var number: Int

  /// - Parameters:
  ///   - parameter: the parameter that carries the number.
  ///   - first: the number of the first page.
  ///   - size: how many records a full page has; nil if only a page without records is the last one.
  ///   - records: the keys that lead to the list of records in a page.
  public init(_ parameter: String, from first: Int = 1, size: Int? = nil, records: [String] = []) {
    self.parameter = parameter
    self.records = records
    self.size = size
    number = first
  }

  public mutating func next(after page: WebPage?) -> NextPage? {
    if let page {
      let count = page.at(records)?.elements.count ?? 0
      guard count > 0, count >= size ?? 1 else { return nil }
      number += 1
    }
    return NextPage(parameters: [(parameter, "\(number)")])
  }
}

/// Pages by the number of records that come before them.
public struct Offsets: Paging {
  private let parameter: String
  private let limit: (name: String, size: Int)
  private let records: [String]
  private var offset = 0

  /// - Parameters:
  ///   - parameter: the parameter that carries the offset.
  ///   - limit: the parameter that carries the size of a page, and the size.
  ///   - records: the keys that lead to the list of records in a page.
  public init(_ parameter: String, limit: (name: String, size: Int), records: [String] = []) {
    self.parameter = parameter
    self.limit = limit
    self.records = records
  }

  public mutating func next(after page: WebPage?) -> NextPage? {
    if let page {
      let count = page.at(records)?.elements.count ?? 0
      guard count >= limit.size, count > 0 else { return nil }
      offset += count
    }
    return NextPage(parameters: [(parameter, "\(offset)"), (limit.name, "\(limit.size)")])
  }
}

/// Pages that name a token for the next one.
public struct NextTokens: Paging {
  private let parameter: String
  private let path: [String]

  /// - Parameters:
  ///   - parameter: the parameter that carries the token.
  ///   - path: the keys that lead to it in a page.
  public init(_ parameter: String, at path: String...) {
    self.parameter = parameter
    self.path = path
  }

  public func next(after page: WebPage?) -> NextPage? {
    guard let page else { return NextPage() }
    guard let token = page.at(path), !token.isNull else { return nil }
    let text = token.string ?? token.value.jsonText
    return text.isEmpty ? nil : NextPage(parameters: [(parameter, text)])
  }
}

/// Pages that have the whole address of the next one: in a field, or in the header `Link` (RFC 8288).
public struct NextLinks: Paging {
  private let path: [String]

  /// - Parameter path: the keys that lead to the address in a page; none for the header `Link` with `rel="next"`.
  public init(at path: String...) { self.path = path }

  public func next(after page: WebPage?) -> NextPage? {
    guard let page else { return NextPage() }
    let address = path.isEmpty ? Self.link(page.response.header("Link")) : page.at(path)?.string
    guard let address, !address.isEmpty else { return nil }
    return NextPage(address: address)
  }

  private static func link(_ header: String?) -> String? {
    for link in (header ?? "").split(separator: ",") {
      let parts = link.split(separator: ";").map { $0.drop(while: \.isWhitespace) }
      guard let target = parts.first, target.hasPrefix("<"), let end = target.firstIndex(of: ">") else { continue }
      if parts.dropFirst().contains(where: { $0 == "rel=\"next\"" || $0 == "rel=next" }) {
        return String(target[target.index(after: target.startIndex)..<end])
      }
    }
    return nil
  }
}
