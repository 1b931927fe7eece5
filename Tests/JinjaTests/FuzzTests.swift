import Testing

@testable import Jinja

/// Broken and odd templates end in a text or an error, never in a crash.
struct FuzzTests {
  private struct Generator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
      return mixed ^ (mixed >> 31)
    }
  }

  private static let pieces = [
    "{{", "}}", "{%", "%}", "{#", "#}", "-", "(", ")", "[", "]", "{", "}", "|", ".", ",", ":", "'", "\"", "\\", "**", "//", "%",
    "~",
    " if ", " else ", " for ", " in ", " is ", " not ", "set ", "endfor", "macro ", "1", "-1", "0", "9223372036854775807",
    "1e308", "''",
    "none", "[]", "{}", "config", "record", "nums", "loop", "moment", "span", "big", "undefined_thing", "\u{301}", "\n", "é",
    "|int", "|sort", "|batch(0)", "|slice(-1)", "|round(-400)", "|truncate(0)", "[::-1]", "[-9223372036854775807:]",
  ]

  @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
  func mutatedTemplatesEnd(_ seed: UInt64) throws {
    var random = Generator(state: seed)
    let context = try Fixture.context(lazily: seed % 2 == 0)
    var environment = Environment.standard
    environment.limits = Limits(steps: 20_000, textSize: 200_000, listSize: 20_000)
    let sources = Fixture.cases.map(\.template)
    var outcomes: Set<String> = []
    for _ in 0..<1_500 {
      var scalars = Array((sources.randomElement(using: &random) ?? "").unicodeScalars)
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let at = Int.random(in: 0...scalars.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: scalars.insert(contentsOf: (Self.pieces.randomElement(using: &random) ?? "").unicodeScalars, at: at)
        case 1: scalars.removeSubrange(at..<min(scalars.count, at + Int.random(in: 0...6, using: &random)))
        case 2:
          let other = Array((sources.randomElement(using: &random) ?? "").unicodeScalars)
          let start = Int.random(in: 0...other.count, using: &random)
          scalars.insert(contentsOf: other[start..<min(other.count, start + 20)], at: at)
        default: if at < scalars.count { scalars.swapAt(at, Int.random(in: 0..<scalars.count, using: &random)) }
        }
      }
      let (text, error) = Fixture.answer(String(scalars), context, environment)
      outcomes.insert(error ?? "text")
      #expect((text == nil) != (error == nil))
    }
    #expect(outcomes.isSuperset(of: ["text", "syntax", "type", "undefined"]))
  }
}
