import Testing

@testable import LanguageServer

@Suite struct CompleterTests {
  private static func labels(_ marked: String, settled: String? = nil) -> [String] {
    let text = CursorText(marked)
    return Completer(DocumentText(text.text), at: text.offset, settled: settled.map { Outline(Array($0.utf8)) }).items().items
      .sorted { ($0.rank, $0.label) < ($1.rank, $1.label) }.map(\.label)
  }

  /// The text after the item was chosen.
  private static func text(_ marked: String, choosing label: String) -> String? {
    let text = CursorText(marked)
    let (items, range) = Completer(DocumentText(text.text), at: text.offset, settled: nil).items()
    guard let item = items.first(where: { $0.label == label }) else { return nil }
    var changed = DocumentText(text.text)
    changed.replace(range, by: item.newText ?? item.label)
    return changed.text(0..<changed.bytes.count)
  }

  @Test(
    arguments: [
      // Properties of a component, without those that it has.
      (manifest(requester: "│"), ["http_method", "$ref", "request_parameters"], ["url", "type", "authenticator"]),
      (manifest(requester: "http│"), ["http_method"], []),
      (manifest(retriever: "paginator: {type: DefaultPaginator, │}"), ["pagination_strategy", "page_size_option"], ["type"]),
      (manifest(retriever: "paginator:\n  type: DefaultPaginator\n  │"), ["pagination_strategy"], ["type", "requester"]),
      (manifest(top: "│"), ["concurrency_level", "dynamic_streams"], ["streams", "$ref"]),
      (manifest(stream: "│"), ["primary_key", "incremental_sync"], ["name"]),
      // A component that has no type yet.
      (manifest(retriever: "record_selector:\n  │"), ["extractor", "record_filter"], ["requester"]),
      (manifest(retriever: "paginator:\n  │"), ["type", "$ref"], ["requester"]),
      (manifest(retriever: "partition_router:\n  │"), ["type", "$ref"], ["parent_stream_configs"]),
      (manifest(stream: "transformations:\n  - │"), ["type"], []),
      // What is data has no components in it.
      (manifest(stream: "│x: 1").replacing("isbn: {type", with: "isbn: {│type"), [], []),
    ] as [(String, [String], [String])])
  func keysAreThoseOfTheComponent(marked: String, present: [String], absent: [String]) {
    let labels = Self.labels(marked)
    #expect(Set(labels).isSuperset(of: present), "\(labels)")
    #expect(Set(labels).isDisjoint(with: absent), "\(labels)")
  }

  @Test(
    arguments: [
      (manifest(retriever: "paginator:\n  type: │"), ["DefaultPaginator", "NoPagination"], ["HttpRequester"]),
      (manifest(retriever: "paginator: {type: Def│}"), ["DefaultPaginator", "NoPagination"], ["HttpRequester"]),
      (manifest(stream: "transformations:\n  - type: │"), ["AddFields", "RemoveFields"], ["DefaultPaginator"]),
      (manifest(definitions: "  x:\n    type: │"), ["HttpRequester", "AddFields"], []),
      (manifest(requester: "http_method: │"), ["GET", "POST"], ["true"]),
      (manifest(requester: "use_cache: │"), ["true", "false"], ["GET"]),
      (manifest(stream: "primary_key: │"), ["isbn", "title"], []),
      (manifest().replacing("[books]", with: "[│]"), ["books"], []),
      (
        manifest(retriever: "paginator:\n  type: DefaultPaginator\n  page_token_option: {type: RequestOption, inject_into: │}"),
        ["request_parameter", "header"], ["GET"]
      ),
    ] as [(String, [String], [String])])
  func valuesAreThoseOfTheSchema(marked: String, present: [String], absent: [String]) {
    let labels = Self.labels(marked)
    #expect(Set(labels).isSuperset(of: present), "\(labels)")
    #expect(Set(labels).isDisjoint(with: absent), "\(labels)")
  }

  @Test func referencesThatFitComeFirst() {
    let definitions = "  page: {type: DefaultPaginator}\n  auth: {type: NoAuth}\n  shelf:\n    base: {type: HttpRequester}"
    let labels = Self.labels(manifest(retriever: "paginator: {$ref: \"│\"}", definitions: definitions))
    #expect(labels.first == "#/definitions/page")
    #expect(labels.contains("#/definitions/shelf/base"), "\(labels)")
    // The stream that the reference is in would contain itself.
    #expect(!labels.contains("#/streams/0"))
  }

  @Test func whatNeedsQuotesGetsThem() {
    let text = manifest(retriever: "paginator:\n  $ref: │", definitions: "  page: {type: DefaultPaginator}")
    #expect(Self.text(text, choosing: "#/definitions/page")?.contains("$ref: '#/definitions/page'\n") == true)
    #expect(
      Self.text(text.replacing("│", with: "\"#/de│\""), choosing: "#/definitions/page")?.contains(
        "$ref: \"#/definitions/page\"\n") == true)
  }

  @Test(
    arguments: [
      (
        "request_parameters: {q: \"{{ │ }}\"}", ["config", "stream_interval", "now_utc", "next_page_token"], ["record", "upper"]
      ),
      ("request_parameters: {q: \"{{ co│ }}\"}", ["config"], []),
      ("request_parameters: {q: \"{{ config['│'] }}\"}", ["token", "account"], ["config"]),
      ("request_parameters: {q: \"{{ config[\\\"│", ["token", "account"], ["config"]),
      ("request_parameters: {q: '{{ config[''│''] }}'}", ["token", "account"], ["config"]),
      ("request_parameters: {q: \"{{ config.account.│ }}\"}", ["region"], ["token"]),
      ("request_parameters: {q: \"{{ config.get('│') }}\"}", ["token"], []),
      ("request_parameters: {q: \"{{ config['token'] | │ }}\"}", ["upper", "base64encode"], ["config"]),
      ("request_parameters: {q: \"{{ config is │ }}\"}", ["defined", "none"], ["config"]),
      ("request_parameters: {q: \"{{ parameters['│", ["shelf"], ["token"]),
      ("request_parameters: {q: \"{{ stream_interval.│ }}\"}", ["start_time", "end_time"], []),
      ("request_parameters: {q: \"{% │ %}\"}", ["if", "set"], ["config"]),
      ("request_parameters: {q: \"{{ 'a │\"}", [], ["config"]), ("request_parameters: {q: \"plain │\"}", [], ["config"]),
      ("request_parameters:\n  q: >-\n    {{ config['│'] }}", ["token"], []),
    ] as [(String, [String], [String])])
  func templatesHaveTheNamesOfTheirPlace(line: String, present: [String], absent: [String]) {
    let labels = Self.labels(manifest(requester: line))
    #expect(Set(labels).isSuperset(of: present), "\(labels)")
    #expect(Set(labels).isDisjoint(with: absent), "\(labels)")
  }

  @Test func recordsHaveTheFieldsOfTheirSchema() {
    let labels = Self.labels(
      manifest(
        stream: "transformations:\n  - type: AddFields\n    fields:\n      - path: [x]\n        value: \"{{ record['│'] }}\""))
    #expect(labels == ["isbn", "title"])
  }

  /// A text that has lost its spec while it is written still knows the config.
  @Test func whatWasThereIsKnownFurther() {
    let broken =
      "streams:\n  - type: DeclarativeStream\n    retriever:\n      type: SimpleRetriever\n      requester:\n        type: HttpRequester\n        url: \"{{ config['│"
    #expect(Self.labels(broken).isEmpty)
    #expect(Self.labels(broken, settled: manifest()) == ["account", "token"])
  }

  /// Wherever the cursor is, also in half of a manifest.
  @Test func everyPlaceCanBeAsked() {
    let bytes = Array(manifest(retriever: "paginator: {type: DefaultPaginator}").utf8)
    for offset in stride(from: 0, through: bytes.count, by: 3) {
      for text in [bytes, Array(bytes[..<offset])] {
        let (_, range) = Completer(DocumentText(bytes: text), at: offset, settled: nil).items()
        #expect(range.lowerBound >= 0 && range.upperBound <= text.count)
      }
    }
  }
}
