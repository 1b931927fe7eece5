import Foundation
import JSON
import Testing

@testable import Components
@testable import ConnectorModel
@testable import HTTP

@Suite struct XMLTests {
  @Test(arguments: [
    ("<r/>", #"{"r":null}"#), ("<r> \u{A0}\u{2003}</r>", #"{"r":null}"#), ("<r>\u{3000}a b\u{85}\n</r>", #"{"r":"a b"}"#),
    ("<r><i>1</i><j/><i>2</i><i a='x'>3</i></r>", ##"{"r":{"i":["1","2",{"@a":"x","#text":"3"}],"j":null}}"##),
    ("<r a=''> x <i/> y </r>", ##"{"r":{"@a":"","i":null,"#text":"x  y"}}"##),
    ("<a:r xmlns:a='u'><a:i>&lt;&#x41;&amp;</a:i></a:r>", #"{"a:r":{"@xmlns:a":"u","a:i":"<A&"}}"#),
    ("<r><a><b><c>1</c></b></a><a><b><c>2</c><c>3</c></b></a></r>", #"{"r":{"a":[{"b":{"c":"1"}},{"b":{"c":["2","3"]}}]}}"#),
    ("<r>a<!-- b -->c<?d e?><![CDATA[<f>]]>\"\\</r>", #"{"r":"ac<f>\"\\"}"#),
    // Entities of the text stand in attributes and not in texts; nothing is fetched.
    (
      "<!DOCTYPE r [<!ENTITY e 'v'><!ENTITY f SYSTEM 'file:///etc/passwd'>]><r a='&e;'>x&e;&f;y</r>",
      ##"{"r":{"@a":"v","#text":"xy"}}"##
    ),
    ("<!DOCTYPE r [<!ATTLIST r a CDATA 'b'>]><r/>", #"{"r":{"@a":"b"}}"#),
  ]) func hasTheShapeOfXmltodict(_ text: String, _ json: String) async throws {
    #expect(try XMLParsing.json(JSONBytes(text), from: 0, limit: TransferLimits().xmlBytes).string == json)
  }

  @Test(arguments: [
    // Each entity ten times the one before.
    "<!DOCTYPE r [<!ENTITY a '\(String(repeating: "x", count: 1_000))'>"
      + (1..<9).map { "<!ENTITY \(name($0)) '\(String(repeating: "&\(name($0 - 1));", count: 10))'>" }.joined()
      + "]><r a='&i;'/>",
    // One large entity many times.
    "<!DOCTYPE r [<!ENTITY a '\(String(repeating: "x", count: 100_000))'>]><r a='\(String(repeating: "&a;", count: 3_000))'/>",
  ]) func entitiesThatMultiplyAreRefused(_ text: String) async throws {
    let error = try await #require(throws: ConnectorError.self) { _ = try await Self.decode(text) }
    #expect(
      error.message
        == "The XML response of https://api.test/items cannot be read: its entities multiply to far more than was received at line 1"
    )
  }

  private static func name(_ number: Int) -> String { String("abcdefghi".dropFirst(number).prefix(1)) }

  @Test func depthIsBounded() async throws {
    func nested(_ depth: Int) -> String {
      String(repeating: "<a>", count: depth) + String(repeating: "</a>", count: depth)
    }
    #expect(try await Self.decode(nested(1_000)) == 1)
    let error = try await #require(throws: ConnectorError.self) { _ = try await Self.decode(nested(1_001)) }
    #expect(error.message.contains("its elements are nested more than 1000 deep"))
  }

  /// Also what costs more than its text: elements, and attributes that a declaration gives to each of them.
  @Test(arguments: [
    "<r>\(String(repeating: "x", count: 100_001))</r>",
    "<r>\(String(repeating: "<i/>", count: 5_000))</r>",
    "<r \((0..<6_000).map { "a\($0)=''" }.joined(separator: " "))/>",
    "<!DOCTYPE r [<!ATTLIST i a CDATA '\(String(repeating: "x", count: 1_000))'>]><r>\(String(repeating: "<i/>", count: 101))</r>",
  ]) func contentIsBounded(_ text: String) async throws {
    let environment = ["AIRBYTE_LOWCODE_MAX_XML_BYTES": "100000"]
    let error = try await #require(throws: ConnectorError.self) { _ = try await Self.decode(text, environment) }
    #expect(error.message.contains("more than 100000 bytes, which AIRBYTE_LOWCODE_MAX_XML_BYTES can change"))
    #expect(try await Self.decode(text) == 1)
  }

  private static func decode(_ text: String, _ environment: [String: String] = [:]) async throws -> Int {
    let decoder = try DecodingFixtures.decoder(#"{"type": "XmlDecoder"}"#, environment: environment)
    var count = 0
    try await decoder.decode(DecodingFixtures.response(Array(text.utf8))).forEach { count += $0.count }
    return count
  }
}
