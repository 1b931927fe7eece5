import JSON
import PythonTime

/// The cursor of a stream without incremental sync: its slices are its router's partitions, and its state says only that it
/// ended.
final class FinalStateCursor: Cursor {
  private let router: (any PartitionRouter)?

  /// - Parameter router: nil for a stream that is read in one go.
  init(router: (any PartitionRouter)?) { self.router = router }

  func slices(_ body: (StreamSlice) async throws -> Void) async throws {
    if let router { try await router.partitions(body) } else { try await body(.whole) }
  }

  var state: JSONObject { [Self.stateKey: true] }

  /// Now, if the state is from a read that was completed.
  func moment(of state: JSONObject, now: PyDateTime) -> PyDateTime? {
    state[Self.stateKey]?.isTruthy == true ? now : nil
  }

  func requestParts(for slice: StreamSlice, token: PageToken?) throws -> RequestParts {
    try router?.requestParts(for: slice, token: token) ?? RequestParts()
  }

  /// The key of the state of a stream that has none.
  static let stateKey = "__ab_no_cursor_state_message"
}
