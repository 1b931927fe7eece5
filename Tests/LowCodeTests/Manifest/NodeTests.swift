import JSON
import Testing
import YAML

@testable import Components
@testable import ConnectorModel
@testable import Manifest

@Suite struct NodeTests {
  private static let text = """
    definitions:
      page: {type: OffsetIncrement, page_size: 100}
    streams:
      - name: a
        paginator:
          $ref: "#/definitions/page"
          inner: "#/definitions/page"
      - "#/definitions/page"
    """

  private func root() throws -> ManifestNode {
    var warnings: [Diagnostic] = []
    let source = ManifestSource.text(Array(Self.text.utf8), name: "m.yaml")
    return ManifestNode(try ReferenceResolver.resolve(ManifestLoader.load(source, warnings: &warnings)))
  }

  @Test("a node knows its path, its place in the text and the reference that brought it")
  func places() throws {
    let size = try #require(root()["streams"]?[0]?["paginator"]?["page_size"])
    #expect(size.int == 100)
    #expect(size.path == "streams[0].paginator.page_size")
    #expect(size.key == "page_size")
    #expect(size.mark?.description == "m.yaml:2:44")
    #expect(size.keyMark?.description == "m.yaml:2:33")
    #expect(size.referenceMark?.description == "m.yaml:6:13")
  }

  @Test("a mapping that adds keys to a reference was found where it is written; one that adds none stands in the definition")
  func references() throws {
    let streams = try #require(root()["streams"]?.sequence)
    #expect(streams.map { $0.mark?.line } == [4, 2])
    #expect(streams.map { $0.referenceMark?.line } == [nil, 8])
    let paginator = try #require(streams.first?["paginator"])
    #expect(paginator.mark?.description == "m.yaml:6:7")
    #expect(paginator["inner"]?.mark?.line == 2)
    #expect(paginator["inner"]?.referenceMark?.line == 7)
    #expect(try root()["definitions"]?["page"]?.referenceMark == nil)
  }

  @Test("a path for people has the length of a long key in its place", arguments: [200, 201, 4_000])
  func longKeys(length: Int) {
    let key = String(repeating: "k", count: length)
    let node = ManifestNode(
      .mapping([key: ManifestNode(.null)]), mark: SourceMark(file: SourceFile(name: "m.yaml"), line: 3, column: 5),
      path: "streams[1]")
    #expect(node[key]?.path == "streams[1].\(key)")
    #expect(node[key]?.shownPath == (length > 200 ? "streams[1][\"a key of \(length) characters\"]" : "streams[1].\(key)"))
  }

  @Test("values are read by their types")
  func values() throws {
    let node = ManifestNode(
      .mapping([
        "s": ManifestNode(.string("x")), "i": ManifestNode(.int(1)), "d": ManifestNode(.double(1.5)),
        "b": ManifestNode(.bool(true)), "n": ManifestNode(.null), "l": ManifestNode(.sequence([ManifestNode(.int(2))])),
        "big": ManifestNode(.number("12345678901234567890")),
      ]), mark: SourceMark(file: SourceFile(name: "m.yaml"), line: 3, column: 5), path: "streams[1]")
    #expect(node["s"]?.string == "x" && node["i"]?.int == 1 && node["d"]?.double == 1.5 && node["b"]?.bool == true)
    #expect(node["i"]?.double == 1 && node["i"]?.string == nil && node["s"]?.int == nil && node["none"] == nil)
    #expect(node["n"]?.isNull == true && node["l"]?[0]?.int == 2 && node["l"]?[1] == nil)
    #expect(node["l"]?[0]?.path == "streams[1].l[0]" && node.mark?.line == 3)
    #expect(node.value.jsonText == #"{"s":"x","i":1,"d":1.5,"b":true,"n":null,"l":[2],"big":12345678901234567890}"#)
    #expect(node.mapping?.keys.elements == ["s", "i", "d", "b", "n", "l", "big"])
  }

  @Test("a large mapping finds its keys, and paths quote keys that need it")
  func largeMapping() throws {
    let entries = (0..<100).map { ("key \($0)", ManifestNode(.int($0))) }
    let node = ManifestNode(.mapping(ManifestNode.Mapping(uniqueKeysWithValues: entries)))
    #expect(node["key 77"]?.int == 77)
    #expect(node["key 77"]?.path == #"["key 77"]"#)
  }
}

@Suite struct NameSuggestionTests {
  @Test(
    "the nearest name is suggested, and none that is far off",
    arguments: [
      ("OffsetIncremet", "OffsetIncrement"), ("offsetincrement", "OffsetIncrement"), ("PageIncrment", "PageIncrement"),
      ("Cursor", nil), ("", nil), ("X", nil), ("Gte", "Get"), ("OffsetIncrement", nil),
    ] as [(String, String?)])
  func nearest(_ name: String, _ expected: String?) {
    let names = ["PageIncrement", "OffsetIncrement", "CursorPagination", "Get"]
    #expect(NameSuggestion.nearest(to: name, among: names) == expected)
  }
}
