import JSON

/// One way in which a value breaks a schema.
package struct ValidationError: Error, Sendable, CustomStringConvertible {
  /// From the whole instance to the value at fault.
  package let instancePath: [PathElement]
  /// From the whole schema to the keyword; steps through `$ref` and `if` are left out.
  package let schemaPath: [PathElement]
  /// The keyword that is not fulfilled; empty for the schema `false` and where validation was given up.
  package let keyword: String
  /// What the schema gives for the keyword.
  package let keywordValue: JSONValue
  /// The value at fault.
  package let instance: JSONValue
  /// Why each alternative of an `anyOf` or a `oneOf` was refused.
  package let context: [ValidationError]

  let detail: Detail
  /// Whether `type` beside the keyword fits the instance; false without one.
  let fitsType: Bool
  let dialect: Dialect

  /// What a keyword's value and the instance do not say by themselves.
  enum Detail: Sendable {
    case none
    /// Properties that are missing, or not expected, as the keyword has it.
    case keys([String])
    /// The property that would show which alternative is meant, and its possible values.
    case untold(String, [JSONValue])
    /// Patterns that none of the keys matches.
    case unmatched([String], patterns: [String])
    case dependency(missing: String, of: String)
    /// Elements from `start` on that are one too many.
    case surplus([JSONValue], start: Int)
    /// How many elements fit where another number of them should.
    case count(Int)
    /// No alternative fits, with the ones that were probably meant.
    case refused(AlternativeChoice)
    /// The schemas that fit where only one may.
    case overlap([JSONValue])
    case gaveUp(Checker.Limit)
    /// The schema `false`, with the number of last steps of both paths that Python leaves out.
    case forbidden(steps: Int, schemaSteps: Int)
  }

  /// The paths as Python has them: those of a schema `false` end at what it is a part of.
  var pythonPaths: (instance: ArraySlice<PathElement>, schema: ArraySlice<PathElement>) {
    guard case .forbidden(let steps, let schemaSteps) = detail else { return (instancePath[...], schemaPath[...]) }
    return (instancePath.dropLast(steps), schemaPath.dropLast(schemaSteps))
  }

  package var description: String {
    instancePath.isEmpty ? message : "\(instancePath.dotted): \(message)"
  }
}

/// Which alternatives of an `anyOf` or a `oneOf` the author of a value meant.
struct AlternativeChoice: Sendable {
  /// Indexes of the alternatives; empty if nothing speaks for one of them.
  var meant: [Int] = []
  /// The property that distinguishes the alternatives, and all that they allow for it, if the instance has something else,
  /// or lacks it (`value` is nil).
  var unknown: (key: String, value: JSONValue?, allowed: [JSONValue])?
}
