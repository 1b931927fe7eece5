import JSON

/// What the type in a schema makes of a value, by the rules of Python's constructors.
struct PythonCast: Sendable {
  private let target: Target
  /// Whether null stays null.
  private let keepsNull: Bool

  private enum Target: Sendable {
    case none, string, number, integer, boolean
    /// A scalar becomes a list of itself.
    case list
    /// The reference fails here, whatever the value.
    case unusable
  }

  static let unusable = PythonCast(target: .unusable, keepsNull: false)

  private init(target: Target, keepsNull: Bool) {
    self.target = target
    self.keepsNull = keepsNull
  }

  init(schema: JSONObject) {
    switch schema["type"] {
    case .string(let name)?:
      // The reference looks for the text "null" in the name.
      self.init(target: Self.target(name, schema), keepsNull: name.contains("null"))
    case .array(let names)?:
      let others = names.filter { $0 != .string("null") }
      let target: Target = if others.count == 1, case .string(let name) = others[0] { Self.target(name, schema) } else { .none }
      self.init(target: target, keepsNull: names.count != others.count)
    default: self.init(target: .none, keepsNull: false)
    }
  }

  private static func target(_ name: String, _ schema: JSONObject) -> Target {
    switch name {
    case "string": .string
    case "number": .number
    case "integer": .integer
    case "boolean": .boolean
    case "array": list(schema["items"])
    default: .none
    }
  }

  private static let scalars: Set<String> = ["string", "number", "integer", "boolean", "null"]

  /// Only elements whose types are a list of scalars, or of which nothing is said, let a scalar be wrapped: a type that is
  /// written as a plain name is read as a list of its letters by the reference.
  private static func list(_ items: JSONValue?) -> Target {
    guard let items else { return .list }
    guard case .object(let schema) = items else { return .unusable }
    switch schema["type"] {
    case nil: return .list
    case .array(let names)?:
      return names.allSatisfy { if case .string(let name) = $0 { scalars.contains(name) } else { false } } ? .list : .none
    case .string(let name)?: return name.isEmpty ? .list : .none
    default: return .none
    }
  }

  func apply(to value: inout JSONValue) throws(PythonCastError) {
    switch (target, value) {
    case (.none, _), (.string, .string), (.integer, .int), (.boolean, .bool): return
    case (_, .null) where keepsNull: return
    case (.unusable, _): throw .unusable
    case (.string, _): value = .string(PythonText.string(value))
    case (.number, _): value = PythonText.float(value).map { .double($0) } ?? value
    case (.integer, _): value = try PythonText.integer(value) ?? value
    case (.boolean, _): value = PythonText.boolean(value).map { .bool($0) } ?? value
    case (.list, .array), (.list, .object): return
    case (.list, _): value = .array([value])
    }
  }
}

/// A cast that ends the reference's read instead of leaving the value alone.
package enum PythonCastError: Error, Sendable, CustomStringConvertible {
  case infinite
  case unusable

  package var description: String {
    switch self {
    case .infinite: "an infinite number is not an integer"
    case .unusable: "the stream's schema for it, or for its elements, is not an object"
    }
  }
}
