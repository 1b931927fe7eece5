import LowCode

/// Waits longer with each attempt: once the number of seconds, then twice as long, then three times.
struct Patience: Component, BackoffStrategy {
  private let seconds: Double

  init(from node: ComponentNode, in scope: BuildScope) throws {
    seconds = Double(try node.int("seconds") ?? 1)
  }

  func delay(after attempt: Attempt, number: Int) async throws -> Double? { seconds * Double(number) }
}
