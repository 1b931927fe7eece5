import Testing

@testable import Components

/// Columns of one name are one field, which has the value of the last of them.
@Suite struct CSVColumnsTests {
  @Test(arguments: [
    ([], []), (["a"], ["a0"]), (["a", "b", "c"], ["a0", "b1", "c2"]), (["a", "b", "a", "c", "b", "a"], ["a5", "b4", "c3"]),
    (["", "x", ""], ["2", "x1"]), (["ab", "b", "a", "ab"], ["ab3", "b1", "a2"]),
  ])
  func fields(names: [String], expected: [String]) {
    var (keys, ends): ([UInt8], [Int]) = ([], [])
    for name in names {
      keys += Array(name.utf8)
      ends.append(keys.count)
    }
    var found: [String] = []
    CSVColumns(keys: keys, ends: ends).forEach { found.append(String(decoding: $0, as: UTF8.self) + "\($1)") }
    #expect(found == expected)
  }
}
