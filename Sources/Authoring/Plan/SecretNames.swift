import ConnectorModel
import Essentials
import JSON
import Secrets

/// Shows texts without secrets: masked, or with a name in the place of each, which scripts take for a variable.
package struct SecretNames: Sendable {
  /// A part of a text.
  package enum Piece: Sendable, Equatable {
    case text(String)
    /// A secret, by its name.
    case secret(String)
  }

  private let mask: SecretMask?
  private let names: [String: String]

  /// For texts that have no secrets any more.
  package init() {
    mask = nil
    names = [:]
  }

  /// - Parameter config: the values that secrets are named after, by their keys.
  package init(_ mask: SecretMask, config: JSONObject) {
    self.mask = mask
    var names: [String: String] = [:]
    func walk(_ value: JSONValue, _ key: String) {
      switch value {
      case .object(let members): for (key, member) in members { walk(member, key) }
      case .array(let elements): for element in elements { walk(element, key) }
      case .string(let text) where !text.isEmpty && names[text] == nil: names[text] = Self.name(key)
      case .int, .double, .number: if names[value.jsonText] == nil { names[value.jsonText] = Self.name(key) }
      default: break
      }
    }
    walk(.object(config), "")
    self.names = names
  }

  /// `text` with stars instead of secrets.
  package func masked(_ text: String) -> String {
    pieces(text).map { piece in
      switch piece {
      case .text(let text): text
      case .secret: SecretMask.replacement
      }
    }.joined()
  }

  /// The same for a value; a number that is a secret becomes a text.
  package func masked(_ value: JSONValue) -> JSONValue {
    switch value {
    case .string(let text): return .string(masked(text))
    case .array(let elements): return .array(elements.map { masked($0) })
    case .object(let members): return .object(members.mapValues { masked($0) })
    case .null, .bool: return value
    default:
      let text = masked(value.jsonText)
      return text == value.jsonText ? value : .string(text)
    }
  }

  package func pieces(_ text: String) -> [Piece] {
    let ranges = mask?.hiddenRanges(in: text) ?? []
    guard !ranges.isEmpty else { return [.text(text)] }
    let bytes = Array(text.utf8)
    var pieces: [Piece] = []
    var position = 0
    func add(_ end: Int) {
      if end > position { pieces.append(.text(String(decoding: bytes[position..<end], as: UTF8.self))) }
    }
    for range in ranges {
      add(range.lowerBound)
      pieces += named(String(decoding: bytes[range], as: UTF8.self))
      position = range.upperBound
    }
    add(bytes.count)
    return pieces.reduce(into: []) { joined, piece in
      if case .text(let text) = piece, case .text(let before)? = joined.last {
        joined[joined.count - 1] = .text(before + text)
      } else {
        joined.append(piece)
      }
    }
  }

  /// A secret by its name. The word for the kind of a credential is none: `Bearer`.
  private func named(_ secret: String) -> [Piece] {
    if let name = names[secret] { return [.secret(name)] }
    for decoded in [secret.withoutPercentEscapes, PercentEncoding.decoded(field: secret)] {
      if let name = decoded.flatMap({ names[$0] }) { return [.secret("\(name)_encoded")] }
    }
    let words = secret.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false)
    if words.count == 2, Self.schemes.contains(words[0].lowercased()), !words[1].isEmpty {
      return [.text("\(words[0]) ")] + named(String(words[1]))
    }
    return [.secret("secret")]
  }

  private static let schemes: Set<String> = ["basic", "bearer", "token", "apikey", "key", "oauth"]

  /// A key as the name of a variable.
  private static func name(_ key: String) -> String {
    let name = String(key.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "_" })
    return name.first?.isLetter == true ? name : "secret"
  }
}
