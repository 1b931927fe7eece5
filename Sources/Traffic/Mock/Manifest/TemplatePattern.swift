import Essentials
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// What a template can give, as far as that is known before a read: literal text, and gaps for what a slice or a page fills in.
struct TemplatePattern: Sendable, Hashable {
  enum Piece: Sendable, Hashable {
    case literal(String)
    /// Any text; the name is that of the variable, or the expression itself where it is more than a variable.
    case gap(String)
  }

  private(set) var pieces: [Piece] = []

  init(literal: String) { append(.literal(literal)) }

  init(pieces: [Piece]) { for piece in pieces { append(piece) } }

  /// Takes a template apart.
  /// - Parameter values: says what an expression gives in every request; nil if that depends on the request.
  init(template: String, evaluatingBy values: (String) -> String?) {
    guard template.contains("{{") || template.contains("{%") else {
      append(.literal(template))
      return
    }
    if let whole = values(template) {
      append(.literal(whole))
      return
    }
    // With statements, no part of the text can be told from the others.
    guard !template.contains("{%") else {
      append(.gap(template))
      return
    }
    var rest = Substring(template)
    while let start = rest.firstRange(of: "{{") {
      append(.literal(String(rest[..<start.lowerBound])))
      rest = rest[start.lowerBound...]
      guard let end = rest.firstRange(of: "}}") else { break }
      let expression = String(rest[..<end.upperBound])
      append(values(expression).map { .literal($0) } ?? .gap(Self.name(in: expression)))
      rest = rest[end.upperBound...]
    }
    append(.literal(String(rest)))
  }

  private mutating func append(_ piece: Piece) {
    guard case .literal(let text) = piece else {
      if case .gap? = pieces.last { return }
      pieces.append(piece)
      return
    }
    if text.isEmpty { return }
    if case .literal(let last)? = pieces.last { pieces[pieces.count - 1] = .literal(last + text) } else { pieces.append(piece) }
  }

  /// This pattern with another behind it.
  func appending(_ other: TemplatePattern) -> TemplatePattern {
    var joined = self
    for piece in other.pieces { joined.append(piece) }
    return joined
  }

  /// The last step of `{{ stream_slice['id'] }}` and the like; any other expression as it is.
  private static func name(in expression: String) -> String {
    let inner = expression.dropFirst(2).dropLast(2).trimmed(.whitespaces)
    for root in ["stream_partition", "stream_slice", "stream_interval"] {
      let paths = TemplatePaths.paths(from: root, in: inner)
      if paths.count == 1, let last = paths[0].steps.last, paths[0].text == inner { return last }
    }
    return inner
  }

  /// The path of an address: what is behind the scheme and the host.
  var withoutOrigin: TemplatePattern {
    var rest = pieces[...]
    var isBehindScheme = false
    while let piece = rest.first {
      rest = rest.dropFirst()
      guard case .literal(let text) = piece else {
        isBehindScheme = true
        continue
      }
      var tail = text[...]
      if !isBehindScheme, let scheme = tail.firstRange(of: "://") ?? tail.firstRange(of: ":/") {
        tail = tail[scheme.upperBound...]
        isBehindScheme = true
      }
      if let slash = tail.firstIndex(of: "/") {
        return TemplatePattern(literal: String(tail[slash...])).appending(TemplatePattern(pieces: Array(rest)))
      }
    }
    return TemplatePattern(literal: "/")
  }

  /// How many bytes are certain.
  var certainty: Int {
    pieces.reduce(0) { sum, piece in if case .literal(let text) = piece { sum + text.utf8.count } else { sum } }
  }

  /// The text, where nothing of it depends on the request.
  var constant: String? {
    switch pieces.count {
    case 0: ""
    case 1: if case .literal(let text) = pieces[0] { text } else { nil }
    default: nil
    }
  }

  /// What fills the gaps in `text`; nil if it does not fit.
  func match(_ text: String) -> [String: String]? {
    // Most texts are not of this pattern, which their beginning shows.
    if case .literal(let first)? = pieces.first, !text.utf8.starts(with: first.utf8) { return nil }
    var gaps: [String: String] = [:]
    return Self.match(pieces[...], text[...].utf8, &gaps) ? gaps : nil
  }

  private static func match(
    _ pieces: ArraySlice<Piece>, _ text: Substring.UTF8View, _ gaps: inout [String: String]
  ) -> Bool {
    guard let first = pieces.first else { return text.isEmpty }
    let rest = pieces.dropFirst()
    switch first {
    case .literal(let literal):
      guard text.starts(with: literal.utf8) else { return false }
      return match(rest, text.dropFirst(literal.utf8.count), &gaps)
    case .gap(let name):
      guard case .literal(let next)? = rest.first else {
        gaps[name] = String(Substring(text))
        return true
      }
      if rest.count == 1 {
        guard text.count >= next.utf8.count, text.suffix(next.utf8.count).elementsEqual(next.utf8) else { return false }
        gaps[name] = String(Substring(text.dropLast(next.utf8.count)))
        return true
      }
      var start = text.startIndex
      while let found = text[start...].firstRange(of: next.utf8) {
        if match(rest, text[found.lowerBound...], &gaps) {
          gaps[name] = String(Substring(text[..<found.lowerBound]))
          return true
        }
        start = text.index(after: found.lowerBound)
      }
      return false
    }
  }
}
