import AirbyteProtocol
import ConnectorModel
import Jinja
import Manifest
import OrderedCollections
import Synchronization
import Templating

/// How many jobs may be under way at the API at once, over all streams of a connector.
package final class AsyncJobBudget: SharedInRun {
  private let limit: Int
  private let used = Mutex(0)

  package init(limit: Int) { self.limit = max(1, limit) }

  /// The budget of the manifest's `max_concurrent_async_job_count`: a number, or a template for one, which as in the reference does not
  /// see the config; one job if the manifest does not say.
  package convenience init(in run: RunScope) {
    self.init(limit: Self.limit(run.manifest?["max_concurrent_async_job_count"], run.runtime.log))
  }

  private static func limit(_ node: ManifestNode?, _ log: any Log) -> Int {
    guard let node, !node.isNull else { return 1 }
    var number = node.int
    if number == nil, let value = try? InterpolatedString(node, parameters: [:]).evaluate(EvaluationContext(config: .emptyDict)) {
      number = value.wholeNumber
    }
    if number == 0, node.int != nil { return 1 }
    guard let number, number >= 1 else {
      log.log(.warn, "`max_concurrent_async_job_count` should be a number of at least 1; one job at a time is started.")
      return 1
    }
    return number
  }

  /// A place for a job; nil where all are taken.
  func slot() -> Slot? {
    let isFree = used.withLock { used in
      guard used < limit else { return false }
      used += 1
      return true
    }
    return isFree ? Slot(of: self) : nil
  }

  /// A place that a job takes up, and the jobs that are started in its stead.
  final class Slot: JobSlot {
    private let budget: AsyncJobBudget
    private let isReleased = Atomic(false)

    fileprivate init(of budget: AsyncJobBudget) { self.budget = budget }

    func release() {
      guard isReleased.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else { return }
      budget.used.withLock { $0 -= 1 }
    }

    deinit { release() }
  }
}

extension Value {
  /// Python's `int()` of the value; nil where it has none.
  package var wholeNumber: Int? {
    switch self {
    case .int(let number): number
    case .bool(let flag): flag ? 1 : 0
    case .float(let number): Int(exactly: number.rounded(.towardZero))
    default: text.flatMap { Int($0) }
    }
  }
}
