import ConnectorModel
import Foundation
import Testing
import Traffic

@Suite("HAR files")
struct HARFileTests {
  private static func file(_ text: String) throws -> HARFile {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).har").path
    try Data(text.utf8).write(to: URL(filePath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try HARFile(path: path)
  }

  private static func entry(_ url: String) -> String {
    #"""
    {"startedDateTime": "2025-03-01T12:00:00.5Z", "time": 12.5,
     "request": {"method": "get", "url": "\#(url)", "headers": [{"name": ":path", "value": "/"}, {"name": "A", "value": "b"}]},
     "response": {"status": 200, "content": {"size": 2, "mimeType": "text/plain", "text": "\"}]\\"}}, "_own": 1}
    """#
  }

  @Test(
    "Finds the entries, wherever they are and however many are complete",
    arguments: [
      (#"{"log": {"entries": [E, E]}}"#, 2, false),
      (#"{"log": {"version": "1.2", "pages": [{"entries": [1]}], "entries": [E], "comment": "\"entries\": ["}}"#, 1, false),
      (#"{"entries": [1], "log": {"entries": []}}"#, 0, false),
      (#"{"log": {"entries": [E, E"#, 2, true),
      (#"{"log": {"entries": [E, {"startedDateTime": "2025"#, 1, true),
    ])
  func entries(_ text: String, count: Int, isCutOff: Bool) throws {
    let file = try Self.file(text.replacing("E", with: Self.entry("https://a.example/x")))
    #expect(file.count == count)
    #expect(file.isCutOff == isCutOff)
  }

  @Test("Decodes an entry")
  func decodes() throws {
    let entry = try Self.file(#"{"log": {"entries": [\#(Self.entry("https://a.example/x?y=1"))]}}"#).entry(0)
    #expect(entry.request.method == "GET")
    #expect(entry.request.url == "https://a.example/x?y=1")
    #expect(entry.request.headers.map(\.name) == ["A"])
    #expect(entry.response.body?.data == Data(#""}]\"#.utf8))
    #expect(entry.started == 1_740_830_400_500_000)
    #expect(entry.ended == 1_740_830_400_512_500)
    #expect(entry.notes == ["_own": 1])
  }

  @Test("Refuses what is no recording", arguments: ["", "[]", "{}", #"{"log": {}}"#, "log"])
  func refuses(_ text: String) {
    #expect(throws: ConnectorError.self) { try Self.file(text) }
  }
}
