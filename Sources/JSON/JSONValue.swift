import OrderedCollections

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
}
