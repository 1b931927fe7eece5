import Engine
import JSON
import Synchronization
import Testing

@testable import LanguageServer

/// A client of the server in the same process: what it sends is read, and what it gets is kept.
final class TestClient: Sendable {
  private let input: AsyncStream<[UInt8]>
  private let continuation: AsyncStream<[UInt8]>.Continuation
  private let messages: AsyncStream<JSONValue>
  private let arrivals: AsyncStream<JSONValue>.Continuation
  private let parser = Mutex(FrameParser())

  init() {
    (input, continuation) = AsyncStream.makeStream()
    (messages, arrivals) = AsyncStream.makeStream()
  }

  /// Runs the server while `body` talks with it.
  /// - Returns: whether it ended in order.
  @discardableResult
  static func talk(workingFolder: String = "/", _ body: @Sendable (TestClient) async throws -> Void) async throws -> Bool {
    let client = TestClient()
    return try await withThrowingTaskGroup(of: Bool.self) { group in
      group.addTask {
        let inputs = Inputs(client.input)
        defer { client.arrivals.finish() }
        return try await LanguageServer(components: .standard, workingFolder: workingFolder, version: "1")
          .run(read: { await inputs.next() }, write: { client.take($0) })
      }
      defer { client.continuation.finish() }
      try await body(client)
      client.continuation.finish()
      return try await group.next() ?? false
    }
  }

  private actor Inputs {
    private var iterator: AsyncStream<[UInt8]>.Iterator

    init(_ stream: AsyncStream<[UInt8]>) { iterator = stream.makeAsyncIterator() }

    func next() async -> [UInt8]? {
      var iterator = iterator
      let bytes = await iterator.next(isolation: self)
      self.iterator = iterator
      return bytes
    }
  }

  private func take(_ bytes: [UInt8]) {
    let contents = parser.withLock { parser in
      parser.feed(bytes)
      var contents: [[UInt8]] = []
      while case .content(let content)? = parser.next() { contents.append(content) }
      return contents
    }
    for content in contents { if let value = try? JSONValue(parsing: content) { arrivals.yield(value) } }
  }

  func send(raw bytes: [UInt8]) { continuation.yield(bytes) }

  func send(_ message: JSONValue) {
    let content = Array(message.jsonText.utf8)
    send(raw: Array("Content-Length: \(content.count)\r\n\r\n".utf8) + content)
  }

  func notify(_ method: String, _ params: JSONValue = [:]) {
    send(["jsonrpc": "2.0", "method": .string(method), "params": params])
  }

  /// Sends a request and returns the message with its answer; what comes before it is passed over.
  func request(_ id: Int, _ method: String, _ params: JSONValue = [:]) async -> JSONValue {
    send(["jsonrpc": "2.0", "id": .int(id), "method": .string(method), "params": params])
    return await message { $0["id"] == .int(id) }
  }

  /// The next message of a kind.
  func message(_ isWanted: (JSONValue) -> Bool) async -> JSONValue {
    for await message in messages where isWanted(message) { return message }
    return .null
  }

  /// The diagnostics of a version.
  func diagnostics(version: Int) async -> [JSONValue] {
    await message { $0["params"]?["version"] == .int(version) }["params"]?["diagnostics"]?.array ?? []
  }

  func initialize() async { _ = await request(0, "initialize", ["capabilities": [:]]) }

  func open(_ text: String, uri: String = "file:///manifest.yaml", version: Int = 1) {
    notify(
      "textDocument/didOpen",
      ["textDocument": ["uri": .string(uri), "languageId": "yaml", "version": .int(version), "text": .string(text)]])
  }

  /// Replaces a part of the text.
  func change(_ old: String, by new: String, in text: inout String, uri: String = "file:///manifest.yaml", version: Int) throws {
    let range = try #require(text.firstRange(of: old))
    let document = DocumentText(text)
    let start = text.utf8.distance(from: text.startIndex, to: range.lowerBound)
    let change: JSONValue = ["range": document.json(start..<(start + old.utf8.count)), "text": .string(new)]
    text.replaceSubrange(range, with: new)
    notify(
      "textDocument/didChange",
      ["textDocument": ["uri": .string(uri), "version": .int(version)], "contentChanges": [change]])
  }
}
