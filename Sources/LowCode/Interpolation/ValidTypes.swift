import Jinja

/// The Python types that a place accepts for an evaluated literal; a literal of another type stays a string.
package enum ValidTypes: Sendable, Hashable {
  case any
  case string
  case int
  case float
  case bool
  case only(Set<PythonType>)

  /// Whether Python's `isinstance` holds: a bool is an int too.
  func accept(_ value: Value) -> Bool {
    if case .any = self { return true }
    return acceptsLiteral(value)
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
  init?(_ value: Value) {
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
