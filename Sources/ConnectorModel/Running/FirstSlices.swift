import Synchronization

/// The first slices of a cursor.
package struct FirstSlices: Sendable {
  private let cursor: any Cursor
  private let limit: Int?

  /// Ends the listing. Each one has an object of its own, as parents are listed within their children.
  private final class Enough: Error {
    private let left: Mutex<Int>

    init(after count: Int) { left = Mutex(count) }

    /// Counts a slice.
    func count() throws {
      let isLast = left.withLock { left in
        left -= 1
        return left <= 0
      }
      if isLast { throw self }
    }
  }

  /// - Parameter limit: how many there are at most; nil for all.
  package init(of cursor: any Cursor, upTo limit: Int?) {
    self.cursor = cursor
    self.limit = limit
  }

  /// Calls `body` with each of them, as the cursor does.
  package func forEach(_ body: (StreamSlice) async throws -> Void) async throws {
    guard let limit else { return try await cursor.slices(body) }
    let enough = Enough(after: limit)
    do {
      try await cursor.slices { slice in
        try await body(slice)
        try enough.count()
      }
    } catch let error as Enough where error === enough {}
  }
}
