import Testing

@testable import JSON

@Suite struct LinesTests {
  /// The values, and the lines that were rejected.
  private func read(_ text: String, stopping: Bool = false) -> (values: [String], rejected: [String]) {
    var buffer = ByteBuffer()
    buffer.append(text)
    var rejected: [String] = []
    let views = JSONDocument.lines(buffer) { line, error in
      rejected.append("\(String(decoding: line, as: UTF8.self)): \(error.message)")
      return !stopping
    }
    return (views.map(\.jsonText), rejected)
  }

  @Test(
    arguments: [
      ("", []), ("1", ["1"]), ("1\n", ["1"]),
      ("{\"a\": 1}\r\n [2, 3] \n\"x\\u00e9\"\ntrue", [#"{"a":1}"#, "[2,3]", "\"xé\"", "true"]),
      ("123456789012345678901\n-9223372036854775809", ["123456789012345678901", "-9223372036854775809"]),
      ("{\"a\":{\"b\":[1,{}]}}\n{\"a\":2}\n", [#"{"a":{"b":[1,{}]}}"#, #"{"a":2}"#]),
    ] as [(String, [String])])
  func everyLineIsAValue(text: String, values: [String]) {
    let found = read(text)
    #expect(found.values == values)
    #expect(found.rejected.isEmpty)
  }

  @Test func aBrokenLineIsLeftOut() {
    let found = read("1\n{\"a\":\n2}\n\n\"x\n\"\n[1] 2\nnul\n{\"a\":3}")
    #expect(found.values == ["1", #"{"a":3}"#])
    #expect(found.rejected.count == 7)
    #expect(found.rejected.first == "{\"a\":: expected a value, but the text ends")
  }

  @Test func readingStopsWhereItIsToldTo() {
    let found = read("1\n{\n2", stopping: true)
    #expect(found.values == ["1"])
    #expect(found.rejected.count == 1)
  }

  @Test func fieldsAreFoundInEachLine() {
    var buffer = ByteBuffer()
    buffer.append("{\"id\":1,\"n\":{\"x\":\"a\"}}\n{\"id\":2,\"n\":{\"x\":\"b\"}}\n")
    let views = JSONDocument.lines(buffer) { _, _ in true }
    #expect(views.map { $0["id"]?.int } == [1, 2])
    #expect(views.map { $0["n"]?["x"]?.string } == ["a", "b"])
  }
}
