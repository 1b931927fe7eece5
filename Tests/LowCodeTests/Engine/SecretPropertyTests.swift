import AirbyteProtocol
import Foundation
import JSON
import Synchronization
import Testing
import YAML

@testable import ConnectorModel
@testable import Engine
@testable import Manifest
@testable import Secrets

/// Whatever a secret looks like, however it is encoded, wherever it stands: no line shows it.
@Suite struct SecretPropertyTests {
  /// Where the drawing begins; `SECRETS_SEED` sets another place, or `random` one that a failure names.
  static let seed: UInt64 =
    switch ProcessInfo.processInfo.environment["SECRETS_SEED"] {
    case "random"?: UInt64.random(in: 0..<1 << 53)
    case let text?: UInt64(text) ?? 4711
    case nil: 4711
    }
  private static let parts = 20
  /// How many cases are drawn in all; `SECRETS_CASES` sets another number.
  private static let cases = ProcessInfo.processInfo.environment["SECRETS_CASES"].flatMap { Int($0) } ?? 2_000

  // MARK: What is drawn

  private static let alphabets = [
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "0123456789abcdef", "0123456789",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", "abcdefghijklmnop-_.~!$&'()*+,;=:@/?%#[]\\\"<>{}|^` 01",
    "aZ9äöüßéñ漢字キー🔑Ω", "xy",
  ].map(Array.init)

  /// A secret, and what of it is looked for.
  private static func secret(_ random: inout SeededRandom) -> (whole: String, part: String) {
    func word(_ range: ClosedRange<Int>, _ random: inout SeededRandom) -> String {
      let alphabet = alphabets.randomElement(using: &random) ?? []
      let length = Int.random(in: range, using: &random)
      let text = String((0..<length).map { _ in alphabet.randomElement(using: &random) ?? "x" })
      // Blanks around a secret are no part of it.
      // Nor is a sign at its end that escapes what follows.
      let trimmed = text.trimmingCharacters(in: CharacterSet(charactersIn: " \\%&"))
      return trimmed.utf8.count < 4 ? "Kq7v" + trimmed : trimmed
    }
    switch Int.random(in: 0..<10, using: &random) {
    case 0:
      let leaf = word(8...24, &random)
      let other = word(8...24, &random)
      return (JSONValue.object(["type": "service_account", "id": .string(other), "list": [["k": .string(leaf)]]]).jsonText, leaf)
    case 1:
      let lines = (0..<4).map { _ in
        Data((0..<48).map { _ in UInt8.random(in: 0...255, using: &random) }).base64EncodedString()
      }
      let pem = "-----BEGIN PRIVATE KEY-----\n\(lines.joined(separator: "\n"))\n-----END PRIVATE KEY-----\n"
      let account = JSONValue.object(["private_key": .string(pem)]).jsonText
      return (Bool.random(using: &random) ? pem : account, lines.randomElement(using: &random) ?? "")
    case 2:
      let token = word(8...40, &random)
      return ("Bearer " + token, token)
    default:
      let text = word(4...48, &random)
      return (text, text)
    }
  }

  /// A text that says a secret, by encodings over one another, the innermost first.
  struct Encoded {
    var encodings: [SecretEncoding] = []
    var text: String
    /// Where the text says the secret, and nothing else.
    var range: Range<Int>
    private let secretSize: Int

    init(_ secret: String) {
      text = secret
      secretSize = secret.utf8.count
      range = 0..<secret.utf8.count
    }

    init(_ secret: String, by encodings: [SecretEncoding]) {
      self.init(secret)
      encodings.forEach { encode($0) }
    }

    mutating func encode(_ encoding: SecretEncoding) {
      range = encoding.range(of: range, in: text)
      text = encoding.encode(text)
      encodings.append(encoding)
    }

    /// A piece of it that is shown; nil where there is none.
    /// - Parameter least: how long it is at least.
    func leak(in shown: String, before: String = "", after: String = "", least: Int = 0) -> String? {
      let whole = Array(text.utf8)
      let bytes = whole[range]
      // Less than three bytes of the secret say nothing.
      let width = min(bytes.count, max(4, least, 3 * (bytes.count / max(secretSize, 1)), min(12, bytes.count * 2 / 3)))
      guard width >= 4 else { return nil }
      let shown = Array(shown.utf8)
      let around = [
        Array(before.utf8) + Array(whole.prefix(range.lowerBound + 4)), Array(whole[range.upperBound...]) + Array(after.utf8),
      ]
      for start in bytes.startIndex...(bytes.endIndex - width) {
        let piece = bytes[start..<(start + width)]
        // Padding says nothing.
        if Set(piece).count > 3, shown.firstRange(of: piece) != nil, around.allSatisfy({ $0.firstRange(of: piece) == nil }) {
          return String(decoding: piece, as: UTF8.self)
        }
      }
      return nil
    }
  }

  /// Up to four encodings over one another, as long as the text does not get too long.
  private static func encoded(_ secret: String, _ random: inout SeededRandom) -> Encoded {
    var encoded = Encoded(secret)
    for level in 0..<Int.random(in: 1...4, using: &random) {
      guard let encoding = SecretEncoding.allCases.randomElement(using: &random) else { break }
      if level > 0, SecretEncoding.innermost.contains(encoding) || encoding.encode(encoded.text).utf8.count > 400 { continue }
      encoded.encode(encoding)
    }
    return encoded
  }

  // MARK: Where it is shown

  private enum Sink: String, CaseIterable {
    case log, debug, message, internalMessage, path, status, quotation, quotedBytes, cutText, terminal, sourceLine
  }

  private final class LastLine: LineOutput {
    private let line = Mutex("")
    var text: String { line.withLock { $0 } }
    func write(_ bytes: UnsafeRawBufferPointer) { line.withLock { $0 = String(decoding: bytes, as: UTF8.self) } }
  }

  /// All texts of the line that is written.
  /// - Parameter least: how much of the text is left of it at least where it is cut.
  private static func shown(
    _ text: String, in sink: Sink, _ mask: SecretMask, _ random: inout SeededRandom, least: Int = 0
  ) throws -> String {
    let output = LastLine()
    let writer = MessageWriter(output: output, mask: mask, now: { 0 })
    let log = RunLog(writer: writer, isDebugging: true)
    switch sink {
    case .log: log.log(.warn, text)
    case .debug: log.log(.debug, text)
    case .message: writer.error(ConnectorError(.system, text, internalMessage: "failed"))
    case .internalMessage: writer.error(ConnectorError(.system, "failed", internalMessage: text))
    case .path: writer.error(ConnectorError(.system, "failed", path: text))
    case .status: try writer.connectionStatus(succeeded: false, message: text)
    case .quotation: log.log(.info, "It begins with `\(mask.excerpt(of: text, upTo: 60))`, which is wrong.")
    case .cutText:
      // As an API cuts it, who knows nothing of secrets.
      let count = Int.random(in: min(least, text.count)...text.count, using: &random)
      log.log(.info, "It begins with `\(text.prefix(count))\(Bool.random(using: &random) ? "…" : "...")`, which is wrong.")
    case .terminal: return TerminalText.line(mask.masked("\(text): 3 records, 1 page"))
    case .sourceLine:
      // Its lines are those of the file, or were joined by blanks.
      let joined = text.split { $0.isNewline }.joined(separator: " ")
      let line = "key: \(Bool.random(using: &random) ? text : joined) # a remark"
      let file = SourceFile(name: "manifest.yaml", bytes: Array(line.utf8))
      let column = Int.random(in: 1...line.unicodeScalars.count, using: &random)
      let finding = Diagnostic(.error, rule: "type", "this is wrong", at: SourceMark(file: file, line: 1, column: column))
      return mask.masked(finding.rendered(hiding: mask))
    case .quotedBytes: log.log(.info, "It begins with `\(mask.excerpt(of: text.utf8, upTo: 40))`, which is wrong.")
    }
    var texts = ""
    var open = [try JSONValue(parsing: Array(output.text.utf8))]
    while let value = open.popLast() {
      switch value {
      case .string(let text): texts += text + "\n"
      case .array(let elements): open += elements
      case .object(let members): open += members.values
      default: break
      }
    }
    return texts
  }

  private static let places = [
    ("", ""), ("the token ", " is wrong"), ("{\"error\":\"", "\"}"), ("key=", "&x=1"), ("<b>", "</b>"),
    ("https://api.test/", "?a=1"),
    (String(repeating: "y ", count: 20), " z"), ("'", "'"),
  ]

  @Test(arguments: 0..<parts) func noLineShowsASecret(part: Int) throws {
    var random = SeededRandom(seed: Self.seed &+ UInt64(part))
    for number in 0..<(Self.cases / Self.parts) {
      let (whole, part) = Self.secret(&random)
      var encoded = Self.encoded(part, &random)
      guard let (before, after) = Self.places.randomElement(using: &random),
        let sink = Sink.allCases.randomElement(using: &random)
      else { continue }
      let mask = SecretMask()
      // Where an API cuts a text, one encoding is undone, of ASCII.
      if sink == .cutText {
        encoded = Encoded(part, by: part.utf8.allSatisfy { $0 < 0x80 } ? Array(encoded.encodings.prefix(1)) : [])
      }
      let origin = SecretOrigin.drawn(for: whole, isWhole: whole == part, isCut: sink == .cutText, &random)
      origin.tell(whole, to: mask)
      // Less than six bytes before a cut say nothing.
      let beginning = Encoded(String(part.prefix(8)), by: encoded.encodings).text
      let shown = try Self.shown(
        before + encoded.text + after, in: sink, mask, &random, least: before.count + beginning.count)
      // Where an encoding is cut, what is left of it may say less than a byte.
      let least = sink == .cutText ? 2 * beginning.utf8.count / max(1, min(8, part.count)) : 0
      if let leak = encoded.leak(in: shown, before: before, after: after, least: least) {
        Issue.record(
          """
          `\(leak)` of `\(part)`, a secret from \(origin) as \(encoded.encodings.map(\.rawValue)) in \(sink.rawValue), is shown by `\(shown)` \
          for `\(before)\(encoded.text)\(after)` (seed \(Self.seed), case \(number))
          """)
      }
    }
  }

  /// Were it not for the masking, the property would not hold; and an encoding that nobody knows is shown.
  @Test(arguments: ["Kq7vX2mZp9LwRt4sYb1nHc8jDf5g"]) func whatIsNotListedIsShown(secret: String) throws {
    let (plain, reversed) = (Encoded(secret), Encoded(String(secret.reversed())))
    let mask = SecretMask()
    mask.hide(secret)
    var random = SeededRandom(seed: 7)
    for sink in Sink.allCases {
      func shown(_ text: Encoded, _ mask: SecretMask) throws -> String {
        // One that is cut to nothing shows nothing.
        try (0..<20).map { _ in try Self.shown(text.text, in: sink, mask, &random) }.joined(separator: "\n")
      }
      #expect(plain.leak(in: try shown(plain, SecretMask())) != nil)
      #expect(plain.leak(in: try shown(plain, mask)) == nil)
      #expect(reversed.leak(in: try shown(reversed, mask)) != nil)
    }
  }

  @Test(arguments: SecretEncoding.allCases) func eachEncodingIsUndone(encoding: SecretEncoding) {
    for secret in ["s3cr3t/with+odd=chars\"&", "Zä9🔑-key", "{\"json\": \"in\\\\side\"}", "plainword"] {
      let mask = SecretMask()
      mask.hide(secret)
      var encoded = Encoded(secret)
      encoded.encode(encoding)
      let shown = mask.masked("before <\(encoded.text)> after")
      #expect(shown.hasPrefix("before <") && shown.hasSuffix("> after"), "\(secret)")
      #expect(encoded.leak(in: shown) == nil, "\(secret) as \(encoded.text): \(shown)")
    }
  }
}
