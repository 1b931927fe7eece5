import JSON
import Testing

@Suite struct PathTests {
  @Test(arguments: recordedPaths)
  func findsWhatWasRecorded(_ recorded: RecordedPath) throws {
    let body = try JSONDocument(parsing: recordedBody).root
    let path = try JSONGlobPath(recorded.path)
    #expect(JSONValue.array(path.values(in: body).map(\.value)).jsonText == recorded.values)
    #expect(JSONValue.array(path.values(in: body.value)).jsonText == recorded.values)
    if recorded.single == "error" {
      #expect(throws: JSONPathError.self) { try path.get(in: body) }
      #expect(throws: JSONPathError.self) { try path.get(in: body.value) }
    } else {
      #expect(try path.get(in: body)?.jsonText == recorded.single)
      #expect(try path.get(in: body.value)?.jsonText == recorded.single)
    }
  }

  @Test(arguments: recordedSettings)
  func setsAsRecorded(_ body: String, _ path: [JSONPathSegment], _ result: String) throws {
    var value = try JSONValue(parsing: body)
    if result == "error" {
      #expect(throws: JSONPathError.self) { try value.set(path, to: "v") }
    } else {
      try value.set(path, to: "v")
      #expect(value.jsonText == result)
    }
  }

  @Test(arguments: recordedDeletions)
  func deletesAsRecorded(_ body: String, _ path: [JSONPathSegment], _ result: String, _ count: Int) throws {
    var value = try JSONValue(parsing: body)
    #expect(value.delete(try JSONGlobPath(path)) == count)
    #expect(value.jsonText == result)
  }

  @Test(arguments: recordedGlobs)
  func matchesAsRecorded(_ pattern: String, _ text: String, _ matches: Bool) {
    #expect(GlobPattern(pattern).matches(text) == matches)
  }

  @Test func deletesLeavesByAPredicate() throws {
    var value = try JSONValue(parsing: #"{"a":1,"b":[1,2,{"c":1}],"d":{"e":1,"f":"x"},"g":[2,1]}"#)
    #expect(value.deleteLeaves { $0.int == 1 } == 5)
    #expect(value.jsonText == #"{"b":[null,2,{}],"d":{"f":"x"},"g":[2]}"#)
  }

  @Test func boundsWhatAPathMayCreate() throws {
    var value: JSONValue = [:]
    #expect(throws: JSONPathError.self) { try value.set(["a", "99999999999"], to: 1) }
    #expect(throws: JSONPathError.self) { try value.set([], to: 1) }
  }

  @Test func rejectsASecondDeepStar() {
    #expect(throws: JSONPathError.self) { try JSONGlobPath(["**", "a", "**"]) }
  }

  @Test func tellsWhatAPathIsLike() throws {
    #expect(try JSONGlobPath(["a", "*"]).hasStar)
    #expect(try !JSONGlobPath(["a*"]).hasStar)
    #expect(try JSONGlobPath(["a"]).literalKey == "a")
    #expect(try JSONGlobPath(["a", "b"]).literalKey == nil)
    #expect(try JSONGlobPath(["**", "a"]).literalKey == nil)
  }

  @Test func readsPlainPaths() throws {
    let value = try JSONValue(parsing: recordedBody)
    #expect(value.value(at: ["data", "items", "1", "id"])?.int == 2)
    #expect(value.value(at: ["data", "items", -3, "id"])?.int == 1)
    #expect(value.value(at: ["data", "items", "x"]) == nil)
    #expect(value.value(at: ["n", "x"]) == nil)
  }
}
