import AirbyteProtocol
import Components
import ConnectorModel
import Essentials
import JSON
import Jinja
import Manifest
import Templating

/// Answers the requests of one endpoint.
final class EndpointAPI: Sendable {
  private let endpoint: Endpoint
  private let options: ManifestAPIOptions
  private let config: TemplateConfig
  private let shape: BodyShape
  private let records: RecordShape
  private let pagination: Pagination
  /// How many records a read can need of a window at most.
  private let most: Int64
  private let credentials: CredentialCheck?
  private let tokens: IssuedTokens
  private let jobs: JobBoard
  private let now: @Sendable () -> Int64
  private let limitHeaders: [(name: String, value: String)]

  /// A page that has to be full is the only one where it has more records than this, unless a number of pages is asked for: for a
  /// parent, each of them brings the requests of its children.
  private static let fewRecords = (parent: 20, other: 100)

  init(
    _ endpoint: Endpoint, in scope: BuildScope, options: ManifestAPIOptions, needs: Set<[String]>, family: Family,
    tokens: IssuedTokens, jobs: JobBoard, now: @escaping @Sendable () -> Int64
  ) async {
    self.endpoint = endpoint
    self.options = options
    self.tokens = tokens
    self.jobs = jobs
    self.now = now
    config = scope.templateConfig
    let inner = scope.entering(StreamScope(name: endpoint.streamName)).entering(ReadingScope())
    var (selector, decoder, paginator) = (
      endpoint.retriever?["record_selector"]?["extractor"], endpoint.retriever?["decoder"], endpoint.retriever?["paginator"]
    )
    if case .jobDownload = endpoint.purpose {
      selector = endpoint.retriever?["download_extractor"]
      decoder = endpoint.retriever?["download_decoder"]
      paginator = endpoint.retriever?["download_paginator"]
    }
    shape = BodyShape(extractor: selector, decoder: decoder, config: scope.templateConfig)
    var schema: JSONObject = [:]
    if case .records = endpoint.purpose { schema = await Self.schema(endpoint.stream, in: inner) }
    if case .jobDownload = endpoint.purpose { schema = await Self.schema(endpoint.stream, in: inner) }
    records = RecordShape(
      stream: endpoint.stream, selector: endpoint.retriever?["record_selector"], schema: schema, needs: needs,
      maker: ValueMaker(seed: options.seed), in: inner)
    let built = (try? inner.build(optional: paginator, as: (any Paginator).self)) ?? SinglePage()
    var pages = options.pages ?? options.usualPages
    let mostRecords = family.parents.contains(endpoint.streamName) ? Self.fewRecords.parent : Self.fewRecords.other
    if options.pages == nil, built.tokensAreCounted, let size = (try? await built.pageSize()).flatMap({ $0 }), size > mostRecords
    {
      pages = 1
    }
    if paginator == nil || paginator?["type"]?.string == "NoPagination" { pages = 1 }
    if await !Self.asksForPages(built, endpoint) { pages = 1 }
    var size = max(options.records ?? ManifestAPIOptions.usualRecords, 1)
    if options.pages == nil, options.records == nil, family.small.contains(endpoint.streamName) { (pages, size) = (1, 1) }
    if case .records = endpoint.purpose {} else if case .jobDownload = endpoint.purpose {} else { pages = 1 }
    most = Int64(size * pages)
    pagination = Pagination(
      paginator, paginator: built, shape: shape, config: scope.templateConfig, pages: pages, size: size)
    credentials =
      endpoint.isAuthentication
      ? nil
      : CredentialCheck(
        endpoint.authenticator, knowsCredentials: options.knowsCredentials, tokens: tokens,
        in: inner.entering(ExchangeScope(requester: try? ComponentNode(endpoint.requester))))
    let budget = scope.run.manifest?["api_budget"]
    limitHeaders = [
      (budget?["ratelimit_remaining_header"]?.string ?? "RateLimit-Remaining", "999"),
      (budget?["ratelimit_reset_header"]?.string ?? "RateLimit-Reset", "60"), ("RateLimit-Limit", "1000"),
    ]
  }

  /// Whether a request for a further page differs from the one for the first: otherwise there is only one page.
  private static func asksForPages(_ paginator: any Paginator, _ endpoint: Endpoint) async -> Bool {
    if EndpointFinder.texts(of: endpoint.requester).contains(where: { $0.contains("next_page_token") }) { return true }
    let token = PageToken(json: .int(2))
    if paginator.path(for: token) != nil { return true }
    guard let plain = try? await paginator.requestParts(token: nil, pageSize: nil),
      let further = try? await paginator.requestParts(token: token, pageSize: nil)
    else { return true }
    return plain.parameters != further.parameters || plain.headers != further.headers || plain.bodyData != further.bodyData
      || plain.bodyJSON != further.bodyJSON
  }

  private static func schema(_ stream: ManifestNode?, in scope: BuildScope) async -> JSONObject {
    guard let loader = stream?["schema_loader"] else { return [:] }
    var whole = JSONValue.object([:])
    for node in loader.sequence ?? [loader] {
      guard let built = try? scope.build(node, as: (any SchemaLoader).self), let schema = try? await built.schema() else {
        continue
      }
      whole = whole.united(with: .object(schema))
    }
    return whole.object ?? [:]
  }

  // MARK: Answers

  func answer(_ request: MockRequest, _ match: EndpointMatch) async -> MockAnswer {
    if let reason = await credentials?.refusal(of: request, now: now()) {
      return MockAnswer(
        status: 401, json: ["error": .string(reason), "message": .string(reason)], headers: [("WWW-Authenticate", "Bearer")])
    }
    var answer: MockAnswer
    switch endpoint.purpose {
    case .records, .jobDownload: answer = await page(request, match)
    case .fields(let loader): answer = written(shape.body(of: [fields(loader)], isSingle: false))
    case .components(let templates): answer = written(shape.body(of: components(templates), isSingle: false))
    case .properties(let path): answer = written(shape.body(of: properties(path), isSingle: false))
    case .token: answer = MockAnswer(json: token())
    case .session(let path):
      var body = JSONValue.object([:])
      body.place(.string(tokens.issue(now: now())), at: path)
      answer = MockAnswer(json: body)
    case .jobCreation: answer = MockAnswer(json: created(request))
    case .jobPolling: answer = MockAnswer(json: polled(request))
    case .jobTargets: answer = MockAnswer(json: target(request, in: .object([:])))
    case .acknowledgement: answer = MockAnswer(json: ["ok": true])
    case .file:
      answer = MockAnswer(
        headers: [("Content-Type", "application/octet-stream")], body: Array("A file of the mock: \(request.path)\n".utf8))
    }
    answer.headers += limitHeaders
    return answer
  }

  private func written(_ body: JSONValue, _ headers: [(name: String, value: String)] = []) -> MockAnswer {
    let (bytes, type) = shape.encoded(body)
    return MockAnswer(headers: [("Content-Type", type)] + headers, body: bytes)
  }

  // MARK: Records

  private func page(_ request: MockRequest, _ match: EndpointMatch) async -> MockAnswer {
    let gaps = match.gaps.filter { !$0.key.contains("next_page_token") }
    let now = now()
    let window = records.cursor?.window(of: request, gaps, now: now) ?? (start: now - 86_400_000_000, end: now)
    let slice = StreamSlice(
      partition: JSONObject(gaps.map { ($0.key, JSONValue.string($0.value)) }, uniquingKeysWith: { first, _ in first }))
    let origin = numberOrigin(gaps, request, window)
    // Each record has a moment of its own within the window.
    let most = most
    let step = max(min((window.end - window.start) / (most + 1), 3_600_000_000), 0)
    let isFeed = records.cursor?.isFeed ?? false
    let records = records
    let page = await pagination.page(
      Pagination.Source(request: request, slice: slice, gaps: match.gaps) { from, count in
        (from..<(from + count)).map { index in
          let place = min(Int64(index), most - 1)
          let moment = isFeed ? window.end - step * place : window.end - step * (most - 1 - place)
          return records.record(
            ValueMaker.Record(number: origin + index + 1, moment: max(moment, window.start)), gaps, slice: slice)
        }
      })
    var answer = written(page.body, page.headers)
    answer.mostRecords = page.mostRecords
    return answer
  }

  /// Where the numbers of a partition's records begin: those of another partition or window have others.
  private func numberOrigin(_ gaps: [String: String], _ request: MockRequest, _ window: (start: Int64, end: Int64)) -> Int {
    var own = gaps
    if let cursor = records.cursor {
      // The end of the last window is when it was asked for, and says nothing of the records.
      own = own.filter { !cursor.isBound($0.key) }
      if cursor.isAsked(in: request, gaps) { own["\u{0}window"] = String(window.start) }
    }
    // A partition may be asked for by an option, of which the address and the templates know nothing.
    for (name, place) in partitionPlaces {
      if let value = place.value(in: request) { own[name] = value }
    }
    guard !own.isEmpty else { return 0 }
    let text = own.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: "&")
    var chance = Chance(0, text)
    return (1 + chance.below(1_000_000)) * 1_000
  }

  private var partitionPlaces: [(name: String, place: RequestPlace)] {
    guard let router = endpoint.retriever?["partition_router"] else { return [] }
    var places: [(name: String, place: RequestPlace)] = []
    func walk(_ node: ManifestNode) {
      for element in node.sequence ?? [] { walk(element) }
      if let option = node["request_option"], let place = RequestPlace(option, config: config) {
        places.append((node["partition_field"]?.string ?? node["cursor_field"]?.string ?? "partition", place))
      }
      for key in ["parent_stream_configs", "stream_slicers", "underlying_partition_router", "partition_routers"] {
        if let inner = node[key] { walk(inner) }
      }
    }
    walk(router)
    return places
  }

  // MARK: Descriptions

  /// A record that says which fields a stream has.
  private func fields(_ loader: ManifestNode) -> JSONValue {
    let identifier = loader["schema_type_identifier"]
    func path(_ key: String) -> [String] { (identifier?[key]?.sequence ?? []).compactMap(\.string) }
    let type = identifier?["types_mapping"]?.sequence?.first?["current_type"]?.value ?? "string"
    let (namePath, typePath, listPath) = (path("key_pointer"), path("type_pointer"), path("schema_pointer"))
    let list = records.knownFields.map { name in
      var field = JSONValue.object([:])
      field.place(.string(name), at: namePath)
      if !typePath.isEmpty { field.place(type, at: typePath) }
      return field
    }
    var record = JSONValue.object([:])
    record.place(.array(list), at: listPath)
    return record
  }

  /// Records that components can be made of.
  private func components(_ templates: String) -> [JSONValue] {
    let maker = ValueMaker(seed: options.seed)
    let paths = TemplatePaths.paths(from: "components_values", in: templates).map(\.steps).filter { !$0.isEmpty }
    return (1...max(options.records ?? ManifestAPIOptions.usualRecords, 1)).map { number in
      var record = JSONValue.object(["id": .int(number)])
      for path in paths where record.value(at: path) == nil {
        record.place(maker.guess(path.last ?? "", for: .init(number: number, moment: now())), at: path)
      }
      return record
    }
  }

  private func properties(_ path: [String]) -> [JSONValue] {
    ["id", "name", "updated_at"].map { name in
      var record = JSONValue.object([:])
      record.place(.string(name), at: path)
      return record
    }
  }

  // MARK: Tokens and jobs

  private func token() -> JSONValue {
    let node = endpoint.requester
    let parameters = node["$parameters"]?.value.object ?? [:]
    func name(_ key: String, _ fallback: String) -> String {
      guard let template = node[key]?.string, !template.isEmpty else { return fallback }
      return (try? InterpolatedString(template, parameters: parameters).string(EvaluationContext(config: config))) ?? fallback
    }
    let token = JSONValue.string(tokens.issue(now: now()))
    var body: JSONObject = ["token_type": "Bearer", "scope": "read"]
    body[name("access_token_name", "access_token")] = token
    let end: JSONValue =
      node["token_expiry_date_format"]?.string.map { format in
        // Formats of another kind than Python's are read by rules of their own, which know ISO 8601.
        .string(ValueMaker.text(now() + tokens.lifetime * 1_000_000, format.contains("%") ? format : "%Y-%m-%dT%H:%M:%SZ"))
      }
      ?? .int(Int(tokens.lifetime))
    body[name("expires_in_name", "expires_in")] = end
    let refresh = node["refresh_token_updater"]?["refresh_token_name"]?.string ?? "refresh_token"
    body[refresh] = .string("mock-refresh-\(token.string ?? "")")
    return .object(body)
  }

  /// What later requests read of an answer about a job.
  private func read(_ variable: String) -> [[String]] {
    EndpointFinder.texts(of: endpoint.retriever).flatMap { TemplatePaths.paths(from: variable, in: $0) }.map(\.steps)
      .filter { !$0.isEmpty && $0.first != "headers" && $0.first != "request" }
  }

  private func job(_ request: MockRequest) -> String {
    var chance = Chance(0, request.url, request.bodyText)
    return "job-\(chance.below(1_000_000_000))"
  }

  /// Whether a URL begins with what a variable gives.
  private func begins(with variable: String, _ path: [String]) -> Bool {
    ["polling_requester", "download_target_requester", "download_requester", "abort_requester", "delete_requester"].contains {
      key in
      let requester = endpoint.retriever?[key]
      let base = requester?["url_base"]?.string ?? ""
      let text = (base.isEmpty ? requester?["url"]?.string ?? "" : base).trimmed(.whitespaces)
      guard text.hasPrefix("{{"), let first = TemplatePaths.paths(from: variable, in: text).first else { return false }
      return first.steps == path && text.dropFirst(2).trimmed(.whitespaces).hasPrefix(variable)
    }
  }

  private func created(_ request: MockRequest) -> JSONValue {
    let id = job(request)
    var body = JSONValue.object(["id": .string(id)])
    for path in read("creation_response") {
      body.place(
        .string(begins(with: "creation_response", path) ? "\(request.origin)/mock-jobs/\(id)" : id), at: path)
    }
    return body
  }

  private func polled(_ request: MockRequest) -> JSONValue {
    let id = job(request)
    let map = endpoint.retriever?["status_mapping"]
    func word(_ key: String) -> JSONValue? { map?[key]?.sequence?.first?.value }
    let isDone = jobs.poll(id) > 0
    let status = (isDone ? nil : word("running")) ?? word("completed") ?? "completed"
    var body = JSONValue.object([:])
    for path in read("polling_response") {
      body.place(
        .string(begins(with: "polling_response", path) ? "\(request.origin)/mock-results/\(id)" : id), at: path)
    }
    if endpoint.retriever?["download_target_requester"] == nil { body = target(request, in: body) }
    body.place(status, at: path(endpoint.retriever?["status_extractor"]))
    return body
  }

  /// Says where a job's records are.
  private func target(_ request: MockRequest, in body: JSONValue) -> JSONValue {
    guard let extractor = endpoint.retriever?["download_target_extractor"] else { return body }
    var body = body
    let id = job(request)
    let value = begins(with: "download_target", []) ? "\(request.origin)/mock-results/\(id)" : id
    body.place(.string(value), at: path(extractor))
    return body
  }

  private func path(_ extractor: ManifestNode?) -> [String] {
    BodyShape(extractor: extractor, decoder: nil, config: config).path
  }
}

/// Asks for no further page.
private struct SinglePage: Paginator {
  func nextToken(after page: PageResult, lastToken: PageToken?) -> PageToken? { nil }
}
