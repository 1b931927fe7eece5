import Bytes
import Essentials

/// The names that a connector has, made from the one that people use.
package struct ConnectorNames: Sendable {
  /// As people write it: `Book shop`.
  package let title: String
  /// As files and images are called, without `source-`: `book-shop`.
  package let slug: String

  package init(_ name: String) {
    let words = Self.words(of: name)
    let own = words.first == "source" && words.count > 1 ? Array(words.dropFirst()) : words
    slug = own.isEmpty ? "api" : Self.short(own)
    let plain = CommentText.plain(name).trimmed(.whitespaces)
    let isSlug = !plain.isEmpty && plain.utf8.allSatisfy { $0 < 0x80 } && !plain.contains(" ") && plain == plain.lowercased()
    title = plain.isEmpty ? "API" : isSlug ? Self.title(own) : plain
  }

  /// Images and files have no longer names than a system takes, even with a word in front.
  private static let longest = 100

  private static func short(_ words: [String]) -> String {
    var slug = String(words[0].prefix(longest))
    for word in words.dropFirst() {
      guard slug.count + word.count < longest else { break }
      slug += "-" + word
    }
    return slug
  }

  private static func title(_ words: [String]) -> String {
    words.enumerated().map { $0.offset == 0 ? $0.element.prefix(1).uppercased() + $0.element.dropFirst() : $0.element }
      .joined(separator: " ")
  }

  /// The name of the folder and of the image: `source-book-shop`.
  package var source: String { "source-\(slug)" }

  /// The name of a Swift module: `SourceBookShop`.
  package var module: String {
    "Source" + slug.split(separator: "-").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
  }

  /// An identifier that depends on the name alone, in the form of a UUID.
  package var identifier: String {
    var bytes = Array(Self.digest("airbyte-lowcode connector \(slug)").prefix(16))
    bytes[6] = bytes[6] & 0x0F | 0x80
    bytes[8] = bytes[8] & 0x3F | 0x80
    let text = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    var groups: [Substring] = []
    var rest = text[...]
    for length in [8, 4, 4, 4, 12] {
      groups.append(rest.prefix(length))
      rest = rest.dropFirst(length)
    }
    return groups.joined(separator: "-")
  }

  /// A colour that depends on the name alone, in degrees.
  var hue: Int { Self.digest(slug).prefix(2).reduce(0) { $0 * 256 + Int($1) } % 360 }

  private static func digest(_ text: String) -> [UInt8] { HashFunction.sha256.hash(text.utf8) }

  /// The words of a name, in lower case and in ASCII.
  static func words(of name: String) -> [String] {
    // Letters with accents lose these.
    let plain = String(
      String.UnicodeScalarView(
        name.canonicallyDecomposed.unicodeScalars.filter { $0.properties.generalCategory != .nonspacingMark }))
    var words: [String] = []
    var word = ""
    var wasSmall = false
    for character in plain {
      guard character.isASCII, character.isLetter || character.isNumber else {
        if !word.isEmpty { words.append(word) }
        (word, wasSmall) = ("", false)
        continue
      }
      if wasSmall, character.isUppercase {
        words.append(word)
        word = ""
      }
      word += character.lowercased()
      wasSmall = character.isLowercase || character.isNumber
    }
    return word.isEmpty ? words : words + [word]
  }

  /// The name of a stream or of a config field: `order_items`.
  package static func snake(_ name: String) -> String { words(of: name).joined(separator: "_") }
}
