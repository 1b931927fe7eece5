@_exported import OrderedCollections

/// A JSON object: keys in the order in which they were first written.
public typealias JSONObject = OrderedDictionary<String, JSONValue>

/// A JSON value held in memory, for documents that are built or changed: configs, states, catalogs, schemas, messages.
///
/// Records of an API are not held this way: see ``JSONDocument`` and ``JSONView``.
public enum JSONValue: Sendable, Hashable {
  case null
  case bool(Bool)
  /// An integer that fits into 64 bits.
  case int(Int)
  /// A number with a fraction or an exponent whose shortest digits are the digits it was written with, or that was computed.
  case double(Double)
  /// Any other number, by the digits it was written with: an integer beyond 64 bits, or a decimal that a double would rewrite.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONObject)

  /// Texts are equal that have the same code points, as in Python and in JSON. Swift's texts are equal that look the same.
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): true
    case (.bool(let left), .bool(let right)): left == right
    case (.int(let left), .int(let right)): left == right
    case (.double(let left), .double(let right)): left == right
    case (.number(let left), .number(let right)): left == right
    case (.string(let left), .string(let right)): left.sameScalars(as: right)
    case (.array(let left), .array(let right)): left == right
    case (.object(let left), .object(let right)):
      left == right && left.keys.elementsEqual(right.keys) { $0.sameScalars(as: $1) }
    default: false
    }
  }
}
