import Testing

@testable import YAML

@Suite struct FailureTests {
  @Test(
    "an error says where and what",
    arguments: [
      ("a: 1\n---\nb: 2", "2:1: a second document begins here, where one is expected"),
      ("a: <<", "1:4: '<<' merges mappings and is only allowed as a key; quote it to mean the text"),
      ("[=]", "1:2: a lone '=' is reserved in YAML; quote it to mean the text"),
      ("<<: 1", "1:5: '<<' takes a mapping or a list of mappings, found an integer"),
      ("<<: [[]]", "1:6: '<<' merges mappings, found a list"),
      ("? [1]\n: 2", "1:3: a list cannot be a key"),
      ("url: {{ config['a'] }}", "1:6: a value that begins with '{{' must be quoted"),
      ("url: {{ config }}", "1:6: a value that begins with '{{' must be quoted"),
      ("&a [*a]", "1:5: the alias '*a' is inside the value that it repeats"),
      ("a: &a {b: {<<: *a}}", "1:16: the alias '*a' is inside the value that it repeats"),
      ("a: *b", "1:4: there is no anchor '&b' before this alias"),
      ("a: &x 1\nb: &x 2", "2:4: the anchor '&x' is defined twice"),
      ("!!omap [{a: 1, b: 2}]", "1:9: each item of an ordered map is a mapping of one key"),
      ("!!set [a]", "1:1: a list cannot have the tag !!set"),
      ("!!map a", "1:1: a single value cannot have the tag !!map"),
      ("!foo {a: 1}", "1:1: the tag !foo is not known"),
      ("a:\n\tb: 1", "2:1: a value cannot begin with this character: indent with spaces instead of tabs"),
      ("a: @x", "1:4: a value cannot begin with this character: a value that begins with '@' must be quoted"),
      ("a: b: c", "1:5: a key is not allowed here: a value that contains ': ' must be quoted"),
      ("a: 'x", "1:4: the quotes opened here are never closed"),
      ("a: [1, 2\nb: 3", "2:2: ',' or ']' is expected here"),
      ("a: 1\nb\nc: 2", "2:1: a ':' is missing after this key"),
      ("a: 2020-02-30", "1:4: there is no date 2020-02-30"),
      ("!!int x", "1:1: 'x' is not an integer"),
      ("!!float " + String(repeating: "x", count: 60), "1:1: '\(String(repeating: "x", count: 60))' is not a number"),
      // A part of a secret that a config filled in could not be recognised.
      ("!!float " + String(repeating: "x", count: 61), "1:1: a text of 61 characters is not a number"),
      ("!!bool " + String(repeating: "x", count: 999), "1:1: a text of 999 characters is not a boolean"),
      ("!!bool 'a\n\n  b'", "1:1: 'a\\nb' is not a boolean"),
      ("a: \u{1}", "1:4: control characters are not allowed (#x1)"),
    ])
  func sentences(_ text: String, _ expected: String) {
    let error = #expect(throws: YAMLError.self) { try YAMLDocument(parsing: text, file: "bad.yaml") }
    #expect(error?.description == "bad.yaml:\(expected)")
  }

  @Test("bytes that are not UTF-8 are refused with their place")
  func invalidUTF8() {
    let error = #expect(throws: YAMLError.self) {
      try YAMLDocument(parsing: Array("a: é\nb: ".utf8) + [0xFF], file: "bad.yaml")
    }
    #expect(error?.description == "bad.yaml:2:4: invalid leading UTF-8 octet (#xFF)")
  }

  @Test("a snippet shows the line and a caret below the column, tabs and long lines included")
  func snippets() {
    let short = #expect(throws: YAMLError.self) { try YAMLDocument(parsing: "a: 1\nb:\t@x", file: "bad.yaml") }
    #expect(short?.mark.snippet { $0 } == "2 | b: @x\n  |    ^")
    let long = "k: [" + String(repeating: "x, ", count: 300) + "@]"
    let cut = #expect(throws: YAMLError.self) { try YAMLDocument(parsing: long, file: "bad.yaml") }
    let lines = cut?.mark.snippet { $0 }.split(separator: "\n") ?? []
    #expect(lines.count == 2)
    if lines.count == 2 {
      #expect(lines[0].hasPrefix("1 | …") && lines[0].hasSuffix("@]") && lines[0].count < 120)
      #expect(Array(lines[0])[lines[1].count - 1] == "@")
    }
  }

  @Test("a duplicate anchor's error points to the first one")
  func related() {
    let error = #expect(throws: YAMLError.self) { try YAMLDocument(parsing: "a: &x 1\nb: &x 2", file: "bad.yaml") }
    #expect(error?.related?.mark.description == "bad.yaml:1:4")
  }

  @Test(
    "what an error quotes of a text can be left out",
    arguments: [
      ("a: *secret", "there is no anchor '&****' before this alias"), ("a: !!int secret", "**** is not an integer"),
      ("a: !secret 1", "the tag **** is not known"), ("a: [1", nil),
    ])
  func discretion(_ text: String, _ message: String?) {
    let error = #expect(throws: YAMLError.self) { try YAMLDocument(parsing: text, file: "bad.yaml") }
    #expect(error?.discreetMessage == message)
  }

  @Test(
    "the step that failed is told",
    arguments: [("%Y-%m", .directive), ("a: @b", .scanning), ("a: b: c", .scanning), ("a: [1", .parsing)]
      as [(String, YAMLError.Step)])
  func steps(_ text: String, _ step: YAMLError.Step) {
    let error = #expect(throws: YAMLError.self) { try YAMLDocument(parsing: text, file: "bad.yaml") }
    #expect(error?.step == step)
  }
}

@Suite struct LimitTests {
  @Test(
    "nesting beyond 1,000 levels is refused in every style",
    arguments: [
      String(repeating: "[", count: 200_000), String(repeating: "- ", count: 200_000), String(repeating: "{a: ", count: 200_000),
      String(repeating: "? ", count: 200_000),
    ])
  func depth(_ text: String) {
    let error = #expect(throws: YAMLError.self) { try YAMLDocument(parsing: text, file: "deep.yaml") }
    #expect(error?.message == "lists and mappings are nested more than 1000 levels deep")
  }

  @Test("1,000 levels are read")
  func allowedDepth() throws {
    let text = String(repeating: "[", count: 1_000) + String(repeating: "]", count: 1_000)
    _ = try YAMLDocument(parsing: text, file: "deep.yaml")
  }

  @Test("aliases that multiply, or that nest, are refused at the alias")
  func aliases() {
    let multiplied =
      "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
      + (1..<12).map { level in
        "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ","))]\n"
      }.joined()
    let bomb = #expect(throws: YAMLError.self) { try YAMLDocument(parsing: multiplied, file: "bomb.yaml") }
    #expect(bomb?.message == "aliases repeat so much that more than 1000000 values result")
    #expect(bomb?.related?.message == "the repeated value")

    let brackets = (String(repeating: "[", count: 400), String(repeating: "]", count: 400))
    let nested = (1..<4).reduce("a0: &a0 \(brackets.0)\(brackets.1)\n") { text, level in
      text + "a\(level): &a\(level) \(brackets.0)*a\(level - 1)\(brackets.1)\n"
    }
    let chain = #expect(throws: YAMLError.self) { try YAMLDocument(parsing: nested, file: "chain.yaml") }
    #expect(chain?.message == "aliases nest lists and mappings more than 1000 levels deep")
    #expect(chain?.mark.line == 3)
  }

  @Test("a text of 100 MB is refused at once")
  func size() {
    let bytes = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000_000)
    let error = #expect(throws: YAMLError.self) { try YAMLDocument(parsing: bytes, file: "big.yaml") }
    #expect(error?.description == "big.yaml:1:1: the file is larger than 32 MB, which is the limit")
  }

  @Test("a huge number and a million repeated keys stay cheap")
  func hugeValues() throws {
    let number = #expect(throws: YAMLError.self) {
      try YAMLDocument(parsing: "a: " + String(repeating: "1", count: 2_000_000), file: "big.yaml")
    }
    #expect(number?.message == "an integer of more than 4300 digits is not supported")
    let keys = try YAMLDocument(parsing: "{" + String(repeating: "a,", count: 20_000) + "}", file: "big.yaml")
    #expect(keys.warnings.count == 1_000)
  }
}
