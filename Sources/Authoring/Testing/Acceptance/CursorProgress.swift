import JSON
import PythonTime

/// Where a state says that a stream was read to.
struct CursorProgress: Sendable {
  private let path: [String]
  /// The least cursor value of all partitions; nil if the state has none that can be compared.
  let least: JSONValue?

  /// - Parameters:
  ///   - path: the cursor field.
  ///   - statePath: the field of the state, where it is another one.
  init(_ state: JSONObject, path: [String], statePath: [String]? = nil) {
    self.path = path
    let keys = statePath ?? path
    let whole = JSONValue.object(state)
    var values: [JSONValue] = []
    if let partitions = state["states"]?.array {
      values = partitions.compactMap { StreamKey.value(keys, of: $0["cursor"] ?? .null) }
      if values.isEmpty, let global = StreamKey.value(keys, of: state["state"] ?? .null) { values = [global] }
    } else if let slices = state["slices"]?.array {
      values = slices.compactMap { $0["most_recent_cursor_value"] ?? $0["end"] }
    } else if let value = StreamKey.value(keys, of: whole) ?? keys.last.flatMap({ whole[$0] }) {
      values = [value]
    }
    least = values.min { Self.isLess($0, $1) == true }
  }

  /// The cursor value of a record that lies before the state; nil if it does not, or cannot be compared.
  /// - Parameter days: so many days before the state are still right.
  func earlier(_ record: JSONValue, days: Double) -> JSONValue? {
    guard let least, let value = StreamKey.value(path, of: record) else { return nil }
    let isEarlier: Bool? =
      if days > 0, let moment = Self.moment(value), let limit = Self.moment(least) {
        moment < limit - days * 86_400
      } else {
        Self.isLess(value, least)
      }
    guard isEarlier == true else { return .none }
    return value
  }

  /// Nil if the two cannot be compared.
  private static func isLess(_ left: JSONValue, _ right: JSONValue) -> Bool? {
    if let left = left.double, let right = right.double { return left < right }
    guard let text = left.string, let other = right.string else {
      guard let left = moment(left), let right = moment(right) else { return nil }
      return left < right
    }
    if let left = moment(left), let right = moment(right) { return left < right }
    return text < other
  }

  /// A time in seconds since the epoch.
  private static func moment(_ value: JSONValue) -> Double? {
    if let number = value.double { return number > 100_000_000_000 ? number / 1_000 : number }
    guard let text = value.string, text.count >= 8, let moment = try? PyDateTime.isoParse(text) else { return nil }
    return Double(moment.inUTC.epochMicroseconds) / 1_000_000
  }
}
