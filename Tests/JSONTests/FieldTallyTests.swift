import Testing

@testable import JSON

/// Which fields and kinds are counted, however objects come.
@Suite struct FieldTallyTests {
  private static let marks = ["null", "bool", "int", "double", "string", "array", "object"]

  /// The fields as `path kind=count`, in the order in which they were seen.
  private static func lines(_ counts: FieldCounts, _ path: String = "") -> [String] {
    let kinds = zip(marks, counts.kinds).filter { $0.1 > 0 }.map { "\($0)=\($1)" }
    let others = counts.others > 0 ? ["others=\(counts.others)"] : []
    let prefix = path.isEmpty ? "" : "\(path)."
    return (path.isEmpty ? [] : [([path] + kinds + others).joined(separator: " ")])
      + counts.members.flatMap { lines($0.counts, prefix + $0.name) } + counts.elements.flatMap { lines($0, "\(path)[]") }
  }

  private static func tally(_ texts: [String]) throws -> FieldCounts {
    var tally = FieldTally()
    for text in texts { tally.add(try JSONDocument(parsing: text).root, patches: []) }
    return tally.fields
  }

  @Test(arguments: [
    ([#"{"a": 1, "b": "x"}"#, #"{"a": 2, "b": "y"}"#], ["a int=2", "b string=2"]),
    ([#"{"a": 1}"#, #"{"a": null}"#, #"{"a": 1.5}"#, #"{"a": true}"#, "{}"], ["a null=1 bool=1 int=1 double=1"]),
    // Other orders, and fields that are missing now and then.
    ([#"{"a": 1, "b": 1, "c": 1}"#, #"{"c": 1, "a": 1}"#, #"{"b": 1, "d": 1}"#], ["a int=2", "b int=2", "c int=2", "d int=1"]),
    (
      [#"{"o": {"x": 1, "y": {"z": []}}}"#, #"{"o": {"y": {"z": [1]}}}"#],
      [
        "o object=2", "o.x int=1", "o.y object=2", "o.y.z array=2", "o.y.z[] int=1",
      ]
    ),
    ([#"{"l": [{"a": 1}, {"a": "x", "b": null}]}"#], ["l array=1", "l[] object=2", "l[].a int=1 string=1", "l[].b null=1"]),
    // One name in several spellings, and a name that comes twice.
    ([#"{"na\u006De": 1}"#, #"{"name": 2}"#], ["name int=2"]),
    ([#"{"a": 1, "b": 2, "a": "x"}"#], ["a string=1", "b int=1"]),
    // Names that begin alike, of lengths around those that are compared in one step.
    (
      [
        #"{"abcdefg": 1, "abcdefgh": 1, "abcdefghi": 1, "abcdefghabcdefgh": 1, "abcdefghabcdefghi": 1, "abcdefghabXdefghi": 1}"#,
        #"{"abcdefghabXdefghi": 1, "abcdefghabcdefghi": 1, "abcdefghabcdefgh": 1, "abcdefghi": 1, "abcdefgh": 1, "abcdefg": 1}"#,
      ],
      [
        "abcdefg int=2", "abcdefgh int=2", "abcdefghi int=2", "abcdefghabcdefgh int=2", "abcdefghabcdefghi int=2",
        "abcdefghabXdefghi int=2",
      ]
    ),
    // Large integers count as what they are read as.
    ([#"{"n": 12345678901234567890123}"#], ["n double=1"]),
  ])
  func fieldsAreCounted(texts: [String], lines: [String]) throws {
    #expect(Self.lines(try Self.tally(texts)) == lines)
  }

  @Test func patchesTakeThePlaceOfMembers() throws {
    let view = try JSONDocument(parsing: #"{"a": 1, "b": {"c": 1, "d": 2}, "e": 3, "f": [1]}"#).root
    let inner = try #require(view["b"])
    var tally = FieldTally()
    tally.add(
      view,
      patches: [
        JSONPatch(key: "a", value: "text"), JSONPatch(key: "e", value: nil), JSONPatch(key: "g", value: ["h": 1]),
        JSONPatch(key: "b", change: .object(inner, patches: [JSONPatch(key: "c", value: nil)])),
        JSONPatch(key: "g", value: ["h": "x"]),
      ])
    #expect(
      Set(Self.lines(tally.fields)) == [
        "a string=1", "b object=1", "b.d int=1", "f array=1", "f[] int=1", "g object=1", "g.h string=1",
      ])
  }

  @Test func valuesInMemoryCountAsInDocuments() throws {
    let text = #"{"a": [1, {"b": null}], "c": {"d": 1.5, "e": true}, "n": 1234567890123456789012}"#
    var tally = FieldTally()
    tally.add(try JSONValue(parsing: Array(text.utf8)))
    let document = try Self.tally([text])
    #expect(Set(Self.lines(tally.fields)).subtracting(["n int=1"]) == Set(Self.lines(document)).subtracting(["n double=1"]))
  }

  /// Objects of the same form are counted as one by one, whatever comes between them.
  @Test(arguments: [1, 2, 3, 7, 40]) func objectsOfSomeFormsCountAsOneByOne(forms: Int) throws {
    let values = ["1", "null", "\"x\"", "2.5", "true", "[1, \"y\"]", "[]", "{\"name\": 1, \"a_longer_name_than_that\": null}"]
    let texts = (0..<400).map { number in
      let form = number % 13 == 12 ? number : number % forms
      let key = form % 5 == 4 ? "something_of_more_than_16_bytes_\(form)" : "something_of_more_than_16_bytes"
      let first = values[form % values.count]
      return "{\"id\": \(number), \"\(key)\": \(first), \"nested\": {\"deep\": \(values[form / 3 % values.count])}}"
    }
    var sum = FieldCounts()
    for text in texts { sum.add(try Self.tally([text])) }
    #expect(Self.lines(try Self.tally(texts)) == Self.lines(sum))
    // In one document.
    let list = try JSONDocument(parsing: "[\(texts.joined(separator: ", "))]")
    var tally = FieldTally()
    for element in list.root.elements { tally.add(element, patches: []) }
    #expect(Self.lines(tally.fields) == Self.lines(sum))
    // What was asked for before is not counted again.
    tally.add(list.root.elements[0], patches: [])
    sum.add(try Self.tally([texts[0]]))
    #expect(Self.lines(tally.fields) == Self.lines(sum))
  }

  @Test func formsDifferInWhatWordsDoNotShow() throws {
    let texts = [
      #"{"abcdefgh": 1, "ab": [1, 2], "c": {}}"#, #"{"abcdefgX": 1, "ab": [1, 2], "c": {}}"#,
      #"{"abcdefgh": 1, "aX": [1, 2], "c": {}}"#,
      #"{"abcdefgh": 1, "ab": [1], "c": {"d": 1}}"#, #"{"abcdefgh": 1, "ab": [1, "x"], "c": {}}"#,
      #"{"abcdefgh": 1, "ab": [1, 2], "c": []}"#, #"{"abcdefgh": 1, "ab": [1, 2], "ab": 3}"#,
      #"{"abcdefgh": 1, "\u0061b": [1, 2], "c": {}}"#,
      #"{}"#, #"{"abcdefgh": {"x": {}}}"#, #"{"abcdefgh": [{"x": 1}]}"#,
    ]
    for first in texts {
      for second in texts {
        var sum = try Self.tally([first])
        for text in [first, second, first] { sum.add(try Self.tally([text])) }
        #expect(Self.lines(try Self.tally([first, first, second, first])) == Self.lines(sum), "\(first) and \(second)")
      }
    }
  }

  @Test func anObjectWithTooManyNamesIsAMap() throws {
    let names = (0..<(FieldTally.mostNames + 500)).map { "\"k\($0)\": {\"x\": 1}" }
    let counts = try Self.tally(["{\"map\": {\(names.joined(separator: ", "))}, \"id\": 1}"])
    #expect(counts.members.map(\.name) == ["map", "id"])
    #expect(counts.members[0].counts.members.count == FieldTally.mostNames)
    #expect(counts.members[0].counts.others == 500)
  }

  @Test func fieldsAreBoundedInAll() throws {
    let objects = (0..<50).map { object in
      "\"o\(object)\": {" + (0..<900).map { "\"k\($0)\": 1" }.joined(separator: ", ") + "}"
    }
    let counts = try Self.tally(["{\(objects.joined(separator: ", "))}"])
    func size(_ counts: FieldCounts) -> Int { counts.members.reduce(1) { $0 + size($1.counts) } }
    func others(_ counts: FieldCounts) -> Int { counts.members.reduce(counts.others) { $0 + others($1.counts) } }
    #expect(size(counts) == FieldTally.mostFields)
    #expect(size(counts) + others(counts) > FieldTally.mostFields)
  }

  @Test func deepValuesAreCountedAsFarAsTheLevelsGo() throws {
    let depth = FieldTally.mostLevels + 20
    let text = String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
    #expect(Self.lines(try Self.tally([text])).count == FieldTally.mostLevels)
  }

  @Test func countsOfSeveralPlacesAddUp() throws {
    var sum = try Self.tally([#"{"a": 1, "l": [1]}"#])
    sum.add(try Self.tally([#"{"b": 1, "a": null, "l": ["x"]}"#, #"{"l": []}"#]))
    #expect(Self.lines(sum) == ["a null=1 int=1", "l array=3", "l[] int=1 string=1", "b int=1"])
  }

  @Test(arguments: [
    (#"{"k": "abc"}"#, #"{"k": "\u0061bc"}"#, true), (#"{"k": "abc"}"#, #"{"k": "abd"}"#, false),
    (#"{"k": "1"}"#, #"{"k": 1}"#, false), (#"{"k": 1}"#, #"{"k": 1}"#, true), (#"{"k": ""}"#, #"{"k": "\u0000"}"#, false),
    (#"{"k": "12345678"}"#, #"{"k": "123456789"}"#, false), (#"{"k": true}"#, #"{"k": false}"#, false),
    (#"{"k": "aaaaaaaabbbbbbbb"}"#, #"{"k": "bbbbbbbbaaaaaaaa"}"#, false),
  ])
  func fingerprintsAreOfValues(left: String, right: String, isSame: Bool) throws {
    let prints = try [left, right].map { text -> [UInt64] in
      let view = try JSONDocument(parsing: text).root
      var (inPlace, asView, asValue) = (Fingerprint(), Fingerprint(), Fingerprint())
      let isThere = inPlace.add("k", of: view.place)
      #expect(isThere)
      let field = try #require(view["k"])
      asView.add(field)
      asValue.add(field.value)
      return [inPlace.value, asView.value, asValue.value]
    }
    for prints in prints { #expect(Set(prints).count == 1) }
    #expect((prints[0][0] == prints[1][0]) == isSame)
  }

  @Test func aKeyThatIsNullOrMissingHasNoFingerprint() throws {
    let view = try JSONDocument(parsing: #"{"k": null}"#).root
    var print = Fingerprint()
    for key in ["k", "other"] as [JSONKey] {
      let isThere = print.add(key, of: view.place)
      #expect(!isThere)
    }
  }
}
