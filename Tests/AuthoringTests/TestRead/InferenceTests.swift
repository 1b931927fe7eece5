import Foundation
import JSON
import Testing

@testable import Authoring

/// Schemas and date formats as the reference infers them: `Fixtures/record_inference.py` asked it.
@Suite struct InferenceTests {
  private static let cases: [JSONValue] = {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../Fixtures/inference.json")
    return (try? JSONValue(parsing: Array(Data(contentsOf: file))).array) ?? []
  }()

  private static func records(_ name: String) throws -> (case: JSONValue, records: [JSONObject]) {
    let found = try #require(cases.first { $0["name"]?.string == name })
    return (found, found["records"]?.array?.compactMap(\.object) ?? [])
  }

  @Test func thereAreCases() { #expect(Self.cases.count > 40) }

  @Test(arguments: cases.compactMap { $0["name"]?.string })
  func schemasAreThoseOfTheReference(name: String) throws {
    let (expected, records) = try Self.records(name)
    var inference = SchemaInference()
    for record in records { inference.add(record) }
    var schema = inference.schema
    let required = expected["required"]?.array?.map { $0.array?.compactMap(\.string) ?? [] } ?? []
    let mistakes = schema?.require(required) ?? []
    #expect(Self.sorted(schema.map { .object($0.json) } ?? .null) == Self.sorted(expected["schema"] ?? .null))
    #expect(mistakes.count == expected["mistakes"]?.int)
  }

  @Test(arguments: cases.compactMap { $0["name"]?.string })
  func dateFormatsAreThoseOfTheReference(name: String) throws {
    let (expected, records) = try Self.records(name)
    var inference = DatetimeFormatInference()
    for record in records { inference.add(record) }
    #expect(Self.sorted(.object(inference.formats)) == Self.sorted(expected["formats"] ?? .null))
  }

  /// The same value with keys in alphabetical order.
  static func sorted(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(let object):
      .object(JSONObject(object.sorted { $0.key < $1.key }.map { ($0.key, sorted($0.value)) }, uniquingKeysWith: { $1 }))
    case .array(let list): .array(list.map(sorted))
    default: value
    }
  }

  @Test func aFieldThatIsMissingIsNamed() {
    var inference = SchemaInference()
    inference.add(["a": ["b": 1], "c": 2])
    var schema = inference.schema
    #expect(
      schema?.require([["id"], ["a", "x"], ["c", "d"]]) == [
        "The schema of the records has no field `id`, although it belongs to the primary key or is the cursor",
        "`a` in the schema of the records has no field `x`, although it belongs to the primary key or is the cursor",
        "`c` in the schema of the records has no fields, so `d` cannot be required",
      ])
  }
}
