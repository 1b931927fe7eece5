import JSON
import Jinja

/// Learns what must never be shown, where it comes into being, and shows texts without it.
package protocol Secrets: Sendable {
  /// Hides a text for the rest of the run.
  func hide(_ secret: String)
  /// Learns which value the config has at the path of a secret, as in `credentials.key`. Hides nothing by itself.
  func note(_ secret: String, at path: String)
  /// Hides a text of which there are many, each for a short time: what is made for one request, or answered to one.
  func hidePassing(_ secret: String)
  /// `text` without secrets.
  func masked(_ text: String) -> String
  /// How the answers of an API may be quoted that mean a failure.
  var quotation: Quotation { get }
  /// Whether texts are shown as they are, so that nothing needs to be hidden.
  var showsEverything: Bool { get }
}

/// What hides secrets where an API's answer to a request that failed is quoted.
package struct Quotation: Sendable {
  /// For the message that was found in the answer.
  package let words: any Secrets
  /// For the rest of the answer.
  package let body: any Secrets
  /// Whether more than the message is shown of answers that have no error status.
  package let quotesGoodAnswers: Bool

  package init(words: any Secrets, body: any Secrets, quotesGoodAnswers: Bool = true) {
    self.words = words
    self.body = body
    self.quotesGoodAnswers = quotesGoodAnswers
  }
}

extension Secrets {
  package func note(_ secret: String, at path: String) {}
  package var quotation: Quotation { Quotation(words: self, body: self) }
  package var showsEverything: Bool { false }
}

extension Secrets {
  /// What is shorter would make lines unreadable.
  package static var shortest: Int { 4 }

  /// The beginning of a text that came from outside: masked first, then cut, so that no part of a secret is left.
  package func excerpt(of text: some StringProtocol, upTo count: Int) -> String {
    // What follows shows whether a secret begins before the cut.
    let shown = masked(String(text.prefix(count + Self.lookahead)))
    return shown.count > count ? shown.prefix(count) + "…" : shown
  }

  /// The same for bytes, of which those that are not UTF-8 are replaced.
  package func excerpt(of bytes: some Sequence<UInt8>, upTo count: Int) -> String {
    excerpt(of: String(decoding: Array(bytes.prefix(4 * (count + Self.lookahead))), as: UTF8.self), upTo: count)
  }

  /// An encoding may make many characters of one, and what is cut beside its secret is found by its beginning alone.
  private static var lookahead: Int { 4_096 }

  /// Hides a credential of a request, or all that an object or a list of them holds.
  package func hide(credential value: JSONValue) {
    switch value {
    case .null, .bool: break
    case .object(let members): members.values.forEach(hide(credential:))
    case .array(let elements): elements.forEach(hide(credential:))
    default: hidePassing(PythonStrings.str(value))
    }
  }
}

/// Hides nothing and shows everything: if nobody sees the lines.
package struct NoSecrets: Secrets {
  package init() {}
  package func hide(_ secret: String) {}
  package func hidePassing(_ secret: String) {}
  package func masked(_ text: String) -> String { text }
  package var showsEverything: Bool { true }
}
