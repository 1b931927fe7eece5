import ConnectorModel
import JSON
import Traffic

/// Answers as an OpenAPI document says: lists with made-up records, in the pages and with the filters that the document describes,
/// single objects, and 401 to requests without credentials.
package struct DocumentMock: MockAPI {
  /// How much there is.
  package struct Options: Sendable {
    /// What values are made from.
    package var seed = 0
    /// How many pages a list has; nil for two, where that is not too many records.
    package var pages: Int?
    /// How many records a page has that nothing else decides.
    package var records = 3

    package init() {}
  }

  private struct Endpoint: Sendable {
    let route: MockRoute
    let operation: DescribedAPI.Operation
    let list: MockList?
    /// The whole answer, with one record in each list; nil for one that is made when it is asked for.
    let answer: JSONValue?
  }

  private let endpoints: [Endpoint]
  private let credentials: MockCredentials
  private let size: MockSize
  /// The numbers of a parent's records by the values that its children's paths have of them.
  private let places: [String: [String: Int]]
  private let reader: SchemaReader
  private let answers: MockAnswers
  /// The parents of lists, by the lists' names.
  private let parents: [String: (parameter: String, place: String)]

  /// - Parameters:
  ///   - filter: which operations there are.
  ///   - now: the moment that the newest records are from, in microseconds since the epoch.
  package init(
    _ document: OpenAPIDocument, only filter: OperationFilter = OperationFilter([]), options: Options = Options(), now: Int64
  ) {
    let found = StreamFinder.find(in: document, only: filter)
    reader = SchemaReader(document: document)
    credentials = MockCredentials(found)
    size = MockSize(pages: options.pages, records: max(options.records, 1))
    var keys: [String: [String]] = [:]
    var parents: [String: (parameter: String, place: String)] = [:]
    for stream in found.streams {
      for value in stream.pathValues {
        guard case .parent(let parent, let key) = value.source else { continue }
        keys[parent, default: []].append(key)
        parents[stream.name] = (value.name, "\(parent) \(key)")
      }
    }
    var lists: [String: MockList] = [:]
    for stream in found.streams {
      let count = size.count(of: stream, isParent: keys[stream.name] != nil)
      lists[stream.operation.path] = MockList(
        stream, reader: reader, count: count, keys: keys[stream.name] ?? [], seed: options.seed, now: now)
    }
    var places: [String: [String: Int]] = [:]
    for list in lists.values {
      for key in Set(keys[list.stream.name] ?? []) {
        for number in 1...(list.count + MockList.countOfSecond) {
          guard let value = list.record(number)[key] else { continue }
          places["\(list.stream.name) \(key)", default: [:]][value.string ?? value.jsonText] = number - 1
        }
      }
    }
    self.places = places
    self.parents = parents
    answers = MockAnswers(reader: reader, seed: options.seed, now: now)
    endpoints = found.api.operations.filter(filter.keeps).map { [answers] operation in
      let list = operation.method == "GET" ? lists[operation.path] : nil
      let answer = list.flatMap { $0.stream.recordPath.isEmpty ? nil : answers.answer(to: operation) }
      return Endpoint(route: MockRoute(operation.path), operation: operation, list: list, answer: answer)
    }
  }

  /// The records of a list that a complete read gives, whatever partitions they are in.
  /// - Parameter path: of its operation.
  package func records(ofListAt path: String) -> [JSONValue] {
    guard let list = endpoints.first(where: { $0.operation.path == path && $0.list != nil })?.list else { return [] }
    let parent = parents[list.stream.name]
    // The second partition is there if the parent has two records.
    let hasSecond = parent.map { (places[$0.place]?.count ?? 0) > 1 } ?? false
    return (Array(list.numbers(ofPartition: 0)) + Array(list.numbers(ofPartition: hasSecond ? 1 : 2))).map { list.record($0) }
  }

  package func answer(_ request: MockRequest) async -> MockAnswer? {
    if request.method == "POST", credentials.tokenPaths.contains(request.path) {
      return MockAnswer(
        json: [
          "access_token": "mock-access-token", "token_type": "bearer", "expires_in": 3600, "refresh_token": "mock-refresh-token",
        ])
    }
    let path = request.path.split(separator: "/")
    var best: (endpoint: Endpoint, values: [String: String])?
    for endpoint in endpoints where endpoint.operation.method == request.method {
      guard let values = endpoint.route.parameters(of: path) else { continue }
      if let best, (best.endpoint.route.count, best.endpoint.route.literals) >= (endpoint.route.count, endpoint.route.literals) {
        continue
      }
      best = (endpoint, values)
    }
    guard let (endpoint, values) = best else { return nil }
    if let reason = credentials.refusal(of: request, endpoint.operation) {
      return MockAnswer(status: 401, json: ["error": .string("The credentials are not complete: \(reason)")])
    }
    guard let list = endpoint.list else {
      let status = endpoint.operation.response.flatMap { Int($0.status) } ?? 200
      return answers.answer(to: endpoint.operation).map { MockAnswer(status: status, json: $0) } ?? MockAnswer(status: status)
    }
    return page(of: list, endpoint, values, request)
  }

  /// What a request wants of its records by the parameters that are called like their fields: `status=open` gives open ones.
  private func filters(
    of operation: DescribedAPI.Operation, _ stream: FoundStream, _ request: MockRequest
  ) -> [String: String] {
    let others = [stream.pages?.parameter, stream.pages?.sizeParameter, stream.cursor?.start, stream.cursor?.end]
    var filters: [String: String] = [:]
    for parameter in operation.parameters where parameter.place == .query && !others.contains(parameter.name) {
      // Of several values that are asked for, one is as good as another.
      let text = request.parameter(parameter.name)?.split(separator: ",").first
      if let text { filters[parameter.name] = String(text) }
    }
    return filters
  }

  private func page(
    of list: MockList, _ endpoint: Endpoint, _ values: [String: String], _ request: MockRequest
  ) -> MockAnswer {
    var rank = 0
    if let parent = parents[list.stream.name], let value = values[parent.parameter], let known = places[parent.place] {
      // What a user gave instead of a parent's value is as good as the first one.
      rank = known[value] ?? 0
    }
    let numbers = list.numbers(ofPartition: rank).filter { list.isAsked($0, request) }
    let pager = MockPager(list.stream, ParameterKinds(reader: reader), size)
    guard let range = pager.range(of: numbers.count, request, key: { list.record(numbers[$0])[$1] }) else {
      return MockAnswer(status: 400, json: ["error": "The page that is asked for does not exist"])
    }
    let known = values.merging(filters(of: endpoint.operation, list.stream, request)) { path, _ in path }
    let records = numbers[range].map { list.record($0, known) }
    var body = endpoint.answer ?? .object([:])
    if list.stream.recordPath.isEmpty {
      body = .array(records)
    } else {
      if body.object == nil { body = .object([:]) }
      body.place(.array(records), at: list.stream.recordPath)
    }
    var headers: [(name: String, value: String)] = []
    pager.lead(from: range, of: numbers.count, request, &body, &headers)
    return MockAnswer(json: body, headers: headers)
  }
}
