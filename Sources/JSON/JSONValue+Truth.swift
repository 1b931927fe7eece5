import OrderedCollections

extension JSONValue {
  /// Python's truth of the value: null, zero and what is empty are false.
  package var isTruthy: Bool {
    switch self {
    case .null: false
    case .bool(let flag): flag
    case .int(let number): number != 0
    case .double(let number): number != 0
    case .number(let text): Double(text) != 0
    case .string(let text): !text.isEmpty
    case .array(let elements): !elements.isEmpty
    case .object(let object): !object.isEmpty
    }
  }
}

extension JSONView {
  /// Python's truth of the value: null, zero and what is empty are false.
  package var isTruthy: Bool {
    switch kind {
    case .null: false
    case .bool: bool ?? false
    case .int, .double: double != 0
    case .string: string?.isEmpty == false
    case .array, .object: count > 0
    }
  }
}
