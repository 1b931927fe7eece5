import JSON
import Testing

/// Random and damaged texts: nothing may crash, and what is accepted must be written as JSON that means the same.
@Suite struct FuzzTests {
  @Test(arguments: 1...8)
  func survivesDamagedTexts(_ seed: UInt64) throws {
    var source = TextSource(seed: seed)
    var accepted = 0
    for _ in 0..<400 {
      var bytes = Array(source.value(depth: 4).utf8)
      let isDamaged = source.next(3) > 0
      if isDamaged { source.damage(&bytes) }
      for encoding in [JSONTextEncoding.utf8, .detected] {
        guard let document = try? JSONDocument(parsing: bytes, encoding: encoding) else {
          #expect(isDamaged)
          continue
        }
        accepted += 1
        let text = document.root.jsonText
        let again = try JSONDocument(parsing: text)
        #expect(again.root.jsonText == text)
        #expect(again.root.value.jsonText == document.root.value.jsonText)
        #expect(try JSONValue(parsing: document.root.value.jsonText).jsonText == document.root.value.jsonText)
        var writer = JSONWriter()
        writer.write(record: document.root, patches: [JSONPatch(key: "a", value: 1), JSONPatch(key: "b", value: nil)])
        let record = try JSONDocument(parsing: writer.string).root
        if record.kind == .object {
          #expect(record["a"]?.int == 1)
          #expect(record["b"] == nil)
        }
      }
    }
    #expect(accepted > 250)
  }

  @Test func survivesEveryTruncation() throws {
    let text = Array(#"{"aé":[1,-2.5e10,true,false,null,"x\n\u00e9\ud83d\ude00日本"],"b":{"c":{}}}"#.utf8)
    for end in 0..<text.count {
      let error = #expect(throws: JSONError.self) { try JSONDocument(parsing: Array(text[..<end])) }
      #expect((error?.offset ?? .max) <= end)
    }
    #expect(try JSONDocument(parsing: text).root.count == 2)
  }
}

/// Texts made from a seed, the same ones each time.
struct TextSource {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// A number below `bound` (SplitMix64).
  mutating func next(_ bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) >> 33) % bound
  }

  mutating func pick(_ choices: [String]) -> String { choices[next(choices.count)] }

  mutating func blank() -> String { pick(["", "", "", "", " ", "\n", "         "]) }

  mutating func string() -> String {
    let parts = [
      "a", "b", "ab", "é", "日", "\\n", "\\\"", "\\/", "\\u0061", "\\u00e9", "\\ud800", "\\ud83d\\ude00", "xxxxxxxxx", "",
    ]
    return "\"" + (0..<next(4)).map { _ in pick(parts) }.joined() + "\""
  }

  mutating func value(depth: Int) -> String {
    let kind = next(depth > 0 ? 8 : 4)
    switch kind {
    case 0: return string()
    case 1: return pick(["null", "true", "false"])
    case 2, 3:
      return pick([
        "0", "-1", "1.5", "1.50", "1e5", "-0", "18446744073709551616", "9223372036854775808", "1e400", "NaN", "-Infinity",
      ])
    case 4, 5: return "[" + blank() + (0..<next(5)).map { _ in value(depth: depth - 1) + blank() }.joined(separator: ",") + "]"
    default:
      let members = (0..<next(6)).map { _ in string() + blank() + ":" + blank() + value(depth: depth - 1) }
      return "{" + blank() + members.joined(separator: "," + blank()) + blank() + "}"
    }
  }

  mutating func damage(_ bytes: inout [UInt8]) {
    let noise = Array("{}[]\",:\\ue0123 \n\tN-.".utf8) + [0, 0x80, 0xFF, 0xED, 0xA0, 0xF0]
    for _ in 0...next(3) where !bytes.isEmpty {
      let place = next(bytes.count)
      switch next(4) {
      case 0: bytes.remove(at: place)
      case 1: bytes[place] = noise[next(noise.count)]
      case 2: bytes.insert(noise[next(noise.count)], at: place)
      default: bytes.removeSubrange(place...)
      }
    }
  }
}
