import AirbyteProtocol
import JSON
import Testing

@testable import Components
@testable import ConnectorModel

@Suite struct DpathExtractorTests {
  /// The records of `body`; nil where something that was found is no object.
  private func records(_ path: [String], _ body: String) throws -> [String]? {
    let world = TestWorld([])
    let path = JSONValue.array(path.map { .string($0) }).jsonText
    let node = try world.node(#"{"type": "DpathExtractor", "field_path": \#(path)}"#)
    let extractor = try DpathExtractor(from: ComponentNode(node), in: world.scope())
    var records: [Record] = []
    guard try extractor.extract(from: JSONDocument(parsing: body).root, into: &records) else {
      #expect(records.isEmpty)
      return nil
    }
    return records.map { JSONValue.object($0.object).jsonText }
  }

  /// The reference ends the read at an empty record; here it is a record like any other.
  @Test func anEmptyObjectInAListIsARecord() throws {
    #expect(try records(["data"], #"{"data": [{"id": 1}, {}, {"id": 2}]}"#) == [#"{"id":1}"#, "{}", #"{"id":2}"#])
  }

  @Test(arguments: [
    (["data"], #"{"data": {"id": 1}}"#, [#"{"id":1}"#]),
    (["data"], #"{"other": 1}"#, []),
    (["data"], #"{"data": null}"#, []),
    (["data"], #"{"data": {}}"#, []),
    ([], #"{"id": 1}"#, [#"{"id":1}"#]),
    (["data", "*", "item"], #"{"data": {"a": {"item": {"id": 1}}, "b": {"item": {"id": 2}}}}"#, [#"{"id":1}"#, #"{"id":2}"#]),
    (["data", "1"], #"{"data": [{"id": 1}, {"id": 2}]}"#, [#"{"id":2}"#]),
  ])
  func paths(path: [String], body: String, expected: [String]) throws {
    #expect(try records(path, body) == expected)
  }

  /// A filter may still drop it; whoever selects the records decides.
  @Test(arguments: [#"["text"]"#, #"[{"id": 1}, 2]"#, #""text""#]) func leavesWhatIsNoObjectToTheSelector(data: String) throws {
    #expect(try records(["data"], #"{"data": \#(data)}"#) == nil)
  }
}
