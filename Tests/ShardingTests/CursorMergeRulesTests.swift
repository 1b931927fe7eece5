import Components
import JSON
import PythonTime
import Testing

@Suite("Rules of cursors in files")
struct CursorMergeRulesTests {
  @Test("Come back as they were", arguments: [nil, "PT1S", "P1D", "P1M", "P1Y2M3D", "PT0.000001S"])
  func roundTrip(_ unit: String?) throws {
    let rules = CursorMergeRules(
      field: "updated_at", formats: ["%s", "%Y-%m-%d"], unit: try unit.map { try CursorDuration(iso: $0) },
      start: try PyDateTime.isoParse("2025-01-01T00:00:00.000001+02:00"), bounds: ["from", "to"])
    #expect(CursorMergeRules(try JSONValue(parsing: JSONValue.object(rules.json).jsonText)) == rules)
  }

  @Test(
    "Others are refused",
    arguments: ["null", "{}", #"{"field":"a","formats":[],"start":"2025-01-01T00:00:00+00:00","bounds":["a","b"]}"#])
  func refused(_ text: String) throws { #expect(CursorMergeRules(try JSONValue(parsing: text)) == nil) }
}
