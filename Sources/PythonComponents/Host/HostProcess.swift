import Bytes
import Concurrency
import Essentials
import Synchronization

/// A process that speaks the protocol of component hosts: it reads frames from its descriptor 3 and writes frames to its descriptor 4.
/// What it prints goes to `output` line by line. It ends when the last reference to it goes.
final class HostProcess: Sendable {
  /// A line that the process printed.
  struct Line: Sendable {
    let text: String
    /// Whether it came from standard error.
    let isError: Bool
  }

  let identifier: pid_t
  /// What is still to be written: a call never waits for a process that does not read.
  private let outgoing = Monitor(Outgoing())
  private let incoming: Descriptor

  private struct Outgoing {
    var frames: [[UInt8]] = []
    var isClosed = false
  }

  /// Starts a process.
  /// - Parameters:
  ///   - arguments: those behind the program's name.
  ///   - output: takes what it prints.
  /// - Throws: ``FileError`` if the system starts none.
  init(
    _ program: String, _ arguments: [String], environment: [String: String], output: @escaping @Sendable (Line) -> Void
  ) throws(FileError) {
    let (ourInput, theirOutput) = try Self.pipe()
    let (theirInput, ourOutput) = try Self.pipe()
    let (printed, theirPrinting) = try Self.pipe()
    let (complained, theirComplaining) = try Self.pipe()
    let nothing = try Descriptor(open("/dev/null", O_RDONLY | O_CLOEXEC))
    identifier = try ChildProcess.start(
      program, arguments, environment: environment,
      descriptors: [nothing, theirPrinting, theirComplaining, theirInput, theirOutput].map(\.number))
    incoming = ourInput
    let outgoing = outgoing
    let hasThreads =
      SystemThread.start { Self.write(outgoing, to: ourOutput) }
      && SystemThread.start { Self.forward([(printed, false), (complained, true)], to: output) }
    guard hasThreads else {
      abort()
      _ = wait()
      throw FileError.refused("the system gives no further thread")
    }
  }

  deinit { close() }

  /// Sends a frame.
  func send(_ frame: HostFrame) {
    let bytes = frame.bytes
    outgoing.change { if !$0.isClosed { $0.frames.append(bytes) } }
  }

  /// Sends bytes that are no frame: the host's own program.
  func send(raw bytes: [UInt8]) { outgoing.change { $0.frames.append(bytes) } }

  /// Sends nothing more: the process ends by itself.
  func close() { outgoing.change { $0.isClosed = true } }

  /// The next frame; nil where the process has closed its end. Blocks the thread.
  /// - Parameters:
  ///   - interval: in milliseconds.
  ///   - idle: is called each time that this long nothing has come.
  /// - Throws: ``HostFrameError`` where it writes something else.
  func next(each interval: Int32, _ idle: () -> Void) throws(HostFrameError) -> HostFrame? {
    var ready = pollfd(fd: incoming.number, events: Int16(POLLIN), revents: 0)
    while poll(&ready, 1, interval) == 0 { idle() }
    guard let prefix = read(HostFrame.prefixCount) else { return nil }
    let counts = prefix.withUnsafeBytes { bytes in
      [0, 4].map { Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self))) }
    }
    guard counts[0] <= HostFrame.longestHeader else { throw HostFrameError("its header has \(counts[0]) bytes") }
    guard let header = read(counts[0]), let body = read(counts[1]) else { return nil }
    return try HostFrame(header: header, body: body)
  }

  /// Waits for the end of the process, and takes it from the system's list. Once a process.
  func wait() -> ChildProcess.End { ChildProcess.wait(for: identifier) }

  /// Waits for the end of the process for so many seconds, and then ends it. Once a process, in place of ``wait()``.
  func end(within seconds: Double) -> ChildProcess.End {
    if let end = ChildProcess.wait(for: identifier, atMost: seconds) { return end }
    abort()
    return wait()
  }

  /// Ends the process at once.
  func abort() { _ = kill(identifier, SIGKILL) }

  private func read(_ count: Int) -> [UInt8]? {
    var isWhole = true
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled..<count])
        let read = Essentials.read(incoming.number, rest.baseAddress, rest.count)
        if read < 0, errno == EINTR { continue }
        if read <= 0 { break }
        filled += read
      }
      isWhole = filled == count
    }
    return isWhole ? bytes : nil
  }

  // MARK: Threads

  private static func write(_ outgoing: Monitor<Outgoing>, to descriptor: Descriptor) {
    while true {
      let frames: [[UInt8]]? = outgoing.wait { state in
        if !state.frames.isEmpty {
          defer { state.frames = [] }
          return .done(state.frames)
        }
        return state.isClosed ? .done(nil) : .wait(until: nil)
      }
      guard let frames else { return }
      for frame in frames {
        do { try descriptor.write(frame) } catch { return outgoing.change { $0.isClosed = true } }
      }
    }
  }

  /// Hands on lines until both ends are closed.
  private static func forward(_ sources: [(descriptor: Descriptor, isError: Bool)], to output: (Line) -> Void) {
    var readers = sources.map { (descriptor: $0.descriptor, lines: PrintedLines(isError: $0.isError), isOpen: true) }
    while readers.contains(where: \.isOpen) {
      var waiting = readers.map { pollfd(fd: $0.isOpen ? $0.descriptor.number : -1, events: Int16(POLLIN), revents: 0) }
      guard poll(&waiting, nfds_t(waiting.count), -1) >= 0 || errno == EINTR else { return }
      for place in readers.indices where waiting[place].revents != 0 {
        readers[place].isOpen = readers[place].lines.read(from: readers[place].descriptor, to: output)
      }
    }
  }

  // MARK: The system

  private static func pipe() throws(FileError) -> (reading: Descriptor, writing: Descriptor) {
    var ends: [Int32] = [-1, -1]
    guard Essentials.pipe(&ends) == 0 else { throw .system() }
    // Above the numbers that the process gets, so that none of them is taken twice.
    let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 16) }
    for end in ends { Essentials.close(end) }
    return (try Descriptor(moved[0]), try Descriptor(moved[1]))
  }
}

/// Cuts what a process prints into lines.
private struct PrintedLines {
  let isError: Bool
  private var rest: [UInt8] = []
  /// What is longer is handed on in pieces.
  private static let longest = 64 << 10

  init(isError: Bool) { self.isError = isError }

  /// - Returns: whether more may come.
  mutating func read(from descriptor: Descriptor, to output: (HostProcess.Line) -> Void) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    let count = buffer.withUnsafeMutableBytes { Essentials.read(descriptor.number, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { return true }
    if count > 0 { rest += buffer[..<count] }
    while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
      hand(rest[..<end], to: output)
      rest.removeSubrange(...end)
    }
    if rest.count > Self.longest || count <= 0, !rest.isEmpty {
      hand(rest[...], to: output)
      rest = []
    }
    return count > 0
  }

  private func hand(_ bytes: ArraySlice<UInt8>, to output: (HostProcess.Line) -> Void) {
    let text = String(decoding: bytes, as: UTF8.self)
    if !text.allSatisfy(\.isWhitespace) { output(HostProcess.Line(text: text, isError: isError)) }
  }
}
