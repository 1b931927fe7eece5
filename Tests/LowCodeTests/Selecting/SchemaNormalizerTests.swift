import Foundation
import JSON
import JSONSchema
import Python
import Testing

@testable import Components

@Suite struct SchemaNormalizerTests {
  /// Compares with what the reference made of the same records: see `Fixtures/record_normalization.py`.
  @Test func answersOfTheReference() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/normalization.json")
    guard case .array(let cases) = try JSONValue(parsing: try String(contentsOf: file, encoding: .utf8)) else {
      Issue.record("the recorded cases are a list")
      return
    }
    #expect(cases.count > 600)
    for case .object(let recorded) in cases {
      var record = try #require(recorded["record"])
      let schema = try #require(recorded["schema"])
      let label = "\(PythonRepr.of(schema)) \(PythonRepr.of(record))"
      let normalizer = try SchemaNormalizer(schema: schema)
      var mismatches: [JSONValue] = []
      if recorded["fails"] != nil {
        #expect(throws: SchemaNormalizationError.self, "\(label)") { try normalizer.normalize(&record) { _ in } }
        continue
      }
      try normalizer.normalize(&record) { mismatch in
        let path = mismatch.path.map(\.description).joined(separator: ".")
        let expected = mismatch.expected.string ?? PythonRepr.of(mismatch.expected)
        mismatches.append(.array([.string(path), .string(expected)]))
      }
      let result = try #require(recorded["result"])
      #expect(PythonRepr.of(record) == PythonRepr.of(result), "\(label)")
      #expect(.array(mismatches) == recorded["mismatches"], "\(label)")
    }
  }

  @Test(arguments: [
    (##"{"$ref": "#"}"##, "{}"),
    (##"{"properties": {"a": {"$ref": "#/properties/a"}}}"##, #"{"a": 1}"#),
    (#"{"properties": {"a": {"type": "integer"}}}"#, #"{"a": "1", "b": Infinity}"#),
  ])
  func endlessSchemasDoNotCrash(schema: String, record: String) throws {
    let normalizer = try SchemaNormalizer(schema: try JSONValue(parsing: schema))
    var value = try JSONValue(parsing: record)
    normalizer.normalize(&value)
    if schema.contains("$ref") {
      let error = #expect(throws: SchemaNormalizationError.self) { try normalizer.normalize(&value) { _ in } }
      #expect(error?.description.contains("is nested without end") == true)
    } else {
      #expect(value == .object(["a": .int(1), "b": .double(.infinity)]))
    }
  }

  @Test func anInfiniteNumberIsNoInteger() throws {
    let normalizer = try SchemaNormalizer(schema: try JSONValue(parsing: #"{"properties": {"a": {"type": "integer"}}}"#))
    var record = JSONValue.object(["a": .double(.infinity)])
    let error = #expect(throws: SchemaNormalizationError.self) { try normalizer.normalize(&record) { _ in } }
    #expect(error?.description == "The value at `a` cannot be normalised: an infinite number is not an integer")
    #expect(record == .object(["a": .double(.infinity)]))
  }

  @Test func mismatchesReadAsSentences() throws {
    let normalizer = try SchemaNormalizer(
      schema: try JSONValue(parsing: #"{"properties": {"a": {"items": {"type": ["integer", "null"]}}}}"#))
    var record = try JSONValue(parsing: #"{"a": ["1", "x", null]}"#)
    var sentences: [String] = []
    try normalizer.normalize(&record) { sentences.append($0.description) }
    #expect(record == (try JSONValue(parsing: #"{"a": [1, "x", null]}"#)))
    #expect(sentences == ["The value at `a[1]` is not of the type ['integer', 'null'] and cannot be cast to it"])
  }
}
