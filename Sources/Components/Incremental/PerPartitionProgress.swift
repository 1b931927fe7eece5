import AirbyteProtocol
import ConnectorModel
import JSON
import OrderedCollections
import Python
import PythonTime

/// How far a stream with partitions was read: a timeline for each partition, and the global cursor that new ones start from.
/// A value; times are passed in.
struct PerPartitionProgress: Sendable {
  /// Beyond this many partitions the state is only the global cursor, and no further timelines are kept.
  static let switchToGlobalLimit = 10_000
  /// Microseconds between two states during a read.
  static let emissionInterval: Int64 = 600_000_000

  /// A partition that is being read.
  private struct Open: Sendable {
    let sequence: Int
    /// Slices that were given out and are not closed yet.
    var slices = 0
    /// Whether the last slice was given out.
    var isGenerated = false
  }

  private struct ParentCheckpoint: Sendable {
    let state: JSONObject?
    /// The number of the first partition that came after the parents had this state.
    let sequence: Int
  }

  private let definition: CursorDefinition
  private(set) var usesGlobalCursor: Bool
  /// In the order in which the partitions came.
  private var timelines: OrderedDictionary<PartitionKey, CursorTimeline> = [:]
  private var open: [PartitionKey: Open] = [:]
  /// The partitions that came in this read: one that several parents have is read once, whether or not it was read already when it
  /// came again.
  private var arrived: Set<PartitionDigest> = []
  private var numberOfPartitions = 0
  private var generated = 0
  /// Whether the router has named all of its partitions.
  private var isListed = false
  /// No partition with a smaller number is open.
  private var lowestOpen = 0
  private var openSequences: Set<Int> = []

  /// The global cursor's text as the state has it during the read, and as it will have it.
  private(set) var globalCursor: JSONValue?
  private var newGlobalCursor: CursorValue?
  private(set) var lookbackWindow = 0
  private var hasSyncedData = false
  private(set) var parentState: JSONObject?
  /// What the parents' state was before any of them was read.
  private var firstParentState: JSONObject?
  private var checkpoints: [ParentCheckpoint] = []
  private var startTime: Int64?
  private var lastEmission: Int64?

  /// - Throws: ``ConnectorError`` if the state cannot be read.
  init(_ definition: CursorDefinition, state: JSONObject, usesGlobalCursor: Bool) throws {
    self.definition = definition
    self.usesGlobalCursor = usesGlobalCursor
    guard !state.isEmpty else { return }
    if state["states"] == nil, state["state"] == nil {
      try setGlobalCursor(state)
    } else {
      self.usesGlobalCursor = state["use_global_cursor"]?.isTruthy ?? false
      lookbackWindow = try seconds(state["lookback_window"])
      guard let entries = state["states"] == "" ? [] : (state["states"] ?? []).array else {
        throw definition.unreadable("`states` should be a list, not \(state["states"].map(definition.excerpt) ?? "")")
      }
      for entry in entries {
        guard let partition = entry["partition"]?.object, let cursor = entry["cursor"]?.object else {
          throw definition.unreadable(
            "an entry of `states` should have a `partition` and a `cursor`, but is \(definition.excerpt(of: entry))")
        }
        numberOfPartitions += 1
        timelines[PartitionKey(partition)] = try CursorTimeline(definition, state: cursor)
      }
      if let global = state["state"] { try setGlobalCursor(from: global) }
    }
    if let parents = state["parent_state"]?.object, !parents.isEmpty { parentState = parents }
  }

  /// What Python's `int` makes of a window.
  private func seconds(_ value: JSONValue?) throws -> Int {
    guard let value else { return 0 }
    if case .bool(let flag) = value { return flag ? 1 : 0 }
    if let number = value.int { return number }
    if let number = value.double, let whole = Int(exactly: number.rounded(.towardZero)) { return whole }
    if let text = value.string, let number = PythonNumberText.integer(text)?.int { return number }
    throw definition.unreadable("`lookback_window` should be a number of seconds, not \(definition.excerpt(of: value))")
  }

  /// As in the reference, what can be asked for a key and does not have it is not a cursor.
  private mutating func setGlobalCursor(from value: JSONValue) throws {
    let field = definition.field.string
    switch value {
    case .object(let state): try setGlobalCursor(state)
    case .string(let text) where !text.contains(field): break
    case .array(let values) where !values.contains(.string(field)): break
    default: throw definition.unreadable("`state` should be an object, not \(definition.excerpt(of: value))")
    }
  }

  private mutating func setGlobalCursor(_ state: JSONObject) throws {
    guard let value = state[definition.field.string] else { return }
    let moment = try definition.read(value, "`\(definition.field.string)` of the global cursor")
    globalCursor = definition.converter.format(moment)
    newGlobalCursor = moment
  }

  // MARK: Reading

  mutating func start(at now: Int64, parentState: JSONObject?) {
    startTime = now
    firstParentState = parentState
  }

  /// What a partition does that comes from the router.
  enum Arrival {
    case windows(SliceWindows)
    /// The partition came before.
    case duplicate
  }

  /// A partition came from the router; its windows follow.
  mutating func begin(_ key: PartitionKey, parentState: JSONObject?) throws -> Arrival {
    switchToGlobalCursorAtLimit()
    guard arrived.insert(PartitionDigest(key)).inserted else {
      definition.runtime.warnings.keep(.samePartition, of: definition.streamName) {
        "the same partition appeared twice; it is read once."
      }
      return .duplicate
    }
    open[key] = Open(sequence: generated)
    openSequences.insert(generated)
    if checkpoints.last.map({ $0.state != parentState }) ?? true {
      checkpoints.append(ParentCheckpoint(state: parentState, sequence: generated))
    }
    generated += 1
    var timeline: CursorTimeline
    if let known = timelines[key] {
      timeline = known
    } else {
      timeline = try newTimeline()
      numberOfPartitions += 1
    }
    let windows = try timeline.windows()
    if !usesGlobalCursor { timelines[key] = timeline }
    return .windows(windows)
  }

  /// A timeline for a partition that the state does not know: it starts from the global cursor.
  func newTimeline() throws -> CursorTimeline {
    guard let globalCursor else { return try CursorTimeline(definition, state: [:]) }
    return try CursorTimeline(definition, state: [definition.field.string: globalCursor], runtimeLookback: lookbackWindow)
  }

  /// A slice of the partition is about to be read.
  mutating func handOut(_ key: PartitionKey, isLast: Bool) {
    open[key]?.slices += 1
    if isLast { open[key]?.isGenerated = true }
  }

  /// A slice of the partition was read completely.
  mutating func close(
    _ key: PartitionKey, _ slice: StreamSlice, greatest: CursorValue?
  ) throws {
    if let greatest {
      hasSyncedData = true
      moveGlobalCursor(to: greatest)
    }
    guard var partition = open[key] else {
      throw ConnectorError(.system, "A slice of stream `\(definition.streamName)` was closed twice")
    }
    partition.slices -= 1
    open[key] = partition
    let isDone = partition.isGenerated && partition.slices == 0
    if !usesGlobalCursor {
      _ = try timelines[key]?.close(slice, mostRecent: greatest)
      if isDone, let value = try timelines[key]?.cursorValue { moveGlobalCursor(to: value) }
    }
    if isDone {
      open[key] = nil
      openSequences.remove(partition.sequence)
    }
    advanceParentState()
  }

  private mutating func moveGlobalCursor(to value: CursorValue) {
    if let newGlobalCursor, !newGlobalCursor.isBefore(value) { return }
    newGlobalCursor = value
  }

  /// A parents' state is taken over once all partitions that came before the next one are closed.
  private mutating func advanceParentState() {
    while lowestOpen < generated, !openSequences.contains(lowestOpen) { lowestOpen += 1 }
    var passed = 0
    while passed < checkpoints.count, openSequences.isEmpty || lowestOpen > checkpoints[passed].sequence {
      if let state = checkpoints[passed].state { parentState = state }
      passed += 1
    }
    checkpoints.removeFirst(passed)
  }

  private mutating func switchToGlobalCursorAtLimit() {
    guard !usesGlobalCursor, numberOfPartitions > Self.switchToGlobalLimit else { return }
    definition.runtime.warnings.keep(.globalCursor, of: definition.streamName, .info) {
      "it has more than \(Self.switchToGlobalLimit) partitions, so that its state is a global cursor."
    }
    usesGlobalCursor = true
  }

  // MARK: State

  /// Whether it is time for a state during the read.
  mutating func shouldEmit(at now: Int64) -> Bool {
    if let lastEmission, now - lastEmission <= Self.emissionInterval { return false }
    lastEmission = now
    return !usesGlobalCursor || !(parentState?.isEmpty ?? true)
  }

  /// The router has named all of its partitions.
  mutating func listed() { isListed = true }

  /// The stream ended: if all partitions are known and no slice is open, the global cursor and the parents' state move
  /// on. Otherwise partitions that a failed parent did not name would begin too late.
  mutating func finish(at now: Int64, parentState: JSONObject?) {
    guard open.values.allSatisfy({ $0.slices == 0 }) else { return }
    guard isListed else {
      // Parents that did not move have nothing to lose.
      if parentState == firstParentState { self.parentState = parentState }
      return
    }
    if hasSyncedData {
      globalCursor = newGlobalCursor.map(definition.converter.format)
      let elapsed = max(1, now - (startTime ?? now))
      lookbackWindow = Int((elapsed + 999_999) / 1_000_000)
    }
    self.parentState = parentState
  }

  var state: JSONObject {
    get throws {
      var state: JSONObject = ["use_global_cursor": .bool(usesGlobalCursor)]
      if !usesGlobalCursor {
        var states: [JSONValue] = []
        states.reserveCapacity(timelines.count)
        for (key, timeline) in timelines {
          let cursor = try timeline.state
          if !cursor.isEmpty { states.append(["partition": .object(key.partition), "cursor": .object(cursor)]) }
        }
        state["states"] = .array(states)
      }
      if let globalCursor { state["state"] = [definition.field.string: globalCursor] }
      state["lookback_window"] = .int(lookbackWindow)
      if let parentState { state["parent_state"] = .object(parentState) }
      return state
    }
  }

  /// What a read of the partition takes as new.
  func bounds(for key: PartitionKey) -> CursorBounds? {
    let known = usesGlobalCursor ? nil : timelines[key]
    return (known ?? (try? newTimeline()))?.bounds
  }
}
