import Essentials

/// A thread of the process's own. libdispatch's are not used: without descriptors it ends the process, and without threads it
/// waits forever.
package enum SystemThread {
  /// Starts a thread that runs `body` and ends.
  /// - Returns: false if the system gives no thread.
  package static func start(_ body: @escaping @Sendable () -> Void) -> Bool {
    guard SystemLimits.allowsThread else { return false }
    let argument = Unmanaged.passRetained(ThreadBody(run: body)).toOpaque()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let code = pthread_create(&thread, &attributes, runThread, argument)
    pthread_attr_destroy(&attributes)
    if code != 0 { Unmanaged<ThreadBody>.fromOpaque(argument).release() }
    return code == 0
  }
}

private final class ThreadBody: Sendable {
  package let run: @Sendable () -> Void
  package init(run: @escaping @Sendable () -> Void) { self.run = run }
}

#if canImport(Darwin)
  private func runThread(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
    return nil
  }
#else
  private func runThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument { Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run() }
    return nil
  }
#endif
