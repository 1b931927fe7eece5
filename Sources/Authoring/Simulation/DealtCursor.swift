import ConnectorModel
import JSON

/// The cursor of a stream of which a simulated worker reads some slices. Its state is of no interest.
struct DealtCursor: Cursor {
  let own: any Cursor
  let dealt: [StreamSlice]

  func slices(_ body: (StreamSlice) async throws -> Void) async throws { for slice in dealt { try await body(slice) } }
  var state: JSONObject { [:] }
  func observer(for slice: StreamSlice) -> any CursorObserver { own.observer(for: slice) }
  func bounds(for slice: StreamSlice) -> (any RecordBounds)? { own.bounds(for: slice) }

  func requestParts(for slice: StreamSlice, token: PageToken?) async throws -> RequestParts {
    try await own.requestParts(for: slice, token: token)
  }
}
