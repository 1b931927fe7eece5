import JSON
import Testing

@testable import JSONSchema

@Suite struct FormatTests {
  static let tables: [(format: String, valid: [String], invalid: [String])] = [
    (
      "date-time",
      ["2024-02-29T23:59:59Z", "2024-01-01t00:00:00.123+05:30", "1998-12-31T23:59:60Z", "1998-12-31T15:59:60-08:00"],
      [
        "2024-01-01", "2024-01-01T00:00:00", "2023-02-29T00:00:00Z", "2024-01-01T24:00:00Z", "1998-12-31T22:59:60Z",
        "2024-01-01 00:00:00Z",
      ]
    ),
    (
      "date", ["2024-02-29", "1900-02-28"], ["2023-02-29", "1900-02-29", "2023-2-1", "2023-13-01", "0000-01-01", "20230101", ""]
    ),
    ("time", ["00:00:00Z", "23:59:59.5+01:00"], ["00:00:00", "24:00:00Z", "00:60:00Z", "00:00:00.Z", "00:00:00+1:00"]),
    ("duration", ["P1Y2M3DT4H5M6S", "P2W", "PT1M"], ["P", "PT", "1D", "P1DT", "P1H", "P1D2Y"]),
    ("email", ["a@b"], ["a"]),
    ("hostname", ["a.example", "a-1", "1.com"], ["", "-a", "a-", "a..b", "a_b", "é.de"]),
    ("idn-hostname", ["é.de"], ["é..de", "a b"]),
    ("ipv4", ["1.2.3.4", "0.0.0.0"], ["01.2.3.4", "256.1.1.1", "1.2.3", "1.2.3.4.5", "1.2.3.4 ", "1..2.3"]),
    (
      "ipv6", ["::", "::1", "1::", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7::", "::2:3:4:5:6:7:8", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4"],
      [
        "", ":", "1", ":1", "1:", ":::", "1::2::3", "12345::", "g::", "1:2:3:4::5:6:7:8", "fe80::1%eth0", "1.2.3.4::", "1:::2",
        "::1.2.3",
      ]
    ),
    (
      "uri", ["http://a/b?c#d", "urn:a:b", "http://[::1]:80/", "mailto:a@b"],
      ["a/b", "//a", "http://a b", "http://a/%zz", "http://[::1", "é:a"]
    ),
    ("uri-reference", ["", "a/b", "//a", "#x", "?a"], [":a", "a b", "é"]),
    ("iri", ["http://é/ü"], ["é"]),
    ("iri-reference", ["é"], ["a b"]),
    ("uri-template", ["a/{b}", "{?x,y*}", "{a:3}", ""], ["{", "{a", "}", "{}", "{{a}}", "a b"]),
    ("json-pointer", ["", "/a/b", "/~0~1"], ["a", "/~", "/~2"]),
    ("relative-json-pointer", ["0", "1/a", "12#"], ["", "a", "01", "-1", "1a"]),
    ("regex", ["a", "(?P<a>b)"], ["(", "["]),
    (
      "uuid", ["123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-426614174000"],
      ["123e4567e89b12d3a456426614174000", "g23e4567-e89b-12d3-a456-426614174000"]
    ),
    ("something", ["anything"], []),
  ]

  @Test(arguments: tables.indices) func formats(index: Int) throws {
    let (format, valid, invalid) = Self.tables[index]
    let schema = try schema("{\"format\": \"\(format)\"}", checksFormats: true)
    for text in valid { #expect(schema.isValid(.string(text)), "\(format) \(text)") }
    for text in invalid { #expect(!schema.isValid(.string(text)), "\(format) \(text)") }
    #expect(schema.isValid(.int(1)))
    #expect(schema.isValid(.null))
  }

  @Test func withoutCheckingAFormatSaysNothing() throws {
    let schema = try schema(#"{"format": "date"}"#)
    #expect(schema.isValid(.string("yesterday")))
  }
}
