import ArgumentParser
import Engine
import Essentials

/// When texts for people have colours.
enum ColorChoice: String, ExpressibleByArgument, CaseIterable {
  case auto, always, never
}

/// What a stream of the process can show: standard error, where people are spoken to, or standard output for reports.
struct Terminal {
  /// Whether the stream is a terminal.
  let isThere: Bool
  /// Whether what was written can be written over.
  let canErase: Bool
  /// Whether lines can be written over: the terminal can do it, and no messages come between, as they go elsewhere.
  let canRewrite: Bool
  let hasColors: Bool
  /// Whether messages go elsewhere than to the terminal.
  let isApart: Bool

  private let descriptor: Int32

  init(_ color: ColorChoice, of descriptor: Int32 = STDERR_FILENO, environment: [String: String]) {
    self.descriptor = descriptor
    isThere = isatty(descriptor) == 1
    let isCapable = isThere && environment["TERM"] ?? "dumb" != "dumb"
    isApart = isThere && isatty(StandardOutput.descriptor) == 0
    canErase = isCapable
    canRewrite = isCapable && isApart
    // https://no-color.org: set to anything but an empty text.
    hasColors =
      switch color {
      case .auto: isCapable && environment["NO_COLOR"] ?? "" == ""
      case .always: true
      case .never: false
      }
  }

  /// How many characters a line has; 80 if it is not known.
  var width: Int { size.map { Int($0.ws_col) }.flatMap { $0 > 0 ? $0 : nil } ?? 80 }
  var height: Int { size.map { Int($0.ws_row) }.flatMap { $0 > 0 ? $0 : nil } ?? 24 }

  private var size: winsize? {
    var size = winsize()
    return ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 ? size : nil
  }

  /// The looks that lines have.
  enum Style: String {
    case good = "32"
    case bad = "31;1"
    case warning = "33"
    case faint = "2"
    case strong = "1"
  }

  func styled(_ text: String, _ style: Style) -> String { hasColors ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text }
}

/// The width of texts on a terminal.
enum TextWidth {
  /// How many columns a text takes.
  static func columns(of text: String) -> Int { text.reduce(0) { $0 + columns(of: $1) } }

  /// The beginning of a text that fits into some columns, with an ellipsis where something is left out.
  static func fitting(_ text: String, in columns: Int) -> String {
    guard self.columns(of: text) > columns else { return text }
    var left = columns - 1
    let kept = text.prefix { character in
      left -= self.columns(of: character)
      return left >= 0
    }
    return columns > 0 ? kept + "…" : ""
  }

  /// Ideographs and emoji are two columns wide (UAX #11).
  private static func columns(of character: Character) -> Int {
    guard let scalar = character.unicodeScalars.first else { return 0 }
    switch scalar.value {
    case 0..<0x1100: return 1
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F, 0xFF00...0xFF60,
      0xFFE0...0xFFE6, 0x20000...0x3FFFD:
      return 2
    default: return scalar.properties.isEmojiPresentation ? 2 : 1
    }
  }
}
