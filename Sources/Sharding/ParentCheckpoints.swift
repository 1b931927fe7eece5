import JSON

/// The states that parents had while the partitions of a stream were listed.
///
/// Of many, some are left out: then an earlier one holds for longer, which is never wrong.
package struct ParentCheckpoints: Sendable, Equatable {
  /// More than these are thinned out.
  private static let most = 64

  /// Each from the slice on that has this place.
  private(set) var all: [(place: Int, state: JSONObject?)] = []
  /// The states after the last partition.
  package var last: JSONObject?

  package init() {}

  package static func == (one: ParentCheckpoints, other: ParentCheckpoints) -> Bool {
    one.last == other.last && one.all.elementsEqual(other.all) { $0.place == $1.place && $0.state == $1.state }
  }

  package mutating func add(_ state: JSONObject?, at place: Int) {
    if let known = all.last, known.state == state { return }
    all.append((place, state))
    if all.count > Self.most { all = all.enumerated().filter { $0.offset % 2 == 0 || $0.offset == all.count - 1 }.map(\.element) }
  }

  /// The state before the first partition.
  package var first: JSONObject? { all.first?.state ?? nil }

  /// The state when the slice of a place was listed.
  package func state(at place: Int) -> JSONObject? {
    let index = all.lastIndex { $0.place <= place }
    return index.flatMap { all[$0].state } ?? nil
  }

  var json: JSONValue {
    func text(_ state: JSONObject?) -> JSONValue { state.map { .object($0) } ?? .null }
    return ["at": .array(all.map { [.int($0.place), text($0.state)] }), "last": text(last)]
  }

  init?(_ json: JSONValue?) {
    guard let entries = json?["at"]?.array else { return nil }
    for entry in entries {
      guard let place = entry[0]?.int else { return nil }
      all.append((place, entry[1]?.object))
    }
    last = json?["last"]?.object
  }
}
