import Foundation
import LowCode
import Synchronization

/// An API in memory, which notes what it was asked.
final class FakeAPI: Transport {
  private let noted = Mutex<[HTTPRequest]>([])
  private let answer: @Sendable (HTTPRequest, Int) async throws -> (Int, Data)

  /// - Parameter answer: gives status and body of a response, by the request and the number of those before it.
  init(_ answer: @escaping @Sendable (HTTPRequest, Int) async throws -> (Int, String)) {
    self.answer = { request, number in
      let (status, body) = try await answer(request, number)
      return (status, Data(body.utf8))
    }
  }

  /// An API whose only answer has this body.
  init(body: Data) { answer = { _, _ in (200, body) } }

  /// An API whose pages have one item each, and never end.
  static var endless: FakeAPI { FakeAPI { _, number in (200, #"{"items": [{"id": \#(number)}], "next": \#(number + 1)}"#) } }

  /// An API whose only page has the given items.
  static func items(_ items: String) -> FakeAPI { FakeAPI { _, _ in (200, #"{"items": \#(items)}"#) } }

  var requests: [HTTPRequest] { noted.withLock { $0 } }

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let number = noted.withLock { noted in
      noted.append(request)
      return noted.count - 1
    }
    do {
      let (status, body) = try await answer(request, number)
      return HTTPResponse(
        status: status, headers: [("Content-Type", "application/json")], body: body, url: request.url)
    } catch {
      throw TransportError(.other, "\(error)")
    }
  }
}

extension Runtime {
  /// Surroundings in which time stands still, and nothing is random.
  static func test(_ api: FakeAPI) -> Runtime {
    Runtime(
      now: { 1_700_000_000_000_000 }, sleep: { _ in try Task.checkCancellation() }, random: { 0.5 }, transport: api,
      environment: [:])
  }
}

/// A manifest with one stream, `items`, whose parts are given as YAML in one line each.
struct Shop {
  var authenticator = ""
  var errorHandler = ""
  var decoder = ""
  var extractor = "{type: DpathExtractor, field_path: [items]}"
  var filter = ""
  var paginator = ""
  var router = ""
  var requester: String?
  var retriever: String?
  var stream = ""
  var schemaLoader = "{type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}"
  var rules = ""

  static let pages = """
    {type: DefaultPaginator, pagination_strategy: {type: CursorPagination, cursor_value: "{{ response.next }}"}, \
    page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}}
    """

  var text: String {
    func line(_ key: String, _ value: String, _ indent: Int) -> String {
      value.isEmpty ? "" : String(repeating: " ", count: indent) + "\(key): \(value)\n"
    }
    let own = """
      {type: HttpRequester, url_base: "https://api.example.com", path: /items\
      \(authenticator.isEmpty ? "" : ", authenticator: \(authenticator)")\
      \(errorHandler.isEmpty ? "" : ", error_handler: \(errorHandler)")}
      """
    let reading =
      retriever.map { "    retriever: \($0)\n" }
      ?? "    retriever:\n      type: SimpleRetriever\n" + line("requester", requester ?? own, 6)
      + "      record_selector:\n        type: RecordSelector\n" + line("extractor", extractor, 8)
      + line("record_filter", filter, 8) + line("paginator", paginator, 6) + line("partition_router", router, 6)
      + line("decoder", decoder, 6)
    return """
      version: 7.0.0
      type: DeclarativeSource
      check: {type: CheckStream, stream_names: [items]}
      streams:
        - type: DeclarativeStream
          name: items
          primary_key: id

      """.replacing("        - type", with: "  - type").replacing("\n\n", with: "\n")
        + reading + stream + line("schema_loader", schemaLoader, 4)
          + """
          spec:
            type: Spec
            connection_specification:
              type: object
              properties: {token: {type: string, airbyte_secret: true}}

          """.replacing("\n\n", with: "\n") + line("config_normalization_rules", rules, 2)
  }

  func connector(
    _ api: FakeAPI, config: JSONObject = ["token": "sesame-token"], adding types: any Component.Type...
  ) throws -> Connector {
    var components = ComponentRegistry.standard
    for type in types { components = components.adding(type) }
    return Connector(try Manifest(text: text), config: config, components: components, runtime: .test(api))
  }
}

extension AsyncSequence where Element == AirbyteMessage {
  /// The records of all messages.
  var records: [JSONObject] {
    get async throws {
      var records: [JSONObject] = []
      for try await message in self { if case .record(let record) = message { records.append(record.data) } }
      return records
    }
  }
}

/// Waits until a condition holds, or gives up after some seconds.
func eventually(_ condition: () -> Bool) async throws -> Bool {
  for _ in 0..<1_000 {
    if condition() { return true }
    try await Task.sleep(for: .milliseconds(10))
  }
  return condition()
}

/// Something that has happened or not.
final class Flag: Sendable {
  private let value = Mutex(false)
  var isSet: Bool { value.withLock { $0 } }
  func set() { value.withLock { $0 = true } }
}
