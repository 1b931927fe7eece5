import Foundation

/// Writes text in ASCII, as far as the system's transliteration rules know its script.
enum ASCIITransliteration {
  private static let transform = StringTransform("Any-Latin; Latin-ASCII; [:^ASCII:] Remove")

  static func ascii(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    return text.applyingTransform(transform, reverse: false) ?? text
  }
}
