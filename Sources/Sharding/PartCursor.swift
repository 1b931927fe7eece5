import AirbyteProtocol
import Components
import ConnectorModel
import JSON
import PythonTime
import Synchronization

/// The cursor of a stream of which one part is read: it lists the slices of the part, and its state says which of them were read.
final class PartCursor: Cursor {
  /// How long slices may be read without a state, in microseconds.
  private static let longestSilence: Int64 = 10_000_000

  private let own: any DivisibleCursor
  private let slices: [PartSlice]
  private let places: [ObjectIdentifier: Int]
  private let hasWindows: Bool
  private let now: @Sendable () -> Int64
  private let progress: Mutex<Progress>

  private struct Progress: Sendable {
    var state: PartState
    /// How many slices were read since a state was written.
    var unsaid = 0
    var lastEmission: Int64
  }

  /// - Parameters:
  ///   - own: the stream's own cursor, which follows the records.
  ///   - slices: the slices of the part, in the order of their places.
  ///   - state: what was read of them before.
  init(
    _ own: any DivisibleCursor, slices: [PartSlice], hasWindows: Bool, state: PartState, now: @escaping @Sendable () -> Int64
  ) {
    self.own = own
    self.slices = slices
    self.hasWindows = hasWindows
    self.now = now
    places = Dictionary(slices.map { (ObjectIdentifier($0.slice), $0.place) }, uniquingKeysWith: { first, _ in first })
    progress = Mutex(Progress(state: state, lastEmission: now()))
  }

  func slices(_ body: (StreamSlice) async throws -> Void) async throws {
    let read = progress.withLock { $0.state.positions }
    for slice in slices where read[slice.place] == nil { try await body(slice.slice) }
  }

  /// A state has all slices that were read. So that all of them together are not much longer than the last one, there are fewer of them
  /// the more slices were read.
  func close(_ slice: StreamSlice, after observation: Observation) throws -> JSONObject? {
    guard let place = places[ObjectIdentifier(slice)] else {
      throw ConnectorError(.system, "A slice was read that does not belong to the part")
    }
    let position = own.position(of: observation, in: slice)
    let now = now()
    return progress.withLock { progress in
      progress.state.positions[place] = position
      progress.unsaid += 1
      guard progress.unsaid * 4 >= progress.state.positions.count || now - progress.lastEmission >= Self.longestSilence else {
        return nil
      }
      progress.unsaid = 0
      progress.lastEmission = now
      return state(of: &progress, at: now)
    }
  }

  private func state(of progress: inout Progress, at now: Int64) -> JSONObject {
    progress.state.time = now
    return progress.state.json(of: slices, hasWindows: hasWindows)
  }

  var state: JSONObject { progress.withLock { state(of: &$0, at: now()) } }

  var cursorField: String? { own.cursorField }
  var followsPartitions: Bool { own.followsPartitions }
  func observer(for slice: StreamSlice) -> any CursorObserver { own.observer(for: slice) }
  func bounds(for slice: StreamSlice) -> (any RecordBounds)? { own.bounds(for: slice) }
  func moment(of state: JSONObject, now: PyDateTime) -> PyDateTime? { own.moment(of: state, now: now) }

  func requestParts(for slice: StreamSlice, token: PageToken?) async throws -> RequestParts {
    try await own.requestParts(for: slice, token: token)
  }
}
