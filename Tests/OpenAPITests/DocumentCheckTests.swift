import Manifest
import Testing
import Validation

@testable import OpenAPI

/// Manifests that are compared with documents. `⟦rule⟧` stands where the finding is.
@Suite struct DocumentCheckTests {
  /// Parts of a stream that reads the bookshop.
  struct Case: Sendable, CustomStringConvertible {
    var description: String
    var request = "url: https://api.bookshop.example.com/v1/authors"
    var path = "[]"
    var paging = ""
    var stream = ""
    var message: String
    /// A place in the document that the finding names.
    var place = ""
  }

  private static let cases: [Case] = [
    Case(
      description: "an unknown path", request: "url: ⟦openapi-path⟧https://api.bookshop.example.com/v1/autors",
      message: "the document has no path `/v1/autors`; did you mean `/v1/authors`?", place: "bookshop.yaml:11:1"),
    Case(
      description: "an unknown path in two parts",
      request: "url_base: 'https://{{ config.host }}/v1'\n        path: ⟦openapi-path⟧/authors/{{ stream_partition.a }}/boks",
      message: "the document has no path `/v1/authors/{}/boks`; did you mean `/v1/authors/{author_id}/books`?"),
    Case(
      description: "another method",
      request:
        "url: https://api.bookshop.example.com/v1/authors/{{ config.id }}/books\n        http_method: ⟦openapi-path⟧POST",
      message: "the document has `/authors/{author_id}/books` with GET, not with POST"),
    Case(
      description: "an unknown parameter",
      request:
        "url: https://api.bookshop.example.com/v1/authors\n        request_parameters: {⟦openapi-parameter⟧pages: '1'}",
      message: "`GET /authors` has no parameter `pages`; did you mean `page`?", place: "bookshop.yaml:14:5"),
    Case(
      description: "a value of another type",
      request: "url: https://api.bookshop.example.com/v1/authors\n        request_parameters: {page: ⟦openapi-value⟧first}",
      message: "`page` of `GET /authors` does not take `first`: it is a whole number"),
    Case(
      description: "a value that is not among the allowed ones",
      request:
        "url: https://api.bookshop.example.com/v1/authors/1/books\n        request_parameters: {language: ⟦openapi-value⟧de}",
      message: "`language` of `GET /authors/{author_id}/books` does not take `de`: it is one of `en`, `fr`, `no`"),
    Case(
      description: "a deprecated parameter",
      request:
        "url: https://api.bookshop.example.com/v1/authors/1/books\n        request_parameters: {⟦openapi-deprecated⟧shelf: top}",
      message: "the parameter `shelf` of `GET /authors/{author_id}/books` is deprecated"),
    Case(
      description: "a page size that is too large",
      paging: """
        paginator:
                type: DefaultPaginator
                pagination_strategy: {type: PageIncrement, page_size: ⟦openapi-page-size⟧100}
                page_size_option: {type: RequestOption, inject_into: request_parameter, field_name: per_page}
                page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page}
        """, message: "a page of `GET /authors` has at most 20 records, and the manifest asks for 100; did you mean '20'?"),
    Case(
      description: "a missing place of records",
      request:
        "url: https://api.bookshop.example.com/v1/authors/1/books/2/reviews # airbyte-lowcode: ignore openapi-deprecated\n        request_headers: {X-Edition: a}",
      path: "[⟦openapi-record-path⟧review]",
      message: "the answer to `GET /authors/{author_id}/books/{id}/reviews` has no `review`; did you mean `reviews`?"),
    Case(
      description: "a place of records in a list", path: "[⟦openapi-record-path⟧data]",
      message: "the answer to `GET /authors` is a list"),
    Case(
      description: "an unknown key", stream: "primary_key: [⟦openapi-field⟧ids]",
      message: "the records of `GET /authors` have no field `ids`, which is the primary key; did you mean `id`?"),
    Case(
      description: "an unknown cursor",
      request: "url: https://api.bookshop.example.com/v1/authors/1/books",
      stream:
        "incremental_sync: {type: DatetimeBasedCursor, cursor_field: ⟦openapi-field⟧updated, datetime_format: '%Y-%m-%d', start_datetime: '2024-01-01'}",
      message: "the records of `GET /authors/{author_id}/books` have no field `updated`, which is the cursor"),
    Case(description: "nothing", message: ""),
  ]

  private static func manifest(_ parts: Case) -> String {
    """
    version: 6.0.0
    type: DeclarativeSource
    check: {type: CheckStream, stream_names: [items]}
    streams:
      - type: DeclarativeStream
        name: items
        \(parts.stream)
        retriever:
          type: SimpleRetriever
          requester:
            type: HttpRequester
            \(parts.request)
          record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: \(parts.path)}}
          \(parts.paging)
        schema_loader: {type: InlineSchemaLoader, schema: {type: object, properties: {}}}
    spec: {type: Spec, connection_specification: {type: object, properties: {}}}
    """
  }

  private static func findings(_ text: String, _ name: String = "bookshop.yaml") async throws -> [Finding] {
    var options = ManifestChecker.Options()
    options.companions = [DocumentCheck(try Documents.document(name))]
    let source = ManifestSource.text(Array(text.utf8), name: "manifest.yaml")
    return try await ManifestChecker(options).check(source, name: "manifest.yaml", folder: ".").findings.filter {
      $0.rule.hasPrefix("openapi-")
    }
  }

  @Test(arguments: cases)
  func faultsAreFound(parts: Case) async throws {
    let marked = Self.manifest(parts)
    let text = marked.replacing(/⟦[a-z-]+⟧/, with: "")
    let findings = try await Self.findings(text)
    guard let range = marked.range(of: "⟦") else {
      #expect(findings.isEmpty)
      return
    }
    let finding = try #require(findings.first)
    #expect(findings.count == 1, "\(findings.map(\.diagnostic.description))")
    let before = marked[..<range.lowerBound]
    let line = before.count { $0 == "\n" } + 1
    let column = (before.split(separator: "\n", omittingEmptySubsequences: false).last?.count ?? 0) + 1
    #expect(finding.rule == String(marked[range.upperBound...].prefix { $0 != "⟧" }))
    #expect(finding.diagnostic.sentence == parts.message)
    #expect(finding.diagnostic.mark.map { "\($0.line):\($0.column)" } == "\(line):\(column)")
    let place = finding.diagnostic.related.first?.mark?.description ?? ""
    #expect(place.hasSuffix(parts.place), "\(place)")
  }

  @Test func whatIsRequiredHasToBeSent() async throws {
    let text = Self.manifest(
      Case(description: "", request: "url: https://x.files.example.com/2.0/events", path: "[entries]", message: ""))
    let findings = try await Self.findings(text, "files.yaml")
    #expect(
      findings.map(\.diagnostic.message) == [
        "`GET /events` needs the parameter `stream_type`, which is not sent",
        "`GET /events` needs the parameter `region`, which is not sent",
      ])
  }

  @Test func rulesCanBeSilenced() async throws {
    let parts = Case(
      description: "", request: "url: https://api.bookshop.example.com/v1/autors # airbyte-lowcode: ignore openapi-path",
      message: "")
    #expect(try await Self.findings(Self.manifest(parts)).isEmpty)
  }

  /// A comment for the comparison is no mistake where nothing is compared.
  @Test func silencingIsNotUnusedWithoutADocument() async throws {
    let parts = Case(
      description: "", request: "url: https://api.bookshop.example.com/v1/autors # airbyte-lowcode: ignore openapi-path",
      message: "")
    let source = ManifestSource.text(Array(Self.manifest(parts).utf8), name: "manifest.yaml")
    let report = try await ManifestChecker().check(source, name: "manifest.yaml", folder: ".")
    #expect(!report.findings.contains { $0.rule == "unused-ignore" })
  }
}
