import Jinja
import Manifest
import YAML

/// Finds where in the source a place of a template's text is.
enum TemplateMark {
  /// The mark of a position in the text of a string node; the start of the string if that is not known.
  static func mark(of position: TemplatePosition?, in node: ManifestNode) -> SourceMark? {
    guard let start = node.mark, let position, position.column <= maximumLength else { return node.mark }
    // No character is written with more than ten, as in `\U00000041`.
    guard let text = start.file.text(line: start.line, from: start.column, count: position.column * 10 + 2)?.unicodeScalars,
      let first = text.first
    else { return node.mark }
    switch first {
    case "|", ">": return block(position, start, isFolded: first == ">")
    case "\"", "'":
      // Folded lines move what follows the first one.
      guard position.line == 1, let width = width(of: position.column - 1, in: text.dropFirst(), quote: first) else {
        return node.mark
      }
      return SourceMark(file: start.file, line: start.line, column: start.column + 1 + width)
    default:
      guard position.line == 1, text.count >= position.column else { return node.mark }
      return SourceMark(file: start.file, line: start.line, column: start.column + position.column - 1)
    }
  }

  /// In longer texts places are not looked for: a text has as many of them as it is long.
  private static let maximumLength = 10_000

  /// How many characters of the source make up the first `count` of a quoted text; nil if the line has fewer.
  private static func width(of count: Int, in source: some Collection<Unicode.Scalar>, quote: Unicode.Scalar) -> Int? {
    var width = 0
    var rest = source.makeIterator()
    for _ in 0..<count {
      guard let scalar = rest.next() else { return nil }
      width += 1
      var more = 0
      if scalar == quote {
        // In single quotes a quote is written twice; anywhere else it ends the text.
        guard quote == "'" else { return nil }
        more = 1
      } else if quote == "\"", scalar == "\\" {
        guard let kind = rest.next() else { return nil }
        width += 1
        more = ["x": 2, "u": 4, "U": 8][kind] ?? 0
      }
      for _ in 0..<more where rest.next() != nil { width += 1 }
    }
    return width
  }

  /// Lines of a literal block are those of the text, below the mark; of a folded one only the first is.
  private static func block(_ position: TemplatePosition, _ start: SourceMark, isFolded: Bool) -> SourceMark? {
    let number = start.line + position.line
    guard !isFolded || position.line == 1,
      let first = start.file.text(line: start.line + 1, from: 1, count: maximumLength)
    else { return start }
    let indent = first.unicodeScalars.prefix { $0 == " " }.count
    let column = indent + position.column
    // The line has to be as long as that.
    guard start.file.text(line: number, from: 1, count: column)?.unicodeScalars.count ?? 0 >= column - 1 else { return start }
    return SourceMark(file: start.file, line: number, column: column)
  }

  /// The mark of the first place where `word` is a name in the text of a string node, or else as a member's.
  static func mark(ofName word: String, in node: ManifestNode) -> SourceMark? {
    mark(ofName: word, in: node, behindPoint: false) ?? mark(ofName: word, in: node, behindPoint: true) ?? node.mark
  }

  private static func mark(ofName word: String, in node: ManifestNode, behindPoint: Bool) -> SourceMark? {
    guard let text = node.string, text.utf8.count <= maximumLength else { return node.mark }
    let scalars = Array(text.unicodeScalars)
    let wanted = Array(word.unicodeScalars)
    guard !wanted.isEmpty, scalars.count >= wanted.count else { return node.mark }
    var (line, column) = (1, 1)
    var isInside = false
    for index in scalars.indices {
      if index + 1 < scalars.count, scalars[index] == "{", "{%".unicodeScalars.contains(scalars[index + 1]) { isInside = true }
      if index > 0, scalars[index] == "}", "}%".unicodeScalars.contains(scalars[index - 1]) { isInside = false }
      let end = index + wanted.count
      if isInside, end <= scalars.count, scalars[index..<end].elementsEqual(wanted),
        index == 0 || (scalars[index - 1] == ".") == behindPoint && !TemplateWords.isNamePart(scalars[index - 1]),
        end == scalars.count || !TemplateWords.isNamePart(scalars[end])
      {
        return mark(of: TemplatePosition(line: line, column: column), in: node)
      }
      if scalars[index] == "\n" { (line, column) = (line + 1, 1) } else { column += 1 }
    }
    return nil
  }
}
