import CExhaustion
import CMemory
import Essentials

/// What the system allows the process.
package enum SystemLimits {
  /// The descriptors that a transfer may need at a time: its connection, libcurl's own, those that look up a name, certificates.
  private static let descriptorsPerConnection = 8
  /// Those that are to stay free for files.
  private static let spareDescriptors = 6

  /// What a transfer takes of the address space, with the stack of its thread and its part of a page.
  private static let addressSpacePerConnection = 24 << 20

  /// How many connections there may be at a time, by the limits of open files and of the address space; nil if those are far away.
  package static let connections: Int? = {
    var count: Int?
    if let limit = openFiles, limit < 4_096, let used = usedDescriptors {
      count = max(1, (limit - used - spareDescriptors) / descriptorsPerConnection)
    }
    if let left = addressSpaceLeft, left < 4 << 30 {
      count = min(count ?? .max, max(1, (left - spareAddressSpace) / addressSpacePerConnection))
    }
    return count
  }()

  /// The limit of open files (`ulimit -n`); nil for none.
  package static var openFiles: Int? { limit(openFilesResource) }

  /// The limit of the address space in bytes (`ulimit -v`); nil for none.
  package static var addressSpace: Int? { limit(addressSpaceResource) }

  /// Prepares the process for large blocks of memory, and for a limit of its address space: `malloc` would keep 64 MB of it for each thread, and without memory
  /// there is nothing left to make an error with.
  /// - Parameter trace: where an error is reported: in a TRACE message to that descriptor, or as a text to standard error if it
  ///   is nil.
  package static func prepare(trace: Int32?) {
    heap_return()
    guard let limit = addressSpace else { return }
    heap_share()
    let sentence = "There is no memory left: the address space of the process is limited to \(limit >> 20) MB (ulimit -v)"
    if let trace {
      let error = #""error":{"message":"\#(sentence)","failure_type":"system_error"}}}"#
      exhaustion_explain(trace, #"{"type":"TRACE","trace":{"type":"ERROR","emitted_at":"#, ",\(error)\n")
    } else {
      exhaustion_explain(STDERR_FILENO, "error: \(sentence) [", "]\n")
    }
  }

  /// The bytes of the address space that are left; nil if there is no limit.
  package static var addressSpaceLeft: Int? {
    guard let limit = addressSpace, let file = fopen("/proc/self/statm", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 64)
    guard fgets(&line, Int32(line.count), file) != nil else { return nil }
    return limit - strtol(line, nil, 10) * Int(sysconf(Int32(_SC_PAGESIZE)))
  }

  /// Whether a thread may be started: as long as its stack leaves room for what it is going to do.
  package static var allowsThread: Bool { addressSpaceLeft.map { $0 > spareAddressSpace } ?? true }

  /// Why there is no room for a request in the address space; nil if there is.
  package static var addressSpaceObstacle: String? {
    guard let left = addressSpaceLeft, let limit = addressSpace, left < spareAddressSpace / 2 else { return nil }
    return "The address space of the process is limited to \(limit >> 20) MB (ulimit -v), of which too little is left"
  }

  /// What a request may have failed of; nil if there is room.
  package static var obstacle: String? {
    if let obstacle = addressSpaceObstacle { return obstacle }
    if isOutOfDescriptors { return "Too many files are open\(explanation(EMFILE))" }
    return nil
  }

  /// The system's words for an error, with the limit that it comes from.
  package static func reason(_ code: Int32) -> String { String(cString: strerror(code)) + explanation(code) }

  private static func explanation(_ code: Int32) -> String {
    guard code == EMFILE, let limit = openFiles else { return "" }
    return ", because their number is limited to \(limit) (ulimit -n)"
  }

  /// As much of the address space is to stay free.
  private static let spareAddressSpace = 96 << 20

  private static var isOutOfDescriptors: Bool {
    let descriptor = open("/dev/null", O_RDONLY | O_CLOEXEC)
    if descriptor >= 0 { close(descriptor) }
    return descriptor < 0 && errno == EMFILE
  }

  private static var usedDescriptors: Int? {
    let names = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
    return names.map { $0.count - 1 }
  }

  #if canImport(Darwin)
    private static let openFilesResource = RLIMIT_NOFILE
    private static let addressSpaceResource = RLIMIT_AS
    private static func limit(_ resource: Int32) -> Int? { current { getrlimit(resource, &$0) } }
  #else
    private static let openFilesResource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    private static let addressSpaceResource = __rlimit_resource_t(RLIMIT_AS.rawValue)
    private static func limit(_ resource: __rlimit_resource_t) -> Int? { current { getrlimit(resource, &$0) } }
  #endif

  private static func current(_ get: (inout rlimit) -> Int32) -> Int? {
    var limit = rlimit()
    guard get(&limit) == 0, limit.rlim_cur <= UInt64(Int.max) / 2 else { return nil }
    return Int(limit.rlim_cur)
  }
}
