import ConnectorModel
import JSON
import Synchronization

/// What a simulated run knows of its streams, and what it measures.
final class SimulationState: Sendable {
  /// The simulation that components are built for.
  @TaskLocal static var current: SimulationState?

  /// What happened to a stream.
  struct Measure: Sendable {
    /// In microseconds since the epoch.
    var started: Int64?
    var ended: Int64?
    var isComplete = false
    var slices = 0
    var pages = 0
    var records = 0
    var requests = 0
    /// What was asked for it besides its own requests: parents.
    var parentRequests = 0
    /// How long all of its requests took together, in microseconds.
    var busy: Int64 = 0
    var parentBusy: Int64 = 0
    /// How long its requests waited for call rates, in seconds.
    var throttled = 0.0
    /// How long requests of all streams took together since the simulation began: when the stream started and ended.
    var allBusyAtStart: Int64 = 0
    var allBusyAtEnd: Int64 = 0
    var failure: String?
  }

  let settings: SimulationSettings
  /// The fields that are read of a stream's records by others.
  let needs: [String: Set<[String]>]
  /// Whether slices are counted rather than read: parents have one record in each, and nothing is asked.
  let isCounting: Bool
  /// How many slices a stream has, as far as they were counted.
  let slices: [String: Double]

  /// Says how far the simulation is; nil if nobody asks.
  let meter: SimulationMeter?

  private struct State {
    var measures: [String: Measure] = [:]
    /// The records that parents gave while slices were counted.
    var parentRecords: [String: Int] = [:]
    var allBusy: Int64 = 0
    var logins = 0
    /// The requesters of the streams that are simulated.
    var components: Set<String> = []
  }

  private let state = Mutex(State())

  init(
    _ settings: SimulationSettings, needs: [String: Set<[String]>], isCounting: Bool, slices: [String: Double] = [:],
    meter: SimulationMeter? = nil
  ) {
    self.settings = settings
    self.needs = needs
    self.isCounting = isCounting
    self.slices = slices
    self.meter = meter
  }

  var measures: [String: Measure] { state.withLock { $0.measures } }
  var logins: Int { state.withLock { $0.logins } }

  func change(_ stream: String, _ body: (inout Measure) -> Void) {
    state.withLock { body(&$0.measures[stream, default: Measure()]) }
  }

  func started(_ stream: String, at time: Int64) {
    state.withLock { state in
      let busy = state.allBusy
      state.measures[stream, default: Measure()].started = time
      state.measures[stream]?.allBusyAtStart = busy
    }
  }

  func ended(_ stream: String, at time: Int64, isComplete: Bool) {
    state.withLock { state in
      let busy = state.allBusy
      state.measures[stream, default: Measure()].ended = time
      state.measures[stream]?.isComplete = isComplete
      state.measures[stream]?.allBusyAtEnd = busy
    }
  }

  /// A request took some time.
  /// - Parameters:
  ///   - stream: whose it is; nil for a login.
  ///   - isOfParent: whether it is for a parent of the stream.
  func took(_ time: Int64, of stream: String?, isOfParent: Bool) {
    state.withLock { state in
      state.allBusy += time
      guard let stream else {
        state.logins += 1
        return
      }
      if isOfParent {
        state.measures[stream, default: Measure()].parentRequests += 1
        state.measures[stream]?.parentBusy += time
      } else {
        state.measures[stream, default: Measure()].requests += 1
        state.measures[stream]?.busy += time
      }
    }
  }

  func simulates(_ component: String) { state.withLock { _ = $0.components.insert(component) } }
  func isSimulated(_ component: String) -> Bool { state.withLock { $0.components.contains(component) } }

  /// A parent gave a record while slices are counted.
  func gaveRecord(of parent: String) { state.withLock { $0.parentRecords[parent, default: 0] += 1 } }
  func takeParentRecords() -> [String: Int] {
    state.withLock { state in
      defer { state.parentRecords = [:] }
      return state.parentRecords
    }
  }
}
