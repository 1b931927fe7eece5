import Concurrency
import ConnectorModel

/// Reads all pages of a slice. Where its retriever can, it asks for the next page while one is being worked on.
struct PagePrefetcher {
  private let retriever: any Retriever
  private let readsAhead: Bool

  /// - Parameter readsAhead: whether the next page may be asked for while one is being worked on.
  init(_ retriever: any Retriever, readsAhead: Bool = true) {
    self.retriever = retriever
    self.readsAhead = readsAhead && retriever.canReadAhead
  }

  /// Pages up to this size, in bytes, are held two at a time.
  private static let smallPage = 4 * 1024 * 1024

  /// Calls `body` with page after page, each of which `observer` took in before.
  /// - Throws: ``ConnectorError``, also where `observer` cannot take a record in; what `body` got until then is good.
  func read(_ slice: StreamSlice, observer: any CursorObserver, _ body: (Page) async throws -> Void) async throws {
    guard readsAhead else {
      return try await retriever.read(slice) { page in
        var page = page
        let failure = observer.observe(&page)
        try await body(page)
        if let failure { throw failure }
        return true
      }
    }
    try await ResponseRoom.$holder.withValue(ResponseRoom.Holder()) { try await readAhead(slice, observer, body) }
  }

  private func readAhead(
    _ slice: StreamSlice, _ observer: any CursorObserver, _ body: (Page) async throws -> Void
  ) async throws {
    let pages = Channel<Page, Never>()
    try await BlockingExecutor.shared.lend { thread in
      try await withThrowingTaskGroup(of: Void.self) { group in
        @Sendable func readAhead() async throws {
          defer { pages.finish() }
          try await retriever.read(slice) { page in
            var page = page
            let failure = observer.observe(&page)
            await pages.send(page)
            if let failure { throw failure }
            // Whoever takes this one is done with the page before.
            if page.size > Self.smallPage { await pages.send(Page(records: [])) }
            // A page that nobody took counts as not read.
            try Task.checkCancellation()
            return true
          }
        }
        // Not by a preference that is nil: optimised code hands the task to libdispatch then, which waits for threads for ever.
        if let thread {
          group.addTask(executorPreference: thread, operation: readAhead)
        } else {
          group.addTask(operation: readAhead)
        }
        for await page in pages where !page.records.isEmpty { try await body(page) }
        try await group.waitForAll()
        try Task.checkCancellation()
      }
    }
  }
}
