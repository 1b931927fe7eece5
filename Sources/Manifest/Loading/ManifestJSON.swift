import JSON

/// A manifest as one JSON value, in which shared values are converted once.
struct ManifestJSON {
  /// What replaces an unquoted date or time; nil for its text.
  private let timestamp: JSONValue?
  private var done: [ObjectIdentifier: JSONValue] = [:]
  /// The first unquoted date or time that was met.
  private(set) var hasTimestamps = false

  init(timestampsAs timestamp: JSONValue? = nil) { self.timestamp = timestamp }

  mutating func convert(_ value: ManifestValue) -> JSONValue {
    switch value.content {
    case .timestamp:
      hasTimestamps = true
      return timestamp ?? value.json
    case .sequence(let elements):
      if let known = done[value.identity] { return known }
      let result = JSONValue.array(elements.map { convert($0) })
      done[value.identity] = result
      return result
    case .mapping(let mapping):
      if let known = done[value.identity] { return known }
      var object = JSONObject(minimumCapacity: mapping.entries.count)
      for entry in mapping.entries { object[entry.key] = convert(entry.value) }
      done[value.identity] = .object(object)
      return .object(object)
    case .null, .bool, .int, .double, .number, .string: return value.json
    }
  }
}
