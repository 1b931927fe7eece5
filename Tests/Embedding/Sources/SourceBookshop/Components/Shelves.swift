import LowCode

/// Reads a stream that no API has: the shelves, by their numbers.
struct Shelves: Component, Retriever {
  private let count: Int

  init(from node: ComponentNode, in scope: BuildScope) throws {
    count = try node.int("count") ?? 1
  }

  func read(_ slice: StreamSlice, _ body: (Page) async throws -> Bool) async throws {
    for number in 1...max(1, count) {
      guard try await body(Page(records: [Record(["id": .int(number)])])) else { return }
    }
  }
}
