import JSON
import Testing

/// Whether a text that is not JSON may be the beginning of one.
@Suite struct CutOffTests {
  /// Each text is JSON; each beginning of it, but for white space alone, could have gone on.
  @Test(arguments: [
    #"{"id":1,"t":"a\n\u00e9\"é€😀","b":true,"c":null,"d":[false,-1.5e-3,NaN,-Infinity,{}]}"#, #"[]"#, #"[[1, 2], {"a": {}}]"#,
    #""a\\""#, " {\"a\" :\n[ ]\t}",
  ]) func everyBeginningIsCutOff(_ text: String) throws {
    _ = try JSONDocument(parsing: text)
    let bytes = Array(text.utf8)
    for count in 1..<bytes.count where bytes[..<count].contains(where: { $0 > 0x20 }) {
      #expect(Self.isCutOff(Array(bytes[..<count])) == true, "the first \(count) bytes")
      #expect(Self.isCutOff(Array(bytes[..<count]) + [UInt8(ascii: "?")]) != nil)
    }
  }

  @Test(arguments: [
    "", " \n", "<html>", "oops", "nul", "1.", "-", "{]", "[1 2", "[1,,", #"{"a" 1"#, "[truth", #"["\q"#, "[nulll", "[}",
    #"["\u12x"#,
    "{}{", "[1]]", #"{"a":1}x"#,
  ]) func othersAreNot(_ text: String) { #expect(Self.isCutOff(Array(text.utf8)) == false) }

  @Test func bytesThatAreNoTextAreNot() {
    #expect(Self.isCutOff([UInt8(ascii: "["), UInt8(ascii: "\""), 0xFF]) == false)
    #expect(Self.isCutOff([UInt8(ascii: "["), UInt8(ascii: "\""), 0xE2, 0x82]) == true)
    #expect(Self.isCutOff([UInt8(ascii: "["), UInt8(ascii: "\""), 0xE2, 0x22]) == false)
  }

  private static func isCutOff(_ bytes: [UInt8]) -> Bool? {
    do throws(JSONError) {
      _ = try JSONDocument(parsing: bytes)
      return nil
    } catch { return error.isCutOff }
  }
}
