import Bytes
import Essentials
import Synchronization

/// What would be left if this process were ended by a signal: programs that it started, and files with secrets that it wrote for them.
///
/// ``clear()`` may be called by a signal's handler at any moment: it reads words of memory that is never freed, and calls nothing that is
/// not allowed there. A word is set with one store, so that a handler finds it before or after, and never half.
package enum ProgramRemains {
  private static let room = 256
  private static let longestPath = 4_096

  /// Sound to share: written under ``lock`` alone, a word at a time.
  private static let groups: SharedPointer = {
    let slots = UnsafeMutablePointer<Int>.allocate(capacity: room)
    slots.initialize(repeating: 0, count: room)
    return SharedPointer(OpaquePointer(slots))
  }()
  /// The same: addresses of paths, which are never freed while they are here.
  private static let paths: SharedPointer = {
    let slots = UnsafeMutablePointer<Int>.allocate(capacity: room)
    slots.initialize(repeating: 0, count: room)
    return SharedPointer(OpaquePointer(slots))
  }()
  private static let lock = Mutex(())

  /// Makes ready what a handler must not make for the first time.
  package static func prepare() { _ = (groups, paths, starting.load(ordering: .relaxed)) }

  /// Programs that are being started, and are not noted yet.
  private static let starting = Atomic<Int>(0)

  /// A program is about to be started: what ends this process waits a moment until it is noted.
  static func begin() { starting.add(1, ordering: .sequentiallyConsistent) }

  /// It is noted, or could not be started.
  static func began() { starting.subtract(1, ordering: .sequentiallyConsistent) }

  /// How long programs have for their end, in steps of so many milliseconds.
  private static let (steps, step): (Int, Int32) = (100, 20)

  /// Ends the programs and removes the files. What does not end by SIGTERM within two seconds is killed.
  package static func clear() {
    let (groups, paths) = (slots(Self.groups), slots(Self.paths))
    // Not for ever: a signal may have come to the thread that starts one.
    var patience = steps / 4
    while patience > 0, starting.load(ordering: .sequentiallyConsistent) > 0 {
      poll(nil, 0, step)
      patience -= 1
    }
    for place in 0..<room where groups[place] > 0 { kill(-pid_t(truncatingIfNeeded: groups[place]), SIGTERM) }
    for place in 0..<room { if let path = UnsafeMutablePointer<CChar>(bitPattern: paths[place]) { unlink(path) } }
    // Folders are empty now.
    for place in 0..<room { if let path = UnsafeMutablePointer<CChar>(bitPattern: paths[place]) { rmdir(path) } }
    var left = steps
    while left > 0, (0..<room).contains(where: { isRunning(groups[$0]) }) {
      poll(nil, 0, step)
      left -= 1
    }
    for place in 0..<room where groups[place] > 0 { kill(-pid_t(truncatingIfNeeded: groups[place]), SIGKILL) }
  }

  /// Whether the leader of a group runs. One that has ended may still be in the system's list, since nobody takes it from there now.
  private static func isRunning(_ group: Int) -> Bool {
    guard group > 0 else { return false }
    var information = siginfo_t()
    return waitid(P_PID, id_t(truncatingIfNeeded: group), &information, WEXITED | WNOHANG | WNOWAIT) == 0
      && information.si_signo == 0
  }

  /// - Returns: where the group is noted; nil if there is no room.
  static func add(group: pid_t) -> Int? { add(Int(group), to: groups) }

  static func remove(group place: Int) { lock.withLock { _ in slots(groups)[place] = 0 } }

  /// Notes a file, or a folder whose files are all noted.
  static func add(path: String) -> Int? {
    guard path.utf8.count < longestPath, let copy = strdup(path) else { return nil }
    guard let place = add(Int(bitPattern: copy), to: paths) else {
      free(copy)
      return nil
    }
    return place
  }

  /// Forgets a path. Its text is not freed: a handler may be reading it.
  static func remove(path place: Int) { lock.withLock { _ in slots(paths)[place] = 0 } }

  private static func add(_ word: Int, to list: SharedPointer) -> Int? {
    lock.withLock { _ in
      let slots = slots(list)
      guard let place = (0..<room).first(where: { slots[$0] == 0 }) else { return nil }
      slots[place] = word
      return place
    }
  }

  private static func slots(_ list: SharedPointer) -> UnsafeMutablePointer<Int> {
    UnsafeMutablePointer(list.opaque)
  }
}
