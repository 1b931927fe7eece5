import Jinja
import JSON

/// A template of a consent: an address, or a name or value of the request for tokens.
///
/// It is Jinja, and more than that, as manifests of several generations have it: a placeholder may hold others
/// (`{{ {{redirect_uri_value}} | urlEncoder }}`), a plain text may stand before a filter (`{{ {{id}}:{{secret}} | base64Encoder }}`), and a
/// filter may stand before its text (`{{ urlEncoder:{{redirect_uri_value}} }}`). What is not known is empty. Values are never
/// evaluated as templates themselves.
struct ConsentTemplate {
  let source: String

  init(_ source: String) { self.source = source }

  /// Whether the template reads a variable, as far as its text says.
  func mentions(_ name: String) -> Bool {
    source.ranges(of: name).contains { range in
      func isWord(_ character: Character?) -> Bool { character.map { $0.isLetter || $0.isNumber || $0 == "_" } ?? false }
      let before = range.lowerBound > source.startIndex ? source[source.index(before: range.lowerBound)] : nil
      let after = range.upperBound < source.endIndex ? source[range.upperBound] : nil
      return !isWord(before) && !isWord(after)
    }
  }

  /// The text that the template gives.
  /// - Throws: ``TemplateError`` if it is none.
  func render(_ variables: [String: JSONValue]) throws(TemplateError) -> String {
    guard source.contains("{") else { return source }
    // Flags are written as JSON has them, but decide as Python has them.
    let values = source.contains("{%") ? variables.mapValues(Self.asFlag) : variables.mapValues(Self.asText)
    do throws(TemplateError) {
      return try Self.jinja(source, values)
    } catch {
      guard error.kind == .syntax || error.kind == .undefined || error.kind == .type else { throw error }
      var loose = LooseTemplate(values)
      return try loose.render(source)
    }
  }

  /// Evaluates what is Jinja as it is.
  static func jinja(_ text: String, _ values: [String: JSONValue]) throws(TemplateError) -> String {
    var context = Context()
    for (name, value) in values { context.add(Symbol(name), Value(value)) }
    return try Template(text, environment: ConsentFilters.environment).render(context)
  }

  private static func asText(_ value: JSONValue) -> JSONValue { value.bool.map { .string($0 ? "true" : "false") } ?? value }

  private static func asFlag(_ value: JSONValue) -> JSONValue {
    switch value.string?.lowercased() {
    case "true": true
    case "false": false
    default: value
    }
  }
}

/// Evaluates a template whose placeholders are not all Jinja, one placeholder after the other.
private struct LooseTemplate {
  private let values: [String: JSONValue]
  /// What placeholders gave, under names that no template has.
  private var found: [String: JSONValue] = [:]

  /// Placeholders that lie deeper in each other are not followed.
  private static let deepest = 16

  init(_ values: [String: JSONValue]) { self.values = values }

  /// The variables of the template, and what its placeholders gave.
  private var all: [String: JSONValue] { values.merging(found) { $1 } }

  mutating func render(_ text: String) throws(TemplateError) -> String {
    var jinja = ""
    for part in Placeholders.parts(of: text) {
      switch part {
      case .text(let text): jinja += text
      case .placeholder(let content):
        // What the placeholder gives is not read as a template, so that it is a variable of the whole.
        jinja += "{{ \(try keep(try value(of: content, depth: 0))) }}"
      }
    }
    return try ConsentTemplate.jinja(jinja, all)
  }

  private mutating func keep(_ value: String) throws(TemplateError) -> String {
    let name = "placeholder_\(found.count)_"
    found[name] = .string(value)
    return name
  }

  /// What a placeholder gives.
  private mutating func value(of content: String, depth: Int) throws(TemplateError) -> String {
    guard depth < Self.deepest else { throw TemplateError(.limit, "Its placeholders lie too deep in each other") }
    var expression = ""
    /// The same with the values themselves, before the first filter.
    var literal = ""
    var hasFilter = false
    for part in Placeholders.parts(of: content) {
      switch part {
      case .text(let text):
        expression += text
        let end = hasFilter ? text.startIndex : Placeholders.filterMark(in: text)
        literal += text[..<(end ?? text.endIndex)]
        if end != nil { hasFilter = true }
      case .placeholder(let inner):
        let value = try value(of: inner, depth: depth + 1)
        expression += " \(try keep(value)) "
        if !hasFilter { literal += value }
      }
    }
    do throws(TemplateError) {
      return try ConsentTemplate.jinja("{{ \(expression) }}", all)
    } catch {
      if error.kind == .undefined, !expression.contains("placeholder_") { return "" }
      return try plain(literal.trimmingPrefix(while: \.isWhitespace), expression, error)
    }
  }

  /// A text that is no expression, and its filters.
  private mutating func plain(_ literal: Substring, _ expression: String, _ error: TemplateError) throws(TemplateError) -> String
  {
    var text = literal
    while text.last?.isWhitespace == true { text.removeLast() }
    var filters = Placeholders.filterMark(in: expression).map { String(expression[$0...]) } ?? ""
    if let colon = text.firstIndex(of: ":"), ConsentFilters.has(String(text[..<colon])) {
      // The filter's name before its text. Where the same filter follows, it is applied once.
      let name = String(text[..<colon])
      text = text[text.index(after: colon)...]
      if filters.isEmpty { filters = "| \(name)" }
    }
    // What has neither other placeholders in it nor the colon of an address or a filter's name was meant as an expression.
    guard expression.contains("placeholder_") || !filters.isEmpty && literal.contains(":") else { throw error }
    return try ConsentTemplate.jinja("{{ \(try keep(String(text))) \(filters) }}", all)
  }
}

/// Takes a text apart at its outermost placeholders.
private enum Placeholders {
  enum Part {
    case text(String)
    /// What is between the braces.
    case placeholder(String)
  }

  static func parts(of text: String) -> [Part] {
    var parts: [Part] = []
    var rest = text[...]
    while let begin = rest.firstRange(of: "{{") {
      guard let end = closing(of: rest[begin.upperBound...]) else { break }
      if begin.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<begin.lowerBound]))) }
      parts.append(.placeholder(String(rest[begin.upperBound..<end])))
      rest = rest[rest.index(end, offsetBy: 2)...]
    }
    if !rest.isEmpty { parts.append(.text(String(rest))) }
    return parts
  }

  /// Where the braces are that end a placeholder; nil if there are none.
  private static func closing(of text: Substring) -> Substring.Index? {
    var depth = 0
    var quote: Character?
    var index = text.startIndex
    while index < text.endIndex {
      let next = text.index(after: index)
      let pair = next < text.endIndex ? (text[index], text[next]) : (text[index], " ")
      if let open = quote {
        if text[index] == open { quote = nil }
      } else if pair == ("{", "{") {
        depth += 1
        index = next
      } else if pair == ("}", "}") {
        if depth == 0 { return index }
        depth -= 1
        index = next
      } else if text[index] == "'" || text[index] == "\"" {
        // An apostrophe in a plain text closes nothing.
        quote = text[next...].contains(text[index]) ? text[index] : nil
      }
      index = text.index(after: index)
    }
    return nil
  }

  /// Where the first filter of a text begins, which is not within quotes.
  static func filterMark(in text: String) -> String.Index? {
    var quote: Character?
    for index in text.indices {
      let character = text[index]
      if let open = quote {
        if character == open { quote = nil }
      } else if character == "|" {
        return index
      } else if character == "'" || character == "\"" {
        quote = character
      }
    }
    return nil
  }
}
