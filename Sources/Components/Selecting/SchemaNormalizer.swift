import JSON
import JSONSchema
import Python

/// Casts the values of records to the types of their stream's schema (`schema_normalization: Default`).
///
/// As in the reference, the schema is walked in the order of its keywords, and of them only `type`, `properties`, `items` and
/// `$ref` count, also beside one another. A value whose schema names one type, besides null, is cast with the rules of
/// Python's `str`, `int`, `float` and `bool`; one that cannot be cast stays as it is.
package struct SchemaNormalizer: Sendable {
  private let root: NormalizationNode
  private let targets: [NormalizationNode]

  /// Values and references nested deeper are refused.
  static let depthLimit = 500

  /// A value that has not the type of its schema, even after casting.
  package struct Mismatch: Sendable, CustomStringConvertible {
    /// From the record to the value.
    package let path: [PathElement]
    package let value: JSONValue
    /// What the schema has as `type`.
    package let expected: JSONValue

    package var description: String {
      "The value at `\(path.dotted)` is not of the type \(PythonRepr.of(expected)) and cannot be cast to it"
    }
  }

  /// Prepares the schema of a stream.
  ///
  /// - Throws: where the schema is nested without an end. What else is wrong with it shows once a record gets there.
  package init(schema: JSONValue) throws(SchemaNormalizationError) {
    var compiler = NormalizationCompiler(root: schema)
    (root, targets) = try compiler.compile(schema)
  }

  /// Casts the values of `record`; a value that the schema has nothing sensible to say of stays as it is, with all after it.
  package func normalize(_ record: inout JSONValue) {
    try? normalize(&record) { _ in }
  }

  /// Casts the values of `record` and reports those that do not have their type even so.
  ///
  /// - Throws: where the reference's read ends: a number beyond what its type can hold, or a part of the schema that cannot be
  ///   applied. The values cast before that stay cast.
  package func normalize(
    _ record: inout JSONValue, onMismatch: (Mismatch) -> Void
  ) throws(SchemaNormalizationError) {
    var path: [PathElement] = []
    try apply(root, &record, &path, 0, onMismatch)
  }

  private func apply(
    _ node: NormalizationNode, _ value: inout JSONValue, _ path: inout [PathElement], _ depth: Int,
    _ onMismatch: (Mismatch) -> Void
  ) throws(SchemaNormalizationError) {
    guard depth < Self.depthLimit else { throw SchemaNormalizationError(path: path, .tooDeep) }
    for step in node.steps {
      switch step {
      case .type(let types, let unknown, let expected):
        guard types.isDisjoint(with: TypeSet(of: value)) else { continue }
        if let unknown { throw SchemaNormalizationError(path: path, .unknownType(unknown)) }
        onMismatch(Mismatch(path: path, value: value, expected: expected))
      case .reference(let target): try apply(targets[target], &value, &path, depth + 1, onMismatch)
      case .unusable(let fault): throw SchemaNormalizationError(path: path, fault)
      case .properties(let properties): try apply(properties, &value, &path, depth, onMismatch)
      case .items(let items): try apply(elements: items, &value, &path, depth, onMismatch)
      case .listOfSchemas:
        if case .array(let elements) = value, !elements.isEmpty { throw SchemaNormalizationError(path: path, .listOfSchemas) }
      }
    }
  }

  private func apply(
    _ properties: [NormalizationProperty], _ value: inout JSONValue, _ path: inout [PathElement], _ depth: Int,
    _ onMismatch: (Mismatch) -> Void
  ) throws(SchemaNormalizationError) {
    guard case .object(var object) = value else { return }
    // The enum lets go of the storage, so that it is changed in place.
    value = .null
    defer { value = .object(object) }
    for property in properties {
      guard let index = object.index(forKey: property.key) else { continue }
      path.append(.key(property.key))
      try visit(property.node, &object.values[index], &path, depth, onMismatch)
      path.removeLast()
    }
  }

  private func apply(
    elements node: NormalizationNode, _ value: inout JSONValue, _ path: inout [PathElement], _ depth: Int,
    _ onMismatch: (Mismatch) -> Void
  ) throws(SchemaNormalizationError) {
    guard case .array(var items) = value else { return }
    value = .null
    defer { value = .array(items) }
    for index in items.indices {
      path.append(.index(index))
      try visit(node, &items[index], &path, depth, onMismatch)
      path.removeLast()
    }
  }

  private func visit(
    _ node: NormalizationNode, _ value: inout JSONValue, _ path: inout [PathElement], _ depth: Int,
    _ onMismatch: (Mismatch) -> Void
  ) throws(SchemaNormalizationError) {
    do throws(PythonCastError) {
      try node.cast.apply(to: &value)
    } catch {
      throw SchemaNormalizationError(path: path, .cast(error))
    }
    if !node.steps.isEmpty { try apply(node, &value, &path, depth + 1, onMismatch) }
  }
}

/// Why normalising a record was given up.
package struct SchemaNormalizationError: Error, Sendable, CustomStringConvertible {
  /// From the record to the value at which it happened.
  package let path: [PathElement]
  private let fault: Fault

  package enum Fault: Sendable {
    case tooDeep
    case unknownType(String)
    case unresolved(String)
    case listOfSchemas
    case malformed(String)
    case cast(PythonCastError)
  }

  package init(path: [PathElement], _ fault: Fault) {
    self.path = path
    self.fault = fault
  }

  package var description: String {
    let place = path.isEmpty ? "The record" : "The value at `\(path.dotted)`"
    return switch fault {
    case .tooDeep: "\(place) cannot be normalised: the schema or the value is nested without end"
    case .unknownType(let name): "\(place) cannot be normalised: the stream's schema gives it the unknown type '\(name)'"
    case .unresolved(let reference): "\(place) cannot be normalised: the schema's reference '\(reference)' leads nowhere"
    case .listOfSchemas: "\(place) cannot be normalised: the stream's schema has a list as its `items`"
    case .malformed(let keyword): "\(place) cannot be normalised: `\(keyword)` of the stream's schema is malformed"
    case .cast(let error): "\(place) cannot be normalised: \(error)"
    }
  }
}
