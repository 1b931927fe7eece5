/// libyaml's syntax errors as sentences for authors, with advice where the text shows a mistake that is often made.
///
/// libyaml tells its errors apart by their texts alone, which are constants of it: this is the one place that knows them.
enum SyntaxSentence {
  /// What follows a `%` at the beginning of a line is no name of a directive.
  static let badDirective = "found unexpected non-alphabetical character"
  static let templateHint: YAMLWords = "a value that begins with '{{' must be quoted"

  static func error(problem: String, at mark: SourceMark, context: YAMLError.Note?) -> YAMLError {
    if let template = context.flatMap({ templateStart($0.mark) }) { return YAMLError(templateHint, at: template) }
    switch problem {
    case "could not find expected ':'":
      return YAMLError("a ':' is missing after this key", at: context?.mark ?? mark)
    case "found unexpected end of stream":
      return YAMLError("the quotes opened here are never closed", at: context?.mark ?? mark)
    default:
      let sentence = sentences[problem] ?? problem
      return YAMLError(YAMLWords(hint(problem, mark).map { "\(sentence): \($0)" } ?? sentence), at: mark, related: context)
    }
  }

  /// The next characters of the line from a mark on.
  static func text(at mark: SourceMark) -> String? { mark.file.text(line: mark.line, from: mark.column, count: 2) }

  /// The place of `{{` if it is at the mark, or just before it.
  static func templateStart(_ mark: SourceMark) -> SourceMark? {
    let before = SourceMark(file: mark.file, line: mark.line, column: max(mark.column - 1, 1))
    return [before, mark].first { text(at: $0)?.hasPrefix("{{") == true }
  }

  private static let sentences = [
    "mapping values are not allowed in this context": "a key is not allowed here",
    "block sequence entries are not allowed in this context": "a list item is not allowed here",
    "did not find expected key": "a key is expected here, in the column of the mapping's other keys",
    "did not find expected '-' indicator": "a list item '- …' is expected here, in the column of the other items",
    "did not find expected ',' or ']'": "',' or ']' is expected here",
    "did not find expected ',' or '}'": "',' or '}' is expected here",
    "did not find expected node content": "a value is expected here",
    "did not find expected <document start>": "nothing can follow the end of the document's value",
    "found character that cannot start any token": "a value cannot begin with this character",
    "found unknown escape character": "this escape does not exist in double quotes; '\\\\' is a backslash",
  ]

  private static func hint(_ problem: String, _ mark: SourceMark) -> String? {
    guard let rest = text(at: mark), let first = rest.unicodeScalars.first else { return nil }
    switch first {
    case "\t": return "indent with spaces instead of tabs"
    case "@", "`", "%": return problem.contains("cannot start") ? "a value that begins with '\(first)' must be quoted" : nil
    case ":" where problem.hasPrefix("mapping values"):
      // One `: ` in the line is that of a key, which is deeper than the value above it allows.
      let before = mark.file.text(line: mark.line, from: 1, count: mark.column - 1) ?? ""
      return before.contains(": ") || before.contains("- ")
        ? "a value that contains ': ' must be quoted"
        : "it is indented deeper than the keys above it; begin it in their column, or quote the value if the line above goes on here"
    default: return nil
    }
  }
}
