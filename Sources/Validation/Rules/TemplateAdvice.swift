import Jinja
import Manifest
import Templating

/// What an author who wrote a template that cannot be read probably meant.
struct TemplateAdvice {
  /// What is wrong, where it can be said better than by the error itself.
  private(set) var sentence: String
  private(set) var remedy: Remedy?
  /// A place of the text that explains the error, with a remark.
  private(set) var related: (remark: String, position: TemplatePosition)?

  init(_ error: TemplateError, text: String) {
    sentence = error.message
    remedy = error.cause.flatMap(Self.nearestName)
    guard remedy == nil, let position = error.position else { return }
    let scan = TemplateScan(text, upTo: position)
    switch scan.next {
    case "'", "\"":
      if scan.isUnclosedText {
        sentence = "The text that begins with \(scan.next) has no closing quote"
      } else {
        explainBracket(scan)
      }
    case "&": remedy = "write `and` for `&&`"
    case "|" where scan.rest.hasPrefix("||"): remedy = "write `or` for `||`"
    case "!" where !scan.rest.hasPrefix("!="): remedy = "write `not` for `!`"
    case "=" where scan.before.hasSuffix("=="): remedy = "write `==` for `===`"
    case "?": remedy = "write `a if condition else b` for `condition ? a : b`"
    case "}" where scan.open == nil && !scan.rest.hasPrefix("}}"): remedy = "end it with `}}`"
    default: explainBracket(scan)
    }
    if remedy == nil, related == nil { explainWord(scan, error.cause) }
  }

  /// The bracket that is still open where something else comes.
  private mutating func explainBracket(_ scan: TemplateScan) {
    guard let open = scan.open else {
      if scan.rest.hasPrefix("}}") || scan.rest.hasPrefix("%}") { explainGap(scan) }
      return
    }
    related = ("this `\(open.bracket)` is not closed", open.position)
    if let close = ["(": ")", "[": "]", "{": "}"][open.bracket] { remedy = "put `\(close)` before it" }
  }

  private mutating func explainGap(_ scan: TemplateScan) {
    let last = scan.before.last { !$0.isWhitespace }
    if last == "{" { sentence = "There is nothing between `{{` and `}}`" } else { remedy = "something is missing before it" }
  }

  /// Words that templates know, for those that are near one.
  private mutating func explainWord(_ scan: TemplateScan, _ cause: TemplateError.Cause?) {
    let word = String(scan.rest.prefix { $0.isLetter || $0 == "_" })
    if ["elseif", "elsif"].contains(word) { return remedy = "write `elif`" }
    if case .openTag(let tag)? = cause, ["if", "for", "set"].contains(tag) { return remedy = "close it with `{% end\(tag) %}`" }
    guard !word.isEmpty else { return }
    let words = ["and", "or", "not", "in", "is", "if", "else", "elif", "endif", "for", "endfor", "set", "endset"]
    remedy = NameSuggestion.nearest(to: word, among: words).map(Remedy.name)
  }

  /// The filter or test that was probably meant.
  private static func nearestName(_ cause: TemplateError.Cause) -> Remedy? {
    switch cause {
    case .unknownFilter(let name):
      NameSuggestion.nearest(to: name, among: Environment.lowCode.filters.keys.sorted()).map(Remedy.name)
    case .unknownTest(let name): NameSuggestion.nearest(to: name, among: Environment.lowCode.tests.keys.sorted()).map(Remedy.name)
    case .openTag: nil
    }
  }
}

/// A template's text before and after a position.
private struct TemplateScan {
  let before: Substring
  let rest: Substring
  /// The innermost bracket that is open there, within an expression or tag.
  private(set) var open: (bracket: Character, position: TemplatePosition)?

  init(_ text: String, upTo position: TemplatePosition) {
    var (line, column) = (1, 1)
    var brackets: [(bracket: Character, position: TemplatePosition)] = []
    var quote: Character?
    var index = text.startIndex
    while index < text.endIndex, line < position.line || line == position.line && column < position.column {
      let character = text[index]
      if let closing = quote {
        if character == closing { quote = nil }
      } else if text[index...].hasPrefix("{{") || text[index...].hasPrefix("{%") {
        brackets = []
        index = text.index(after: index)
        column += 1
      } else if ["'", "\""].contains(character) {
        quote = character
      } else if "([{".contains(character) {
        brackets.append((character, TemplatePosition(line: line, column: column)))
      } else if ")]}".contains(character) {
        _ = brackets.popLast()
      }
      if character.isNewline { (line, column) = (line + 1, 1) } else { column += character.unicodeScalars.count }
      index = text.index(after: index)
    }
    before = text[..<index]
    rest = text[index...]
    open = brackets.last
  }

  var next: Character { rest.first ?? " " }
  /// Whether a text begins here that never ends.
  var isUnclosedText: Bool { rest.dropFirst().firstIndex(of: next) == nil }
}
