import Foundation
import JSON
import Testing

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

@Suite("The scripted API", .serialized)
struct ScriptedAPITests {
  private static let api = """
    {"routes": [
      {"path": "/turns", "sequence": [{"text": "first"}, {"status": 503, "text": "second"}]},
      {"method": "POST", "path": "/body", "body": {"json": {"a": 1}}, "sequence": [{"text": "post"}]},
      {"path": "/query", "query": {"a": "1", "b": null}, "sequence": [{"text": "only a"}]},
      {"path": "/query", "sequence": [{"text": "any"}]},
      {"path": "/header", "headers": {"X-Key": "k"}, "sequence": [{"text": "key"}]},
      {"path": "/tree/*", "sequence": [{"json": {"self": "http://127.0.0.1:18200/tree"}, "headers": {"X-N": "1"}}]},
      {"path": "/bytes", "sequence": [{"base64": "AAH/"}]},
      {"path": "/cut", "sequence": [{"text": "0123456789", "cut": 4}]}
    ]}
    """

  @Test(
    "The first route that fits answers",
    arguments: [
      ("GET", "/turns", "", 200, "first"),
      ("GET", "/query?a=1", "", 200, "only a"),
      ("GET", "/query?a=1&b=", "", 200, "any"),
      ("GET", "/query", "", 200, "any"),
      ("POST", "/body", #"{ "a" : 1 }"#, 200, "post"),
      ("POST", "/body", #"{"a": 2}"#, 404, #"{"error":"no route"}"#),
      ("GET", "/header", "", 404, #"{"error":"no route"}"#),
      ("GET", "/tree/a%20b/c", "", 200, #"{"self":"http://127.0.0.1:18200/tree"}"#),
      ("GET", "/nothing", "", 404, #"{"error":"no route"}"#),
    ])
  func routes(method: String, target: String, body: String, status: Int, text: String) async throws {
    try await ScriptedAPI.serving(Self.api) { api in
      let (data, answered) = try await Self.send(method, target, body, to: api)
      #expect(answered == status)
      #expect(api.restore(String(decoding: data, as: UTF8.self)) == text)
    }
  }

  @Test("The n-th identical request gets the n-th answer, the last repeats")
  func turns() async throws {
    try await ScriptedAPI.serving(Self.api) { api in
      var seen: [String] = []
      for target in ["/turns", "/turns?other=1", "/turns", "/turns"] {
        seen.append(String(decoding: try await Self.send("GET", target, "", to: api).0, as: UTF8.self))
      }
      #expect(seen == ["first", "first", "second", "second"])
    }
  }

  @Test("Bytes go out as they are, and a cut body breaks off")
  func bodies() async throws {
    try await ScriptedAPI.serving(Self.api) { api in
      let (bytes, _) = try await Self.send("GET", "/bytes", "", to: api)
      #expect(bytes == Data([0, 1, 255]))
      await #expect(throws: URLError.self) { try await Self.send("GET", "/cut", "", to: api) }
    }
  }

  @Test("Requests are noted with their decoded parts")
  func log() async throws {
    try await ScriptedAPI.serving(Self.api) { api in
      _ = try await Self.send("POST", "/a%2Fb?z=1+2&a=%C3%A9&a", #"{"n": 1.0}"#, to: api)
      let entry = try #require(api.takeRequests().first)
      #expect(entry["method"] == "POST")
      #expect(entry["path"] == "/a/b")
      #expect(entry["query"] == [["a", ""], ["a", "é"], ["z", "1 2"]])
      #expect(entry["body"]?.canonicalText == #"{"json":{"n":1.0}}"#)
      #expect(entry["headers"]?["content-type"] == "application/json")
      #expect(entry["headers"]?["host"] == nil)
    }
  }

  private static func send(_ method: String, _ target: String, _ body: String, to api: ScriptedAPI) async throws -> (Data, Int?) {
    var request = URLRequest(url: try #require(URL(string: "http://\(api.address)\(target)")))
    request.httpMethod = method
    if !body.isEmpty {
      request.httpBody = Data(body.utf8)
      request.setValue("application/json", forHTTPHeaderField: "Content-Type")
    }
    let (data, response) = try await URLSession.shared.data(for: request)
    return (data, (response as? HTTPURLResponse)?.statusCode)
  }
}
