#if URLSession
  import Concurrency
  import Dispatch

  /// Calls something at a time that can be moved.
  ///
  /// Sound to share: a source of libdispatch may be used by several threads.
  final class ExchangeTimer: @unchecked Sendable {
    /// Where the timers of all exchanges run. None of them blocks it.
    static let queue = DispatchQueue(label: "airbyte-lowcode.exchanges")
    private let source = DispatchSource.makeTimerSource(queue: queue)

    init(_ body: @escaping @Sendable () -> Void) {
      source.setEventHandler(handler: body)
      source.activate()
    }

    deinit { source.cancel() }

    /// - Parameter time: of ``MonotonicTime``.
    func set(to time: UInt64) {
      let now = MonotonicTime.now
      source.schedule(deadline: .now() + .nanoseconds(Int(clamping: time - min(now, time))))
    }

    func cancel() { source.cancel() }
  }
#endif
