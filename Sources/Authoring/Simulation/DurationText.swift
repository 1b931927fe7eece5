import PythonTime

/// Durations as people and manifests write them.
package enum DurationText {
  /// `80ms`, `1.5s`, `2m`, or ISO 8601 as in `PT1M`, in microseconds; nil for anything else.
  package static func microseconds(_ text: String) -> Int64? {
    if text.hasPrefix("P") {
      guard case .timeDelta(let delta)? = try? ISODuration(parsing: text) else { return nil }
      return Int64(exactly: delta.totalMicroseconds)
    }
    let units: [(name: String, size: Double)] = [
      ("ms", 1_000), ("us", 1), ("s", 1_000_000), ("m", 60_000_000), ("h", 3_600_000_000),
    ]
    guard let unit = units.first(where: { text.hasSuffix($0.name) }), let number = Double(text.dropLast(unit.name.count)),
      number >= 0, number * unit.size < 1e15
    else { return nil }
    return Int64(number * unit.size)
  }
}
