import JSON
import Testing

@testable import Engine

/// The windows of cursors, as the reference cuts them.
@Suite struct SliceWindowsTests {
  @Test func windowsAreThoseOfTheReference() async throws {
    for recorded in try CursorFixtures.cases("windows.json") {
      let expected = try #require(recorded["windows"])
      let (definition, state) = (try #require(recorded["cursor"]), try #require(recorded["state"]?.object))
      let answer: JSONValue
      do {
        let cursor = try CursorFixtures.cursor(definition, state: state)
        let slices = try await CursorFixtures.slices(cursor).map { CursorFixtures.plain($0.cursorSlice) }
        answer = ["count": .int(slices.count), "first": .array(Array(slices.prefix(4))), "last": .array(Array(slices.suffix(2)))]
      } catch {
        #expect(expected["error"] != nil, "\(error): \(recorded.jsonText)")
        continue
      }
      #expect(answer == expected, "\(recorded.jsonText)\n\(answer.jsonText)")
    }
  }
}
