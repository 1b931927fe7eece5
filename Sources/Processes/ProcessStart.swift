import Bytes
import CSpawn
import Essentials

/// A program on its way to be a process, by the calls of POSIX: Foundation's `Process` gives it no descriptors of one's own.
///
/// Whoever started this program may have left signals blocked or ignored, which a process would inherit. It gets them as they
/// usually are.
package struct ProcessStart {
  private let path: String
  private let words: [String]
  private let environment: [String: String]
  private let descriptors: [Int32]
  private let folder: String?
  private let hasOwnGroup: Bool

  /// How often it is tried to start a program whose file is busy, each time after so many microseconds.
  private static let patience = (tries: 200, pause: UInt32(10_000))

  /// - Parameters:
  ///   - path: the program's file.
  ///   - words: its arguments, with its name before them.
  ///   - descriptors: what the process has as 0, 1, and so on.
  ///   - folder: where it works; nil for where this program does.
  ///   - hasOwnGroup: whether signals can be sent to it together with all that it starts.
  package init(
    _ path: String, words: [String], environment: [String: String], descriptors: [Int32], folder: String? = nil,
    hasOwnGroup: Bool = false
  ) {
    self.path = path
    self.words = words
    self.environment = environment
    self.descriptors = descriptors
    self.folder = folder
    self.hasOwnGroup = hasOwnGroup
  }

  /// Starts the process.
  /// - Returns: its number.
  /// - Throws: ``FileError`` if the system starts none.
  package func run() throws(FileError) -> pid_t {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #else
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    for (place, descriptor) in descriptors.enumerated() { posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(place)) }
    if let folder { spawn_folder_add(&actions, folder) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    if hasOwnGroup { posix_spawnattr_setpgroup(&attributes, 0) }
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | (hasOwnGroup ? POSIX_SPAWN_SETPGROUP : 0)))
    var words: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + variables { free(text) } }
    var identifier: pid_t = 0
    var code = posix_spawn(&identifier, path, &actions, &attributes, &words, &variables)
    // A file that was written just now is busy as long as a process that was being started meanwhile still has it open.
    for _ in 0..<Self.patience.tries where code == ETXTBSY {
      usleep(Self.patience.pause)
      code = posix_spawn(&identifier, path, &actions, &attributes, &words, &variables)
    }
    guard code == 0 else { throw .system(code) }
    return identifier
  }
}
