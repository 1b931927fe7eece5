import JSON
import Testing

@Suite struct ValueTests {
  @Test(arguments: [
    ("1", JSONValue.int(1)), ("1.5", .double(1.5)), ("1.50", .number("1.50")), ("1.0", .double(1)), ("1e5", .number("1e5")),
    ("123456789012345678901", .number("123456789012345678901")), ("18446744073709551615", .number("18446744073709551615")),
    ("1e400", .double(.infinity)), ("-0", .int(0)), ("-0.0", .double(-0.0)), ("0.00001", .double(0.00001)),
    ("1e-5", .number("1e-5")),
  ])
  func keepsDigitsThatADoubleWouldRewrite(_ text: String, _ value: JSONValue) throws {
    #expect(try JSONValue(parsing: text) == value)
    if value != .double(.infinity) { #expect(JSONValue(number: text) == value) }
  }

  @Test func textsThatLookTheSameAreNot() {
    let pairs: [(JSONValue, JSONValue)] = [
      ("\u{E9}", "e\u{301}"), (["\u{E9}"], ["e\u{301}"]), (["\u{E9}": 1], ["e\u{301}": 1]),
      ("a\u{323}\u{307}", "a\u{307}\u{323}"),
    ]
    for (composed, apart) in pairs {
      #expect(composed != apart)
      #expect(composed == composed && apart == apart)
    }
  }

  @Test(arguments: ["", "x", "1x", "01", "1.", "+1", "NaN", "0x1", " 1"])
  func makesNoNumberOfOtherTexts(_ text: String) { #expect(JSONValue(number: text) == nil) }

  @Test(
    arguments: [
      (JSONValue.int(1), JSONValue.double(1), true), (1, true, true), (0, false, true), (1, 2, false), (1, "1", false),
      (nil, false, false),
      (.number("1.50"), 1.5, true), (.number("100000000000000000000"), 1e20, true),
      (.number("100000000000000000001"), 1e20, false),
      (9_007_199_254_740_993, 9_007_199_254_740_992.0, false),
      (.number("9223372036854775808"), 9_223_372_036_854_775_808.0, true),
      ([1, ["a": 2.0]], [1.0, ["a": 2]], true), (["a": 1, "b": 2], ["b": 2, "a": 1], true), (["a": 1], ["b": 1], false),
      (.double(.nan), .double(.nan), false), ([1], [1, 2], false), ("\u{E9}", "e\u{301}", false),
    ] as [(JSONValue, JSONValue, Bool)])
  func comparesAsPython(_ left: JSONValue, _ right: JSONValue, _ isEqual: Bool) {
    #expect(left.equals(right) == isEqual)
    #expect(right.equals(left) == isEqual)
  }

  @Test func hasAccessors() {
    var value: JSONValue = ["a": [1, 2.5, "x", true, nil], "b": ["c": 1]]
    #expect(value["a"]?[0]?.int == 1)
    #expect(value["a"]?[1]?.double == 2.5)
    #expect(value["a"]?[2]?.string == "x")
    #expect(value["a"]?[3]?.bool == true)
    #expect(value["a"]?[4]?.isNull == true)
    #expect(value["a"]?[5] == nil)
    #expect(value["b"]?["c"]?.int == 1)
    #expect(value["b"]?.object?.count == 1)
    #expect(value["x"] == nil)
    value["b"] = nil
    value["z"] = 1
    #expect(value.jsonText == #"{"a":[1,2.5,"x",true,null],"z":1}"#)
  }
}
