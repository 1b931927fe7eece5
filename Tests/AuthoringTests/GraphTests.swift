import Foundation
import JSON
import Manifest
import Testing

@testable import Authoring

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Pictures of manifests.
@Suite struct GraphTests {
  private static func graph(_ text: String) throws -> ConnectorGraph {
    let source = ManifestSource.text(Array(text.utf8), name: "manifest.yaml")
    return ConnectorGraph(of: try ManifestPipeline(validator: ManifestValidator()).run(source), title: "shop & co")
  }

  @Test func streamsHaveTheirWords() throws {
    let graph = try Self.graph(ShopManifest.text)
    #expect(graph.streams.map(\.name) == ["users", "orders", "posts"])
    #expect(graph.streams.map(\.request) == ["GET /users", "POST /orders", "GET /users/{user_id}/posts"])
    #expect(graph.streams.map(\.cursor) == [nil, "updated_at, steps of P7D", nil])
    #expect(graph.streams.map(\.pages) == ["100 a page, by offset", nil, nil])
    #expect(graph.apis.map(\.address) == ["{base_url}/v1"])
    #expect(graph.apis.map(\.authenticator) == ["BearerAuthenticator"])
    #expect(graph.apis.map(\.place) == ["manifest.yaml:5:10"])
    #expect(graph.edges.map(\.parent) == [0])
    #expect(graph.edges.map(\.child) == [2])
    #expect(graph.edges.map(\.label) == ["id → user_id"])
  }

  @Test func aTreeOfText() throws {
    let text = try Self.graph(ShopManifest.text).written(as: .text)
    #expect(
      text == """
        {base_url}/v1  BearerAuthenticator (manifest.yaml:5:10)
        ├─ users  GET /users  100 a page, by offset
        │  └─ posts  GET /users/{user_id}/posts  for each id → user_id
        └─ orders  POST /orders  since updated_at, steps of P7D

        3 streams, 1 API
        """)
  }

  private static let partitions: [(yaml: String, words: String)] = [
    ("{type: ListPartitionRouter, values: [a, b], cursor_field: kind}", "each kind of a, b"),
    ("{type: ListPartitionRouter, values: \"{{ config['regions'] }}\", cursor_field: region}", "each region of {regions}"),
    (
      "[{type: ListPartitionRouter, values: [a, b], cursor_field: kind}, {type: ListPartitionRouter, values: [z], cursor_field: x}]",
      "each kind of a, b × each x of z"
    ),
    ("{type: CustomPartitionRouter, class_name: source_shop.components.Regions}", "Regions"),
  ]

  @Test(arguments: partitions)
  func partitionsHaveWords(yaml: String, words: String) throws {
    let text = ShopManifest.many(1) { _ in nil }.replacing(
      "  type: SimpleRetriever\n", with: "  type: SimpleRetriever\n      partition_router: \(yaml)\n")
    #expect(try Self.graph(text).streams[0].partitions == words)
  }

  /// A parent that the manifest has for its child alone, and one that is its own parent by name.
  @Test func parentsOfTheirOwn() throws {
    let text = ShopManifest.text.replacing(
      "stream: {$ref: \"#/streams/0\"}",
      with: """
        stream: {type: DeclarativeStream, name: teams, retriever: {type: SimpleRetriever, requester: {type: HttpRequester, \
        url: "https://x.test/teams"}, record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: []}}}}
        """)
    let graph = try Self.graph(text)
    #expect(graph.streams.last?.kind == .parent)
    #expect(graph.streams.last?.name == "teams")
    #expect(graph.apis.map(\.address) == ["{base_url}/v1", "https://x.test"])
    let circle = try Self.graph(text.replacing("name: teams", with: "name: posts"))
    #expect(circle.streams.count == 3)
    #expect(circle.depths == [0, 0, 0])
  }

  /// How the streams of a manifest hang together.
  struct Shape: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let count: Int
    /// The number of a stream's parent; nil if it has none.
    let parent: @Sendable (Int) -> Int?

    init(_ name: String, _ count: Int, _ parent: @escaping @Sendable (Int) -> Int?) {
      testDescription = name
      self.count = count
      self.parent = { $0 == 0 ? nil : parent($0) }
    }
  }

  static let shapes: [Shape] = [
    Shape("one", 1) { _ in nil }, Shape("alone", 60) { _ in nil }, Shape("chain", 8) { $0 - 1 }, Shape("star", 60) { _ in 0 },
    Shape("tree", 60) { ($0 - 1) / 3 }, Shape("some", 40) { $0 % 4 == 0 ? $0 / 4 : nil },
  ]

  /// Boxes do not lie over each other, lines lead to the right, and the picture is XML.
  @Test(arguments: shapes)
  func picturesAreLegible(shape: Shape) throws {
    let count = shape.count
    let graph = try Self.graph(ShopManifest.many(count, parent: shape.parent))
    #expect(graph.streams.count == count)
    let picture = GraphPicture(graph)
    for (index, box) in picture.boxes.enumerated() {
      for other in picture.boxes.dropFirst(index + 1) {
        let isApart = box.right <= other.x || other.right <= box.x || box.bottom <= other.y || other.bottom <= box.y
        #expect(isApart, "\(box) and \(other)")
      }
      #expect(box.x > 0 && box.right < picture.width && box.bottom < picture.height)
    }
    for edge in graph.edges { #expect(picture.boxes[edge.parent].right < picture.boxes[edge.child].x) }
    let svg = picture.svg
    #expect(svg == GraphPicture(graph).svg)
    let parser = XMLParser(data: Data(svg.utf8))
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
  }

  @Test(arguments: [
    (GraphFormat.mermaid, #"s0["<b>users</b><br/>GET /users<br/>100 a page, by offset"]"#),
    (.mermaid, #"s0 -->|"id → user_id"| s2"#),
    (.mermaid, "s1[\"<b>orders</b><br/>POST /orders<br/>since updated_at, steps of P7D\"]:::incremental"),
    (.dot, #"label="{base_url}/v1\nBearerAuthenticator";"#), (.dot, #"s0 -> s2 [label="id → user_id"];"#),
    (.json, #"{"parent":"users","child":"posts","partition":"id → user_id"}"#), (.svg, "<title>shop &amp; co</title>"),
  ])
  func otherFormats(format: GraphFormat, part: String) throws {
    #expect(try Self.graph(ShopManifest.text).written(as: format).contains(part))
  }

  /// Quotes and signs of these languages in names.
  @Test func namesAreEscaped() throws {
    var graph = ConnectorGraph()
    graph.streams = [.init(name: "a\"<b>&\\")]
    #expect(graph.written(as: .mermaid).contains("<b>a#quot;#lt;b#gt;&\\</b>"))
    #expect(graph.written(as: .dot).contains(#"label="a\"<b>&\\""#))
    #expect(graph.written(as: .svg).contains("a&quot;&lt;b&gt;&amp;\\"))
  }
}
