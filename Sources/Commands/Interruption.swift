import Bytes
import Concurrency
import Essentials
import Programs
import Synchronization

/// Prints a summary when a user interrupts a read: what was read, and how to continue.
///
/// A signal may come at any moment and on any thread, so its handler only writes bytes that are ready, and ends the process by the
/// signal as it would have ended without a handler. Two texts take turns: the one that the handler may be writing is never changed.
enum Interruption {
  private static let room = 1024
  /// Sound to share: only ``prepare(_:)``, which its caller serializes, writes, and never into the part that is shown.
  private static let texts = SharedPointer(OpaquePointer(UnsafeMutablePointer<UInt8>.allocate(capacity: 2 * room)))
  /// The part that is shown, and its length: `part << 32 | length`.
  private static let current = Atomic<Int>(0)

  /// What ends a process from outside: Ctrl-C, a scheduler, a terminal that is closed, the key that quits.
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT]

  /// Makes these signals print the summary. Call it before anything reads. A signal that the parent process ignores stays
  /// ignored.
  static func watch() {
    // Not for the first time in the handler, where nothing may be allocated.
    _ = texts
    _ = current.load(ordering: .relaxed)
    _ = bell.load(ordering: .relaxed)
    ProgramRemains.prepare()
    for number in signals {
      var action = sigaction()
      guard sigaction(number, nil, &action) == 0, (action.sa_flags & SA_SIGINFO) == 0, !isIgnored(action) else { continue }
      action = sigaction()
      action.__sigaction_handler.sa_handler = { number in
        let bell = Interruption.bell.load(ordering: .acquiring)
        if bell >= 0 {
          var number = UInt8(truncatingIfNeeded: number)
          if write(bell, &number, 1) == 1 { return }
        }
        ProgramRemains.clear()
        Interruption.speak()
        signal(number, SIG_DFL)
        raise(number)
      }
      action.sa_flags = Int32(bitPattern: UInt32(SA_RESETHAND))
      sigaction(number, &action, nil)
    }
  }

  /// Where the handler writes the number of a signal; negative if it ends the process by itself.
  private static let bell = Atomic<Int32>(-1)

  /// Runs `body` before such a signal ends the process: on a thread of its own, so that it may do whatever it needs to. A second
  /// signal ends the process at once.
  static func beforeEnding(_ body: @escaping @Sendable () -> Void) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    let hearing = ends[0]
    let hasThread = SystemThread.start {
      // Whoever started the program may have left signals blocked for all of its threads.
      var signals = sigset_t()
      sigemptyset(&signals)
      for number in Self.signals { sigaddset(&signals, number) }
      pthread_sigmask(SIG_UNBLOCK, &signals, nil)
      var number: UInt8 = 0
      while read(hearing, &number, 1) < 0, errno == EINTR {}
      body()
      ProgramRemains.clear()
      speak()
      signal(Int32(number), SIG_DFL)
      kill(getpid(), Int32(number))
    }
    guard hasThread else { return }
    bell.store(ends[1], ordering: .releasing)
    watch()
  }

  private static func isIgnored(_ action: sigaction) -> Bool {
    unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == 1
  }

  /// Lays a text ready. Its caller sees to it that this is not called twice at a time.
  static func prepare(_ text: String) {
    let part = 1 - current.load(ordering: .relaxed) >> 32
    var text = text
    let count = text.withUTF8 { bytes in
      let count = min(bytes.count, room)
      if let start = bytes.baseAddress { (texts.bytes + part * room).update(from: start, count: count) }
      return count
    }
    current.store(part << 32 | count, ordering: .releasing)
  }

  private static func speak() {
    let current = current.load(ordering: .acquiring)
    _ = write(STDERR_FILENO, texts.bytes + (current >> 32) * room, current & 0xFFFF_FFFF)
  }
}
