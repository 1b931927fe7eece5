/// Words about a text, which say what they quote of it: `"\(quoting: name) is not known"`.
package struct YAMLWords: Sendable, Hashable, ExpressibleByStringInterpolation {
  package let text: String
  /// The words without what they quote; nil where they quote nothing.
  package let discreet: String?

  package init(_ text: String) { (self.text, discreet) = (text, nil) }

  package init(stringLiteral text: String) { self.init(text) }

  package init(stringInterpolation words: StringInterpolation) {
    text = words.text
    discreet = words.quotes ? words.discreet : nil
  }

  package struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var text = ""
    fileprivate var discreet = ""
    fileprivate var quotes = false

    package init(literalCapacity: Int, interpolationCount: Int) {}

    package mutating func appendLiteral(_ literal: String) {
      text += literal
      discreet += literal
    }

    package mutating func appendInterpolation(_ value: some CustomStringConvertible) { appendLiteral(value.description) }

    package mutating func appendInterpolation(quoting quotation: some CustomStringConvertible) {
      text += quotation.description
      discreet += "****"
      quotes = true
    }
  }
}

/// A YAML text that cannot be read: a sentence and the place that it is about.
package struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, as one sentence without a final stop.
  package let message: String
  /// The message without what it quotes of the text, which may be secret; nil where it quotes nothing.
  package let discreetMessage: String?
  package let mark: SourceMark
  /// A second place that explains the first, such as where a list was opened.
  package let related: Note?
  /// Which step of reading found it, in PyYAML's terms.
  package internal(set) var step = Step.other

  package enum Step: Sendable, Hashable {
    /// Text that makes no token.
    case scanning
    /// The same of a `%` that begins a line, as that of a directive does.
    case directive
    /// Tokens that make no value.
    case parsing
    case other
  }

  /// A remark about another place.
  package struct Note: Sendable, Hashable {
    package let message: String
    package let mark: SourceMark
  }

  package init(_ words: YAMLWords, at mark: SourceMark, related: Note? = nil) {
    message = words.text
    discreetMessage = words.discreet
    self.mark = mark
    self.related = related
  }

  /// `file:line:column: sentence`.
  package var description: String { "\(mark): \(message)" }
}

/// A questionable spot in a text that could be read.
package struct YAMLWarning: Sendable, Hashable, CustomStringConvertible {
  package let message: String
  /// The message without what it quotes of the text.
  package let discreetMessage: String?
  package let mark: SourceMark
  /// The other place concerned: for a key that is given twice, the first one.
  package let related: YAMLError.Note?

  init(_ words: YAMLWords, at mark: SourceMark, related: YAMLError.Note?) {
    message = words.text
    discreetMessage = words.discreet
    self.mark = mark
    self.related = related
  }

  /// `file:line:column: sentence`.
  package var description: String { "\(mark): \(message)" }
}
