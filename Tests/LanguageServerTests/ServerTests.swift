import Foundation
import JSON
import Testing

@testable import LanguageServer

@Suite struct ServerTests {
  private static let document: JSONValue = ["uri": "file:///manifest.yaml"]

  private static func places(_ diagnostics: [JSONValue]) -> [String] {
    diagnostics.map { diagnostic in
      let start = diagnostic["range"]?["start"]
      let end = diagnostic["range"]?["end"]
      return
        "\(diagnostic["code"]?.string ?? "") \(start?["line"]?.int ?? -1):\(start?["character"]?.int ?? -1)-\(end?["character"]?.int ?? -1)"
    }
  }

  @Test func aClientIsServedFromBeginningToEnd() async throws {
    let isOrderly = try await TestClient.talk { client in
      let answer = await client.request(1, "initialize", ["capabilities": [:]])
      #expect(answer["result"]?["capabilities"]?["textDocumentSync"]?["change"] == 2)
      client.notify("initialized")
      client.open(manifest())
      #expect(await client.diagnostics(version: 1).isEmpty)
      #expect(await client.request(2, "shutdown")["result"] == .null)
      client.notify("exit")
    }
    #expect(isOrderly)
  }

  @Test func diagnosticsFollowTheText() async throws {
    try await TestClient.talk { client in
      await client.initialize()
      var text = manifest()
      client.open(text)
      #expect(await client.diagnostics(version: 1).isEmpty)
      try client.change("DpathExtractor", by: "DpathExtracter", in: &text, version: 2)
      let found = await client.diagnostics(version: 2)
      #expect(Self.places(found) == ["type 18:26-40"])
      #expect(found.first?["message"]?.string?.contains("did you mean `DpathExtractor`?") == true)
      #expect(found.first?["severity"] == 1)
      try client.change("DpathExtracter", by: "DpathExtractor", in: &text, version: 3)
      #expect(await client.diagnostics(version: 3).isEmpty)
      client.notify("textDocument/didClose", ["textDocument": Self.document])
      let last = await client.message { $0["method"] == "textDocument/publishDiagnostics" }
      #expect(last["params"]?["diagnostics"] == [])
    }
  }

  /// Columns count UTF-16 units.
  @Test func columnsAreThoseOfUTF16() async throws {
    try await TestClient.talk { client in
      await client.initialize()
      client.open(manifest(requester: "request_parameters: {a: \"𝄞𝄞\", b: \"{{ confg }}\"}"))
      let places = Self.places(await client.diagnostics(version: 1))
      #expect(places == ["template-variable 15:47-52"])
    }
  }

  /// A client that types fast gets what is in its last text; what is out of date is not published behind that.
  @Test func onlyTheLastTextCounts() async throws {
    try await TestClient.talk { client in
      await client.initialize()
      var text = manifest()
      client.open(text)
      for version in 2...40 {
        let (old, new) = version.isMultiple(of: 2) ? ("DpathExtractor", "Dpath") : ("Dpath", "DpathExtractor")
        try client.change("{type: \(old),", by: "{type: \(new),", in: &text, version: version)
      }
      var versions: [Int] = []
      while versions.last != 40 {
        let message = await client.message { $0["method"] == "textDocument/publishDiagnostics" }
        versions.append(message["params"]?["version"]?.int ?? -1)
        let isWrong = message["params"]?["diagnostics"]?.array?.isEmpty == false
        #expect(isWrong == versions.last?.isMultiple(of: 2))
      }
      #expect(versions == versions.sorted())
    }
  }

  @Test func aTextThatIsNoYAMLIsServedAllTheSame() async throws {
    try await TestClient.talk { client in
      await client.initialize()
      var text = manifest()
      client.open(text)
      _ = await client.diagnostics(version: 1)
      try client.change("spec:\n", by: "spec: {\n", in: &text, version: 2)
      #expect(Self.places(await client.diagnostics(version: 2)).first?.hasPrefix("yaml ") == true)
      try client.change("config['token']", by: "config['']", in: &text, version: 3)
      _ = await client.diagnostics(version: 3)
      let line = text.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("config['']") } ?? 0
      let column = text.split(separator: "\n", omittingEmptySubsequences: false)[line].utf16.count - "'] }}\"}".count
      let answer = await client.request(
        5, "textDocument/completion",
        ["textDocument": Self.document, "position": ["line": .int(line), "character": .int(column)]])
      #expect(answer["result"]?["items"]?.array?.compactMap { $0["label"]?.string }.sorted() == ["account", "token"])
    }
  }

  @Test func fixesAreOffered() async throws {
    try await TestClient.talk { client in
      await client.initialize()
      let text = manifest(retriever: "decoder: {type: JsonDecodr}", requester: "path: a").replacing(
        "config['token']", with: "config['tokn']")
      client.open(text)
      _ = await client.diagnostics(version: 1)
      let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
      func titles(_ word: String, only: JSONValue? = nil, id: Int) async -> [String] {
        let line = lines.firstIndex { $0.contains(word) } ?? 0
        let column = lines[line].utf16.count - 1
        let range: JSONValue = [
          "start": ["line": .int(line), "character": 0], "end": ["line": .int(line), "character": .int(column)],
        ]
        var context: JSONObject = ["diagnostics": []]
        if let only { context["only"] = only }
        let answer = await client.request(
          id, "textDocument/codeAction", ["textDocument": Self.document, "range": range, "context": .object(context)])
        return (answer["result"]?.array ?? []).compactMap { $0["title"]?.string }
      }
      #expect(await titles("JsonDecodr", id: 1) == ["Replace with `JsonDecoder`"])
      #expect(await titles("'tokn'", id: 2) == ["Replace with `token`", "Ignore `undeclared-config-key` in this line"])
      #expect(await titles("path: a", id: 3).first == "Apply the fix for `deprecated-property`")
      #expect(await titles("path: a", only: ["source.fixAll"], id: 4) == ["Apply all safe fixes"])
      #expect(await titles("path: a", only: ["refactor"], id: 5) == [])
    }
  }

  @Test func allSafeFixesCanBeApplied() async throws {
    try await TestClient.talk { client in
      await client.initialize()
      let text = manifest(requester: "path: a")
      client.open(text)
      let range: JSONValue = ["start": ["line": 0, "character": 0], "end": ["line": 0, "character": 0]]
      let answer = await client.request(
        1, "textDocument/codeAction",
        ["textDocument": Self.document, "range": range, "context": ["diagnostics": [], "only": ["source.fixAll"]]])
      let edit = try #require(answer["result"]?[0]?["edit"]?["changes"]?["file:///manifest.yaml"]?[0])
      let start = try #require(DocumentText.Position(edit["range"]?["start"]))
      let end = try #require(DocumentText.Position(edit["range"]?["end"]))
      var changed = DocumentText(text)
      changed.replace(changed.offset(of: start)..<changed.offset(of: end), by: try #require(edit["newText"]?.string))
      let result = changed.text(0..<changed.bytes.count)
      #expect(result.contains("url: \"https://api.example.com/{{ parameters['shelf'] }}/books/a\"\n"), "\(result)")
      #expect(!result.contains("path: a"))
    }
  }

  /// YAML of other kinds has other servers.
  @Test func otherYAMLHasNoDiagnostics() async throws {
    try await TestClient.talk { client in
      await client.initialize()
      client.open("services:\n  web: {image: nginx}\n", uri: "file:///compose.yaml")
      #expect(await client.diagnostics(version: 1).isEmpty)
      client.open("streams: 1\n", uri: "untitled:Untitled-1")
      #expect(await client.diagnostics(version: 1).isEmpty == false)
    }
  }

  @Test func theSettingsOfTheProjectCount() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "language-server-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder.appending(path: ".git"), withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let settings = folder.appending(path: ".airbyte-lowcode.yaml")
    try Data("rules: {undeclared-config-key: off}\n".utf8).write(to: settings)
    let uri = folder.appending(path: "manifest.yaml").absoluteString
    let text = manifest().replacing("config['token']", with: "config['other']")
    try await TestClient.talk { client in
      await client.initialize()
      client.open(text, uri: uri)
      #expect(await client.diagnostics(version: 1).isEmpty)
      try Data("rules: {no-such-rule: off}\n".utf8).write(to: settings)
      client.open(text, uri: uri, version: 2)
      let message = await client.message { $0["method"] == "window/showMessage" }
      #expect(message["params"]?["message"]?.string?.contains("no-such-rule") == true)
      #expect(Self.places(await client.diagnostics(version: 2)).first?.hasPrefix("undeclared-config-key ") == true)
    }
  }

  // MARK: Wrong messages

  @Test(arguments: [
    (#"{"jsonrpc":"2.0","id":7,"method":"no/such"}"#, -32601),
    (#"{"jsonrpc":"2.0","id":7,"method":"textDocument/hover"}"#, -32602),
    (#"{"jsonrpc":"2.0","id":7,"method":"textDocument/hover","params":{"textDocument":{"uri":"file:///none"}}}"#, -32602),
    (#"{"jsonrpc":"2.0","id":7,"method":"initialize"}"#, -32600), ("nonsense", -32700), ("[]", -32600),
    (#"{"jsonrpc":"2.0","id":{},"method":"x"}"#, -32600),
    (#"{"jsonrpc":"2.0","method":"textDocument/didOpen","params":[]}"#, -32602),
    (#"{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"textDocument":{"uri":"x"}}}"#, -32602), ("{}", -32600),
    (
      #"{"jsonrpc":"2.0","id":7,"method":"textDocument/hover","params":{"textDocument":{"uri":"file:///manifest.yaml"},"position":{"line":-1}}}"#,
      -32602
    ),
  ])
  func wrongMessagesAreAnsweredByErrors(message: String, code: Int) async throws {
    try await TestClient.talk { client in
      await client.initialize()
      client.open(manifest())
      client.send(raw: Array("Content-Length: \(message.utf8.count)\r\n\r\n\(message)".utf8))
      let answer = await client.message { $0["error"] != nil }
      #expect(answer["error"]?["code"]?.int == code)
      // The next one is answered as ever.
      #expect(
        await client.request(9, "textDocument/documentSymbol", ["textDocument": Self.document])["result"]?.array?.isEmpty == false
      )
    }
  }

  @Test func theOrderOfAConversationCounts() async throws {
    let isOrderly = try await TestClient.talk { client in
      #expect(await client.request(1, "textDocument/hover")["error"]?["code"] == -32002)
      await client.initialize()
      _ = await client.request(2, "shutdown")
      #expect(await client.request(3, "textDocument/hover")["error"]?["code"] == -32600)
    }
    #expect(!isOrderly, "The input ended without `exit`")
  }

  @Test func unknownNotificationsAndCancellationsArePassedOver() async throws {
    try await TestClient.talk { client in
      await client.initialize()
      client.notify("$/setTrace", ["value": "off"])
      client.notify("$/cancelRequest", ["id": 99])
      client.send(["jsonrpc": "2.0", "id": 4, "result": .null])
      client.open(manifest())
      #expect(await client.request(5, "textDocument/documentSymbol", ["textDocument": Self.document])["error"] == nil)
    }
  }
}
