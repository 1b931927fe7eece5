import Testing

@testable import JSON

/// Names that look the same and are not.
@Suite struct NameTests {
  private static let (one, two) = ("\u{E9}", "e\u{301}")

  @Test func valuesAreKeptApart() {
    #expect(Self.one == Self.two)
    var values: ByName<Int> = [Self.one: 1, Self.two: 2, "a": 3]
    #expect(values.count == 3)
    #expect((values[Self.one], values[Self.two], values["a"], values["b"]) == (1, 2, 3, nil))
    values[Self.two, default: 0] += 10
    values[Self.one] = nil
    #expect(values == [Self.two: 12, "a": 3])
    #expect(values != [Self.one: 12, "a": 3])
    #expect(values.keys.sorted().map { Array($0.unicodeScalars.map(\.value)) } == [[0x61], [0x65, 0x301]])
    #expect(values.filter { $0.value > 5 }.count == 1)
    #expect(values.mapValues { $0 * 2 }["a"] == 6)
    #expect(values.updateValue(1, forKey: "a") == 3)
    #expect(values.updateValue(1, forKey: Self.one) == nil)
    values.merge([Self.one: 5]) { $0 + $1 }
    #expect(values[Self.one] == 6 && values[Self.two] == 12)
    #expect(values.removeValue(forKey: Self.one) == 6)
    #expect(ByName([("x", 1), ("x", 2)], uniquingKeysWith: { first, _ in first })["x"] == 1)
  }

  @Test func setsKeepThemApart() {
    var names: NameSet = [Self.one]
    #expect(!names.contains(Self.two))
    #expect(names.insert(Self.two) && !names.insert(Self.two))
    #expect(names.count == 2 && names.isSuperset(of: [Self.one, Self.two]))
    #expect(names.remove(Self.one) && !names.remove(Self.one))
    names.formUnion(["a"])
    #expect(names.sorted() == ["a", Self.two])
    #expect([Self.one].includes(Self.one) && ![Self.one].includes(Self.two))
  }

  @Test func countsOfFieldsAreAddedByName() throws {
    func counts(_ text: String) throws -> FieldCounts {
      var tally = FieldTally()
      tally.add(try JSONDocument(parsing: text).root, patches: [])
      return tally.fields
    }
    var all = try counts("{\"\(Self.one)\":1}")
    all.add(try counts("{\"\(Self.two)\":1,\"\(Self.one)\":2}"))
    #expect(all.members.map(\.counts.total) == [2, 1])
  }
}
