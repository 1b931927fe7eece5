import ConnectorModel
import JSON
import PythonTime

/// The cursor of a stream without incremental sync: its slices are its router's partitions, and its state says only that it
/// ended.
package final class FinalStateCursor: DivisibleCursor {
  private let router: (any PartitionRouter)?

  /// - Parameter router: nil for a stream that is read in one go.
  package init(router: (any PartitionRouter)?) { self.router = router }

  package func slices(_ body: (StreamSlice) async throws -> Void) async throws {
    if let router { try await router.partitions(body) } else { try await body(.whole) }
  }

  package var state: JSONObject { [Self.stateKey: true] }

  /// Now, if the state is from a read that was completed.
  package func moment(of state: JSONObject, now: PyDateTime) -> PyDateTime? {
    state[Self.stateKey]?.isTruthy == true ? now : nil
  }

  package func requestParts(for slice: StreamSlice, token: PageToken?) async throws -> RequestParts {
    try await router?.requestParts(for: slice, token: token) ?? RequestParts()
  }

  package func list(_ take: (ListedSlice) async throws -> Void) async throws {
    try await slices { slice in try await take(.slice(slice)) }
  }

  package var dividing: CursorDividing? { get throws { .marks } }

  /// The key of the state of a stream that has none.
  package static let stateKey = "__ab_no_cursor_state_message"
}
