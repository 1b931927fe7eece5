/// A place in a template's text, both counted from 1.
package struct TemplatePosition: Sendable, Hashable {
  package let line: Int
  package let column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }
}

/// Why a template could not be compiled or evaluated.
///
/// The kinds follow the exception that Python would raise, since what happens next depends on it: a type error makes the
/// template count as plain text, an undefined error makes its default count.
package struct TemplateError: Error, Sendable, CustomStringConvertible {
  package enum Kind: String, Sendable, CaseIterable {
    /// The text is not a template: also an unknown filter, test or tag.
    case syntax
    /// An attribute, an item or an operation of something that does not exist.
    case undefined
    case type
    case value
    case zeroDivision
    case key
    case index
    case attribute
    case overflow
    case assertion
    /// Jinja's own errors at run time, such as an argument that a filter does not take.
    case runtime
    /// What a template must not touch.
    case security
    /// A change of what templates can only read: the values that others see too.
    case readOnly
    /// The evaluation took too many steps, or its result grew too large or too deep.
    case limit
  }

  /// What an error is about, for those who look for a remedy.
  package enum Cause: Sendable, Hashable {
    /// There is no filter of this name.
    case unknownFilter(String)
    /// There is no test of this name.
    case unknownTest(String)
    /// The template ends inside this tag.
    case openTag(String)
  }

  // One reference, so that throwing costs a word whatever an error carries.
  private final class Storage: Sendable {
    let kind: Kind
    let message: String
    let position: TemplatePosition?
    let cause: Cause?

    init(kind: Kind, message: String, position: TemplatePosition?, cause: Cause?) {
      self.kind = kind
      self.message = message
      self.position = position
      self.cause = cause
    }
  }

  private let storage: Storage

  package init(_ kind: Kind, _ message: String, at position: TemplatePosition? = nil, cause: Cause? = nil) {
    storage = Storage(kind: kind, message: message, position: position, cause: cause)
  }

  /// An error for a change of a list or dict that the template does not own.
  static func readOnly(_ type: String) -> TemplateError {
    TemplateError(
      .readOnly,
      "A template cannot change this \(type), because it is shared; make a copy with `\(type == "list" ? "|list" : "dict(…)")`")
  }

  package var kind: Kind { storage.kind }
  /// What is wrong, without the place.
  package var message: String { storage.message }
  package var position: TemplatePosition? { storage.position }
  package var cause: Cause? { storage.cause }
  package var line: Int? { storage.position?.line }
  package var column: Int? { storage.position?.column }

  package var description: String {
    guard let position else { return message }
    return "\(message) (line \(position.line), column \(position.column) of the template)"
  }

  /// The same error with a place, unless it has one already: the innermost place says most.
  package func located(at position: TemplatePosition) -> TemplateError {
    storage.position == nil ? TemplateError(kind, message, at: position, cause: cause) : self
  }
}
