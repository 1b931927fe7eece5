import Foundation
import JSON
import Testing

@testable import LowCode

@Suite("Filling a template") struct EditingTests {
  @Test("sets and creates what dpath does")
  func recorded() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/editing.json")
    let cases = try #require(try JSONValue(parsing: Data(contentsOf: file)).array)
    #expect(cases.count > 50)
    for recorded in cases {
      let path: [JSONPathSegment] = (recorded["path"]?.array ?? []).map { $0.int.map { .index($0) } ?? .key($0.string ?? "") }
      let document = ManifestValue(json: recorded["document"] ?? .null)
      let value = ManifestValue(json: recorded["value"] ?? .null)
      let (changed, count) = document.setting(try JSONGlobPath(path), to: value)
      // Inside of what was just set dpath goes on with the places of before; nobody can rely on that.
      if !path.contains(.key("**")) {
        #expect(count == recorded["count"]?.int, "\(path)")
        #expect(changed.json == recorded["set"], "\(path)")
      }
      switch recorded["created"] {
      case nil: break
      case .null?: #expect(throws: ConnectorError.self, "\(path)") { try document.creating(path[...], value) }
      case let created?: #expect(try document.creating(path[...], value).json == created, "\(path)")
      }
    }
  }

  @Test("what stays keeps its place, and what is set has the place that it came from")
  func places() throws {
    var warnings: [Diagnostic] = []
    let text = "a:\n  b: 1\n  c: 2\nd: [3, 4]\n"
    let value = try ManifestLoader.load(.text(Array(text.utf8), name: "m.yaml"), warnings: &warnings)
    let other = try ManifestLoader.load(.text(Array("\n\n\nx: {y: 5}".utf8), name: "n.yaml"), warnings: &warnings)
    let x = try #require(other.mapping?["x"])
    let changed = ManifestNode(value.setting(try JSONGlobPath(["a", "b"]), to: x).value)
    #expect(changed["a"]?["b"]?["y"]?.location?.description == "n.yaml:4:8")
    #expect(changed["a"]?["c"]?.location?.description == "m.yaml:3:6")
    #expect(changed["a"]?.location?.description == "m.yaml:2:3")
    #expect(changed["d"]?[1]?.location?.description == "m.yaml:4:8")
  }

  @Test("a generated stream's scalars have the type of their place")
  func scalars() throws {
    let stream: JSONValue = [
      "type": "DeclarativeStream", "name": 5, "primary_key": [1, "b"],
      "retriever": [
        "type": "SimpleRetriever",
        "requester": [
          "type": "HttpRequester", "path": 12, "use_cache": true, "request_parameters": ["a": 1.5, "b": false],
          "http_method": "GET",
        ],
        "paginator": [
          "type": "DefaultPaginator", "pagination_strategy": ["type": "PageIncrement", "page_size": 5, "start_from_page": 1],
        ],
      ],
      "schema_loader": ["type": "InlineSchemaLoader", "schema": ["maximum": 5]],
    ]
    let fitted = try GeneratedScalars.fitted(ManifestValue(json: stream)).json
    #expect(fitted["name"] == "5")
    #expect(fitted["primary_key"] == ["1", "b"])
    let retriever = try #require(fitted["retriever"])
    #expect(retriever["requester"]?["path"] == "12")
    #expect(retriever["requester"]?["use_cache"] == true)
    #expect(retriever["requester"]?["request_parameters"] == ["a": "1.5", "b": "False"])
    #expect(retriever["paginator"]?["pagination_strategy"]?["page_size"] == 5)
    #expect(retriever["paginator"]?["pagination_strategy"]?["start_from_page"] == 1)
    #expect(fitted["schema_loader"]?["schema"]?["maximum"] == 5)
  }
}
