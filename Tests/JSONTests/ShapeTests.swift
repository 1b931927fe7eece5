import JSON
import Testing

/// Objects that resemble the one before them, whose keys are expected: each must be read as it is where it stands alone.
@Suite struct ShapeTests {
  private static let keys = [
    "", "a", "b", "ab", "idnumbr", "idnumber", "idnumber1", "idnumber2", "updated_at_utc_1", "updated_at_utc_2",
    "updated_at_utc_12", "updated_at_utc_13", "a_key_of_more_than_twenty_bytes", "a_key_of_more_than_twenty_bitte", "né", "x\\n",
    "\\u0061",
  ]
  private static let values = [
    "1", #""t""#, "null", "[]", "{}", #"[1,{"a":1}]"#, #"{"a":1,"b":{"a":2}}"#, #"{"b":1,"b":2}"#, "1.5",
  ]

  /// An object that differs from the one before it in little: keys are left out, put in, swapped or repeated.
  private static func vary(_ keys: inout [String], _ random: inout Numbers) -> String {
    for _ in 0..<random.next(3) {
      switch random.next(5) {
      case 0: if !keys.isEmpty { keys.remove(at: random.next(keys.count)) }
      case 1: keys.insert(Self.keys[random.next(Self.keys.count)], at: random.next(keys.count + 1))
      case 2: if keys.count > 1 { keys.swapAt(0, random.next(keys.count)) }
      case 3: if let last = keys.last { keys.append(last) }
      default: keys = Array(Set(keys)).sorted()
      }
    }
    let blank = random.next(4) == 0 ? " " : ""
    let members = keys.map { "\"\($0)\"\(blank):\(values[random.next(values.count)])" }
    return "{\(members.joined(separator: ","))}"
  }

  @Test(arguments: 1...8)
  func areReadAsAlone(_ seed: UInt64) throws {
    var random = Numbers(state: seed)
    for _ in 0..<150 {
      var keys = (0..<random.next(80)).map { _ in Self.keys[random.next(Self.keys.count)] }
      if random.next(2) == 0 { keys = Array(Set(keys)).sorted() }
      let objects = (0..<6).map { _ in Self.vary(&keys, &random) }
      let page = try JSONDocument(parsing: "[\(objects.joined(separator: ","))]").root
      for (place, text) in objects.enumerated() {
        let alone = try JSONDocument(parsing: text).root
        let together = try #require(page[place])
        #expect(together.jsonText == alone.jsonText)
        #expect(together.keys == alone.keys)
        #expect(together.count == alone.count)
        for key in Self.keys { #expect(together[key]?.jsonText == alone[key]?.jsonText) }
      }
    }
  }

  /// A text that ends within a key that is expected.
  @Test func endWithinAnExpectedKey() {
    let text = Array(#"[{"a_key_of_more_than_twenty_bytes":1},{"a_key_of_more_than_twenty_bytes":1}]"#.utf8)
    for end in 0..<text.count {
      #expect(throws: JSONError.self) { try JSONDocument(parsing: Array(text[..<end])) }
    }
  }
}

private struct Numbers {
  var state: UInt64

  /// A number below `bound`.
  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
}
