import Concurrency
import ConnectorModel
import JSON
import Synchronization

/// The exchanges of a recording, found by their requests. Equal requests are answered in the order in which they were made; the last
/// answer is given again.
package final class RecordedExchanges: Sendable {
  /// The exchanges of requests that are equal, but for what is masked in them.
  private struct Group: Sendable {
    let pattern: RequestPattern
    var entries: [Int] = []
    /// Those that were answered with: the first so many, or where requests are told apart, these.
    var next = 0
    var used: Set<Int> = []
    /// Requests in which something is masked, with what is known of it.
    var requests: [Int: (request: HAREntry.Request, notes: JSONObject)] = [:]
    /// The entries of each request, with the secrets of the present config.
    var restored: [String: [Int]] = [:]

    /// The entry that answers a request: the next one of exactly that request, if it is known which of them it is; else the next one.
    mutating func next(for request: RequestShape) -> Int? {
      guard restored.count > 1 else {
        defer { next = min(next + 1, entries.count - 1) }
        return entries[next]
      }
      let own = restored[request.canonicalText] ?? entries
      guard let found = own.first(where: { !used.contains($0) }) ?? own.last else { return nil }
      used.insert(found)
      return found
    }

    /// - Parameter places: the secrets of the config, by their paths.
    mutating func restore(_ places: [String: String]) {
      restored = [:]
      for number in entries {
        guard let (request, notes) = requests[number] else { continue }
        let shape = RequestShape(SecretRestoration(notes, places).restored(request), hasUnknownBody: request.isBodyMissing)
        restored[shape.canonicalText, default: []].append(number)
      }
    }
  }

  private struct State {
    var groups: [Group] = []
    /// By what is masked, the groups of what is not.
    var places: [RequestMask: [String: [Int]]] = [:]
    /// In the order in which they are tried: what leaves least open first.
    var masks: [RequestMask] = []
    /// The secrets that the requests were restored with, and the group of each request that was.
    var secrets: [String: String]?
    var restored: [String: Int] = [:]

    mutating func restore(_ places: [String: String]) {
      guard secrets != places else { return }
      secrets = places
      restored = [:]
      for place in groups.indices where !groups[place].requests.isEmpty {
        groups[place].restore(places)
        for text in groups[place].restored.keys { restored[text] = place }
      }
    }
  }

  /// What is kept of an entry in memory.
  private struct Summary: Sendable {
    let moment: OrderedExecutor.Moment?
    let number: Int
  }

  package let file: HARFile
  private let summaries: [Summary]
  /// When the first request began, in microseconds; nil if there is none.
  package let start: Int64?
  /// When each wait ended, by their numbers; a wait without a time was given up.
  let waits: [Int: OrderedExecutor.Moment]
  private let state: Mutex<State>

  /// - Throws: ``ConnectorError`` if an entry cannot be read.
  package init(_ file: HARFile) throws(ConnectorError) {
    self.file = file
    var summaries: [Summary] = []
    var state = State()
    var places: [String: Int] = [:]
    var waits = Self.waits(.object(file.log))
    var start: Int64?
    for number in 0..<file.count {
      let entry = try file.entry(number)
      start = min(start ?? entry.started, entry.started)
      waits.merge(Self.waits(.object(entry.notes))) { $1 }
      summaries.append(
        Summary(moment: Self.moment(of: entry, number), number: entry.notes[RecordingNotes.number]?.int ?? number + 1))
      let pattern = RequestPattern(RequestShape(entry.request, hasUnknownBody: entry.request.isBodyMissing))
      let skeleton = pattern.skeleton
      let place = places[skeleton] ?? state.groups.count
      if place == state.groups.count {
        places[skeleton] = place
        state.places[pattern.mask, default: [:]][pattern.mask.key(of: pattern.shape), default: []].append(place)
        state.groups.append(Group(pattern: pattern))
      }
      state.groups[place].entries.append(number)
      if pattern.isOpen {
        state.groups[place].requests[number] = (entry.request, entry.notes.filter { $0.key == RecordingNotes.secrets })
      }
    }
    for place in state.groups.indices {
      state.groups[place].entries.sort { (summaries[$0].number, $0) < (summaries[$1].number, $1) }
    }
    state.masks = state.places.keys.sorted {
      ($0.size, $0.parameters.sorted().joined()) < ($1.size, $1.parameters.sorted().joined())
    }
    self.summaries = summaries
    self.waits = waits
    self.start = start
    self.state = Mutex(state)
  }

  /// The number of the entry that answers a request; nil if there is none.
  /// - Parameter places: the secrets of the present config, by their paths, which the recording knows placeholders of.
  package func answer(to request: RequestShape, restoring places: [String: String] = [:]) -> Int? {
    state.withLock { state in
      state.restore(places)
      // A secret may look like another part of an address.
      if let place = state.restored[request.canonicalText] { return state.groups[place].next(for: request) }
      for mask in state.masks {
        for place in state.places[mask]?[mask.key(of: request)] ?? [] where state.groups[place].pattern.matches(request) {
          return state.groups[place].next(for: request)
        }
      }
      return nil
    }
  }

  /// The recorded request that is most like one that has no answer, in a sentence that says what differs.
  package func nearest(to request: RequestShape) -> String {
    let groups = state.withLock { $0.groups }
    let rated = groups.map { ($0, $0.pattern.differences(of: request)) }
    guard
      let (group, differences) = rated.min(by: {
        $0.1.reduce(0) { $0 + $1.weight } < $1.1.reduce(0) { $0 + $1.weight }
      }), let entry = group.entries.first
    else { return "The recording has no request at all" }
    let phrases = differences.sorted { $0.weight > $1.weight }.map(\.phrase)
    let shown = phrases.prefix(Self.mostDifferences).joined(separator: "; ")
    let more = phrases.count > Self.mostDifferences ? "; and \(phrases.count - Self.mostDifferences) more" : ""
    return "The nearest one is number \(summaries[entry].number), \(group.pattern.shape.method) \(group.pattern.shape.place). "
      + "What differs: \(shown)\(more)"
  }

  private static let mostDifferences = 4

  /// The number by which people know an entry, as in `why`.
  func name(of entry: Int) -> Int { summaries[entry].number }

  /// When the answer of an entry was there; nil if it never was.
  func moment(of entry: Int) -> OrderedExecutor.Moment? { summaries[entry].moment }

  private static func moment(of entry: HAREntry, _ number: Int) -> OrderedExecutor.Moment? {
    guard entry.notes[RecordingNotes.number] != nil else {
      return OrderedExecutor.Moment(time: entry.ended, order: number)
    }
    guard let time = entry.notes[RecordingNotes.time]?.int, let order = entry.notes[RecordingNotes.order]?.int else { return nil }
    return OrderedExecutor.Moment(time: Int64(time), order: order)
  }

  private static func waits(_ notes: JSONValue) -> [Int: OrderedExecutor.Moment] {
    var waits: [Int: OrderedExecutor.Moment] = [:]
    for wait in notes[RecordingNotes.waits]?.array ?? [] {
      guard let number = wait[0]?.int else { continue }
      waits[number] = wait[1]?.int.map { OrderedExecutor.Moment(time: Int64($0), order: wait[2]?.int ?? 0) } ?? .never
    }
    return waits
  }
}
