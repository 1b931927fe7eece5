import ConnectorModel
import Engine
import JSON

/// A cursor that remembers the highest value of a field: numbers by their size, texts by their letters, as dates in ISO 8601 are ordered.
///
/// ```swift
/// var cursor = HighestValue(of: "updated_at", from: state)
/// for record in page.records("orders") where cursor.isNew(record) { try await output.record(record) }
/// try await output.state(cursor.state)
/// ```
public struct HighestValue: Sendable {
  /// The field.
  public let field: String
  /// The value that the read continues from; nil if it begins at the beginning.
  public let start: JSONValue?
  /// The highest value so far.
  public private(set) var value: JSONValue?

  /// - Parameter state: what an earlier cursor gave as its ``state``; nil if there is none.
  public init(of field: String, from state: JSONObject?) {
    self.field = field
    let given = state?[field]
    start = given == .null ? nil : given
    value = start
  }

  /// Takes in a record.
  /// - Returns: whether it is not older than the value that the read continues from. A record without the field is always new.
  public mutating func isNew(_ record: JSONView) -> Bool { isNew(record[field]?.value) }

  /// Takes in a record.
  /// - Returns: as for a view.
  public mutating func isNew(_ record: JSONObject) -> Bool { isNew(record[field]) }

  private mutating func isNew(_ seen: JSONValue?) -> Bool {
    guard let seen, seen != .null else { return true }
    if let value { if Self.isBefore(value, seen) { self.value = seen } } else { value = seen }
    return start.map { !Self.isBefore(seen, $0) } ?? true
  }

  /// What a state keeps.
  public var state: JSONObject { value.map { [field: $0] } ?? [:] }

  /// The value that the read continues from, as a parameter carries it; nil if there is none.
  public var parameter: String? { start.map { $0.string ?? $0.jsonText } }

  private static func isBefore(_ first: JSONValue, _ second: JSONValue) -> Bool {
    if let first = first.string, let second = second.string { return first < second }
    if case .int(let first) = first, case .int(let second) = second { return first < second }
    if let first = first.double, let second = second.double { return first < second }
    return false
  }
}
