import Foundation
import JSON
import Testing

@testable import Singer

/// What is found in a line without a parser, and that it is never something else than what a parser finds.
@Suite struct LineScannerTests {
  private static func scan(_ line: String) -> (parts: LineScanner.Parts?, text: [UInt8]) {
    let bytes = Array(line.utf8)
    let padded = bytes + [UInt8](repeating: 0, count: LineScanner.padding)
    let parts = padded.withUnsafeBufferPointer { LineScanner.scan(UnsafeBufferPointer(rebasing: $0[..<bytes.count])) }
    return (parts, bytes)
  }

  private static func text(_ range: Range<Int>?, _ bytes: [UInt8]) -> String? {
    range.map { String(decoding: bytes[$0], as: UTF8.self) }
  }

  @Test(
    arguments: [
      (#"{"type":"RECORD","stream":"a","record":{"x":1}}"#, LineScanner.Kind.record, "a", #"{"x":1}"#, nil),
      (
        #"{"type": "RECORD", "stream": "a b", "record": {"x": [1, {"y": "}"}]}}"#, .record, "a b", #"{"x": [1, {"y": "}"}]}"#, nil
      ),
      (
        #"{"record":{},"stream":"é","type":"record","time_extracted":"2024-01-01T00:00:00Z"}"#, .record, "é", "{}",
        "2024-01-01T00:00:00Z"
      ),
      (
        #" {"type":"RECORD","version":17,"stream":"a","record":{"x":null},"time_extracted":null} "#, .record, "a", #"{"x":null}"#,
        nil
      ),
      (#"{"type":"STATE","value":{"bookmarks":{}}}"#, .state, nil, nil, nil),
      (#"{"type":"Schema","stream":"a","schema":{},"key_properties":[]}"#, .schema, "a", nil, nil),
      (#"{"type":"ACTIVATE_VERSION","stream":"a","version":1}"#, .activateVersion, "a", nil, nil),
      (#"{"type":"BATCH","stream":"a"}"#, .batch, "a", nil, nil),
      (#"{"type":"FILE","stream":"a"}"#, .other, "a", nil, nil),
      (
        #"{"type":"RECORD","stream":"a","record":{"s":"\"\\ \u00e9 \ud83d\ude00 ü 漢字 😀"}}"#, .record, "a",
        #"{"s":"\"\\ \u00e9 \ud83d\ude00 ü 漢字 😀"}"#, nil
      ),
      (
        #"{"type":"RECORD","stream":"a","record":{"n":[0,-0,1.5,-2e3,1E+9,123456789012345678901234567890,true,false]}}"#, .record,
        "a",
        #"{"n":[0,-0,1.5,-2e3,1E+9,123456789012345678901234567890,true,false]}"#, nil
      ),
    ] as [(String, LineScanner.Kind, String?, String?, String?)])
  func partsAreFound(line: String, kind: LineScanner.Kind, stream: String?, record: String?, time: String?) throws {
    let (parts, bytes) = Self.scan(line)
    let found = try #require(parts)
    #expect(found.kind == kind)
    #expect(Self.text(found.stream, bytes) == stream)
    #expect(Self.text(found.record, bytes) == record)
    #expect(Self.text(found.timeExtracted, bytes) == time)
  }

  @Test(arguments: [
    "", "   ", "hello", "[]", "{}", #"{"stream":"a"}"#, #"{"type":1}"#, #"{"type":"RECORD","stream":"a","record":{"x":NaN}}"#,
    #"{"type":"RECORD","stream":"a","record":{"x":-Infinity}}"#, #"{"type":"RECORD","stream":"a","record":{"x":1}"#,
    #"{"type":"RECORD","stream":"a","record":{"x":1}}}"#, #"{"type":"RECORD","stream":"a","record":{"x":01}}"#,
    #"{"type":"RECORD","stream":"a","record":{"x":"\x"}}"#, #"{"type":"RECORD","stream":"a","record":{"x":1,}}"#,
    #"{"ty\u0070e":"RECORD","stream":"a","record":{"x":1}}"#, #"{"type":"RECORD","stream":"\u0061","record":{"x":1}}"#,
    #"{"type":"RECORD","stream":"a","record":[1]}"#, #"{"type":"RECORD","type":"STATE"}"#, #"{"type":"RECORD","stream":null}"#,
    "{\"type\":\"RECORD\",\"stream\":\"a\",\"record\":{\"x\":\"\u{1}\"}}",
    #"{"type":"RECORD","stream":"a","record":"# + String(repeating: #"{"x":"#, count: 70) + "1"
      + String(repeating: "}", count: 71),
  ])
  func whatIsUnusualNeedsTheParser(line: String) { #expect(Self.scan(line).parts == nil) }

  @Test func malformedUTF8NeedsTheParser() {
    for bytes: [UInt8] in [
      [0xC3], [0xC0, 0xAF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xFF], [0xF0, 0x8F, 0xBF, 0xBF],
    ] {
      let line = Array(#"{"type":"RECORD","stream":"a","record":{"x":""#.utf8) + bytes + Array(#""}}"#.utf8)
      let padded = line + [UInt8](repeating: 0, count: LineScanner.padding)
      let parts = padded.withUnsafeBufferPointer { LineScanner.scan(UnsafeBufferPointer(rebasing: $0[..<line.count])) }
      #expect(parts == nil, "\(bytes)")
    }
  }

  /// Lines with a few bytes changed: where the scanner says something, the parser says the same.
  @Test func theParserAgrees() throws {
    let lines = [
      #"{"type": "RECORD", "stream": "orders", "record": {"id": 17, "name": "é \u00e9 \"x\"", "tags": [1.5e3, null, true], "o": {"a": {}}}, "time_extracted": "2024-01-01T00:00:00Z"}"#,
      #"{"record":{"id":0,"t":"😀漢字","e":[]},"stream":"pages","version":3,"type":"RECORD"}"#,
    ].map { Array($0.utf8) }
    let alphabet = Array("{}[]\",:\\0123456789-+.eEtrufalsn /bux\u{7f}é😀\u{1}".utf8)
    var seed: UInt64 = 0x9E37_79B9_7F4A_7C15
    func next(_ bound: Int) -> Int {
      seed ^= seed << 13
      seed ^= seed >> 7
      seed ^= seed << 17
      return Int(seed % UInt64(bound))
    }
    var agreed = 0
    for round in 0..<20_000 {
      var line = lines[round % lines.count]
      for _ in 0...next(3) {
        let place = next(line.count)
        switch next(3) {
        case 0: line[place] = alphabet[next(alphabet.count)]
        case 1: line.insert(alphabet[next(alphabet.count)], at: place)
        default: line.remove(at: place)
        }
      }
      let padded = line + [0x0A] + [UInt8](repeating: 0x22, count: LineScanner.padding)
      guard
        let parts = padded.withUnsafeBufferPointer({ LineScanner.scan(UnsafeBufferPointer(rebasing: $0[..<line.count])) }),
        parts.kind == .record, let stream = parts.stream, let record = parts.record
      else { continue }
      let value = try JSONValue(parsing: line)
      #expect(value["stream"]?.string == String(decoding: line[stream], as: UTF8.self))
      #expect(value["record"] == (try JSONValue(parsing: Array(line[record]))))
      agreed += 1
    }
    #expect(agreed > 1_000)
  }
}
