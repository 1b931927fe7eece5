import Testing
import YAML

/// Places are found in long files and long lines as in short ones.
@Suite struct SourceIndexTests {
  private static let texts = [
    "", "a", "a\nb", "a\r\nb\rc\n\n", "\u{FEFF}a: é\nb", "a\u{85}b\u{2028}c\u{2029}d",
    (0..<3_000).map { "line \($0) é" }.joined(separator: "\n"), String(repeating: "é漢x", count: 2_000) + "\nend",
    String(repeating: "\n", count: 5_000) + "x",
  ]

  @Test(arguments: texts)
  func eachLineIsFound(text: String) {
    let breaks: Set<Character> = ["\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]
    let plain = text.unicodeScalars.first == "\u{FEFF}" ? String(text.unicodeScalars.dropFirst()) : text
    let lines = plain.split(omittingEmptySubsequences: false, whereSeparator: breaks.contains)
    let file = SourceFile(name: "t", bytes: Array(text.utf8))
    for (index, line) in lines.enumerated() {
      #expect(file.line(index + 1) == String(line))
      let scalars = line.unicodeScalars
      for column in [1, 2, scalars.count / 2 + 1, scalars.count + 1, scalars.count + 9] {
        let rest = String(String.UnicodeScalarView(scalars.dropFirst(column - 1).prefix(3)))
        #expect(file.text(line: index + 1, from: column, count: 3) == rest)
      }
    }
    #expect(file.line(lines.count + 1) == nil)
    let ranges = lines.indices.map { file.range(ofLine: $0 + 1) ?? 0..<0 }
    #expect(ranges.map(\.count).reduce(0, +) == plain.utf8.count)
  }

  @Test func valuesAreCountedWhileTheyAreRead() throws {
    var limits = YAMLLimits()
    limits.maximumValues = 10
    #expect(throws: Never.self) { try YAMLDocument(parsing: "a: [1, 2, 3, 4, 5, 6, 7]", file: "t", limits: limits) }
    for text in ["a: [1, 2, 3, 4, 5, 6, 7, 8]", "{a: 1, b: 2, c: 3, d: 4, e: 5}", "[&a 1, *a, *a, *a, *a, *a, *a, *a, *a, *a]"] {
      let error = #expect(throws: YAMLError.self) { try YAMLDocument(parsing: text, file: "t", limits: limits) }
      #expect(error?.message == "the file holds more than 10 values, which is the limit")
    }
    // What comes behind is not even read.
    let error = #expect(throws: YAMLError.self) {
      try YAMLDocument(parsing: "[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, }", file: "t", limits: limits)
    }
    #expect(error?.mark.column == 29)
  }
}
