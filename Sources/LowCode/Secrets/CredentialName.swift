/// Says by their names which headers, parameters and fields hold credentials, whoever put them there.
package enum CredentialName {
  /// Found anywhere in a name without its punctuation.
  private static let parts = [
    "token", "secret", "password", "passwd", "passphrase", "pwd", "apikey", "accesskey", "privatekey", "credential", "signature",
    "authorization", "authentication", "cookie", "session", "jwt", "assertion", "csrf", "xsrf", "bearer", "hmac",
  ]
  /// Whole names.
  private static let names: Set<String> = ["auth", "xauth", "key", "otp", "pin", "sid", "sig", "pass"]
  /// What a key is of that opens nothing.
  private static let plainKeys: Set<String> = [
    "cache", "column", "cursor", "end", "field", "foreign", "group", "idempotency", "index", "last", "message", "next", "object",
    "order", "page", "partition", "primary", "range", "record", "routing", "row", "sort", "start",
  ]
  /// A token by which pages or changes are asked for opens nothing.
  private static let plainTokens = ["page", "next", "sync", "continuation", "cursor", "scroll", "delta"]
  /// What says something about a credential.
  private static let aspects = [
    "type", "expires", "expiresin", "expiresat", "expiry", "expiration", "endpoint", "uri", "url", "method", "limit", "count",
    "scope", "scopes", "name",
  ]

  /// Three letters that each of them has, by five bits a letter: what has none of these is passed over.
  private static let hints: [Bool] = {
    var table = [Bool](repeating: false, count: 1 << 15)
    let hints = "tok sec pas pwd key cre sig aut coo ses jwt ass csr xsr bea hma otp pin sid"
    for hint in hints.split(separator: " ") {
      table[hint.utf8.reduce(0) { $0 << 5 | Int($1 & 31) }] = true
    }
    return table
  }()

  package static func isCredential(_ name: String) -> Bool {
    var bits = 0
    var hasHint = false
    for byte in name.utf8 {
      // A sign within a word does not count.
      guard byte.isAlphanumeric else { continue }
      bits = (bits << 5 | Int(byte & 31)) & 0x7FFF
      if hints[bits] {
        hasHint = true
        break
      }
    }
    guard hasHint else { return false }
    let words = words(of: name)
    let flat = words.joined()
    guard let last = words.last else { return false }
    if names.contains(flat) { return true }
    if aspects.contains(where: flat.hasSuffix) { return false }
    if last == "key" { return !words.dropLast().contains(where: plainKeys.contains) }
    guard let part = parts.first(where: flat.contains) else { return false }
    return !(part == "token" && plainTokens.contains(where: flat.contains))
  }

  /// `apiKey` and `api-key` are two words each, here in lower case.
  private static func words(of name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var wasSmall = false
    for byte in name.utf8 {
      let isCapital = (0x41...0x5A).contains(byte)
      let isPlain = (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
      if !(isCapital || isPlain) || (isCapital && wasSmall) {
        if !word.isEmpty { words.append(word) }
        word = ""
      }
      if isCapital || isPlain { word.unicodeScalars.append(Unicode.Scalar(isCapital ? byte | 0x20 : byte)) }
      wasSmall = isPlain
    }
    if !word.isEmpty { words.append(word) }
    return words
  }
}
