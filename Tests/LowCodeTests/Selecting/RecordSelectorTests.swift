import AirbyteProtocol
import Foundation
import JSON
import Testing

@testable import Components
@testable import ConnectorModel

/// The records of large pages are made in parts.
@Suite struct RecordSelectorTests {
  /// Reads one page, and gives the records of each part as JSON.
  private func read(
    _ body: String, _ selector: String = "", transformations: String = "", memory: Int? = nil, wanting most: Int = .max
  ) async throws -> (parts: [[String]], failure: (any Error)?) {
    var runtime = TestWorld([]).runtime
    runtime.transport = OnePage(body: body, memory: memory)
    let scope = BuildScope(config: [:], runtime: runtime, registry: .standard)
    let retriever: any Retriever = try scope.build(
      TestWorld([]).node(
        #"""
        {"type": "SimpleRetriever", "requester": {"type": "HttpRequester", "url_base": "https://api.test", "path": "items"},
         "record_selector": {"type": "RecordSelector", \#(selector.isEmpty ? "" : selector + ",")
           "extractor": {"type": "DpathExtractor", "field_path": []}}}
        """#))
    var parts: [[String]] = []
    do {
      try await retriever.read(.whole) { page in
        parts.append(page.records.map { JSONValue.object($0.object).jsonText })
        return parts.count < most
      }
    } catch {
      return (parts, error)
    }
    return (parts, nil)
  }

  private struct OnePage: Transport {
    let body: String
    let memory: Int?

    func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
      let memory = memory.map { ResponseMemory(Limit(value: $0, variable: "MEMORY")) }
      return HTTPResponse(
        status: 200, headers: [], content: .received(ReceivedBody(Data(body.utf8))), url: request.url, memory: memory)
    }
  }

  private static let keepsAll = #""record_filter": {"type": "RecordFilter", "condition": "{{ record.id != 3 }}"}"#

  private func list(_ count: Int, note: Int = 0) -> String {
    let note = String(repeating: "x", count: note)
    return "[" + (0..<count).map { #"{"id":\#($0),"note":"\#(note)"}"# }.joined(separator: ",") + "]"
  }

  @Test("Records come in order, however many parts they come in", arguments: [1, 1_024, 1_025, 5_000])
  func many(count: Int) async throws {
    let (parts, failure) = try await read(list(count), Self.keepsAll)
    #expect(failure == nil)
    #expect(parts.count == (count + 1_023) / 1_024)
    #expect(parts.joined().elementsEqual((0..<count).filter { $0 != 3 }.map { #"{"id":\#($0),"note":""}"# }))
  }

  @Test func aPartHasNotMuchText() async throws {
    let (parts, _) = try await read(list(30, note: 100_000), Self.keepsAll)
    #expect(parts.map(\.count) == [3, 2, 3, 3, 3, 3, 3, 3, 3, 3])
  }

  @Test func whatNothingChangesIsNotDivided() async throws {
    #expect(try await read(list(5_000)).parts.map(\.count) == [5_000])
  }

  @Test("Records before one that cannot be made stand", arguments: [0, 1, 1_024, 4_000])
  func failing(place: Int) async throws {
    let condition = #""record_filter": {"type": "RecordFilter", "condition": "{{ 1 / (record.id - \#(place)) or 1 }}"}"#
    let (parts, failure) = try await read(list(5_000), condition)
    #expect(failure != nil)
    #expect(parts.joined().count == place)
  }

  @Test func noFurtherPartIsMadeWhereNoneIsWanted() async throws {
    let condition = #""record_filter": {"type": "RecordFilter", "condition": "{{ 1 / (record.id - 2000) or 1 }}"}"#
    let (parts, failure) = try await read(list(5_000), condition, wanting: 1)
    #expect(failure == nil)
    #expect(parts.map(\.count) == [1_024])
  }

  @Test func whatIsMadeARecordComesInItsPlace() async throws {
    let (parts, failure) = try await read(#"[{"id":1},[[["id",2]]],{"id":3},[[["id",4],["a",[]]]]]"#)
    #expect(failure == nil)
    #expect(Array(parts.joined()) == [#"{"id":1}"#, #"{"id":2}"#, #"{"id":3}"#, #"{"id":4,"a":[]}"#])
  }

  @Test func listsOfPairsAreMadeInParts() async throws {
    let pairs = (0..<1_000).map { #"[[["id",\#($0)]]]"# }.joined(separator: ",")
    let (parts, failure) = try await read("[" + pairs + "]")
    #expect(failure == nil)
    #expect(parts.allSatisfy { $0.count <= 128 })
    #expect(parts.joined().elementsEqual((0..<1_000).map { #"{"id":\#($0)}"# }))
  }

  @Test("A large record has a bound where it is built", arguments: [(300_000, true), (3_000_000, false)])
  func large(note: Int, fits: Bool) async throws {
    let (parts, failure) = try await read(list(2, note: note), Self.keepsAll, memory: 6_000_000)
    #expect(parts.joined().count == (fits ? 2 : 0))
    let error = failure as? TransportError
    #expect(error?.kind == (fits ? nil : .tooLarge))
    if !fits { #expect(error?.message.contains("2000000 bytes, a third of the 6000000") == true) }
  }

  @Test func whatARecordTakesIsCountedInFull() {
    // What reception counts for each object of a text.
    #expect(MemoryLayout<Record>.stride <= 96)
  }
}
