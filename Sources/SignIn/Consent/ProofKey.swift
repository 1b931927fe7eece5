import Bytes
import Essentials

/// The proof that whoever redeems a code is the one who asked for it (RFC 7636): only the digest of a secret goes through the browser.
package struct ProofKey: Sendable, Equatable {
  /// What is sent with the code.
  let verifier: String

  /// - Parameter random: makes so many random bytes.
  package init(random: (_ count: Int) -> [UInt8]) { verifier = Self.base64URL(random(32)) }

  /// What is sent with the consent (S256).
  package var challenge: String { Self.challenge(of: verifier) }

  /// The method S256: base64url of the SHA-256 digest, without padding.
  package static func challenge(of verifier: String) -> String { base64URL(HashFunction.sha256.hash(verifier.utf8)) }

  private static func base64URL(_ bytes: [UInt8]) -> String {
    Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
  }
}

/// The random text that comes back with the consent's answer, by which an answer that nobody asked for is known.
package enum ConsentState {
  private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_")
  /// As many characters as a code verifier needs at least (RFC 7636 §4.1): some manifests make one of the state.
  private static let usualLength = 43

  /// - Parameters:
  ///   - limits: the shortest and the longest length that the API takes; nil where the manifest does not say it.
  ///   - random: makes so many random bytes.
  static func make(limits: ClosedRange<Int>?, random: (_ count: Int) -> [UInt8]) -> String {
    let length = limits.map { min(max(usualLength, $0.lowerBound), $0.upperBound) } ?? usualLength
    var text = ""
    while text.count < length {
      // Bytes beyond the last whole round would make some letters more frequent.
      for byte in random(length) where byte < 195 && text.count < length { text.append(letters[Int(byte) % letters.count]) }
    }
    return text
  }
}
