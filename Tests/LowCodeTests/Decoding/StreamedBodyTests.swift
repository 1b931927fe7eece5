import Foundation
import JSON
import Synchronization
import Testing

@testable import Components
@testable import ConnectorModel

/// What becomes of a body that comes part by part.
@Suite struct StreamedBodyTests {
  private static let jsonl = #"{"type": "JsonlDecoder"}"#

  /// The ids of the records of each page, and the error in the end.
  private func read(_ retriever: any Retriever, until isEnough: ([Int]) -> Bool = { _ in false }) async -> ([[Int]], (any Error)?)
  {
    var pages: [[Int]] = []
    do {
      try await retriever.read(.whole) { page in
        pages.append(page.records.compactMap { $0["id"]?.value.int })
        return !isEnough(pages.flatMap { $0 })
      }
      return (pages, nil)
    } catch {
      return (pages, error)
    }
  }

  /// Lines from `first` on, enough for a batch.
  private static func lines(from first: Int) -> String {
    let filling = String(repeating: "x", count: 1_000)
    return (first..<(first + 200)).map { "{\"id\":\($0),\"t\":\"\(filling)\"}\n" }.joined()
  }

  @Test func recordsComeBeforeTheBodyEnds() async throws {
    let body = ScriptedBody([Self.lines(from: 0), Self.lines(from: 200), Self.lines(from: 400)])
    let (pages, error) = await read(try DecodingFixtures.retriever(Self.jsonl, BodyTransport(body: body)))
    #expect(error == nil)
    #expect(pages.count >= 3)
    #expect(pages.flatMap { $0 } == Array(0..<600))
  }

  @Test func nothingIsReadBeyondWhatIsWanted() async throws {
    let body = ScriptedBody([Self.lines(from: 0), Self.lines(from: 200), Self.lines(from: 400)])
    let (pages, error) = await read(try DecodingFixtures.retriever(Self.jsonl, BodyTransport(body: body))) { !$0.isEmpty }
    #expect(error == nil)
    #expect(pages.count == 1)
    #expect(body.asked == 1)
  }

  @Test func recordsBeforeABreakAreKept() async throws {
    let body = ScriptedBody([Self.lines(from: 0), "{\"id\":200}\n{\"i"], failure: TransportError(.connectionLost, "lost"))
    let (pages, error) = await read(try DecodingFixtures.retriever(Self.jsonl, BodyTransport(body: body)))
    #expect(pages.flatMap { $0 } == Array(0...200))
    #expect((error as? TransportError)?.kind == .connectionLost)
    #expect(error.map { ConnectorError(wrapping: $0).failureType } == .transient)
  }

  @Test func aShortBodyThatBreaksOffIsAskedForAgain() async throws {
    let transport = BodiesInTurn([
      ScriptedBody(["{\"id\":1}\n{\"i"], failure: TransportError(.connectionLost, "lost")),
      ScriptedBody(["{\"id\":1}\n{\"id\":2}\n"]),
    ])
    let (pages, error) = await read(try DecodingFixtures.retriever(Self.jsonl, transport))
    #expect(error == nil)
    #expect(pages == [[1, 2]])
  }

  @Test(arguments: [#"{"type": "JsonDecoder"}"#, #"{"type": "JsonItemsDecoder", "items_path": "a"}"#])
  func aTextThatEndsInTheMiddleIsAskedForAgain(decoder: String) async throws {
    let whole = decoder.contains("Items") ? #"{"a":[{"id":1}]}"# : #"[{"id":1}]"#
    let transport = BodiesInTurn([ScriptedBody([String(whole.prefix(3))]), ScriptedBody([whole])])
    let (pages, error) = await read(try DecodingFixtures.retriever(decoder, transport))
    #expect(error == nil)
    #expect(pages == [[1]])
    let broken = BodiesInTurn((0..<9).map { _ in ScriptedBody([String(whole.prefix(3))]) })
    let (none, failure) = await read(try DecodingFixtures.retriever(decoder, broken))
    #expect(none.isEmpty)
    #expect((failure as? TransportError)?.kind == .truncated)
  }

  /// The reference has no records then: its predicate uses the body up.
  @Test func aPredicateSeesTheBodyAndSoDoesTheDecoder() async throws {
    let handler = """
      {"type": "DefaultErrorHandler", "response_filters": [
        {"type": "HttpResponseFilter", "predicate": "{{ response.id == 7 }}", "action": "FAIL"}]}
      """
    let good = try DecodingFixtures.retriever(
      Self.jsonl, BodyTransport(body: ScriptedBody(["{\"id\":", "1}\n"])), errorHandler: handler)
    let (pages, error) = await read(good)
    #expect(pages == [[1]])
    #expect(error == nil)
    let bad = try DecodingFixtures.retriever(
      Self.jsonl, BodyTransport(body: ScriptedBody(["{\"id\":", "7}\n"])), errorHandler: handler)
    let (none, failure) = await read(bad)
    #expect(none.isEmpty)
    #expect(failure is ConnectorError)
  }

  @Test func theBodyOfAnErrorIsReadForItsMessage() async throws {
    let transport = BodyTransport(status: 400, body: ScriptedBody(["{\"error\":", "\"no such thing\"}"]))
    let (pages, error) = await read(try DecodingFixtures.retriever(Self.jsonl, transport))
    #expect(pages.isEmpty)
    #expect((error as? ConnectorError)?.internalMessage?.contains("no such thing") == true)
  }

  @Test func aBodyThatIsNotWantedInPartsComesWhole() async throws {
    let response = HTTPResponse(
      status: 200, headers: [], content: .streaming(ScriptedBody(["[{\"id\"", ":1}]"])), url: "https://api.test")
    let whole = try await response.whole()
    #expect(whole.content.received != nil)
    #expect(whole.json?.count == 1)
  }
}

/// Gives one body after the other.
private final class BodiesInTurn: Transport {
  private let bodies: Mutex<[ScriptedBody]>

  init(_ bodies: [ScriptedBody]) { self.bodies = Mutex(bodies) }

  func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let body = bodies.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    guard let body else { throw TransportError(.other, "Nothing more is answered.") }
    let response = HTTPResponse(status: 200, headers: [], content: .streaming(body), url: request.url)
    return request.receivesInParts ? response : try await response.whole()
  }
}
