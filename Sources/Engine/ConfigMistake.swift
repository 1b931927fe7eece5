import JSON
import JSONSchema

/// One way in which a config does not fit its specification, in words that quote only the specification: a config may be secret.
package struct ConfigMistake: Sendable {
  /// Where the value is that is wrong, or that lacks something.
  package let path: [PathElement]
  /// What is wrong, without a final stop: which alternative was meant, and how the right value looks, where that is known.
  package let sentence: String

  /// - Parameter error: of an `anyOf` or a `oneOf`, the error of the alternative that was meant counts.
  package init(_ error: ValidationError, specification: JSONValue) {
    let error = error.best
    path = error.instancePath
    var sentence = error.discreetMessage
    if let alternative = Self.alternative(of: error, in: specification) { sentence += ", as `\(alternative)` has it" }
    if error.keyword == "pattern" || error.keyword == "format", let property = Self.schema(of: error, in: specification) {
      if let shape = property["pattern_descriptor"]?.string, !shape.isEmpty {
        sentence += "; its form is `\(shape)`"
      } else if case .string(let example)? = property["examples"]?.array?.first {
        sentence += "; an example is `\(example)`"
      }
    }
    self.sentence = sentence
  }

  /// The title of the innermost alternative that has the error, or the value of the property that distinguishes it.
  private static func alternative(of error: ValidationError, in specification: JSONValue) -> String? {
    var schema = specification
    var (name, isAlternative) = (String?.none, false)
    for step in error.schemaPath {
      guard let next = child(step, of: schema) else { break }
      schema = next
      if isAlternative { name = title(of: schema) ?? name }
      isAlternative = step == .key("oneOf") || step == .key("anyOf")
    }
    return name
  }

  private static func title(of schema: JSONValue) -> String? {
    if let title = schema["title"]?.string, !title.isEmpty { return title }
    return schema["properties"]?.object?.values.lazy.compactMap { $0["const"]?.string }.first
  }

  /// The schema to which the error's keyword belongs.
  private static func schema(of error: ValidationError, in specification: JSONValue) -> JSONValue? {
    error.schemaPath.dropLast().reduce(JSONValue?.some(specification)) { schema, step in schema.flatMap { child(step, of: $0) } }
  }

  private static func child(_ step: PathElement, of schema: JSONValue) -> JSONValue? {
    switch step {
    case .key(let key): schema[key]
    case .index(let index): schema[index]
    }
  }
}

extension [PathElement] {
  /// The path for people, with `*` for keys that are not among `names`: those of a config may be secret.
  package func shown(naming names: Set<String>) -> String {
    map { step in if case .key(let key) = step, !names.contains(key) { .key("*") } else { step } }.dotted
  }
}
