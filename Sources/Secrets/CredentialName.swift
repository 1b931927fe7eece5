/// Says by their names which headers, parameters and fields hold credentials, whoever put them there.
package enum CredentialName {
  /// Found anywhere in a name without its punctuation.
  private static let parts = [
    "token", "secret", "password", "passwd", "passphrase", "pwd", "apikey", "accesskey", "privatekey", "credential", "signature",
    "authorization", "authentication", "cookie", "session", "jwt", "assertion", "csrf", "xsrf", "bearer", "hmac",
  ].map(bytes)
  /// Whole names.
  private static let names = Set(["auth", "xauth", "key", "otp", "pin", "sid", "sig", "pass"].map(bytes))
  /// What a key is of that opens nothing.
  private static let plainKeys = Set(
    [
      "cache", "column", "cursor", "end", "field", "foreign", "group", "idempotency", "index", "last", "message", "next",
      "object", "order", "page", "partition", "primary", "range", "record", "routing", "row", "sort", "start",
    ].map(bytes))
  /// A token by which pages or changes are asked for opens nothing.
  private static let plainTokens = ["page", "next", "sync", "continuation", "cursor", "scroll", "delta"].map(bytes)
  /// What says something about a credential.
  private static let aspects = [
    "type", "expires", "expiresin", "expiresat", "expiry", "expiration", "endpoint", "uri", "url", "method", "limit", "count",
    "scope", "scopes", "name",
  ].map(bytes)
  private static let token = bytes("token")
  private static let key = bytes("key")

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
    var name = name
    return name.withUTF8(isCredential)
  }

  /// The same for a name in UTF-8. It is asked of every header and parameter of every request, so most names are decided by a
  /// quick look.
  package static func isCredential(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
    var bits = 0
    for byte in name {
      // A sign within a word does not count.
      guard byte.isAlphanumeric else { continue }
      bits = (bits << 5 | Int(byte & 31)) & 0x7FFF
      if hints[bits] { return isCredential(Words(of: name)) }
    }
    return false
  }

  private static func isCredential(_ words: Words) -> Bool {
    guard let last = words.all.last else { return false }
    if names.contains(words.flat) { return true }
    if aspects.contains(where: words.ends(with:)) { return false }
    if last == key[...] { return !words.all.dropLast().contains { plainKeys.contains(Array($0)) } }
    guard let part = parts.first(where: words.contain(_:)) else { return false }
    return !(part == token && plainTokens.contains(where: words.contain(_:)))
  }

  private static func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

  /// `apiKey` and `api-key` are two words each, here in lower case.
  private struct Words {
    /// All of them without anything between.
    private(set) var flat: [UInt8] = []
    private var starts: [Int] = []

    init(of name: UnsafeBufferPointer<UInt8>) {
      flat.reserveCapacity(name.count)
      var isInside = false
      var wasSmall = false
      for byte in name {
        let isCapital = (0x41...0x5A).contains(byte)
        let isPlain = (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
        if isCapital || isPlain {
          if !isInside || isCapital && wasSmall { starts.append(flat.count) }
          flat.append(isCapital ? byte | 0x20 : byte)
        }
        isInside = isCapital || isPlain
        wasSmall = isPlain
      }
    }

    var all: [ArraySlice<UInt8>] {
      starts.indices.map { flat[starts[$0]..<($0 + 1 < starts.count ? starts[$0 + 1] : flat.count)] }
    }

    func contain(_ part: [UInt8]) -> Bool {
      guard flat.count >= part.count else { return false }
      return (0...(flat.count - part.count)).contains { start in
        flat[start] == part[0] && flat[start..<(start + part.count)] == part[...]
      }
    }

    func ends(with end: [UInt8]) -> Bool { flat.count >= end.count && flat.suffix(end.count) == end[...] }
  }
}
