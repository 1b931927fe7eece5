import BigInt
import JSON
import PythonTime

/// A Python value inside a template.
package enum Value: Sendable {
  /// A name, attribute or item that does not exist.
  case undefined(Undefined)
  case none
  case bool(Bool)
  case int(Int)
  /// An integer beyond 64 bits. Arithmetic normalises: a value that fits is always `.int`.
  indirect case bigInt(BigInt)
  case float(Double)
  case string(String)
  /// A text that is safe in HTML (`markupsafe.Markup`).
  case markup(String)
  case bytes([UInt8])
  /// A list, by reference as in Python.
  case list(ListObject)
  case tuple(Tuple)
  /// A dict, by reference as in Python.
  case dict(DictObject)
  /// An array or object of a response or record, read where it is. Scalars are never held this way.
  case json(JSONView)
  /// A read-only mapping that resolves its keys itself: a patched record, a config.
  case mapping(any LazyMapping)
  case date(PyDate)
  indirect case datetime(PyDateTime)
  case timedelta(PyTimeDelta)
  /// A span of years and months, as `duration('P1M')` makes it.
  indirect case duration(PyDuration)
  case object(any TemplateObject)

  package init(normalizing value: BigInt) {
    if let small = Int(exactly: value) { self = .int(small) } else { self = .bigInt(value) }
  }

  /// A variable, attribute or item that does not exist, by a description for errors.
  package static func undefined(_ what: String) -> Value { .undefined(Undefined(what)) }

  package static func tuple(_ items: [Value]) -> Value { .tuple(Tuple(items)) }

  package var isUndefined: Bool {
    if case .undefined = self { return true }
    return false
  }

  package var isNone: Bool {
    if case .none = self { return true }
    return false
  }

  var isFloat: Bool {
    if case .float = self { return true }
    return false
  }

  /// The text of a string, plain or safe.
  package var text: String? {
    switch self {
    case .string(let text), .markup(let text): text
    default: nil
    }
  }
}

/// Why something does not exist. Printing it gives nothing, using it is an error.
package final class Undefined: Sendable {
  package let message: String
  /// Whether it exists, but must not be touched.
  package let isForbidden: Bool

  package init(_ message: String, isForbidden: Bool = false) {
    self.message = message
    self.isForbidden = isForbidden
  }

  package var error: TemplateError { TemplateError(isForbidden ? .security : .undefined, message) }
}

/// A read-only mapping that resolves its keys itself.
package protocol LazyMapping: AnyObject, Sendable {
  subscript(key: String) -> Value? { get }
  /// The same look-up with a key that was prepared when the template was compiled.
  subscript(key: JSONKey) -> Value? { get }
  /// The keys, in order.
  var keys: [String] { get }
  var count: Int { get }
  /// Whether the mapping has attributes besides its keys.
  var hasAttributes: Bool { get }
  /// Whether a dict of its members can replace it: it has no attributes, and no look-up of its own.
  var isPlain: Bool { get }
  /// An attribute that the mapping has besides its keys, such as `stream_slice.partition`; it comes before a key behind a dot and
  /// after it in brackets.
  func attribute(_ name: String) -> Value?
}

extension LazyMapping {
  package var hasAttributes: Bool { false }
  package var isPlain: Bool { !hasAttributes }
  package func attribute(_ name: String) -> Value? { nil }
  package subscript(key: JSONKey) -> Value? { self[key.string] }
}

/// A value of a type of its own: a function, a loop, a namespace. Those that can be called or changed say how.
package protocol TemplateObject: AnyObject, Sendable {
  /// The name of its Python type.
  var typeName: String { get }
  /// What `str` and `repr` show.
  func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String
  var isTruthy: Bool { get }
  var isCallable: Bool { get }
  /// How deep containers are in it and in all that it holds, so that neither a walk nor its end can exhaust the stack.
  var depth: Int { get }
  /// The attribute's value, nil if there is none.
  func attribute(_ name: String, _ evaluation: inout Evaluation) throws(TemplateError) -> Value?
  func call(_ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value
  /// The number of elements, nil if Python's `len` is a type error.
  func count(_ evaluation: inout Evaluation) throws(TemplateError) -> Int?
  /// Whether it has elements to iterate over.
  var isIterable: Bool { get }
  /// An iterator over its elements, nil if it has none.
  func iterator(_ evaluation: inout Evaluation) throws(TemplateError) -> ValueIterator?
  /// The element for `obj[key]`, nil if there is none.
  func item(_ key: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Value?
}

extension TemplateObject {
  package func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String { "<\(typeName) object>" }
  package var isTruthy: Bool { true }
  package var isCallable: Bool { false }
  package var depth: Int { 1 }
  package func attribute(_ name: String, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? { nil }
  package func call(_ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    throw TemplateError(.type, "A value of type \(typeName) cannot be called")
  }
  package func count(_ evaluation: inout Evaluation) throws(TemplateError) -> Int? { nil }
  package var isIterable: Bool { false }
  package func iterator(_ evaluation: inout Evaluation) throws(TemplateError) -> ValueIterator? { nil }
  package func item(_ key: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? { nil }
}
