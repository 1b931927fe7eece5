import Foundation

/// Writes text in ASCII as the reference does with anyascii: by the system's transliteration rules, and by a table where these
/// leave out a sign that names of fields have, or write a letter in another way.
enum ASCIITransliteration {
  private static let transform = StringTransform("Any-Latin; Latin-ASCII; [:^ASCII:] Remove")

  private static let signs: [Unicode.Scalar: String] = [
    "¢": "c", "£": "GBP", "¤": "$", "¥": "Y", "¦": "|", "§": "S", "¨": "\"", "ª": "a", "¬": "!", "\u{AD}": "", "¯": "-",
    "°": "deg", "²": "2", "³": "3", "´": "'", "µ": "u", "¶": "P", "·": "-", "¸": ",", "¹": "1", "º": "o",
    "⁰": "0", "ⁱ": "i", "⁴": "4", "⁵": "5", "⁶": "6", "⁷": "7", "⁸": "8", "⁹": "9", "⁺": "+", "⁻": "-", "ⁿ": "n",
    "₀": "0", "₁": "1", "₂": "2", "₃": "3", "₄": "4", "₅": "5", "₆": "6", "₇": "7", "₈": "8", "₉": "9",
    "€": "EUR", "₡": "C", "₣": "F", "₤": "L", "₦": "N", "₨": "Rs", "₩": "W", "₪": "NIS", "₫": "d", "₱": "P", "₲": "G",
    "₴": "HRN", "₵": "C", "₸": "T", "₼": "Manat", "₽": "Rb", "₾": "Lari", "₿": "BTC",
    "™": "TM", "℠": "SM", "℃": "C", "℉": "F", "•": "*", "†": "+", "‡": "++", "‰": "%0", "∞": "inf", "√": "sqrt", "∆": "^",
  ]

  private static let letters: [Unicode.Scalar: String] = [
    "Ŋ": "Ng", "ŋ": "ng", "Ə": "E", "ə": "e", "Ή": "I", "Β": "V", "Η": "I", "Φ": "F", "ή": "i", "β": "v", "η": "i", "φ": "f",
    "Ђ": "Dj", "Є": "Ie", "Ѕ": "Dz", "Љ": "Lj", "Њ": "Nj", "Џ": "Dzh", "Ж": "Zh", "Й": "Y", "Х": "Kh", "Ц": "Ts", "Ч": "Ch",
    "Ш": "Sh", "Щ": "Shch", "Ю": "Yu", "Я": "Ya", "ж": "zh", "й": "y", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch",
    "ю": "yu", "я": "ya", "ђ": "dj", "є": "ie", "ѕ": "dz", "љ": "lj", "њ": "nj", "џ": "dzh",
  ]

  static func ascii(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if let own = signs[scalar] ?? letters[scalar] { result += own } else { result.unicodeScalars.append(scalar) }
    }
    return result.applyingTransform(transform, reverse: false) ?? result
  }
}
