import ConnectorModel
import JSON
import Traffic

/// Leads through the pages of a list as the document describes it.
struct MockPager {
  private let stream: FoundStream
  private let kinds: ParameterKinds
  private let size: MockSize

  /// The parameter of addresses that this mock makes itself.
  private static let own = "mock_start"
  /// No page is larger, whatever a request asks for.
  private static let largest = 100_000

  init(_ stream: FoundStream, _ kinds: ParameterKinds, _ size: MockSize) {
    self.stream = stream
    self.kinds = kinds
    self.size = size
  }

  /// Which of the records a request asks for; nil for a page that there is not.
  /// - Parameter key: a field of the record at a place.
  func range(of count: Int, _ request: MockRequest, key: (Int, String) -> JSONValue?) -> Range<Int>? {
    guard let pages = stream.pages else { return 0..<count }
    let asked = pages.sizeParameter.flatMap { request.parameter($0) }.flatMap { Int($0) }.map { min($0, Self.largest) }
    let size = self.size.size(of: pages, asked: asked)
    guard let start = start(pages, size, count, request, key), start >= 0 else { return nil }
    let first = min(start, count)
    return first..<min(first + size, count)
  }

  private func start(
    _ pages: FoundPages, _ size: Int, _ count: Int, _ request: MockRequest, _ key: (Int, String) -> JSONValue?
  ) -> Int? {
    if let text = request.parameter(Self.own) { return Int(text) }
    switch pages.kind {
    case .token(_, let parameter):
      guard let text = request.parameter(parameter), !text.isEmpty else { break }
      return text.hasPrefix("page-") ? Int(text.dropFirst(5)) : nil
    case .lastRecord(let field, let parameter):
      guard let text = request.parameter(parameter), !text.isEmpty else { break }
      let place = (0..<count).first { key($0, field).map { $0.string ?? $0.jsonText } == text }
      return place.map { $0 + 1 } ?? count
    default: break
    }
    let operation = stream.operation
    if let page = kinds.first(.page, in: operation), let text = request.parameter(page.name) {
      let first = if case .page(_, let first) = pages.kind { first } else { 1 }
      guard let number = Int(text), number >= first, number - first < 1_000_000 else { return nil }
      return (number - first) * size
    }
    if let offset = kinds.first(.offset, in: operation), let text = request.parameter(offset.name) { return Int(text) }
    return 0
  }

  /// Says in an answer where the next page is, and how many records there are.
  func lead(
    from range: Range<Int>, of count: Int, _ request: MockRequest, _ body: inout JSONValue,
    _ headers: inout [(name: String, value: String)]
  ) {
    let hasMore = range.upperBound < count
    switch stream.pages?.kind {
    case .linkHeader?:
      if hasMore { headers.append(("Link", "<\(address(of: range.upperBound, request))>; rel=\"next\"")) }
    case .nextAddress(let path)?:
      body.place(hasMore ? .string(address(of: range.upperBound, request)) : .null, at: hasMore ? path : end(of: path))
    case .token(let path, _)?:
      body.place(hasMore ? .string("page-\(range.upperBound)") : .null, at: hasMore ? path : end(of: path))
    case .lastRecord?, .page?, .offset?, nil: break
    }
    if let flag = stream.pages?.moreFlag { body.place(.bool(hasMore), at: flag) }
    for name in ["total", "count", "total_count", "totalCount", "total_results"] where body[name]?.int != nil {
      body[name] = .int(count)
    }
  }

  /// Where the last page has null: around the value, if an object there may be null.
  private func end(of path: [String]) -> [String] {
    guard let answer = stream.operation.response?.schema else { return path }
    for count in 1..<max(path.count, 1) {
      let outer = Array(path.prefix(count))
      if let node = kinds.reader.value(at: outer, of: answer), kinds.reader.shape(node).isNullable { return outer }
    }
    return path
  }

  /// The address of the page that begins at a record.
  private func address(of start: Int, _ request: MockRequest) -> String {
    let fields = request.query.filter { $0.name != Self.own } + [(Self.own, String(start))]
    let query = fields.map { "\(PercentEncoding.quotePlus($0.name))=\(PercentEncoding.quotePlus($0.value))" }.joined(
      separator: "&")
    let end = request.url.firstIndex { $0 == "?" || $0 == "#" } ?? request.url.endIndex
    return "\(request.url[..<end])?\(query)"
  }
}
