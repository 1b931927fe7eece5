import Components
import ConnectorModel
import Essentials
import HTTP
import JSON
import Jinja
import Manifest
import Synchronization
import Templating

/// An endpoint's pages: works backwards from the manifest's paginator to answers that lead it from page to page, and that it
/// takes for the last one.
final class Pagination: Sendable {
  /// One answer, before it is written.
  struct Page: Sendable {
    var body: JSONValue
    var headers: [(name: String, value: String)] = []
    var records: [JSONValue]
    /// How many records it may have and still lead where it leads; nil for any number.
    var mostRecords: Int?
  }

  /// What the pages are made from.
  struct Source: Sendable {
    let request: MockRequest
    let slice: StreamSlice
    let gaps: [String: String]
    /// The records of a page: where they begin among those of the request, and how many there are.
    let records: @Sendable (_ from: Int, _ count: Int) -> [JSONValue]
  }

  private let paginator: any Paginator
  private let config: TemplateConfig
  private let shape: BodyShape
  /// How many pages there are, as far as that can be chosen.
  private let count: Int
  /// How many records a page has where nothing says more.
  private let size: Int
  /// What the templates of the strategy read, which steers it.
  private let levers: [Lever]
  /// Names of fields that a template cuts a token out of a link by.
  private let linkFields: [String]
  private let prefersLinks: Bool
  /// Which choice made a page what it should be, for last pages and for others; nil inside where none did.
  private let successes = Mutex<[Bool: Int?]>([:])

  /// A value that steers a strategy.
  private enum Lever: Sendable {
    case body([String])
    case header(String)
    case link
  }

  init(
    _ node: ManifestNode?, paginator: any Paginator, shape: BodyShape, config: TemplateConfig, pages: Int, size: Int
  ) {
    self.paginator = paginator
    self.config = config
    self.shape = shape
    count = max(pages, 1)
    self.size = size
    let strategy = node?["pagination_strategy"]
    let texts = ["cursor_value", "stop_condition", "page_size"].compactMap { strategy?[$0]?.string }
    var levers: [Lever] = []
    var known: Set<[String]> = []
    for text in texts {
      for path in TemplatePaths.paths(from: "response", in: text) where !path.steps.isEmpty {
        if known.insert(path.steps).inserted { levers.append(.body(path.steps)) }
      }
      for path in TemplatePaths.paths(from: "headers", in: text) {
        guard let name = path.steps.first else { continue }
        if name.lowercased() == "link", path.steps.count > 1 {
          if known.insert(["\u{0}link"]).inserted { levers.append(.link) }
        } else if known.insert(["\u{0}" + name]).inserted {
          levers.append(.header(name))
        }
      }
    }
    // A path that leads into another one is steered by the longer one.
    self.levers = levers.filter { lever in
      guard case .body(let path) = lever else { return true }
      return !known.contains { $0.count > path.count && $0.starts(with: path) }
    }
    linkFields = TemplatePaths.literals(in: texts.joined(separator: " ")).compactMap(\.string).filter { $0.hasSuffix("=") }
      .map { String($0.dropLast().drop { "?&".contains($0) }) }.filter { !$0.isEmpty }
    prefersLinks = node?["page_token_option"]?["type"]?.string == "RequestPath"
  }

  // MARK: Pages

  /// The page that a request asks for.
  func page(_ source: Source) async -> Page {
    let wanted = await number(source)
    var page = await page(wanted, source) ?? Page(body: shape.body(of: [], isSingle: false), records: [])
    if paginator.tokensAreCounted {
      let count = page.records.count
      page.mostRecords = await fullSize().map { count < $0 ? $0 - 1 : count } ?? count
    }
    return page
  }

  /// Which page a request asks for, from 0.
  private func number(_ source: Source) async -> Int {
    if let number = Self.token(in: source.request) { return number }
    if paginator.tokensAreCounted { return await countedNumber(source) }
    var token = try? await paginator.initialToken
    let plain = try? await paginator.requestParts(token: nil, pageSize: nil)
    var number = 0
    while number < count + 1 {
      let page = await page(number, source)
      guard let page,
        let next = try? await paginator.nextToken(after: result(page, source, isFirst: number == 0), lastToken: token)
      else { break }
      // A token of the mock's own making is found wherever it is.
      if next.value.pythonString.contains(Self.mark) { return 0 }
      number += 1
      token = next
      if await isAsked(for: next, plain ?? RequestParts(), source) { return number }
    }
    return 0
  }

  /// The same where tokens are counted, so that no page has to be made for it.
  private func countedNumber(_ source: Source) async -> Int {
    let plain = (try? await paginator.requestParts(token: nil, pageSize: nil)) ?? RequestParts()
    let size = await fullSize() ?? size
    for number in 1...(count + 1) {
      if let token = await token(for: number, number * size), await isAsked(for: token, plain, source) { return number }
    }
    return await isAskedFurther(plain, source) ? count : 0
  }

  /// Whether a request has a token that is not the one of the first page.
  private func isAskedFurther(_ plain: RequestParts, _ source: Source) async -> Bool {
    guard let token = await token(for: 1, size), let further = try? await paginator.requestParts(token: token, pageSize: nil)
    else { return false }
    let first = try? await paginator.requestParts(token: try await paginator.initialToken, pageSize: nil)
    for (name, value) in further.parameters where plain.parameters[name] != value {
      guard let given = source.request.parameter(name) else { continue }
      let firsts = ["", "0", "1"] + (first?.parameters[name].map { FieldValue.texts($0) } ?? [])
      return !firsts.contains(given)
    }
    return false
  }

  /// Whether a request carries what the paginator adds for a token.
  private func isAsked(for token: PageToken, _ plain: RequestParts, _ source: Source) async -> Bool {
    if source.gaps.contains(where: { $0.key.contains("next_page_token") && isMade($0.key, $0.value, of: token, source) }) {
      return true
    }
    if let path = paginator.path(for: token) {
      let (asked, link) = (RequestURL(source.request.url), RequestURL(path))
      let fields = QueryText(link.query ?? "").fields
      let isThere = fields.allSatisfy { source.request.parameter($0.name) == $0.value ?? "" }
      return isThere && (link.path.isEmpty || asked.path.hasSuffix(link.path.drop { $0 == "/" }))
        && (!fields.isEmpty || !link.path.isEmpty)
    }
    guard let parts = try? await paginator.requestParts(token: token, pageSize: nil) else { return false }
    var found = false
    for (name, value) in parts.parameters where plain.parameters[name] != value {
      guard source.request.parameter(name) == FieldValue.texts(value).first else { return false }
      found = true
    }
    for (name, value) in parts.headers where plain.headers[name] != value {
      guard source.request.header(name) == FieldValue.header(value) else { return false }
      found = true
    }
    if case .object(let fields) = parts.bodyData {
      for (name, value) in fields where plain.bodyData[name] != value {
        let given = source.request.form.first { $0.name == name }?.value
        guard given == FieldValue.texts(value).first else { return false }
        found = true
      }
    }
    for (name, value) in parts.bodyJSON where plain.bodyJSON[name] != value {
      guard let given = source.request.json?[name], Self.contains(given, value) else { return false }
      found = true
    }
    return found
  }

  /// Whether a request's template gives a text for a token, and another one without.
  private func isMade(_ expression: String, _ text: String, of token: PageToken, _ source: Source) -> Bool {
    let template = InterpolatedString(expression.contains("{%") ? expression : "{{ \(expression) }}", parameters: [:])
    func made(_ token: PageToken?) -> String? {
      try? template.string(source.slice.evaluationContext(config: config, token: token))
    }
    return made(token) == text && made(nil) != text
  }

  private static func contains(_ value: JSONValue, _ part: JSONValue) -> Bool {
    guard case .object(let members) = part else { return value.equals(part) }
    return members.allSatisfy { key, member in value[key].map { contains($0, member) } ?? false }
  }

  private func result(_ page: Page, _ source: Source, isFirst: Bool) -> PageResult {
    let response = HTTPResponse(status: 200, headers: HTTPHeaders(page.headers), body: Data(), url: source.request.url)
    // Templates read what the decoder makes of the body, which is the body as it was before it was written.
    let body = try? JSONDocument(parsing: page.body.jsonText).root
    return PageResult(
      response: response, body: body, recordCount: page.records.count, extractedCount: page.records.count,
      lastRecord: page.records.last?.object.map { Record($0) }, slice: source.slice, isFirst: isFirst)
  }

  // MARK: Steering

  /// Page `number`, in a form that the paginator takes for what it is: the last one, or one before others.
  /// - Returns: nil for a page behind the last one.
  private func page(_ number: Int, _ source: Source) async -> Page? {
    let sizeOfPages = await fullSize()
    let first = number * (sizeOfPages ?? size)
    guard number < count else { return Page(body: shape.body(of: [], isSingle: false), records: []) }
    let isLast = number == count - 1
    var counts = [size]
    if paginator.tokensAreCounted, let sizeOfPages {
      // Where pages have one record each, only an empty one behind them tells that they end.
      counts = isLast ? [max(min(size, sizeOfPages - 1), number == 0 ? 1 : 0)] : [sizeOfPages]
    } else if isLast {
      counts = [sizeOfPages.map { min(size, max($0 - 1, 1)) } ?? size, 0]
    } else if let sizeOfPages {
      counts = [size, sizeOfPages]
    }
    if paginator.tokensAreCounted, levers.isEmpty, let only = counts.first {
      let records = source.records(first, only)
      return made(records, [])
    }
    var fallback: Page?
    let choices = choices(number, isLast: isLast, source)
    let order = order(of: choices.count, isLast: isLast)
    for count in counts {
      let records = source.records(first, count)
      for index in order {
        let page = made(records, choices[index])
        if fallback == nil { fallback = page }
        // An answer that the manifest's templates fail on is none of this API's.
        guard let next = await step(after: page, source, number, first) else { continue }
        switch next {
        case .on(let token): if isLast || !isUsable(token, number, source) { continue }
        case .end: if !isLast { continue }
        }
        successes.withLock { $0[isLast] = index }
        return page
      }
    }
    successes.withLock { $0[isLast] = .some(nil) }
    return fallback
  }

  /// The places of choices in the order in which they are tried: what led on before comes first.
  private func order(of count: Int, isLast: Bool) -> [Int] {
    switch successes.withLock({ $0[isLast] }) {
    case nil: return Array(0..<count)
    // Where nothing led on once, nothing will.
    case .some(nil): return [0]
    case .some(let index?): return index < count ? [index] + (0..<count).filter { $0 != index } : Array(0..<count)
    }
  }

  /// What a paginator makes of a page.
  private enum Step {
    case on(PageToken)
    case end
  }

  /// - Returns: nil if the paginator fails.
  private func step(after page: Page, _ source: Source, _ number: Int, _ start: Int) async -> Step? {
    do {
      let token = await token(for: number, start)
      return try await paginator.nextToken(after: result(page, source, isFirst: number == 0), lastToken: token).map { .on($0) }
        ?? .end
    } catch { return nil }
  }

  /// The token that a page of a counting strategy is asked for with.
  private func token(for number: Int, _ start: Int) async -> PageToken? {
    guard paginator.tokensAreCounted, number > 0 else { return try? await paginator.initialToken }
    // A page's number counts from where the strategy begins; an offset counts records.
    guard
      let first = try? await paginator.nextToken(
        after: PageResult(
          response: HTTPResponse(status: 200, headers: [], body: Data(), url: ""), recordCount: 1_000_000,
          extractedCount: 1_000_000,
          slice: .whole), lastToken: nil)?.json.int
    else { return nil }
    return PageToken(json: .int(first == 1_000_000 ? start : first + number - 1))
  }

  /// How many records a page has that is full; nil if there is no such number.
  private func fullSize() async -> Int? { (try? await paginator.pageSize()).flatMap { $0.map { max($0, 1) } } }

  /// Whether a token leads on: it is not the one of this page again.
  private func isUsable(_ token: PageToken, _ number: Int, _ source: Source) -> Bool {
    let text = token.value.pythonString
    if paginator.path(for: token) != nil {
      // A template that puts the origin before a link wants one without.
      let isElsewhere = text.contains("://") && !text.hasPrefix(source.request.origin + "/")
      return text.contains(Self.text(number + 1)) && !isElsewhere
    }
    return !text.isEmpty && text != Self.text(number) && text != "None" && text != "False" && text != "True"
  }

  private func made(_ records: [JSONValue], _ choice: [JSONValue?]) -> Page {
    let isSteeredByBody = levers.contains { if case .body(let path) = $0 { path.first != "[0]" } else { false } }
    var page = Page(
      body: shape.body(of: records, isSingle: shape.isWholeBody && isSteeredByBody && records.count == 1), records: records)
    if shape.isWholeBody, isSteeredByBody, page.body.array != nil {
      page.body = records.first ?? .object([:])
      page.records = Array(records.prefix(1))
    }
    for (lever, value) in zip(levers, choice) {
      guard let value else { continue }
      switch lever {
      // The records are where they are.
      case .body(let path) where path == shape.path: continue
      case .body(let path): page.body.place(value, at: path)
      case .header(let name): page.headers.append((name, value.string ?? value.jsonText))
      case .link: page.headers.append(("Link", "<\(value.string ?? "")>; rel=\"next\""))
      }
    }
    return page
  }

  /// What the levers may be set to, the likeliest first.
  private func choices(_ number: Int, isLast: Bool, _ source: Source) -> [[JSONValue?]] {
    guard !levers.isEmpty else { return [[]] }
    var all: [(choice: [JSONValue?], rank: Int)] = [([], 0)]
    for lever in levers {
      var values: [JSONValue?]
      switch lever {
      case .link: values = isLast ? [nil] : [.string(link(number, source))]
      case .header:
        values =
          isLast
          ? [nil, .int(number + 1), .int(count), .int(0)]
          : [.string(Self.text(number + 1)), .int(number + 2), .string(link(number, source)), .int(number + 1), .int(count)]
      case .body:
        values = isLast ? lastBodies(number) : nextBodies(number, source)
      }
      if levers.count > 2 { values = Array(values.prefix(levers.count > 3 ? 5 : 8)) }
      all = all.flatMap { choice, rank in values.enumerated().map { (choice + [$0.element], rank + $0.offset) } }
      if all.count > 20_000 { all = Array(all.prefix(20_000)) }
    }
    // What is likely for all levers comes first. The sort is stable, so that equal ranks keep their order.
    return all.enumerated().sorted { ($0.element.rank, $0.offset) < ($1.element.rank, $1.offset) }.prefix(Self.mostChoices)
      .map(\.element.choice)
  }

  /// What an answer may hold to say that there is no further page.
  private func lastBodies(_ number: Int) -> [JSONValue?] {
    [nil, .null, .bool(false), .int(number + 1), .int(count), .string(""), .int(0), .bool(true), .int(number), .array([])]
  }

  /// What it may hold to lead to the next page.
  private func nextBodies(_ number: Int, _ source: Source) -> [JSONValue?] {
    let link = link(number, source)
    let texts: [JSONValue?] = [.string(Self.text(number + 1)), .string(link)]
    let others: [JSONValue?] = [
      .bool(true), .int(number + 1), .int(count), .int(count * 1_000_000), .bool(false), nil, .int(number), .int(number + 2),
    ]
    guard prefersLinks || !linkFields.isEmpty else { return texts + others }
    let likely = Array(texts.reversed()) + others
    guard prefersLinks else { return likely }
    // A link may lack the origin.
    return likely + [.string(link.replacing(source.request.origin, with: "", maxReplacements: 1))]
  }

  /// So many settings of levers are tried at most.
  private static let mostChoices = 600

  // MARK: Tokens

  private static let mark = "mock-page-"

  /// The token of a page.
  private static func text(_ number: Int) -> String { "\(mark)\(number)" }

  /// The number of the page whose token is in a request.
  private static func token(in request: MockRequest) -> Int? {
    let texts = [request.url, request.bodyText] + request.headers.map(\.value)
    for text in texts {
      guard let range = text.firstRange(of: mark) else { continue }
      if let number = Int(text[range.upperBound...].prefix { $0.isNumber }) { return number }
    }
    return nil
  }

  /// The link to the next page.
  private func link(_ number: Int, _ source: Source) -> String {
    let token = Self.text(number + 1)
    let names = linkFields.isEmpty ? ["page_token"] : linkFields
    var url = RequestURL(source.request.url)
    let rest = QueryText(url.query ?? "").removing(Set(names))
    url.query = Substring(([rest] + names.map { "\($0)=\(token)" }).filter { !$0.isEmpty }.joined(separator: "&"))
    return url.description
  }
}
