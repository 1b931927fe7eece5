import Essentials

/// Secrets that are known by their shape, whoever they belong to: the password of a URL, and private keys as PEM.
enum SecretShape {
  static func ranges(in text: String) -> [Range<Int>] {
    (passwords(in: text) + keys(in: text)).filter { !$0.isEmpty }
  }

  private static func passwords(in text: String) -> [Range<Int>] {
    let bytes = text.utf8
    return places(of: "://", in: text).compactMap { place in
      // Most URLs have no user.
      guard bytes[place...].dropFirst(3).first(where: { Self.ends[Int($0)] }) == UInt8(ascii: "@"),
        let match = text[place...].prefixMatch(of: /:\/\/(?<user>[^\/?#@\s:"'`<>]*)(?<password>:[^\/?#@\s"'`<>]*)?@/)
      else { return nil }
      // A user without a password is a token.
      return range(of: match.password?.dropFirst() ?? match.user, in: text)
    }
  }

  /// What ends a user, or a password.
  private static let ends: [Bool] = (0...255).map { (byte: UInt8) in
    byte == 0x20 || (0x09...0x0D).contains(byte) || "/?#@\"'`<>".utf8.contains(byte)
  }

  private static func keys(in text: String) -> [Range<Int>] {
    guard !places(of: "PRIVATE KEY-----", in: text).isEmpty else { return [] }
    return text.matches(of: /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?<body>[A-Za-z0-9+\/=\s\\:,]*)/)
      .map { range(of: $0.body, in: text) }
  }

  private static func range(of part: Substring, in text: String) -> Range<Int> {
    let start = text.utf8.distance(from: text.startIndex, to: part.startIndex)
    return start..<(start + part.utf8.count)
  }

  /// Where ASCII signs are in a text, in bytes.
  private static func places(of signs: StaticString, in text: String) -> [String.Index] {
    var text = text
    return text.withUTF8 { bytes in
      let (first, count) = (signs.utf8Start, signs.utf8CodeUnitCount)
      var places: [Int] = []
      var from = 0
      while from + count <= bytes.count, let base = bytes.baseAddress,
        let found = memchr(base + from, Int32(first[0]), bytes.count - from - count + 1)
      {
        let place = UnsafeRawPointer(base).distance(to: UnsafeRawPointer(found))
        let isFound = memcmp(found, first, count) == 0
        if isFound { places.append(place) }
        from = place + (isFound ? count : 1)
      }
      return places
    }.map { text.utf8.index(text.startIndex, offsetBy: $0) }
  }
}
