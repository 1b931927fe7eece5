import JSON

/// A JSON schema (draft-07), compiled once and applied to any number of values.
///
/// It answers as Python's `jsonschema.Draft7Validator` does: `1.0` is an integer, booleans are not numbers, anything
/// beside a `$ref` is ignored, and `format` says nothing unless asked for.
package struct JSONSchema: Sendable {
  let root: SchemaNode
  let targets: SchemaTargets
  let dialect: Dialect

  /// References of the schema that lead nowhere; a value that meets one of them is not valid.
  package let unresolvedReferences: [String]

  /// Compiles `schema`.
  ///
  /// - Parameters:
  ///   - dialect: the edition whose rules hold, whatever the schema's own `$schema` says.
  ///   - checksFormats: whether `format` is a demand.
  /// - Throws: ``JSONSchemaError`` if the schema breaks the rules of its edition, or a pattern cannot be read.
  package init(
    compiling schema: JSONValue, dialect: Dialect = .draft7, checksFormats: Bool = false
  ) throws(JSONSchemaError) {
    let metaschema = dialect == .draft7 ? Metaschema.draft7 : Metaschema.draft2020
    if let error = metaschema?.schema.firstError(schema) {
      throw JSONSchemaError(path: error.instancePath, reason: error.message)
    }
    try self.init(unchecked: schema, dialect: dialect, checksFormats: checksFormats, isSound: false)
  }

  /// Compiles a draft-07 schema that ``init(compiling:dialect:checksFormats:)`` is known to accept, and that refers only to its
  /// own parts: it is not checked against the rules of its edition again, and parts are compiled when they are first needed.
  package init(sound schema: JSONValue) throws(JSONSchemaError) {
    try self.init(unchecked: schema, dialect: .draft7, checksFormats: false, isSound: true)
  }

  init(unchecked schema: JSONValue, dialect: Dialect, checksFormats: Bool, isSound: Bool) throws(JSONSchemaError) {
    var compiler = SchemaCompiler(root: schema, dialect: dialect, checksFormats: checksFormats)
    root = try compiler.compile(schema)
    targets = try SchemaTargets(compiler, isSound: isSound)
    self.dialect = dialect
    unresolvedReferences = targets.unresolvedReferences
  }

  /// Whether `instance` fulfils the schema; makes no error values.
  package func isValid(_ instance: JSONValue) -> Bool {
    decide(instance).isValid
  }

  /// Whether an instance is valid, and the checker that found it out.
  private func decide(_ instance: JSONValue) -> (isValid: Bool, checker: Checker) {
    var checker = Checker(targets: targets)
    var isValid = checker.accepts(root, instance)
    if case .steps? = checker.exceeded {
      let steps = Checker.stepsForAValue * instance.valueCount
      guard steps > Checker.stepLimit else { return (false, checker) }
      checker = Checker(targets: targets, maximumSteps: steps)
      isValid = checker.accepts(root, instance)
    }
    return (isValid, checker)
  }

  /// All that is wrong with `instance`, in the order of the schema's keywords; empty if it is valid.
  ///
  /// Alternatives (`anyOf`, `oneOf`) whose `type` does not fit the instance's are not followed further than that.
  package func validate(_ instance: JSONValue) -> [ValidationError] {
    errors(instance, complete: false)
  }

  /// The most relevant error, chosen as ``Swift/Collection/best`` does; nil if `instance` is valid.
  package func firstError(_ instance: JSONValue) -> ValidationError? {
    validate(instance).best
  }

  /// The error that Python's `jsonschema.validate` raises: the choice is that of its `best_match`, every alternative weighed.
  package func pythonError(_ instance: JSONValue) -> ValidationError? {
    errors(instance, complete: true).pythonBestMatch
  }

  func errors(_ instance: JSONValue, complete: Bool) -> [ValidationError] {
    // Most values are valid, and to find that out costs less than to look for errors.
    let (isValid, checker) = decide(instance)
    if isValid { return [] }
    var collector = ErrorCollector(
      checker: checker.exceeded == nil ? checker.again : checker, dialect: dialect, complete: complete)
    return collector.errors(root, instance)
  }
}

extension JSONValue {
  /// How many values it holds, itself included.
  fileprivate var valueCount: Int {
    var count = 0
    var open = [self]
    while let value = open.popLast() {
      count += 1
      switch value {
      case .array(let items): open += items
      case .object(let members): open += members.values
      default: break
      }
    }
    return count
  }
}
