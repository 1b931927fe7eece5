import AirbyteProtocol
import JSON
import PythonTime

/// States as people read them.
package struct StateReport: Sendable {
  /// How many partitions of a stream are listed where not all are wanted.
  private static let shown = 10
  private let now: Int64
  private let showsAll: Bool

  /// - Parameters:
  ///   - now: the time that cursors are compared with, in microseconds since 1970.
  ///   - showsAll: whether every partition is listed.
  package init(now: Int64, showsAll: Bool = false) {
    self.now = now
    self.showsAll = showsAll
  }

  // MARK: One state

  /// A tree of streams, partitions and cursors.
  package func tree(_ states: ByName<JSONObject>) -> [String] {
    guard !states.isEmpty else { return ["The state is empty: every stream is read from its beginning."] }
    return states.sorted { $0.key < $1.key }.flatMap { name, state in lines(name, StreamState(state), "") }
  }

  private func lines(_ name: String, _ state: StreamState, _ indent: String) -> [String] {
    var lines = [indent + name + (summary(state).map { "  \($0)" } ?? "")]
    var children = state.position?.windows.map { "window \($0)" } ?? []
    let partitions = showsAll ? state.partitions[...] : state.partitions.prefix(Self.shown)
    for (partition, position) in partitions {
      children.append(Self.title(partition) + (position.map { "  \(text($0))" } ?? ""))
    }
    if partitions.count < state.partitions.count {
      children.append("… and \(state.partitions.count - partitions.count) more partitions (--all lists them)")
    }
    var branches = children.map { [$0] }
    for (parent, inner) in state.parents { branches.append(self.lines("parent \(parent)", inner, "")) }
    for (place, branch) in branches.enumerated() {
      let isLast = place == branches.count - 1
      for (row, line) in branch.enumerated() {
        lines.append(indent + (row == 0 ? (isLast ? "└─ " : "├─ ") : (isLast ? "   " : "│  ")) + line)
      }
    }
    return lines
  }

  private func summary(_ state: StreamState) -> String? {
    if state.isMark { return "was read; it has no cursor, so that it is read from its beginning each time" }
    let count = state.partitions.isEmpty ? nil : "\(state.partitions.count) partition\(state.partitions.count == 1 ? "" : "s")"
    let parts = [count, state.position.map(text)].compactMap(\.self)
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }

  private func text(_ position: StreamState.Position) -> String {
    let value = StreamState.text(position.value)
    return [position.field, value].compactMap(\.self).joined(separator: " ") + (age(position.value).map { " (\($0))" } ?? "")
  }

  /// How long ago a cursor's value is; nil where it is no time.
  private func age(_ value: JSONValue) -> String? {
    guard let moment = Self.microseconds(value) else { return nil }
    let seconds = (Int(now) - moment) / 1_000_000
    let distance = Self.distance(abs(seconds))
    return seconds < 0 ? "\(distance) ahead" : "\(distance) ago"
  }

  /// A cursor's value as a time since 1970; nil where it is none.
  private static func microseconds(_ value: JSONValue) -> Int? {
    switch value {
    case .string(let text):
      // A bare number or year is rather something else.
      guard text.utf8.count >= 8, text.contains("-") else { return nil }
      return try? PyDateTime.isoParse(text).epochMicroseconds
    // Times before 1990 are rather numbers of something else.
    case .int(let number) where (631_152_000..<10_000_000_000).contains(number): return number * 1_000_000
    case .int(let number) where (631_152_000_000..<10_000_000_000_000).contains(number): return number * 1_000
    default: return nil
    }
  }

  private static func distance(_ seconds: Int) -> String {
    func count(_ number: Int, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s")" }
    return switch seconds {
    case ..<120: count(seconds, "second")
    case ..<7_200: count(seconds / 60, "minute")
    case ..<172_800: count(seconds / 3_600, "hour")
    case ..<5_184_000: count(seconds / 86_400, "day")
    case ..<63_072_000: count(seconds / 2_592_000, "month")
    default: count(seconds / 31_536_000, "year")
    }
  }

  /// A partition's values, without what it has in common with all others.
  private static func title(_ partition: JSONValue) -> String {
    guard let members = partition.object else { return partition.jsonText }
    let own = members.filter { $0.key != "parent_slice" || $0.value.object?.isEmpty == false }
    return own.map { "\($0.key)=\(StreamState.text($0.value))" }.joined(separator: ", ")
  }

  // MARK: Two states

  /// What differs between two states.
  /// - Returns: nothing if they are equal.
  package func difference(_ old: ByName<JSONObject>, _ new: ByName<JSONObject>) -> [String] {
    NameSet(old.keys + new.keys).sorted().flatMap { name -> [String] in
      switch (old[name].map(StreamState.init), new[name].map(StreamState.init)) {
      case (let before?, let after?): return before == after ? [] : changes(name, before, after)
      case (let before?, nil): return ["- \(name)" + (summary(before).map { "  \($0)" } ?? "")]
      case (nil, let after?): return ["+ \(name)" + (summary(after).map { "  \($0)" } ?? "")]
      case (nil, nil): return []
      }
    }
  }

  private func changes(_ name: String, _ before: StreamState, _ after: StreamState) -> [String] {
    func value(_ position: StreamState.Position?) -> String { position.map { StreamState.text($0.value) } ?? "nothing" }
    var lines = ["  \(name)"]
    if before.position != after.position { lines[0] += "  \(value(before.position)) → \(value(after.position))" }
    let old = Dictionary(before.partitions.map { ($0.partition.jsonText, $0) }, uniquingKeysWith: { first, _ in first })
    let new = Dictionary(after.partitions.map { ($0.partition.jsonText, $0) }, uniquingKeysWith: { first, _ in first })
    for (key, entry) in old.sorted(by: { $0.key < $1.key }) where new[key] == nil {
      lines.append("  - \(Self.title(entry.partition))  \(value(entry.position))")
    }
    for (key, entry) in new.sorted(by: { $0.key < $1.key }) {
      guard let earlier = old[key] else {
        lines.append("  + \(Self.title(entry.partition))  \(value(entry.position))")
        continue
      }
      if earlier.position != entry.position {
        lines.append("    \(Self.title(entry.partition))  \(value(earlier.position)) → \(value(entry.position))")
      }
    }
    let parents = Set(before.parents.map(\.name) + after.parents.map(\.name)).sorted()
    for parent in parents {
      let (one, other) = (before.parents.first { $0.name == parent }, after.parents.first { $0.name == parent })
      if one?.state != other?.state {
        lines.append("    parent \(parent)  \(value(one?.state.position)) → \(value(other?.state.position))")
      }
    }
    return lines
  }
}
