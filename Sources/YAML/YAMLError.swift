/// A YAML text that cannot be read: a sentence and the place that it is about.
package struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong, as one sentence without a final stop.
  package let message: String
  package let mark: SourceMark
  /// A second place that explains the first, such as where a list was opened.
  package let related: Note?
  /// Which step of reading found it, in PyYAML's terms.
  package internal(set) var step = Step.other

  package enum Step: Sendable, Hashable {
    /// Text that makes no token.
    case scanning
    /// Tokens that make no value.
    case parsing
    case other
  }

  /// A remark about another place.
  package struct Note: Sendable, Hashable {
    package let message: String
    package let mark: SourceMark
  }

  package init(_ message: String, at mark: SourceMark, related: Note? = nil) {
    self.message = message
    self.mark = mark
    self.related = related
  }

  /// `file:line:column: sentence`.
  package var description: String { "\(mark): \(message)" }
}

/// A questionable spot in a text that could be read.
package struct YAMLWarning: Sendable, Hashable, CustomStringConvertible {
  package let message: String
  package let mark: SourceMark
  /// The other place concerned: for a key that is given twice, the first one.
  package let related: YAMLError.Note?

  /// `file:line:column: sentence`.
  package var description: String { "\(mark): \(message)" }
}
