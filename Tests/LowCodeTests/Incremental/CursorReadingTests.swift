import JSON
import Testing

@testable import Engine

/// Reads of whole streams: states after each slice, and which records are new.
@Suite struct CursorReadingTests {
  @Test func statesAreThoseOfTheReference() async throws {
    for recorded in try CursorFixtures.cases("readings.json") {
      let cursor = try CursorFixtures.cursor(#require(recorded["cursor"]), state: #require(recorded["state"]?.object))
      let slices = try await CursorFixtures.slices(cursor, limit: 12)
      #expect(JSONValue.array(slices.map { CursorFixtures.plain($0.cursorSlice) }) == recorded["slices"], "\(recorded.jsonText)")
      for step in recorded["steps"]?.array ?? [] {
        let slice = slices[try #require(step["slice"]?.int)]
        do {
          let observer = cursor.observer(for: slice)
          for value in step["values"]?.array ?? [] {
            try observer.observe(CursorFixtures.record(["updated_at": value, "n": value]))
          }
          _ = try cursor.close(slice, after: observer.finish())
          #expect(step["error"] == nil, "\(recorded.jsonText)")
        } catch {
          #expect(step["error"] != nil, "\(error) \(recorded.jsonText)")
          break
        }
        #expect(try JSONValue.object(cursor.state) == step["state"], "\(recorded.jsonText)")
      }
      for (value, isNew) in recorded["new"]?.object ?? [:] {
        let record = try CursorFixtures.record(["updated_at": .string(value)])
        #expect(.bool(cursor.isNew(record, in: .whole)) == isNew, "\(value) \(recorded.jsonText)")
      }
    }
  }
}
