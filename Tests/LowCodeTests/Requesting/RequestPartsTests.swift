import JSON
import Testing

@testable import ConnectorModel

@Suite struct RequestPartsTests {
  private func parts(_ change: (inout RequestParts) -> Void) -> RequestParts {
    var parts = RequestParts()
    change(&parts)
    return parts
  }

  @Test func differentKeysAreJoined() throws {
    var merged = parts { $0.parameters = ["a": 1] }
    try merged.merge(parts { $0.parameters = ["b": 2] })
    #expect(merged.parameters == ["a": 1, "b": 2])
  }

  @Test func theSameParameterTwiceIsRefused() {
    var merged = parts { $0.parameters = ["a": 1] }
    #expect(throws: ConnectorError.self) { try merged.merge(parts { $0.parameters = ["a": 1] }) }
  }

  @Test func jsonBodiesAreMergedInDepth() throws {
    var merged = parts { $0.bodyJSON = ["q": ["a": 1, "same": true]] }
    try merged.merge(parts { $0.bodyJSON = ["q": ["b": 2, "same": true]] })
    #expect(merged.bodyJSON == ["q": ["a": 1, "same": true, "b": 2]])
  }

  @Test func jsonBodiesThatDifferAreRefused() {
    var merged = parts { $0.bodyJSON = ["q": ["a": 1]] }
    #expect(throws: ConnectorError.self) { try merged.merge(parts { $0.bodyJSON = ["q": ["a": 2]] }) }
  }

  @Test func aTextBodyStandsAlone() throws {
    var merged = parts { $0.bodyData = "text" }
    try merged.merge(RequestParts())
    #expect(merged.bodyData == "text")
    #expect(throws: ConnectorError.self) { try merged.merge(parts { $0.bodyData = ["a": "b"] }) }
  }
}
