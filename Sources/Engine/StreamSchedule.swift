import JSON
import OrderedCollections

/// Decides which stream is read next, so that the streams of a group are never read at the same time. A plain value:
/// ``ReadRun`` is its driver.
///
/// A stream counts as being read until all of its slices were; a parent in a group also while its child lists its partitions.
struct StreamSchedule: Sendable {
  struct Entry: Sendable {
    var name: String
    /// The group of the stream, in which one is read at a time; nil if it is in none.
    var group: String?
    /// The streams that its partitions come from, directly or not, and that are read in this run too.
    var parents: NameSet = []
  }

  private let entries: [Entry]
  private let groups: ByName<String>
  private var waiting: [Int]
  /// Streams that are read, and parents in groups whose records are read for a child.
  private var active: NameSet = []
  private var activeGroups: ByName<NameSet> = [:]

  init(_ entries: [Entry]) {
    self.entries = entries
    groups = ByName(entries.compactMap { entry in entry.group.map { (entry.name, $0) } }, uniquingKeysWith: { $1 })
    waiting = Array(entries.indices)
  }

  var isEmpty: Bool { waiting.isEmpty }

  /// The place of the stream to begin with; those that have to wait go to the end. Nil if all that are left have to wait.
  mutating func next() -> Int? {
    for _ in waiting.indices {
      let place = waiting.removeFirst()
      if begin(entries[place]) { return place }
      waiting.append(place)
    }
    return nil
  }

  private mutating func begin(_ entry: Entry) -> Bool {
    if let group = entry.group, active.contains(entry.name) || activeGroups[group]?.isEmpty == false { return false }
    let parents = entry.parents.filter { groups[$0] != nil }
    if parents.contains(where: active.contains) { return false }
    for name in parents + [entry.name] {
      active.insert(name)
      if let group = groups[name] { activeGroups[group, default: []].insert(name) }
    }
    return true
  }

  /// All slices of a stream are known: its parents are free.
  mutating func listed(_ place: Int) { release(entries[place].parents) }

  /// All slices of a stream were read.
  mutating func finished(_ place: Int) { release([entries[place].name]) }

  private mutating func release(_ names: NameSet) {
    for name in names where active.remove(name) {
      if let group = groups[name] { activeGroups[group]?.remove(name) }
    }
  }
}
