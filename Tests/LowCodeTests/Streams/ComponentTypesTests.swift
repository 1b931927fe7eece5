import JSON
import Testing

@testable import Components
@testable import ConnectorModel
@testable import Manifest

/// What the reference's models make of the values of a generated stream.
@Suite struct ComponentTypesTests {
  private static func fitted(_ component: JSONValue) throws -> JSONValue {
    try ComponentTypes.fitted(ManifestNode(ManifestValue(json: component))).value
  }

  @Test func aStreamsScalarsHaveTheTypeOfTheirPlace() throws {
    let fitted = try Self.fitted([
      "type": "DeclarativeStream", "name": 5, "primary_key": [1, "b"],
      "retriever": [
        "type": "SimpleRetriever",
        "requester": [
          "type": "HttpRequester", "path": 12, "use_cache": "yes", "request_parameters": ["a": 1.5, "b": false],
          "http_method": "GET", "connect_timeout_in_seconds": "2.5",
        ],
        "record_selector": ["type": "RecordSelector", "extractor": ["type": "DpathExtractor", "field_path": [0]]],
        "paginator": [
          "type": "DefaultPaginator", "pagination_strategy": ["type": "PageIncrement", "page_size": "5", "start_from_page": 1.9],
        ],
      ],
      "schema_loader": ["type": "InlineSchemaLoader", "schema": ["maximum": 5]], "unknown": 5,
    ])
    #expect(fitted["name"] == "5")
    #expect(fitted["primary_key"] == ["1", "b"])
    let retriever = try #require(fitted["retriever"])
    #expect(retriever["requester"]?["path"] == "12")
    #expect(retriever["requester"]?["use_cache"] == true)
    #expect(retriever["requester"]?["request_parameters"] == ["a": "1.5", "b": "False"])
    #expect(retriever["requester"]?["connect_timeout_in_seconds"] == 2.5)
    #expect(retriever["record_selector"]?["extractor"]?["field_path"] == ["0"])
    #expect(retriever["paginator"]?["pagination_strategy"]?["page_size"] == 5)
    #expect(retriever["paginator"]?["pagination_strategy"]?["start_from_page"] == 1)
    #expect(fitted["schema_loader"]?["schema"]?["maximum"] == 5)
    #expect(fitted["unknown"] == 5)
  }

  @Test func anEmptyTextOrAListOfPairsIsAMapping() throws {
    let loader = try Self.fitted(["type": "InlineSchemaLoader", "schema": [["a", 1]]])
    #expect(loader["schema"] == ["a": 1])
    #expect(try Self.fitted(["type": "InlineSchemaLoader", "schema": ""])["schema"] == [:])
  }

  /// Each with the place where the mistake is.
  @Test(
    arguments: [
      (["type": "BearerAuthenticator"], "api_token"), (["type": "BearerAuthenticator", "api_token": nil], "api_token"),
      (["type": "BearerAuthenticator", "api_token": ["a"]], "api_token"),
      (["type": "PageIncrement", "page_size": "five", "start_from_page": "one"], "start_from_page"),
      (["type": "PageIncrement", "inject_on_first_request": 2], "inject_on_first_request"),
      (["type": "HttpRequester", "url": "u", "http_method": "DELETE"], "http_method"),
      (["type": "HttpRequester", "url": "u", "read_timeout_in_seconds": 0], "read_timeout_in_seconds"),
      (["type": "HttpRequester", "url": "u", "authenticator": ["type": "BearerAuthenticator"]], "authenticator.api_token"),
      (["type": "HttpRequester", "url": "u", "request_parameters": ["a": nil]], "request_parameters.a"),
      (["type": "DpathExtractor", "field_path": "items"], "field_path"),
      (["type": "HttpResponseFilter", "http_codes": [400, "400"]], "http_codes"),
      (["type": "InlineSchemaLoader", "schema": "text"], "schema"),
    ] as [(JSONValue, String)])
  func whatDoesNotFitIsRefused(component: JSONValue, place: String) throws {
    let error = #expect(throws: ConnectorError.self) { try Self.fitted(component) }
    #expect(error?.path.hasSuffix(place) == true, "\(error?.description ?? "")")
  }
}
