import Testing

/// Texts with what Python's orjson (of the value orjson or json read) and json.dumps write for them, recorded.
///
/// Where ``kept`` is set, the digits of a number that nobody touched are kept where orjson would write them anew.
struct RecordedText: Sendable, CustomTestStringConvertible {
  let text: String
  let compact: String
  let python: String
  var kept: String?
  var testDescription: String { text }
}

let recordedTexts: [RecordedText] = [
  RecordedText(
    text: #"null"#,
    compact: #"null"#,
    python: #"null"#),
  RecordedText(
    text: #"true"#,
    compact: #"true"#,
    python: #"true"#),
  RecordedText(
    text: #"false"#,
    compact: #"false"#,
    python: #"false"#),
  RecordedText(
    text: #"0"#,
    compact: #"0"#,
    python: #"0"#),
  RecordedText(
    text: #"-0.0"#,
    compact: #"-0.0"#,
    python: #"-0.0"#),
  RecordedText(
    text: #"1"#,
    compact: #"1"#,
    python: #"1"#),
  RecordedText(
    text: #"-12"#,
    compact: #"-12"#,
    python: #"-12"#),
  RecordedText(
    text: #"1.0"#,
    compact: #"1.0"#,
    python: #"1.0"#),
  RecordedText(
    text: #"1.50"#,
    compact: #"1.5"#,
    python: #"1.5"#,
    kept: #"1.50"#),
  RecordedText(
    text: #"1e5"#,
    compact: #"100000.0"#,
    python: #"100000.0"#,
    kept: #"1e5"#),
  RecordedText(
    text: #"1E5"#,
    compact: #"100000.0"#,
    python: #"100000.0"#,
    kept: #"1E5"#),
  RecordedText(
    text: #"1e-7"#,
    compact: #"1e-7"#,
    python: #"1e-07"#),
  RecordedText(
    text: #"123456.789e3"#,
    compact: #"123456789.0"#,
    python: #"123456789.0"#,
    kept: #"123456.789e3"#),
  RecordedText(
    text: #"9223372036854775807"#,
    compact: #"9223372036854775807"#,
    python: #"9223372036854775807"#),
  RecordedText(
    text: #"9223372036854775808"#,
    compact: #"9223372036854775808"#,
    python: #"9223372036854775808"#),
  RecordedText(
    text: #"18446744073709551615"#,
    compact: #"18446744073709551615"#,
    python: #"18446744073709551615"#),
  RecordedText(
    text: #"18446744073709551616"#,
    compact: #"1.8446744073709552e+19"#,
    python: #"18446744073709551616"#,
    kept: #"18446744073709551616"#),
  RecordedText(
    text: #"-9223372036854775809"#,
    compact: #"-9.223372036854776e+18"#,
    python: #"-9223372036854775809"#,
    kept: #"-9223372036854775809"#),
  RecordedText(
    text: #"123456789012345678901234567890"#,
    compact: #"1.2345678901234568e+29"#,
    python: #"123456789012345678901234567890"#,
    kept: #"123456789012345678901234567890"#),
  RecordedText(
    text: #"1e400"#,
    compact: #"null"#,
    python: #"Infinity"#),
  RecordedText(
    text: #"NaN"#,
    compact: #"null"#,
    python: #"NaN"#),
  RecordedText(
    text: #"[Infinity, -Infinity]"#,
    compact: #"[null,null]"#,
    python: #"[Infinity, -Infinity]"#),
  RecordedText(
    text: #""""#,
    compact: #""""#,
    python: #""""#),
  RecordedText(
    text: #""a\/b""#,
    compact: #""a/b""#,
    python: #""a/b""#),
  RecordedText(
    text: #""\u00e9\u65e5""#,
    compact: #""é日""#,
    python: #""\u00e9\u65e5""#),
  RecordedText(
    text: #""\ud83d\ude00""#,
    compact: #""😀""#,
    python: #""\ud83d\ude00""#),
  RecordedText(
    text: #""\u0000\u001f\u000a\u0022\u005c""#,
    compact: #""\u0000\u001f\n\"\\""#,
    python: #""\u0000\u001f\n\"\\""#),
  RecordedText(
    text: #""\b\f\n\r\t\"\\""#,
    compact: #""\b\f\n\r\t\"\\""#,
    python: #""\b\f\n\r\t\"\\""#),
  RecordedText(
    text: #""\#u{7f}\#u{2028}""#,
    compact: #""\#u{7f}\#u{2028}""#,
    python: #""\u007f\u2028""#),
  RecordedText(
    text: #""é日本😀""#,
    compact: #""é日本😀""#,
    python: #""\u00e9\u65e5\u672c\ud83d\ude00""#),
  RecordedText(
    text: #"[]"#,
    compact: #"[]"#,
    python: #"[]"#),
  RecordedText(
    text: #"{}"#,
    compact: #"{}"#,
    python: #"{}"#),
  RecordedText(
    text: #"[ ]"#,
    compact: #"[]"#,
    python: #"[]"#),
  RecordedText(
    text: #"{ }"#,
    compact: #"{}"#,
    python: #"{}"#),
  RecordedText(
    text: #" [ 1 , 2 ] "#,
    compact: #"[1,2]"#,
    python: #"[1, 2]"#),
  RecordedText(
    text: #"{"a" : {"b" : [null, {"c" : "d"}]}}"#,
    compact: #"{"a":{"b":[null,{"c":"d"}]}}"#,
    python: #"{"a": {"b": [null, {"c": "d"}]}}"#),
  RecordedText(
    text: #"{"a":1,"b":2,"a":3}"#,
    compact: #"{"a":3,"b":2}"#,
    python: #"{"a": 3, "b": 2}"#),
  RecordedText(
    text: #"{"a":1,"\u0061":2}"#,
    compact: #"{"a":2}"#,
    python: #"{"a": 2}"#),
  RecordedText(
    text: #"[[[[]]]]"#,
    compact: #"[[[[]]]]"#,
    python: #"[[[[]]]]"#),
  RecordedText(
    text: #"\#u{a}\#u{9}\#u{d} {"x":\#u{a}1}\#u{a}"#,
    compact: #"{"x":1}"#,
    python: #"{"x": 1}"#),
]

/// Texts that neither orjson nor json reads, with the place at which reading stops here.
let rejectedTexts: [(text: String, line: Int, column: Int)] = [
  (#""#, 1, 1),
  (#"  "#, 1, 3),
  (#"[01]"#, 1, 3),
  (#"[1.]"#, 1, 4),
  (#"[.5]"#, 1, 2),
  (#"[-]"#, 1, 2),
  (#"[+1]"#, 1, 2),
  (#"[1e]"#, 1, 4),
  (#"[1,]"#, 1, 4),
  (#"{"a":1,}"#, 1, 8),
  (#"[1 2]"#, 1, 4),
  (#"{"a" 1}"#, 1, 6),
  (#"{a:1}"#, 1, 2),
  (#"['a']"#, 1, 2),
  (#"{"a":1 "b":2}"#, 1, 8),
  (#"[1]x"#, 1, 4),
  (#"[tru]"#, 1, 2),
  (#"[nan]"#, 1, 2),
  (#"[-NaN]"#, 1, 2),
  (#""\x""#, 1, 2),
  (#""\u12g4""#, 1, 2),
  (#""abc"#, 1, 5),
  (#""a\#u{9}b""#, 1, 3),
  (#"["a\#u{0}b"]"#, 1, 4),
  (#"["#, 1, 2),
  (#"{"#, 1, 2),
  (#"{"a""#, 1, 5),
  (#"{"a":"#, 1, 6),
  (#"[1"#, 1, 3),
  (#"\#u{b}[1]"#, 1, 1),
  (#"\#u{feff}[1]"#, 1, 1),
  (#"[1]\#u{0}"#, 1, 4),
  (#"{"a":\#u{a}[1,\#u{a}  2,\#u{a}}"#, 4, 1),
  (#"{"é":x}"#, 1, 6),
  (#"["é\#u{a}"]"#, 1, 4),
  (#"[}"#, 1, 2),
  (#"{]"#, 1, 2),
  (#""\"#, 1, 2),
  (#""\u12"#, 1, 2),
  (#"nul"#, 1, 1),
  (#"-"#, 1, 1),
  (#"--1"#, 1, 1),
  (String(repeating: "1", count: 4301), 1, 1),
]

/// Doubles with what orjson and Python's repr write for them, recorded.
let recordedDoubles: [(value: Double, compact: String, python: String)] = [
  (0.0, "0.0", "0.0"),
  (-0.0, "-0.0", "-0.0"),
  (1.0, "1.0", "1.0"),
  (-1.5, "-1.5", "-1.5"),
  (0.1, "0.1", "0.1"),
  (100.0, "100.0", "100.0"),
  (0.3333333333333333, "0.3333333333333333", "0.3333333333333333"),
  (1000000000000000.0, "1000000000000000.0", "1000000000000000.0"),
  (9999999999999998.0, "9999999999999998.0", "9999999999999998.0"),
  (1e+16, "1e+16", "1e+16"),
  (1.5e+16, "1.5e+16", "1.5e+16"),
  (1.2345678901234568e+17, "1.2345678901234568e+17", "1.2345678901234568e+17"),
  (1e+17, "1e+17", "1e+17"),
  (1e+21, "1e+21", "1e+21"),
  (1e+22, "1e+22", "1e+22"),
  (1e+100, "1e+100", "1e+100"),
  (1e+300, "1e+300", "1e+300"),
  (1.7976931348623157e+308, "1.7976931348623157e+308", "1.7976931348623157e+308"),
  (0.001, "0.001", "0.001"),
  (0.0001, "0.0001", "0.0001"),
  (0.0001234, "0.0001234", "0.0001234"),
  (1e-05, "0.00001", "1e-05"),
  (1.234e-05, "0.00001234", "1.234e-05"),
  (9.9e-06, "9.9e-6", "9.9e-06"),
  (1e-06, "1e-6", "1e-06"),
  (1.234e-06, "1.234e-6", "1.234e-06"),
  (1e-07, "1e-7", "1e-07"),
  (1e-300, "1e-300", "1e-300"),
  (.leastNonzeroMagnitude, "5e-324", "5e-324"),
  (2.2250738585072014e-308, "2.2250738585072014e-308", "2.2250738585072014e-308"),
  (9007199254740992.0, "9007199254740992.0", "9007199254740992.0"),
  (9007199254740992.0, "9007199254740992.0", "9007199254740992.0"),
  (4.35, "4.35", "4.35"),
  (0.30000000000000004, "0.30000000000000004", "0.30000000000000004"),
  (5e+20, "5e+20", "5e+20"),
  (12345678.9, "12345678.9", "12345678.9"),
]
