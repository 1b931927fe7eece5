import Foundation
import LowCode
import Testing

/// Components of an application in each role that a manifest has a `Custom…` type for.
@Suite struct CustomComponentTests {
  struct SignedAuth: Component, Authenticator {
    static let className = "source_x.components.SignedAuth"
    let secret: Template
    let prefix: String

    init(from node: ComponentNode, in scope: BuildScope) throws {
      secret = try node.template("secret", in: scope)
      prefix = node.parameters["prefix"]?.string ?? ""
    }

    func sign(_ request: inout HTTPRequest) async throws {
      request.setHeader("X-Signature", "\(prefix)\(request.method) \(request.url) \(try secret.text())")
    }
  }

  @Test func anAuthenticatorSignsRequests() async throws {
    var shop = Shop()
    shop.authenticator = """
      {type: CustomAuthenticator, class_name: source_x.components.SignedAuth, secret: "{{ config['token'] }}", \
      $parameters: {prefix: "v1 "}}
      """
    let api = FakeAPI.items(#"[{"id": 1}]"#)
    _ = try await shop.connector(api, adding: SignedAuth.self).read().records
    #expect(api.requests.first?.header("x-signature") == "v1 GET https://api.example.com/items sesame-token")
  }

  struct Shouting: Component, RecordTransformation {
    let field: String
    init(from node: ComponentNode, in scope: BuildScope) throws { field = try node.string("field") }

    func transform(_ record: inout Record, slice: StreamSlice) throws {
      if let text = record[field: field]?.string { record[field: field] = .string(text.uppercased()) }
    }
  }

  @Test func aTransformationChangesRecords() async throws {
    var shop = Shop()
    shop.stream = "    transformations: [{type: CustomTransformation, class_name: Shouting, field: name}]\n"
    let records = try await shop.connector(.items(#"[{"id": 1, "name": "ada"}]"#), adding: Shouting.self).read().records
    #expect(records == [["id": 1, "name": "ADA"]])
  }

  struct Pairs: Component, RecordExtractor {
    init(from node: ComponentNode, in scope: BuildScope) throws {}

    func records(in body: JSONView) throws -> [JSONValue] {
      body.keys.map { ["id": .string($0), "value": body[$0]?.value ?? .null] }
    }
  }

  @Test func anExtractorFindsRecords() async throws {
    var shop = Shop()
    shop.extractor = "{type: CustomRecordExtractor, class_name: Pairs}"
    let records = try await shop.connector(FakeAPI { _, _ in (200, #"{"a": 1, "b": 2}"#) }, adding: Pairs.self).read().records
    #expect(records == [["id": "a", "value": 1], ["id": "b", "value": 2]])
  }

  struct OddOnly: Component, RecordCondition {
    init(from node: ComponentNode, in scope: BuildScope) throws {}
    func keeps(_ record: Record, slice: StreamSlice) throws -> Bool { (record[field: "id"]?.int ?? 0) % 2 == 1 }
  }

  @Test func aFilterDropsRecords() async throws {
    var shop = Shop()
    shop.filter = "{type: CustomRecordFilter, class_name: OddOnly}"
    let records = try await shop.connector(.items(#"[{"id": 1}, {"id": 2}, {"id": 3}]"#), adding: OddOnly.self).read().records
    #expect(records == [["id": 1], ["id": 3]])
  }

  /// Both a filter and a transformation, by one rule.
  struct Even: Component, RecordCondition, RecordTransformation {
    init(from node: ComponentNode, in scope: BuildScope) throws {}
    func keeps(_ record: Record, slice: StreamSlice) throws -> Bool { (record[field: "id"]?.int ?? 1) % 2 == 0 }

    func transform(_ record: inout Record, slice: StreamSlice) throws {
      if let number = record[field: "id"]?.int { record[field: "half"] = .int(number / 2) }
    }
  }

  @Test func aTypeMayHaveTwoRoles() async throws {
    var shop = Shop()
    shop.filter = "{type: CustomRecordFilter, class_name: Even}"
    shop.stream = "    transformations: [{type: CustomTransformation, class_name: Even}]\n"
    let records = try await shop.connector(.items(#"[{"id": 1}, {"id": 4}]"#), adding: Even.self).read().records
    #expect(records == [["id": 4, "half": 2]])
  }

  struct Countdown: Component, PaginationStrategy {
    init(from node: ComponentNode, in scope: BuildScope) throws {}
    var initialToken: PageToken? { PageToken(json: 3) }

    func nextToken(after page: PageResult, lastToken: PageToken?) throws -> PageToken? {
      let next = (lastToken?.json.int ?? 0) - 1
      return next > 0 ? PageToken(json: .int(next)) : nil
    }
  }

  @Test func aPaginationStrategyAsksForPages() async throws {
    var shop = Shop()
    shop.paginator = """
      {type: DefaultPaginator, pagination_strategy: {type: CustomPaginationStrategy, class_name: Countdown}, \
      page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}}
      """
    let api = FakeAPI.items(#"[{"id": 1}]"#)
    _ = try await shop.connector(api, adding: Countdown.self).read().records
    #expect(api.requests.map { $0.url.suffix(6) } == ["page=3", "page=2", "page=1"])
  }

  struct Patient: Component, ErrorHandler {
    let backoffStrategies: [any BackoffStrategy]?

    init(from node: ComponentNode, in scope: BuildScope) throws {
      backoffStrategies = try node.nodes("backoff_strategies").map { try scope.build($0) }
    }

    func interpret(_ attempt: Attempt) throws -> ErrorResolution {
      attempt.response?.status == 420 ? ErrorResolution(.retry, .transient, "Calm down") : .success
    }
  }

  struct Minutes: Component, BackoffStrategy {
    let minutes: Int
    init(from node: ComponentNode, in scope: BuildScope) throws { minutes = try node.int("minutes") ?? 1 }
    func delay(after attempt: Attempt, number: Int) throws -> Double? { Double(minutes * 60 * number) }
  }

  @Test func anErrorHandlerAndABackoffStrategyDecide() async throws {
    var shop = Shop()
    shop.errorHandler = """
      {type: CustomErrorHandler, class_name: Patient, \
      backoff_strategies: [{type: CustomBackoffStrategy, class_name: Minutes, minutes: 2}]}
      """
    let api = FakeAPI { _, number in number < 2 ? (420, "{}") : (200, #"{"items": [{"id": 1}]}"#) }
    var texts: [String] = []
    var count = 0
    for try await message in try shop.connector(api, adding: Patient.self, Minutes.self).read(.streams("items")) {
      if case .log(let line) = message { texts.append(line.text) }
      if case .record = message { count += 1 }
    }
    #expect(count == 1)
    #expect(api.requests.count == 3)
    #expect(texts.contains { $0.contains("121") } && texts.contains { $0.contains("241") })
  }

  struct Regions: Component, PartitionRouter {
    let names: [String]
    init(from node: ComponentNode, in scope: BuildScope) throws { names = try node.strings("names") }

    func partitions(_ body: (StreamSlice) async throws -> Void) async throws {
      for name in names { try await body(StreamSlice(partition: ["region": .string(name)])) }
    }

    func requestParts(for slice: StreamSlice, token: PageToken?) throws -> RequestParts {
      var parts = RequestParts()
      parts.parameters["region"] = slice.partition["region"]
      return parts
    }
  }

  @Test func aPartitionRouterCutsTheStream() async throws {
    var shop = Shop()
    shop.router = "{type: CustomPartitionRouter, class_name: Regions, names: [north, south]}"
    let api = FakeAPI.items(#"[{"id": 1}]"#)
    _ = try await shop.connector(api, adding: Regions.self).read().records
    #expect(Set(api.requests.map { String($0.url.suffix(12)) }) == ["region=north", "region=south"])
  }

  struct Words: Component, Decoder {
    init(from node: ComponentNode, in scope: BuildScope) throws {}

    func decode(_ response: HTTPResponse) throws -> DecodedBody {
      try DecodedBody(String(decoding: response.body, as: UTF8.self).split(separator: " ").map { ["id": .string(String($0))] })
    }
  }

  @Test func aDecoderReadsBodies() async throws {
    var shop = Shop()
    shop.decoder = "{type: CustomDecoder, class_name: Words}"
    shop.extractor = "{type: DpathExtractor, field_path: []}"
    let records = try await shop.connector(FakeAPI { _, _ in (200, "one two") }, adding: Words.self).read().records
    #expect(records == [["id": "one"], ["id": "two"]])
  }

  /// Reads a body as it comes, a letter at a time.
  struct Letters: Component, Decoder {
    init(from node: ComponentNode, in scope: BuildScope) throws {}
    var streams: Bool { true }
    func decode(_ response: HTTPResponse) throws -> DecodedBody { try Self.values(response.body) }

    func decode(_ response: HTTPResponse, _ batch: (DecodedBody) async throws -> Bool) async throws {
      for letter in try await response.whole().body { guard try await batch(Self.values(Data([letter]))) else { return } }
    }

    private static func values(_ text: Data) throws -> DecodedBody {
      try DecodedBody(text.map { ["id": .string(String(UnicodeScalar($0)))] })
    }
  }

  private static let gzip = "H4sIAAAAAAACA8vPS1UoKc8HAC+JB80HAAAA"
  private static let gzipTwice = "H4sIAAAAAAACA5Pv5mAAASbm0+e9QzU0z7Mz6Heyn2UHCgEAQtayGhsAAAA="
  private static let zip = """
    UEsDBBQAAAAAAAAAIVgviQfNBwAAAAcAAAAFAAAAYS50eHRvbmUgdHdvUEsDBBQAAAAAAAAAIVj12MVGBQAAAAUAAAAFAAAAYi50eHR0aHJlZVBLAQIUAxQAAAAA\
    AAAAIVgviQfNBwAAAAcAAAAFAAAAAAAAAAAAAACAAQAAAABhLnR4dFBLAQIUAxQAAAAAAAAAIVj12MVGBQAAAAUAAAAFAAAAAAAAAAAAAACAASoAAABiLnR4dFBL\
    BQYAAAAAAgACAGYAAABSAAAAAAA=
    """

  /// What an API sent that is unpacked before a decoder of the application sees it, and what that makes of it.
  @Test(arguments: [
    ("{type: GzipDecoder, decoder: INNER}", "Words", gzip, ["one", "two"]),
    ("{type: GzipDecoder, decoder: INNER}", "Letters", gzip, ["o", "n", "e", " ", "t", "w", "o"]),
    ("{type: GzipDecoder, decoder: {type: GzipDecoder, decoder: INNER}}", "Words", gzipTwice, ["one", "two"]),
    ("{type: ZipfileDecoder, decoder: INNER}", "Words", zip, ["one", "two", "three"]),
    ("{type: ZipfileDecoder, decoder: {type: GzipDecoder, decoder: INNER}}", "Words", zip, ["one", "two", "three"]),
  ])
  func aDecoderReadsWhatIsUnpacked(decoder: String, inner: String, body: String, ids: [String]) async throws {
    var shop = Shop()
    shop.decoder = decoder.replacing("INNER", with: "{type: CustomDecoder, class_name: \(inner)}")
    shop.extractor = "{type: DpathExtractor, field_path: []}"
    let api = FakeAPI(body: try #require(Data(base64Encoded: body)))
    let records = try await shop.connector(api, adding: Words.self, Letters.self).read().records
    #expect(records == ids.map { ["id": .string($0)] })
  }

  @Test func aBodyThatCannotBeUnpackedSaysSo() async throws {
    var shop = Shop()
    shop.decoder = "{type: GzipDecoder, decoder: {type: CustomDecoder, class_name: Words}}"
    shop.extractor = "{type: DpathExtractor, field_path: []}"
    let packed = try #require(Data(base64Encoded: Self.gzip))
    var damaged = packed
    damaged[12] ^= 0xFF
    for (body, sentence) in [(packed.dropLast(9), "is cut off"), (damaged, "The response cannot be unpacked")] {
      var errors: [ErrorTrace] = []
      await #expect(throws: IncompleteRead.self) {
        for try await message in try shop.connector(FakeAPI(body: Data(body)), adding: Words.self).read() {
          if case .error(let error) = message { errors.append(error) }
        }
      }
      #expect(errors.first?.message.contains(sentence) == true, "\(errors.first?.message ?? "")")
    }
  }

  struct Fixed: Component, SchemaLoader {
    init(from node: ComponentNode, in scope: BuildScope) throws {}
    func schema() async throws -> JSONObject { ["type": "object", "properties": ["weight": ["type": "number"]]] }
  }

  @Test func aSchemaLoaderDescribesTheStream() async throws {
    var shop = Shop()
    shop.schemaLoader = "{type: CustomSchemaLoader, class_name: Fixed}"
    let streams = try await shop.connector(.endless, adding: Fixed.self).discover()
    #expect(streams[0].jsonSchema["properties"]?["weight"]?["type"] == "number")
  }

  struct Renamed: Component, StateMigration {
    init(from node: ComponentNode, in scope: BuildScope) throws {}

    func migrate(_ state: JSONObject, of stream: ComponentNode, in scope: BuildScope) throws -> JSONObject {
      guard let date = state["date"] else { return state }
      return ["at": date]
    }
  }

  @Test func aStateMigrationChangesTheState() async throws {
    var shop = Shop()
    shop.stream = """
          state_migrations: [{type: CustomStateMigration, class_name: Renamed}]
          incremental_sync:
            type: DatetimeBasedCursor
            cursor_field: at
            datetime_format: "%Y-%m-%d"
            start_datetime: "2023-01-01"
            start_time_option: {type: RequestOption, inject_into: request_parameter, field_name: since}

      """.replacing("\n\n", with: "\n")
    let api = FakeAPI.items(#"[{"id": 1, "at": "2023-07-01"}]"#)
    let state = ConnectorState(["items": ["date": "2023-06-01"]])
    _ = try await shop.connector(api, adding: Renamed.self).read(.all, from: state).records
    #expect(api.requests.first?.url.hasSuffix("since=2023-06-01") == true)
  }

  struct Direct: Component, Requester {
    let transport: any Transport
    init(from node: ComponentNode, in scope: BuildScope) throws { transport = scope.runtime.transport }

    func send(
      _ slice: StreamSlice, token: PageToken?, path: String?, adding parts: RequestParts
    ) async throws -> HTTPResponse {
      try await transport.exchange(HTTPRequest(method: "GET", url: "https://elsewhere.example.com/"))
    }
  }

  @Test func aRequesterSendsRequests() async throws {
    var shop = Shop()
    shop.requester = "{type: CustomRequester, class_name: Direct}"
    let api = FakeAPI.items(#"[{"id": 7}]"#)
    #expect(try await shop.connector(api, adding: Direct.self).read().records == [["id": 7]])
    #expect(api.requests.map(\.url) == ["https://elsewhere.example.com/"])
  }

  struct Counting: Component, Retriever {
    init(from node: ComponentNode, in scope: BuildScope) throws {}

    func read(_ slice: StreamSlice, _ body: (Page) async throws -> Bool) async throws {
      for number in 1...2 { guard try await body(Page(records: [Record(["id": .int(number)])])) else { return } }
    }
  }

  @Test func aRetrieverReadsPages() async throws {
    var shop = Shop()
    shop.retriever = "{type: CustomRetriever, class_name: Counting}"
    #expect(try await shop.connector(.endless, adding: Counting.self).read().records == [["id": 1], ["id": 2]])
  }

  struct Trimmed: Component, ConfigTransformation {
    init(from node: ComponentNode, in scope: BuildScope) throws {}

    func transform(_ config: inout ConfigDraft) throws {
      if let token = config["token"]?.string { config["token"] = .string(token.filter { $0 != " " }) }
    }
  }

  struct NoSpaces: Component, ValidationStrategy {
    let node: ComponentNode
    init(from node: ComponentNode, in scope: BuildScope) throws { self.node = node }

    func validate(_ value: JSONValue) throws {
      if value.string?.contains(" ") == true {
        throw ConnectorError(.config, "The token has a space in it", at: node.node)
      }
    }
  }

  @Test func aConfigIsTransformedAndValidated() async throws {
    var shop = Shop()
    shop.authenticator = #"{type: ApiKeyAuthenticator, api_token: "{{ config['token'] }}", header: X-Key}"#
    shop.rules = "{type: ConfigNormalizationRules, transformations: [{type: CustomConfigTransformation, class_name: Trimmed}]}"
    let api = FakeAPI.items("[]")
    _ = try await shop.connector(api, config: ["token": "two words"], adding: Trimmed.self).read().records
    #expect(api.requests.first?.header("X-Key") == "twowords")

    shop.rules = """
      {type: ConfigNormalizationRules, validations: [{type: DpathValidator, field_path: [token], \
      validation_strategy: {type: CustomValidationStrategy, class_name: NoSpaces}}]}
      """
    let connector = try shop.connector(api, config: ["token": "two words"], adding: NoSpaces.self)
    let error = await #expect(throws: ConnectorError.self) { try await connector.read().records }
    #expect(error?.message == "The token has a space in it")
  }

  struct Rounded: Component, SchemaNormalization {
    init(from node: ComponentNode, in scope: BuildScope) throws {}

    func normalize(_ record: inout Record, to schema: JSONObject) throws {
      for (name, property) in schema["properties"]?.object ?? [:] where property["type"] == "integer" {
        if let number = record[field: name]?.double { record[field: name] = .int(Int(number.rounded())) }
      }
    }
  }

  @Test func aNormalisationSeesTheSchema() async throws {
    var shop = Shop()
    shop.extractor =
      "{type: DpathExtractor, field_path: [items]}\n        schema_normalization: "
      + "{type: CustomSchemaNormalization, class_name: Rounded}"
    let records = try await shop.connector(.items(#"[{"id": 1.8, "other": 1.8}]"#), adding: Rounded.self).read().records
    #expect(records == [["id": 2, "other": 1.8]])
  }

  /// Works on the records of a page at once, and joins another one of its kind.
  struct Numbered: Component, RecordTransformation, PageStep {
    var names: [String]
    init(from node: ComponentNode, in scope: BuildScope) throws { names = [try node.string("field")] }
    var pageStep: (any PageStep)? { self }
    func transform(_ record: inout Record, slice: StreamSlice) throws {}

    func run(_ records: inout [Record], slice: StreamSlice) async throws {
      for index in records.indices { for name in names { records[index][field: name] = .int(index + names.count) } }
    }

    func joining(_ next: any PageStep) -> (any PageStep)? {
      guard let next = next as? Numbered else { return nil }
      var joined = self
      joined.names += next.names
      return joined
    }
  }

  @Test func neighboursThatWorkOnPagesJoin() async throws {
    var shop = Shop()
    shop.stream =
      "    transformations: [{type: CustomTransformation, class_name: Numbered, field: a}, "
      + "{type: CustomTransformation, class_name: Numbered, field: b}]\n"
    let records = try await shop.connector(.items(#"[{"id": 1}, {"id": 2}]"#), adding: Numbered.self).read().records
    #expect(records == [["id": 1, "a": 2, "b": 2], ["id": 2, "a": 3, "b": 3]])
  }

  /// Takes the words of a body that nobody decodes as records.
  struct Lines: Component, RecordExtractor, ResponseExtractor {
    init(from node: ComponentNode, in scope: BuildScope) throws {}
    var ofResponses: (any ResponseExtractor)? { self }

    func records(
      of response: HTTPResponse, slice: StreamSlice, _ take: (ExtractedPart) async throws -> Bool
    ) async throws {
      for line in String(decoding: response.body, as: UTF8.self).split(separator: " ") {
        let record: JSONValue = ["line": .string(String(line)), "of": .string(response.request?.method ?? "")]
        guard try await take(ExtractedPart([.value(record)])) else { return }
      }
    }
  }

  @Test func anExtractorReadsTheResponseItself() async throws {
    var shop = Shop()
    shop.extractor = "{type: CustomRecordExtractor, class_name: Lines}"
    let records = try await shop.connector(FakeAPI { _, _ in (200, "no json") }, adding: Lines.self).read().records
    #expect(records == [["line": "no", "of": "GET"], ["line": "json", "of": "GET"]])
  }

  // MARK: Names

  @Test(arguments: [
    ("source_x.components.Shouting", "source_x.components.Shouting", true), ("Shouting", "source_x.components.Shouting", true),
    ("Shouting", "Shouting", true), ("source_x.components.Shouting", "Shouting", false),
    ("source_x.components.Shouting", "source_y.components.Shouting", false), ("Shouting", "source_x.components.Other", false),
    ("components.Shouting", "source_declarative_manifest.components.Shouting", true),
    ("source_declarative_manifest.components.Shouting", "components.Shouting", true),
  ])
  func aClassIsFoundByItsName(registered: String, written: String, isFound: Bool) async throws {
    var shop = Shop()
    shop.stream = "    transformations: [{type: CustomTransformation, class_name: \(written), field: name}]\n"
    var components = ComponentRegistry.standard
    components.register(Shouting.self, asClass: registered)
    let findings = await ManifestChecker(components: components).check(text: shop.text)
    #expect(findings.contains { $0.rule == "custom-component" } != isFound)
    let connector = Connector(
      try Manifest(text: shop.text), config: ["token": "sesame-token"], components: components,
      runtime: .test(.items(#"[{"name": "ada"}]"#)))
    if isFound {
      #expect(try await connector.read().records == [["name": "ADA"]])
    } else {
      await #expect(throws: IncompleteRead.self) { try await connector.read().records }
    }
  }

  struct Nothing: Component {
    init(from node: ComponentNode, in scope: BuildScope) throws {}
  }

  @Test func aTypeWithoutARoleCannotBeRegistered() async {
    await #expect(processExitsWith: .failure) {
      var components = ComponentRegistry.standard
      components.register(Nothing.self)
    }
  }

  // MARK: Mistakes

  @Test func anUnknownClassIsAnErrorAtItsPlace() async throws {
    var shop = Shop()
    shop.authenticator = "{type: CustomAuthenticator, class_name: source_x.components.Other}"
    var errors: [ErrorTrace] = []
    await #expect(throws: IncompleteRead.self) {
      for try await message in try shop.connector(.endless).read() {
        if case .error(let error) = message { errors.append(error) }
      }
    }
    #expect(
      errors.first?.message.hasPrefix(
        "`source_x.components.Other` is a custom component, and nothing here has a class of this name (manifest.yaml:10:") == true
    )
  }

  @Test func aComponentOfAnotherRoleIsAnErrorAtItsPlace() async throws {
    var shop = Shop()
    shop.authenticator = "{type: CustomAuthenticator, class_name: Words}"
    let connector = try shop.connector(.endless, adding: Words.self)
    let error = await #expect(throws: ConnectorError.self) { try await connector.read().records }
    #expect(error?.message == "`Words` cannot be used here: its Swift type `Words` is no `Authenticator`")
    #expect(error?.mark?.line == 10)
    #expect(error?.path.hasSuffix("authenticator.class_name") == true)
  }

  @Test func aMissingPropertyIsAnErrorAtItsPlace() async throws {
    var shop = Shop()
    shop.authenticator = "{type: CustomAuthenticator, class_name: source_x.components.SignedAuth}"
    let connector = try shop.connector(.endless, adding: SignedAuth.self)
    let error = await #expect(throws: ConnectorError.self) { try await connector.read().records }
    #expect(error?.message == "`CustomAuthenticator` needs `secret`")
    #expect(error?.mark?.line == 10)
  }

  @Test func theCheckerKnowsTheClasses() async throws {
    var shop = Shop()
    shop.authenticator = #"{type: CustomAuthenticator, class_name: source_x.components.SignedAuth, secret: "x"}"#
    let unknown = await ManifestChecker().check(text: shop.text)
    #expect(unknown.contains { $0.rule == "custom-component" })
    let known = await ManifestChecker(components: .standard.adding(SignedAuth.self)).check(text: shop.text)
    #expect(!known.contains { $0.rule == "custom-component" })
  }
}
