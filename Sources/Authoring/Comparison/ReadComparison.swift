import AirbyteProtocol
import JSON

/// Compares what two versions of a connector do with the same API: their requests, records and states.
struct ReadComparison {
  private static let shown = 3
  private(set) var changes: [Change] = []

  init(old: ObservedRead, new: ObservedRead) {
    if let failure = new.failure, old.failure == nil {
      changes.append(Change(.major, .records, "The new version cannot be read: \(failure)"))
      return
    }
    let offered = Set(new.catalog.map(\.name))
    for stream in old.catalog where offered.contains(stream.name) {
      guard let before = old.streams[stream.name], before.isComplete else { continue }
      compare(before, new.streams[stream.name] ?? .init(), of: stream.name)
    }
  }

  private mutating func compare(_ old: ObservedRead.Stream, _ new: ObservedRead.Stream, of name: String) {
    func add(_ level: Change.Level, _ area: Change.Area, _ message: String) {
      changes.append(Change(level, area, stream: name, message))
    }
    Self.requests(old, new).forEach { add(.patch, .requests, $0) }
    guard new.isComplete else {
      return add(.major, .records, "The stream cannot be read any more: \(new.failure ?? "its read does not end")")
    }
    if old.records > 0, new.records == 0 {
      return add(.major, .records, "The stream has no records any more, and had \(old.records)")
    }
    var isShapeSame = true
    for change in FieldChanges(old: old.fields, new: new.fields).list {
      isShapeSame = false
      switch change.kind {
      case .removed: add(.major, .records, "Records lack `\(change.path)`")
      case .added: add(.minor, .records, "Records have `\(change.path)`, which is new")
      case .retyped(let before, let after):
        add(
          .major, .records, "`\(change.path)` is \(after.joined(separator: " or ")), and was \(before.joined(separator: " or "))")
      case .nullable: add(.minor, .records, "`\(change.path)` is null in some records, and never was")
      }
    }
    if old.records != new.records {
      add(.minor, .records, "There are \(new.records) records, and were \(old.records)")
    } else if isShapeSame, old.prints != new.prints {
      let count = new.prints.reduce(0) { $0 + max(0, $1.value - (old.prints[$1.key] ?? 0)) }
      add(.minor, .records, "\(count) of \(new.records) records have other values")
    }
    if let (level, message) = Self.difference(old.state, new.state) { add(level, .state, message) }
  }

  private static func requests(_ old: ObservedRead.Stream, _ new: ObservedRead.Stream) -> [String] {
    let gone = old.requests.filter { new.requests[$0.key] == nil }.keys.sorted()
    let fresh = new.requests.filter { old.requests[$0.key] == nil }.keys.sorted()
    var lines = Self.abridged(gone, "is not made any more") + Self.abridged(fresh, "is made now")
    let (before, after) = (old.requests.values.reduce(0, +), new.requests.values.reduce(0, +))
    if before != after { lines.append("The number of requests is \(after), and was \(before)") }
    return lines
  }

  private static func abridged(_ requests: [String], _ words: String) -> [String] {
    var lines = requests.prefix(shown).map { "`\($0)` \(words)" }
    if requests.count > shown { lines.append("\(requests.count - shown) more: such a request \(words)") }
    return lines
  }

  /// How a state differs from the one of the old version; nil if it does not.
  private static func difference(_ old: JSONValue?, _ new: JSONValue?) -> (Change.Level, String)? {
    guard let old, let new, !SameJSON.holds(old, new) else { return nil }
    let keys = [old, new].map { Set($0.object.map { Array($0.keys) } ?? []) }
    guard keys[0] != keys[1] else { return (.minor, "The last state has other values") }
    let lists = keys.map { $0.sorted().map { "`\($0)`" }.joined(separator: ", ") }
    return (.major, "The state has the keys \(lists[1]), and had \(lists[0]): saved states may not be understood")
  }
}
