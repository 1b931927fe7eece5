import Synchronization

/// Says something once.
package final class Once: Sendable {
  private let isDone = Atomic(false)

  package init() {}

  package func callAsFunction(_ action: () -> Void) {
    if isDone.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged { action() }
  }
}
