import Authoring
import JSON

/// A mapping of YAML that is put together entry by entry, with comments above the entries.
struct CommentedYAML: Sendable {
  indirect enum Value: Sendable {
    /// A value as it is, on one line where it fits.
    case data(JSONValue)
    /// A text that needs no quotes where it stands.
    case plain(String)
    /// A text of several lines, as they are.
    case block(String)
    case mapping(CommentedYAML)
    case list([CommentedYAML])
  }

  private struct Entry: Sendable {
    var comments: [String]
    var key: String
    var value: Value
    var isApart: Bool
  }

  private var entries: [Entry] = []

  init() {}

  /// A component of the language.
  init(type: String) { add("type", .string(type)) }

  var isEmpty: Bool { entries.isEmpty }

  /// - Parameters:
  ///   - comments: sentences, each of which begins a line of its own.
  ///   - isApart: whether an empty line is above the entry.
  mutating func add(_ key: String, _ value: Value, comments: [String] = [], isApart: Bool = false) {
    entries.append(Entry(comments: comments, key: key, value: value, isApart: isApart))
  }

  mutating func add(_ key: String, _ value: JSONValue, comments: [String] = [], isApart: Bool = false) {
    add(key, .data(value), comments: comments, isApart: isApart)
  }

  mutating func add(_ key: String, _ value: CommentedYAML, comments: [String] = [], isApart: Bool = false) {
    add(key, .mapping(value), comments: comments, isApart: isApart)
  }

  /// A reference to another place of the manifest.
  mutating func add(_ key: String, reference: String, comments: [String] = []) {
    var target = CommentedYAML()
    target.add("$ref", .string(reference))
    add(key, target, comments: comments)
  }

  /// The lines, each indented by so many blanks at least.
  func lines(indent: Int = 0) -> [String] {
    let blanks = String(repeating: " ", count: indent)
    var lines: [String] = []
    for entry in entries {
      if entry.isApart { lines.append("") }
      lines += entry.comments.flatMap { CommentText.lines($0, indent: indent) }
      switch entry.value {
      case .data(let value): lines += YAMLText.entry(entry.key, value, indent: indent)
      case .plain(let text): lines.append("\(blanks)\(YAMLText.scalar(entry.key, isFlow: false)): \(text)")
      case .block(let text) where Self.isBlock(text):
        lines.append("\(blanks)\(YAMLText.scalar(entry.key, isFlow: false)): |-")
        lines += text.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : "\(blanks)  \($0)" }
      case .block(let text): lines += YAMLText.entry(entry.key, .string(text), indent: indent)
      case .mapping(let mapping) where !mapping.isEmpty:
        lines.append("\(blanks)\(YAMLText.scalar(entry.key, isFlow: false)):")
        lines += mapping.lines(indent: indent + 2)
      case .mapping: lines.append("\(blanks)\(YAMLText.scalar(entry.key, isFlow: false)): {}")
      case .list(let elements):
        lines.append("\(blanks)\(YAMLText.scalar(entry.key, isFlow: false)):")
        for element in elements {
          var inner = element.lines(indent: indent + 4)
          // Comments of a first entry stand above the dash.
          guard let first = inner.firstIndex(where: { !$0.drop { $0 == " " }.hasPrefix("#") }) else { continue }
          inner[first] = "\(blanks)  - \(inner[first].dropFirst(indent + 4))"
          lines += inner
        }
      }
    }
    return lines
  }
}

extension CommentedYAML {
  /// Whether a text can be written line by line: what a block would change, or could not show, stays within quotes.
  private static func isBlock(_ text: String) -> Bool {
    guard text.contains("\n"), let first = text.first, !first.isWhitespace, text.last != "\n" else { return false }
    return text.unicodeScalars.allSatisfy { $0 == "\n" || $0.properties.generalCategory != .control && $0.value < 0xFFFE }
      && !text.contains("\r")
  }
}

/// Sentences as comments of YAML.
enum CommentText {
  private static let width = 110

  /// The lines of a comment. Whatever would end a line, or could not be seen, becomes a blank.
  static func lines(_ text: String, indent: Int) -> [String] {
    let blanks = String(repeating: " ", count: indent) + "#"
    let room = max(40, width - indent)
    var lines: [String] = []
    var line = ""
    for word in plain(text).split(separator: " ") {
      if !line.isEmpty, line.count + word.count + 1 > room {
        lines.append("\(blanks) \(line)")
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { lines.append("\(blanks) \(line)") }
    return lines
  }

  /// A text without line breaks and characters that nobody sees.
  static func plain(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { scalar in
          switch scalar.properties.generalCategory {
          case .control, .lineSeparator, .paragraphSeparator, .format, .unassigned, .privateUse, .surrogate: " "
          default: scalar
          }
        }))
  }
}
