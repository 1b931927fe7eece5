import Essentials
import JSON
import Jinja

/// The texts that are as secret as a secret itself: what it consists of, and other ways to write it that no encoding accounts for.
struct SecretForms {
  /// Without repetition; each in the form for the search.
  private(set) var all: [[UInt8]] = []
  private var known: Set<[UInt8]> = []

  /// A secret is looked into no deeper, and no further.
  private static let deepest = 6
  private static let most = 10_000
  /// A line of a secret is one from this length on.
  private static let shortestLine = 8

  /// What is the same in everybody's service accounts.
  private static let common: Set<String> = [
    "service_account", "authorized_user", "external_account", "googleapis.com", "https://accounts.google.com/o/oauth2/auth",
    "https://oauth2.googleapis.com/token", "https://www.googleapis.com/oauth2/v1/certs", "true", "false", "null", "none",
  ]

  init(of secret: String) { add(secret, depth: 0) }

  private mutating func add(_ secret: String, depth: Int) {
    let text = secret.trimmed(.whitespacesAndNewlines)
    guard depth < Self.deepest, all.count < Self.most, text.utf8.count >= SecretMask.shortest else { return }
    guard depth == 0 || !Self.common.contains(text.lowercased()), insert(text) else { return }
    if text.utf8.contains(where: { $0 >= 0x80 }) {
      for other in [text.canonicallyComposed, text.canonicallyDecomposed] {
        for form in [other, other.lowercased(), other.uppercased()] { insert(form) }
      }
    }
    for part in Self.jsonLeaves(of: text) { add(part, depth: depth + 1) }
    for part in Self.lines(of: text) { insert(part) }
    for part in Self.credentials(of: text) + Self.parts(ofURL: text) { add(part, depth: depth + 1) }
    // The last sign of a secret is read as the beginning of an escape.
    if let last = text.last, "\\%&".contains(last) { insert(String(text.dropLast())) }
    // A secret may itself be an encoding, or look like one.
    for plain in EncodedView(Array(text.utf8)).reachingEnd(false).unescaped() {
      if let text = String(validating: plain.bytes, as: UTF8.self) { add(text, depth: depth + 1) } else { insert(plain.bytes) }
    }
    if let data = Data(base64Encoded: text), let plain = String(validating: data, as: UTF8.self), plain.allSatisfy(Self.isText) {
      add(plain, depth: depth + 1)
    }
  }

  /// - Returns: whether the form is new.
  @discardableResult
  private mutating func insert(_ text: String) -> Bool { insert(Array(text.utf8)) }

  @discardableResult
  private mutating func insert(_ bytes: [UInt8]) -> Bool {
    let bytes = SecretSet.folded(bytes)
    guard bytes.count >= SecretMask.shortest, known.insert(bytes).inserted else { return false }
    all.append(bytes)
    return true
  }

  private static func isText(_ character: Character) -> Bool {
    character.isNewline || character == "\t" || character.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
  }

  /// The texts and numbers of a secret that is JSON, such as a service account.
  private static func jsonLeaves(of text: String) -> [String] {
    guard let first = text.first, "{[\"".contains(first), let json = try? JSONValue(parsing: text) else { return [] }
    var leaves: [String] = []
    var open = [json]
    while let value = open.popLast(), leaves.count < most {
      switch value {
      case .null, .bool: break
      case .array(let elements): open += elements
      case .object(let members): open += members.values
      default: leaves.append(PythonStrings.str(value))
      }
    }
    return leaves
  }

  /// The lines of a key in several of them, and all of it in one.
  private static func lines(of text: String) -> [String] {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmed(.whitespaces) }
    guard lines.count > 1 || text.hasPrefix("-----") else { return [] }
    var body = lines.filter { !$0.hasPrefix("-----") && !$0.contains(":") }.joined()
    if lines.count == 1 { body = String(text.replacing(/-----[A-Z0-9 ]+-----/, with: "")) }
    body.removeAll(where: \.isWhitespace)
    var parts = lines.filter { $0.utf8.count >= shortestLine && !$0.hasPrefix("-----") } + [body]
    guard text.hasPrefix("-----") else { return parts }
    // As PEM is written usually, whatever its lines were here.
    for width in [64, 76] {
      var rest = body[...]
      while rest.utf8.count >= shortestLine {
        parts.append(String(rest.prefix(width)))
        rest = rest.dropFirst(width)
      }
    }
    return parts
  }

  /// What follows the scheme of an `Authorization` (RFC 9110 §11.4), and the password in that of `Basic`.
  private static func credentials(of text: String) -> [String] {
    let words = text.split(separator: " ", maxSplits: 1)
    guard words.count == 2, words[0].allSatisfy({ $0.isASCII && ($0.isLetter || $0 == "-") }) else { return [] }
    let credential = String(words[1])
    guard words[0].lowercased() == "basic", let data = Data(base64Encoded: credential) else { return [credential] }
    let pair = String(decoding: data, as: UTF8.self)
    return [credential, pair] + (pair.firstIndex(of: ":").map { [String(pair[pair.index(after: $0)...])] } ?? [])
  }

  /// Messages show URLs without their query, or their host alone.
  private static func parts(ofURL text: String) -> [String] {
    guard let scheme = text.firstRange(of: "://"), text[..<scheme.lowerBound].allSatisfy({ $0.isASCII && $0.isLetter }) else {
      return []
    }
    let rest = text[scheme.upperBound...]
    let place = rest.prefix { $0 != "?" && $0 != "#" }
    var authority = place.prefix { $0 != "/" }
    let path = place[authority.endIndex...]
    var parts = URLParts.userInfo(of: text).map { $0.split(separator: ":").map(URLParts.decoded) } ?? []
    if let end = authority.lastIndex(of: "@") { authority = authority[authority.index(after: end)...] }
    parts += [String(authority), String(authority.prefix { $0 != ":" }), String(path)] + URLParts.query(of: text).map(\.value)
    return parts
  }
}
