import ConnectorModel
import JSON
import Jinja

/// The Python types that a place accepts for an evaluated literal; a literal of another type stays a string.
package enum ValidTypes: Sendable, Hashable {
  case any
  case string
  case int
  case float
  case bool
  case only(Set<PythonType>)
  /// A query parameter or the field of a form: a text, or a list that repeats it. Lists that are nested otherwise become JSON.
  case field
  /// A header: anything, but lists and objects become JSON.
  case header

  /// Whether a value that the place does not accept is written as JSON rather than as Python prints it.
  func writesJSON(_ value: Value) -> Bool {
    switch self {
    case .field: PythonType(value) == .list
    case .header: [.list, .dict].contains(PythonType(value))
    default: false
    }
  }

  /// Whether Python's `isinstance` holds: a bool is an int too.
  package func accept(_ value: Value) -> Bool {
    switch self {
    case .any: return true
    case .field:
      switch PythonType(value) {
      case .string: return true
      case .list: return FieldValue.repeated(JSONValue(value)) != nil
      default: return false
      }
    case .header: return ![.list, .dict].contains(PythonType(value))
    default: return acceptsLiteral(value)
    }
  }

  private func acceptsLiteral(_ value: Value) -> Bool {
    switch (self, value) {
    case (.string, .string), (.int, .int), (.int, .bigInt), (.int, .bool), (.float, .float), (.bool, .bool): true
    case (.only(let types), _):
      if let type = PythonType(value) { types.contains(type) || (type == .bool && types.contains(.int)) } else { false }
    default: false
    }
  }
}

package enum PythonType: Sendable, Hashable {
  case string, int, float, bool, list, tuple, dict, none

  /// The type of a literal; nil for types that no place asks for.
  package init?(_ value: Value) {
    switch value {
    case .string: self = .string
    case .int, .bigInt: self = .int
    case .float: self = .float
    case .bool: self = .bool
    case .list: self = .list
    case .tuple: self = .tuple
    case .dict: self = .dict
    case .json: self = value.isMapping ? .dict : .list
    case .none: self = .none
    default: return nil
    }
  }
}
