import JSON
import Testing

@Suite struct ViewTests {
  private let root: JSONView

  init() throws {
    root = try JSONDocument(
      parsing: #"""
        {"null":null,"yes":true,"no":false,"int":-42,"big":18446744073709551615,"huge":123456789012345678901,"dec":1.50,
         "text":"é\n","plain":"abc","list":[1,[2,3],{"x":4}],"empty":{},"none":[],"a":1,"\u0062":2,
         "seventeen bytes!!":17,"seventeen_bytes!!":18,"12345678":8,"":0}
        """#
    ).root
  }

  @Test(arguments: [
    ("null", JSONKind.null), ("yes", .bool), ("int", .int), ("big", .int), ("huge", .double), ("dec", .double), ("text", .string),
    ("list", .array), ("empty", .object),
  ])
  func hasAKind(_ key: String, _ kind: JSONKind) { #expect(root[key]?.kind == kind) }

  @Test func readsScalars() {
    #expect(root["yes"]?.bool == true)
    #expect(root["no"]?.bool == false)
    #expect(root["int"]?.int == -42)
    #expect(root["int"]?.double == -42)
    #expect(root["big"]?.int == nil)
    #expect(root["big"]?.double == 0x1p64)
    #expect(root["huge"]?.double == 123_456_789_012_345_683_968)
    #expect(root["huge"]?.value == .number("123456789012345678901"))
    #expect(root["dec"]?.double == 1.5)
    #expect(root["dec"]?.numberText == "1.50")
    #expect(root["text"]?.string == "é\n")
    #expect(root["text"]?.int == nil)
    #expect(root["int"]?.string == nil)
    #expect(root["null"]?.isNull == true)
    #expect(root["plain"]?.withStringBytes { Array($0) } == Array("abc".utf8))
    #expect(root["text"]?.withStringBytes { Array($0) } == Array("é\n".utf8))
    #expect(root["plain"]?.isString("abc") == true)
    #expect(root["plain"]?.isString("abd") == false)
  }

  @Test(
    arguments: [
      ("a", 1), ("b", 2), ("seventeen bytes!!", 17), ("seventeen_bytes!!", 18), ("12345678", 8), ("", 0), ("1234567", nil),
      ("missing", nil), ("seventeen bytes!?", nil), ("12345679", nil),
    ] as [(String, Int?)])
  func findsKeys(_ key: String, _ value: Int?) {
    #expect(root[JSONKey(key)]?.int == value)
    #expect(root[key]?.int == value)
  }

  @Test func walksContainers() {
    #expect(root.count == 18)
    #expect(root["list"]?.count == 3)
    #expect(root["list"]?[1]?[1]?.int == 3)
    #expect(root["list"]?[2]?["x"]?.int == 4)
    #expect(root["list"]?[3] == nil)
    #expect(root["list"]?[-1] == nil)
    #expect(root["empty"]?[0] == nil)
    #expect(root["none"]?["x"] == nil)
    #expect(root["none"]?.count == 0)
    #expect(root["list"]?.elements.map(\.jsonText) == ["1", "[2,3]", #"{"x":4}"#])
    #expect(root.keys.prefix(3) == ["null", "yes", "no"])
    var keys: [[UInt8]] = []
    root.forEachMember(bytes: { key, _ in keys.append(Array(key)) })
    #expect(keys == root.keys.map { Array($0.utf8) })
  }

  @Test func takesTheLastOfRepeatedKeysInTheFirstPlace() throws {
    let root = try JSONDocument(parsing: #"{"a":1,"b":2,"a":3,"\u0062":{"b":4},"c":5}"#).root
    #expect(root.count == 3)
    #expect(root["a"]?.int == 3)
    #expect(root["b"]?.jsonText == #"{"b":4}"#)
    #expect(root.keys == ["a", "b", "c"])
    #expect(root.jsonText == #"{"a":3,"b":{"b":4},"c":5}"#)
    #expect(root.value.jsonText == root.jsonText)
  }

  @Test func tellsKeysApartByBytes() throws {
    // Canonically equivalent for Swift, two keys for Python.
    let root = try JSONDocument(parsing: "{\"e\u{301}\":1,\"\u{E9}\":2}").root
    #expect(root.count == 2)
    #expect(root["\u{E9}"]?.int == 2)
    #expect(root["e\u{301}"]?.int == 1)
    #expect(JSONKey("\u{E9}") != JSONKey("e\u{301}"))
  }

  @Test func readsStringsThatAreTooLongForAWord() throws {
    let long = String(repeating: "x", count: 0xFF_FFFF + 10)
    let root = try JSONDocument(parsing: "[\"\(long)\",\"\(long.dropLast(10))\",\"\\n\(long)\",1]").root
    #expect(root[0]?.string?.utf8.count == long.utf8.count)
    #expect(root[1]?.string?.utf8.count == 0xFF_FFFF)
    #expect(root[2]?.string?.utf8.count == long.utf8.count + 1)
    #expect(root[3]?.int == 1)
  }

  @Test(arguments: [
    ("0.1", 0.1), ("-0.5", -0.5), ("123456789012345", 123_456_789_012_345), ("1e22", 1e22),
    ("1.7976931348623157e308", .greatestFiniteMagnitude),
    ("5e-324", .leastNonzeroMagnitude), ("0.30000000000000004", 0.300_000_000_000_000_04), ("8.5", 8.5), ("1e400", .infinity),
    ("-Infinity", -.infinity),
    ("9007199254740993", 9_007_199_254_740_992),
  ])
  func readsTheNearestDouble(_ text: String, _ value: Double) throws {
    #expect(try JSONDocument(parsing: text).root.double == value)
  }
}
