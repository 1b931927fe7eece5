/// The bounds of a template and of its evaluation. None of them is near what a manifest needs.
package struct Limits: Sendable {
  /// Steps of one evaluation: an iteration, a call, a filter, or some bytes of text that an operation makes.
  package var steps = 2_000_000
  /// Bytes of a text that an evaluation makes.
  package var textSize = 16_000_000
  /// Elements of a list that an evaluation makes.
  package var listSize = 1_000_000

  package init(steps: Int = 2_000_000, textSize: Int = 16_000_000, listSize: Int = 1_000_000) {
    self.steps = steps
    self.textSize = textSize
    self.listSize = listSize
  }

  package static let standard = Limits()

  /// Levels of expressions inside each other; Python gives up at about 200.
  static let expressionDepth = 200
  /// Levels of parentheses, statements and signs inside each other.
  static let nesting = 80
  /// Levels of syntax that macros and recursive loops may have open at once.
  static let callDepth = 1_500
  /// Levels of containers inside each other that a template makes at once.
  static let valueDepth = 300
  /// Levels of a value that showing, comparing or converting it goes through; a value that holds itself has no end of them.
  package static let walkDepth = 500
  /// Values that a tuple may hold to be a key.
  static let keyWeight = 100_000
  /// Levels of syntax that a generator counts for where another one asks it for elements.
  static let generatorDepth = 10
  /// Digits of an integer that is read from or written to text, as in Python.
  static let integerDigits = 4_300
  /// Bits of an integer that a power may have.
  static let integerBits = 200_000
}
