import JSON
import Testing

@testable import Manifest

@Suite struct PipelineTests {
  @Test("references are resolved as the reference does", arguments: PipelineCase.references)
  func references(_ example: PipelineCase) throws {
    let expected = try recorded(example.expected)
    #expect(try resolved(example.manifest) == expected)
  }

  @Test("types and parameters are propagated as the reference does", arguments: PipelineCase.parameters)
  func parameters(_ example: PipelineCase) throws {
    let expected = try recorded(example.expected)
    #expect(try resolved(example.manifest) == expected)
  }

  @Test("a manifest as JSON goes the same way as one in YAML")
  func injected() throws {
    let json = try JSONValue(parsing: ##"{"a": {"x": 1}, "b": {"$ref": "#/a"}, "n": 12345678901234567890123, "f": 1.5}"##)
    var warnings: [Diagnostic] = []
    let loaded = try ManifestLoader.load(.injected(json), warnings: &warnings)
    let expected = #"{"a":{"x":1},"b":{"x":1},"n":12345678901234567890123,"f":1.5,"type":"DeclarativeSource"}"#
    #expect(try ManifestPipeline.resolve(loaded).json == JSONValue(parsing: expected))
  }

  @Test("keys that are no text become the text of JSON, and dates that of ISO 8601")
  func keys() throws {
    let text = "a: {2: x, true: y, ~: z, 1.5: w, 2020-01-01: 2020-01-31 10:20:30 +02:00}"
    let expected =
      #"{"a": {"2": "x", "true": "y", "null": "z", "1.5": "w", "2020-01-01": "2020-01-31T10:20:30+02:00"}, "#
      + #""type": "DeclarativeSource"}"#
    let flattened = try recorded(expected)
    #expect(try resolved(text) == flattened)
  }

  @Test("what references repeat is shared, and bounded")
  func bomb() throws {
    let levels = (1..<12).map { "a\($0): [\(Array(repeating: ##""#/a\##($0 - 1)""##, count: 10).joined(separator: ", "))]" }
    let text = (["a0: [x, x, x, x, x, x, x, x, x, x]"] + levels).joined(separator: "\n")
    let error = #expect(throws: ManifestError.self) { try load(text) }
    #expect(error?.diagnostics.first?.message == "references repeat so much that more than 5000000 values result")

    let brackets = (String(repeating: "[", count: 400), String(repeating: "]", count: 400))
    let chain = (1..<20).map { "a\($0): \(brackets.0)\"#/a\($0 - 1)\"\(brackets.1)" }
    let deep = #expect(throws: ManifestError.self) { try load((["a0: 1"] + chain).joined(separator: "\n")) }
    #expect(deep?.diagnostics.first?.rule == "limit")

    let steps = (1..<2_000).map { "a\($0): \"#/a\($0 - 1)\"" }
    let long = #expect(throws: ManifestError.self) { try load((steps.reversed() + ["a0: 1"]).joined(separator: "\n")) }
    #expect(long?.diagnostics.first?.rule == "limit")
  }

  @Test("components nested as deep as is allowed end in no crash, deeper ones in a finding", arguments: [850, 950, 5_000])
  func depth(_ levels: Int) throws {
    let text = String(repeating: "{type: A, l: [x], x: ", count: levels) + "1" + String(repeating: "}", count: levels)
    let schema = try JSONValue(parsing: #"{"type": "object", "required": ["no"]}"#)
    let pipeline = ManifestPipeline(validator: try ManifestValidator(schema: schema))
    let error = #expect(throws: ManifestError.self) { try pipeline.run(.text(Array(text.utf8), name: "m.yaml")) }
    #expect(
      error?.diagnostics.first?.rule == [850: "required", 950: "limit"][levels, default: "yaml"])
  }

  @Test("a long chain of references in a manifest's usual order is no problem")
  func chain() throws {
    let steps = (1..<500).map { "a\($0): \"#/a\($0 - 1)\"" }
    let root = ManifestNode(try load((["a0: {x: 1}"] + steps).joined(separator: "\n")))
    #expect(root["a499"]?["x"]?.int == 1)
  }

  private func load(_ text: String) throws -> ManifestValue {
    var warnings: [Diagnostic] = []
    return try ManifestPipeline.resolve(ManifestLoader.load(.text(Array(text.utf8), name: "manifest.yaml"), warnings: &warnings))
  }

  /// The outcome as a value, whose keys have an order; .string("error") for a failure.
  private func resolved(_ text: String) throws -> JSONValue {
    do { return try load(text).json } catch is ManifestError { return .string("error") }
  }

  private func recorded(_ text: String) throws -> JSONValue {
    text == "error" ? .string("error") : try JSONValue(parsing: text)
  }
}
