import JSON
import Testing

@Suite struct WriterTests {
  @Test(arguments: recordedDoubles)
  func writesDoubles(_ value: Double, _ compact: String, _ python: String) {
    #expect(JSONValue.double(value).jsonText == compact)
    #expect(PythonJSONWriter().string(.double(value)) == python)
  }

  @Test(
    arguments: [
      (JSONValue.double(.nan), "null", "NaN"), (.double(.infinity), "null", "Infinity"),
      (.double(-.infinity), "null", "-Infinity"),
      (.number("123456789012345678901"), "123456789012345678901", "123456789012345678901"), (.number("1.10"), "1.10", "1.1"),
      (.int(.min), "-9223372036854775808", "-9223372036854775808"), (.int(0), "0", "0"), (.int(1000), "1000", "1000"),
      (.int(999), "999", "999"), (.int(.max), "9223372036854775807", "9223372036854775807"),
      (.string("\u{1F600}\u{7F}\"/\u{1}"), "\"\u{1F600}\u{7F}\\\"/\\u0001\"", #""\ud83d\ude00\u007f\"/\u0001""#),
      (
        ["b": [], "a": [1, nil], "é": [:]] as JSONValue, #"{"b":[],"a":[1,null],"é":{}}"#,
        #"{"b": [], "a": [1, null], "\u00e9": {}}"#
      ),
    ] as [(JSONValue, String, String)])
  func writesValues(_ value: JSONValue, _ compact: String, _ python: String) {
    #expect(value.jsonText == compact)
    #expect(PythonJSONWriter().string(value) == python)
  }

  @Test func hasPythonsOptions() {
    let value: JSONValue = ["b": [1, ["x": nil]], "a": [], "c": [:], "é": "日"]
    #expect(
      PythonJSONWriter(sortsKeys: true, indent: 2).string(value) == """
        {
          "a": [],
          "b": [
            1,
            {
              "x": null
            }
          ],
          "c": {},
          "\\u00e9": "\\u65e5"
        }
        """)
    #expect(
      PythonJSONWriter(itemSeparator: ",", keySeparator: ":", ensuresASCII: false).string(value)
        == #"{"b":[1,{"x":null}],"a":[],"c":{},"é":"日"}"#)
  }

  @Test func growsAndFreezes() throws {
    var writer = JSONWriter()
    for number in 0..<1000 {
      writer.write(int: number)
      writer.write(raw: UInt8(ascii: "\n"))
    }
    #expect(writer.count == 3890)
    let bytes = writer.finish()
    #expect(bytes.string.split(separator: "\n").compactMap { Int($0) } == Array(0..<1000))
  }

  // MARK: - Records

  @Test(arguments: [
    (#"{"a":1,"b":null,"c":{"d":null}}"#, #"{"a":1,"c":{"d":null}}"#), (#"{"a":null}"#, "{}"), ("{}", "{}"),
    (#"{"a":null,"b":2}"#, #"{"b":2}"#), (#"{"b":2,"a":null}"#, #"{"b":2}"#), (#"{ "b" : 2, "a" : null }"#, #"{"b":2}"#),
    (#"{"a":null,"a":1}"#, #"{"a":1}"#), (#"{"a":1,"a":null}"#, "{}"), (#"{"a":"\u00e9","b":null}"#, #"{"a":"é"}"#),
    (#"{"a":1,"n":null,"m":null,"b":2,"c":3}"#, #"{"a":1,"b":2,"c":3}"#), ("[null]", "[null]"), ("null", "null"),
  ])
  func dropsARecordsNulls(_ text: String, _ expected: String) throws {
    let root = try JSONDocument(parsing: text).root
    var writer = JSONWriter()
    writer.write(record: root)
    #expect(writer.string == expected)
    var other = JSONWriter()
    other.write(record: root.value)
    #expect(other.string == expected)
  }

  @Test(arguments: ["", " "])
  func patchesARecord(_ blank: String) throws {
    let text = #"{"id":1,"nothing":null,"name":"x","k\u0031":2,"nested":{"a":null},"last":0}"#
      .replacingOccurrences(":", ":" + blank)
    let root = try JSONDocument(parsing: text).root
    func written(_ patches: [JSONPatch]) -> String {
      var writer = JSONWriter()
      writer.write(record: root, patches: patches)
      return writer.string
    }
    let nested = try #require(root["nested"])
    #expect(written([]) == #"{"id":1,"name":"x","k1":2,"nested":{"a":null},"last":0}"#)
    #expect(
      written([JSONPatch(key: "name", value: [1.5]), JSONPatch(key: "new", value: "n")])
        == #"{"id":1,"name":[1.5],"k1":2,"nested":{"a":null},"last":0,"new":"n"}"#)
    #expect(
      written([JSONPatch(key: "id", value: nil), JSONPatch(key: "last", value: nil), JSONPatch(key: "absent", value: nil)])
        == #"{"name":"x","k1":2,"nested":{"a":null}}"#)
    #expect(
      written([
        JSONPatch(key: "nothing", value: true), JSONPatch(key: "k1", value: .null), JSONPatch(key: "id", change: .view(nested)),
      ])
        == #"{"id":{"a":null},"nothing":true,"name":"x","nested":{"a":null},"last":0}"#)
    #expect(
      written([JSONPatch(key: "id", value: 2), JSONPatch(key: "id", value: 3), JSONPatch(key: "q\"", value: 4)])
        == #"{"id":3,"name":"x","k1":2,"nested":{"a":null},"last":0,"q\"":4}"#)
    let all = ["id", "nothing", "name", "k1", "nested", "last"].map { JSONPatch(key: JSONKey($0), value: nil) }
    #expect(written(all) == "{}")
    #expect(written(all + [JSONPatch(key: "only", value: 1)]) == #"{"only":1}"#)
  }

  @Test func takesMoreThanSixtyFourPatches() throws {
    let root = try JSONDocument(parsing: #"{"k3":0,"k80":0,"z":0}"#).root
    var writer = JSONWriter()
    writer.write(record: root, patches: (0..<100).map { JSONPatch(key: JSONKey("k\($0)"), value: .int($0)) })
    let value = try JSONValue(parsing: writer.string)
    #expect(value.count == 101)
    #expect(value.object.map { Array($0.keys.prefix(4)) } == ["k3", "k80", "z", "k0"])
    #expect(value["k80"]?.int == 80)
  }
}

extension String {
  fileprivate func replacingOccurrences(_ old: Character, _ new: String) -> String {
    map { $0 == old ? new : String($0) }.joined()
  }
}
