import Foundation
import JSON
import Testing

@testable import ConnectorModel
@testable import Manifest

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
    #expect(changed["a"]?["b"]?["y"]?.mark?.description == "n.yaml:4:8")
    #expect(changed["a"]?["c"]?.mark?.description == "m.yaml:3:6")
    #expect(changed["a"]?.mark?.description == "m.yaml:2:3")
    #expect(changed["d"]?[1]?.mark?.description == "m.yaml:4:8")
  }
}
