import AirbyteProtocol
import ConnectorModel
import Engine
import Foundation
import JSON
import Manifest
import Secrets
import Synchronization
import Testing

@testable import Traffic

/// What a manifest reads from the API that is made up from it.
@Suite struct ManifestMockTests {
  /// 2025-03-01T12:00:00Z in microseconds.
  static let now: Int64 = 1_740_830_400_000_000

  /// The parts of a manifest with one stream.
  struct Parts: Sendable, CustomStringConvertible {
    var description: String
    var paginator = ""
    var decoder = ""
    var fieldPath = "[data]"
    var incremental = ""
    var records: Int
    var isText = false

    var manifest: String {
      """
      version: 6.0.0
      type: DeclarativeSource
      check: {type: CheckStream, stream_names: [items]}
      streams:
        - type: DeclarativeStream
          name: items
          primary_key: [id]
          retriever:
            type: SimpleRetriever
            requester: {type: HttpRequester, url_base: "https://api.test/v1", path: /items}
            record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: \(fieldPath)}}
            \(paginator)
            \(decoder)
          \(incremental)
          schema_loader:
            type: InlineSchemaLoader
            schema:
              type: object
              properties:
                id: {type: \(isText ? "string" : "integer")}
                state: {type: string, enum: [open, closed]}
                updated_at: {type: string, format: date-time}
                owner: {type: object, properties: {email: {type: string, format: email}}}
      spec: {type: Spec, connection_specification: {type: object, properties: {}}}
      """
    }
  }

  private static func paginator(
    _ strategy: String, _ option: String = "{type: RequestOption, inject_into: request_parameter, field_name: p}"
  ) -> String {
    "paginator: {type: DefaultPaginator, page_token_option: \(option), pagination_strategy: \(strategy)}"
  }

  private static let cursor = """
    incremental_sync: {type: DatetimeBasedCursor, cursor_field: updated_at, datetime_format: "%Y-%m-%d", step: P10D, cursor_granularity: P1D, \
    start_datetime: "2025-02-10", start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: from}, \
    end_time_option: {type: RequestOption, inject_into: request_parameter, field_name: to}}
    """

  static let cases: [Parts] = [
    Parts(description: "one page", records: 3),
    Parts(
      description: "page numbers", paginator: paginator("{type: PageIncrement, page_size: 5, start_from_page: 1}"), records: 8),
    Parts(description: "pages without a size", paginator: paginator("{type: PageIncrement}"), records: 6),
    Parts(description: "offsets", paginator: paginator("{type: OffsetIncrement, page_size: 4}"), records: 7),
    Parts(
      description: "a token",
      paginator: paginator(
        "{type: CursorPagination, cursor_value: '{{ response.meta.next }}', stop_condition: '{{ not response.meta.next }}'}"),
      records: 6),
    Parts(
      description: "a number of pages",
      paginator: paginator(
        "{type: CursorPagination, cursor_value: '{{ response.page + 1 }}', stop_condition: '{{ response.page >= response.pages }}'}"
      ), records: 6),
    Parts(
      description: "a link in the body",
      paginator: paginator("{type: CursorPagination, cursor_value: '{{ response.next }}'}", "{type: RequestPath}"), records: 6),
    Parts(
      description: "a link in the head",
      paginator: paginator(
        "{type: CursorPagination, cursor_value: '{{ headers.link.next.url }}', stop_condition: '{{ not headers.link.next }}'}",
        "{type: RequestPath}"), records: 6),
    Parts(
      description: "a link without its origin",
      paginator: paginator(
        "{type: CursorPagination, cursor_value: \"{{ 'https://api.test' ~ response.next }}\", stop_condition: '{{ not response.next }}'}",
        "{type: RequestPath}"), records: 6),
    Parts(
      description: "a token within a link",
      paginator: paginator(
        "{type: CursorPagination, cursor_value: \"{{ response.next.split('after=')[1] }}\", stop_condition: '{{ not response.next }}'}"
      ), records: 6),
    Parts(
      description: "the last record",
      paginator: paginator(
        "{type: CursorPagination, cursor_value: '{{ last_record.id }}', stop_condition: '{{ not response.has_more }}'}"),
      records: 6),
    Parts(
      description: "a token in the body of the request",
      paginator: paginator(
        "{type: CursorPagination, cursor_value: '{{ response.cursor }}'}",
        "{type: RequestOption, inject_into: header, field_name: X-Page}"), records: 6),
    Parts(
      description: "pages that no request asks for",
      paginator:
        "paginator: {type: DefaultPaginator, page_size_option: {type: RequestOption, inject_into: request_parameter, field_name: offset}, "
        + "pagination_strategy: {type: OffsetIncrement, page_size: 4}}", records: 3),
    Parts(
      description: "the last record of a body that is one record",
      paginator: paginator(
        "{type: CursorPagination, cursor_value: '{{ last_record.id }}', stop_condition: '{{ not response.get(\"has_more\", {}) }}'}"
      ),
      fieldPath: "[]", records: 2),
    Parts(description: "records below a star", fieldPath: "[data, '*', item]", records: 3),
    Parts(description: "records that are the body", fieldPath: "[]", records: 3),
    Parts(description: "JSON lines", decoder: "decoder: {type: JsonlDecoder}", fieldPath: "[]", records: 3),
    Parts(description: "CSV", decoder: "decoder: {type: CsvDecoder}", fieldPath: "[]", records: 3, isText: true),
    Parts(description: "XML", decoder: "decoder: {type: XmlDecoder}", fieldPath: "[data, item]", records: 3, isText: true),
    Parts(
      description: "gzip", decoder: "decoder: {type: GzipDecoder, decoder: {type: JsonlDecoder}}", fieldPath: "[]", records: 3),
    Parts(
      description: "zip", decoder: "decoder: {type: ZipfileDecoder, decoder: {type: JsonlDecoder}}", fieldPath: "[]", records: 3),
    Parts(description: "windows", incremental: cursor, records: 6),
    Parts(
      description: "windows and page numbers", paginator: paginator("{type: PageIncrement, page_size: 5}"), incremental: cursor,
      records: 16),
  ]

  /// The records of a manifest's streams, read from its mock.
  static func read(
    _ manifest: String, config: JSONObject = [:], options: ManifestAPIOptions = ManifestAPIOptions(),
    through change: (any MockAPI) -> any MockAPI = { $0 }
  ) async throws -> (records: [String: [JSONValue]], lines: [JSONValue]) {
    let output = Lines()
    let mask = SecretMask()
    let writer = MessageWriter(output: output, mask: mask, now: { now })
    let late = LateTransport()
    let runtime = RuntimeEnvironment(
      now: { now }, sleep: { _ in }, random: { 0.5 }, transport: late, log: RunLog(writer: writer, isDebugging: false),
      secrets: mask)
    var input = ConnectorInput()
    input.config = config
    let source = ManifestSource.text(Array(manifest.utf8), name: "manifest.yaml")
    let api = try await ManifestMock.api(for: source, input, options: options, runtime: runtime)
    late.become(MockTransport(change(api), sleep: { _ in }))
    let connector = try await Connector.load(source, input, runtime: runtime)
    let catalog = ManifestMock.catalog(of: try await connector.listedStreams(nil))
    _ = try await connector.read(catalog, to: writer)
    var records: [String: [JSONValue]] = [:]
    let lines = try output.text.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    for line in lines where line["type"] == "RECORD" {
      records[line["record"]?["stream"]?.string ?? "", default: []].append(line["record"]?["data"] ?? .null)
    }
    return (records, lines)
  }

  private final class Lines: LineOutput {
    private let bytes = Mutex<[UInt8]>([])
    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
    func write(_ lines: UnsafeRawBufferPointer) throws { bytes.withLock { $0.append(contentsOf: lines) } }
  }

  /// A page has fewer records than it could, so that a token does not say how many there were before.
  @Test func pagesBehindTheSecondAreFound() async throws {
    let paginator = """
      paginator: {type: DefaultPaginator, page_size_option: {type: RequestOption, inject_into: request_parameter, field_name: limit}, \
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: after}, \
      pagination_strategy: {type: CursorPagination, cursor_value: '{{ last_record.id }}', \
      stop_condition: '{{ not response.has_more }}', page_size: 100}}
      """
    var options = ManifestAPIOptions()
    options.pages = 4
    let manifest = Parts(description: "", paginator: paginator, records: 12).manifest
    let records = try await Self.read(manifest, options: options).records["items"] ?? []
    #expect(Set(records.compactMap { $0["id"] }).count == 12)
    #expect(records.count == 12)
  }

  @Test(arguments: cases)
  func aManifestReadsWhatItsMockHas(parts: Parts) async throws {
    let records = try await Self.read(parts.manifest).records["items"] ?? []
    #expect(records.count == parts.records)
    #expect(Set(records.compactMap { $0["id"] }).count == parts.records)
    if parts.isText == false {
      #expect(records.allSatisfy { $0["owner"]?["email"]?.string?.contains("@") == true })
      #expect(records.allSatisfy { ["open", "closed"].contains($0["state"]?.string) })
    }
    guard !parts.incremental.isEmpty else { return }
    #expect(records.allSatisfy { $0["updated_at"].flatMap(\.string).map { ("2025-02-10"..."2025-03-01").contains($0) } == true })
    #expect(Set(records.compactMap { $0["updated_at"]?.string }).count > 1)
  }

  @Test func theSameSeedGivesTheSameRecords() async throws {
    var other = ManifestAPIOptions()
    other.seed = 7
    let manifest = Self.cases[0].manifest
    let (first, second) = (try await Self.read(manifest).records, try await Self.read(manifest).records)
    #expect(first == second)
    #expect(try await Self.read(manifest, options: other).records != first)
  }

  @Test func asManyPagesComeAsAreAskedFor() async throws {
    var options = ManifestAPIOptions()
    (options.pages, options.records) = (4, 2)
    let tokens = try #require(Self.cases.first { $0.description == "a token" })
    #expect(try await Self.read(tokens.manifest, options: options).records["items"]?.count == 8)
  }

  // MARK: Parents, credentials, jobs

  private static let family = """
    version: 6.0.0
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: [users]}
    definitions:
      users:
        type: DeclarativeStream
        name: users
        primary_key: [id]
        retriever:
          type: SimpleRetriever
          requester:
            type: HttpRequester
            url_base: https://api.test
            path: /users
            authenticator: {type: BearerAuthenticator, api_token: "{{ config['token'] }}"}
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
    streams:
      - $ref: "#/definitions/users"
      - type: DeclarativeStream
        name: posts
        primary_key: [id]
        retriever:
          type: SimpleRetriever
          requester:
            type: HttpRequester
            url_base: https://api.test
            path: /users/{{ stream_partition.user_id }}/posts
            authenticator: {type: BearerAuthenticator, api_token: "{{ config['token'] }}"}
          record_selector:
            type: RecordSelector
            extractor: {type: DpathExtractor, field_path: [posts]}
            record_filter: {type: RecordFilter, condition: "{{ record.kind == 'public' }}"}
          partition_router:
            type: SubstreamPartitionRouter
            parent_stream_configs:
              - {type: ParentStreamConfig, parent_key: id, partition_field: user_id, stream: {$ref: "#/definitions/users"}}
        schema_loader:
          type: InlineSchemaLoader
          schema: {type: object, properties: {id: {type: integer}, user_id: {type: integer}, kind: {type: string}}}
    spec:
      type: Spec
      connection_specification:
        type: object
        required: [token]
        properties: {token: {type: string, airbyte_secret: true}}
    """

  @Test func childrenBelongToTheirParents() async throws {
    let records = try await Self.read(Self.family, config: ["token": "sesame-street"]).records
    let users = Set((records["users"] ?? []).compactMap { $0["id"]?.int })
    let posts = records["posts"] ?? []
    #expect(users.count == 3 && posts.count == 9)
    #expect(Set(posts.compactMap { $0["user_id"]?.int }) == users)
    #expect(Set(posts.compactMap { $0["id"]?.int }).count == 9)
  }

  @Test(arguments: [
    (nil, 401, false), ("Bearer other", 401, true), ("Bearer other", 200, false), ("Bearer sesame-street", 200, true),
  ])
  func credentialsAreDemanded(header: String?, status: Int, knowsCredentials: Bool) async throws {
    var input = ConnectorInput()
    input.config = ["token": "sesame-street"]
    var options = ManifestAPIOptions()
    options.knowsCredentials = knowsCredentials
    let runtime = RuntimeEnvironment(
      now: { Self.now }, sleep: { _ in }, random: { 0.5 }, transport: LateTransport(),
      log: RunLog(writer: MessageWriter(output: Lines(), mask: SecretMask(), now: { 0 }), isDebugging: false))
    let api = try await ManifestMock.api(
      for: .text(Array(Self.family.utf8), name: "manifest.yaml"), input, options: options, runtime: runtime)
    let headers = header.map { [(name: "Authorization", value: $0)] } ?? []
    #expect(await api.answer(MockRequest(method: "GET", url: "https://api.test/users", headers: headers))?.status == status)
    #expect(await api.answer(MockRequest(method: "GET", url: "https://api.test/nothing", headers: headers)) == nil)
  }

  @Test func tokensAreIssuedAndChecked() async throws {
    let manifest = Self.family.replacing(
      #"{type: BearerAuthenticator, api_token: "{{ config['token'] }}"}"#,
      with:
        #"{type: OAuthAuthenticator, token_refresh_endpoint: "https://login.test/token", client_id: a, client_secret: "{{ config['token'] }}", refresh_token: r}"#
    )
    let records = try await Self.read(manifest, config: ["token": "sesame-street"]).records
    #expect(records["posts"]?.count == 9)
  }

  /// The second extractor reads CSV, without a decoder that says so.
  @Test(arguments: ["", "download_extractor: {type: ResponseToFileExtractor}"])
  func jobsRunThroughTheirStates(extractor: String) async throws {
    let manifest = """
      version: 6.0.0
      type: DeclarativeSource
      check: {type: CheckStream, stream_names: [report]}
      streams:
        - type: DeclarativeStream
          name: report
          retriever:
            type: AsyncRetriever
            status_mapping: {type: AsyncJobStatusMap, running: [busy], completed: [done], failed: [failed], timeout: [late]}
            status_extractor: {type: DpathExtractor, field_path: [job, status]}
            download_target_extractor: {type: DpathExtractor, field_path: [job, url]}
            record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}
            creation_requester: {type: HttpRequester, url_base: "https://api.test", path: /jobs, http_method: POST}
            polling_requester: {type: HttpRequester, url_base: "https://api.test", path: "/jobs/{{ creation_response.job_id }}"}
            download_requester: {type: HttpRequester, url_base: "{{ download_target }}"}
            \(extractor)
          schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
      spec: {type: Spec, connection_specification: {type: object, properties: {}}}
      """
    #expect(try await Self.read(manifest).records["report"]?.count == 3)
  }

  @Test func aConfigIsMadeUp() throws {
    let specification: JSONValue = [
      "type": "object", "required": ["token", "since", "region"],
      "properties": [
        "token": ["type": "string"], "since": ["type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"],
        "region": ["type": "string", "enum": ["eu", "us"]], "size": ["type": "integer", "default": 10],
        "other": ["type": "string"],
      ],
    ]
    let manifest = try ManifestPipeline(validator: ManifestValidator()).run(.text(Array(Self.family.utf8), name: "manifest.yaml"))
    let config = ConfigMaker(for: manifest, now: Self.now).config(for: specification)
    #expect(config == ["token": "mock-token", "since": "2025-02-08", "region": "eu", "size": 10])
  }

  /// The defaults are from long ago, and the address may not be one that can be requested.
  @Test func aConfigIsMadeUpThatReadsSoon() throws {
    let specification: JSONValue = [
      "type": "object",
      "properties": [
        "start_date": ["type": "string", "default": "2011-09-01"],
        "end_date": ["type": "string", "default": "2011-09-02T00:00:00Z"],
        "api_url": ["type": "string", "pattern": "^[a-z.]+$"], "timeout": ["type": "string", "default": "60"],
      ],
    ]
    let manifest = Self.family.replacing(
      "url_base: https://api.test", with: #"url_base: "{{ config['api_url'] or 'https://api.test' }}""#)
    let loaded = try ManifestPipeline(validator: ManifestValidator()).run(.text(Array(manifest.utf8), name: "manifest.yaml"))
    let config = ConfigMaker(for: loaded, now: Self.now).config(for: specification)
    #expect(config == ["start_date": "2025-02-08", "end_date": "2025-03-01T12:00:00Z", "timeout": "60"])
  }

  @Test func ancestorsOfManyHaveFewRecords() async throws {
    func stream(_ name: String, below parent: String?) -> String {
      let router =
        parent.map {
          """

                partition_router:
                  type: SubstreamPartitionRouter
                  parent_stream_configs:
                    - {type: ParentStreamConfig, parent_key: id, partition_field: \($0), stream: {$ref: "#/definitions/\($0)"}}
          """
        } ?? ""
      let path = parent.map { "/\($0)/{{ stream_partition.\($0) }}/\(name)" } ?? "/\(name)"
      return """
          \(name):
            type: DeclarativeStream
            name: \(name)
            primary_key: [id]
            retriever:
              type: SimpleRetriever
              requester: {type: HttpRequester, url_base: "https://api.test", path: "\(path)"}
              record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: [data]}}
              paginator:
                type: DefaultPaginator
                page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
                pagination_strategy: {type: PageIncrement, page_size: 10}\(router)
            schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {id: {type: integer}}}}
        """
    }
    let names = ["a", "b", "c", "d"]
    let parents = [nil] + names.map(Optional.some)
    let manifest = """
      version: 6.0.0
      type: DeclarativeSource
      check: {type: CheckStream, stream_names: [a]}
      definitions:
      \(zip(names, parents).map { stream($0, below: $1) }.joined(separator: "\n"))
      streams:
      \(names.map { "  - $ref: \"#/definitions/\($0)\"" }.joined(separator: "\n"))
      spec: {type: Spec, connection_specification: {type: object, properties: {}}}
      """
    let records = try await Self.read(manifest).records
    #expect(names.map { records[$0]?.count } == [1, 1, 1, 13])
    var options = ManifestAPIOptions()
    options.records = 2
    options.pages = 1
    let more = try await Self.read(manifest, options: options).records
    #expect(names.map { more[$0]?.count } == [2, 4, 8, 16])
  }

  // MARK: Drill

  @Test func aDrillPassesWhereNothingIsLost() async throws {
    let report = try await Self.drill(Self.family, faults: Fault.allCases)
    #expect(report.violations == 0, "\(report.text)")
    #expect(report.runs.filter { $0.faults > 0 }.count >= 7)
    #expect(report.runs.first { $0.fault == .rateLimit }?.waited ?? 0 > 0)
  }

  @Test func aDrillFindsWhatAnErrorHandlerLoses() async throws {
    let filter = "{type: HttpResponseFilter, http_codes: [500, 502, 503], action: IGNORE}"
    let handler = "error_handler: {type: DefaultErrorHandler, response_filters: [\(filter)]}"
    let manifest = Self.family.replacing("path: /users\n", with: "path: /users\n        \(handler)\n")
    let report = try await Self.drill(manifest, faults: [.serverError])
    #expect(report.violations > 0)
    #expect(report.text.contains("Stream users is complete, but 3 of its 3 records are lost"))
    #expect(report.json["violations"]?.int == report.violations)
  }

  private static func drill(_ manifest: String, faults: [Fault]) async throws -> DrillReport {
    var input = ConnectorInput()
    input.config = ["token": "sesame-street"]
    return try await Drill(
      .text(Array(manifest.utf8), name: "manifest.yaml"), input, options: ManifestAPIOptions(), start: now, environment: [:]
    ).run(seeds: [1], faults: faults)
  }
}
