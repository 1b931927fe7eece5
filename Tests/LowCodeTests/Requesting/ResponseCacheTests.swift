import Foundation
import Synchronization
import Testing

@testable import ConnectorModel
@testable import HTTP

@Suite struct ResponseCacheTests {
  private static func request(
    _ url: String = "https://a.example/x?b=2&a=1", method: String = "GET", headers: [(String, String)] = [("Accept", "*/*")],
    body: String? = nil
  ) -> HTTPRequest {
    HTTPRequest(method: method, url: url, headers: headers.map { (name: $0.0, value: $0.1) }, body: body.map { Array($0.utf8) })
  }

  private static func key(_ request: HTTPRequest, _ credentials: ResponseCache.Key.Credentials = .init()) throws
    -> ResponseCache.Key
  {
    try #require(ResponseCache.Key(request, credentials: credentials))
  }

  private static func response(_ body: String, status: Int = 200) -> HTTPResponse {
    HTTPResponse(status: status, headers: [("X-A", "é\"1")], body: Data(body.utf8), url: "https://a.example/final")
  }

  @Test(arguments: [
    (request("https://a.example/x?a=1&b=2"), true), (request(headers: [("accept", "*/*")]), true),
    (request("https://a.example/x?a=1&b=3"), false), (request("https://a.example/y?b=2&a=1"), false),
    (request(method: "HEAD"), false), (request(headers: [("Accept", "text/x")]), false), (request(headers: []), false),
    (request(body: "{}"), false), (request("https://a.example/x?b=2&a=1&a=1"), false),
  ])
  func whatMakesRequestsTheSame(other: HTTPRequest, isSame: Bool) throws {
    #expect(try (Self.key(Self.request()) == Self.key(other)) == isSame)
  }

  @Test func renewedCredentialsAreTheSameRequest() throws {
    let credentials = ResponseCache.Key.Credentials(headers: ["Authorization"], parameters: ["api key"], scope: "bearer")
    func key(_ token: String, _ scope: String) throws -> ResponseCache.Key {
      var credentials = credentials
      credentials.scope = scope
      return try Self.key(
        Self.request("https://a.example/x?api+key=\(token)&a=1", headers: [("authorization", token)]), credentials)
    }
    #expect(try key("old", "bearer") == key("new", "bearer"))
    #expect(try key("old", "bearer") != key("old", "other"))
  }

  @Test(arguments: [request(method: "POST"), request(headers: [("cache-control", "no-store")])])
  func whatIsNeverKept(request: HTTPRequest) {
    #expect(ResponseCache.Key(request, credentials: .init()) == nil)
  }

  @Test(arguments: [1 << 20, 0])
  func aResponseIsFetchedOnce(memoryLimit: Int) async throws {
    let cache = ResponseCache(memoryLimit: memoryLimit)
    let fetches = Counter()
    for round in 0..<2 {
      for page in 0..<3 {
        let (response, isKept) = try await cache.response(for: Self.key(Self.request("https://a.example/\(page)"))) {
          fetches.add()
          return Self.response("page \(page)")
        }
        #expect(isKept == (round == 1))
        #expect(response.status == 200)
        #expect(response.body == Data("page \(page)".utf8))
        #expect(response.header("x-a") == "é\"1")
        #expect(response.url == "https://a.example/final")
      }
    }
    #expect(fetches.count == 3)
  }

  @Test(arguments: [201, 204, 404, 500])
  func otherStatusesAreNotKept(status: Int) async throws {
    let cache = ResponseCache()
    let fetches = Counter()
    for _ in 0..<2 {
      _ = try await cache.response(for: Self.key(Self.request())) {
        fetches.add()
        return Self.response("", status: status)
      }
    }
    #expect(fetches.count == 2)
  }

  @Test func requestsAtTheSameTimeGoOutOnce() async throws {
    let cache = ResponseCache()
    let fetches = Counter()
    let key = try Self.key(Self.request())
    try await withThrowingTaskGroup(of: Data.self) { group in
      for _ in 0..<20 {
        group.addTask {
          try await cache.response(for: key) {
            fetches.add()
            for _ in 0..<100 { await Task.yield() }
            return Self.response("once")
          }.response.body
        }
      }
      for try await body in group { #expect(body == Data("once".utf8)) }
    }
    #expect(fetches.count == 1)
  }

  @Test func aFailureIsNotShared() async throws {
    let cache = ResponseCache()
    let key = try Self.key(Self.request())
    await #expect(throws: TransportError.self) {
      _ = try await cache.response(for: key) { throw TransportError(.connectionLost, "lost") }
    }
    #expect(try await cache.response(for: key) { Self.response("then") }.response.body == Data("then".utf8))
  }

  @Test func aFolderThatCannotBeWrittenKeepsNothing() async throws {
    let cache = ResponseCache(memoryLimit: 0, folder: "/nowhere")
    let key = try Self.key(Self.request())
    for text in ["first", "second"] {
      #expect(try await cache.response(for: key) { Self.response(text) }.response.body == Data(text.utf8))
    }
  }

  @Test func theFileHasNoName() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "spill-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = try TemporaryFile(folder: folder.path)
    try file.append(Data("abc".utf8))
    try file.append(Data("defg".utf8))
    #expect(file.size == 7)
    #expect(try file.read(at: 3, count: 4) == Data("defg".utf8))
    #expect(try file.read(at: 3, count: 5) == Data("defg".utf8))
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
  }

  @Test func aTemporaryFileThatCannotBeMadeNamesItsFolder() throws {
    let error = try #require(throws: ConnectorError.self) { _ = try TemporaryFile(folder: "/nowhere") }
    #expect(
      error.message == "A temporary file in /nowhere could not be made: No such file or directory. "
        + "The environment variable TMPDIR names the folder for such files")
  }

  @Test(arguments: [Data(), Data([1]), Data(repeating: 0xff, count: 9), Data([2, 0, 0, 0, 0, 0, 0, 0, 0x5b, 0x5d])])
  func bytesThatAreNoResponse(data: Data) {
    #expect(PackedResponse.unpack(data) == nil)
  }
}

private final class Counter: Sendable {
  private let value = Mutex(0)

  var count: Int { value.withLock { $0 } }
  func add() { value.withLock { $0 += 1 } }
}
