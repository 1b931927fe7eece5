import Bytes
import Essentials
import JSON

/// What a program writes: whole lines of its standard output, a piece at a time, and meanwhile the lines of its standard error.
///
/// Has one reader at a time, whose thread it blocks.
struct ProgramPipes: ~Copyable {
  /// Why there is nothing further to read.
  enum Interruption: Error, Equatable {
    /// Nothing came for so many seconds.
    case silence(Double)
    /// A line has more bytes than are allowed.
    case longLine(Int)
    /// Nobody wants more.
    case abandoned
  }

  private static let piece = 1 << 20
  private static let errorPiece = 64 << 10
  /// What a process holds open that the program left behind is waited for so long, in milliseconds.
  private static let lingering: Int32 = 1_000

  private let output: Descriptor
  private let errors: Descriptor
  private let ended: Descriptor
  /// Becomes readable when nobody wants more.
  private let abandoned: Descriptor
  private let limits: ProgramCall.Limits
  private let take: @Sendable (String) -> Void
  /// Where the system puts what is read.
  private let landing = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.piece, alignment: 16)
  /// What came behind the last line end.
  private var rest = ByteBuffer()
  private var errorRest: [UInt8] = []
  private var isOutputOpen = true
  private var areErrorsOpen = true
  private var hasEnded = false

  /// - Parameter take: is given each line of standard error.
  init(
    output: Descriptor, errors: Descriptor, ended: Descriptor, abandoned: Descriptor, limits: ProgramCall.Limits,
    take: @escaping @Sendable (String) -> Void
  ) {
    self.output = output
    self.errors = errors
    self.ended = ended
    self.abandoned = abandoned
    self.limits = limits
    self.take = take
    for descriptor in [output, errors] { _ = fcntl(descriptor.number, F_SETFL, O_NONBLOCK) }
    #if os(Linux)
      // Larger pieces, fewer turns; the system may refuse.
      _ = fcntl(output.number, 1031, Int32(Self.piece))
    #endif
  }

  deinit { landing.deallocate() }

  /// The next whole lines; the last ones of a program may lack a line end. Nil where there is nothing further.
  mutating func next() throws(Interruption) -> ByteBuffer? {
    var buffer = ByteBuffer(capacity: max(Self.piece, rest.count * 2) + ByteBuffer.frozenPadding)
    rest.withUnsafeBytes { buffer.append($0) }
    rest.removeAll()
    while isOutputOpen {
      let before = buffer.count
      switch buffer.fill(from: output, by: landing) {
      case .bytes:
        if let end = buffer.end(ofLinesFrom: before) {
          buffer.withUnsafeBytes { rest.append(UnsafeRawBufferPointer(rebasing: $0[end...])) }
          buffer.truncate(to: end)
          return .some(consume buffer)
        }
        if buffer.count > limits.longestLine { throw .longLine(buffer.count) }
      case .none: try wait()
      case .end: isOutputOpen = false
      }
    }
    guard buffer.count > 0 else { return nil }
    return .some(consume buffer)
  }

  /// Takes what standard error has, until the program has ended or the time is over. What comes on standard output is lost.
  /// - Parameter time: of ``MonotonicTime``.
  /// - Returns: whether it has ended.
  mutating func waitForEnd(until time: UInt64, _ now: () -> UInt64) -> Bool {
    while !hasEnded {
      let moment = now()
      guard moment < time else { return false }
      var waiting = waitingList(forMore: false)
      let milliseconds = Int32(clamping: (time - moment) / 1_000_000 + 1)
      guard poll(&waiting, nfds_t(waiting.count), milliseconds) >= 0 || errno == EINTR else { return false }
      look(at: waiting)
      if waiting[0].revents != 0 {
        let count = read(output.number, landing.baseAddress, landing.count)
        if count == 0 || count < 0 && errno != EAGAIN && errno != EINTR { isOutputOpen = false }
      }
    }
    return true
  }

  /// Takes what is left of standard error, without waiting for more.
  mutating func takeRest() {
    while areErrorsOpen, readErrors() {}
    if !errorRest.isEmpty { hand(errorRest[...]) }
    errorRest = []
    areErrorsOpen = false
  }

  /// Waits until something happens.
  private mutating func wait() throws(Interruption) {
    var waiting = waitingList(forMore: true)
    // What has ended writes nothing further; what it left behind may for a moment.
    let milliseconds = hasEnded ? Self.lingering : limits.silence.map(Self.milliseconds) ?? -1
    let count = poll(&waiting, nfds_t(waiting.count), milliseconds)
    if count == 0 {
      if hasEnded {
        isOutputOpen = false
        return
      }
      throw .silence(limits.silence ?? 0)
    }
    guard count > 0 else { return }
    if waiting[3].revents != 0 { throw .abandoned }
    look(at: waiting)
  }

  /// Seconds as `poll` takes them; what is longer than three weeks is as long.
  private static func milliseconds(_ seconds: Double) -> Int32 { Int32(max(0, min(seconds, 2_000_000)) * 1_000) }

  /// - Parameter more: whether more is wanted.
  private func waitingList(forMore more: Bool) -> [pollfd] {
    [
      pollfd(fd: isOutputOpen ? output.number : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: areErrorsOpen ? errors.number : -1, events: Int16(POLLIN), revents: 0),
      pollfd(fd: hasEnded ? -1 : ended.number, events: Int16(POLLIN), revents: 0),
      pollfd(fd: more ? abandoned.number : -1, events: Int16(POLLIN), revents: 0),
    ]
  }

  private mutating func look(at waiting: [pollfd]) {
    if waiting[1].revents != 0 { _ = readErrors() }
    if waiting[2].revents != 0 { hasEnded = true }
  }

  /// - Returns: whether something came.
  private mutating func readErrors() -> Bool {
    var piece = [UInt8](repeating: 0, count: Self.errorPiece)
    let count = piece.withUnsafeMutableBytes { read(errors.number, $0.baseAddress, $0.count) }
    if count < 0, errno == EINTR { return true }
    if count == 0 || count < 0 && errno != EAGAIN { areErrorsOpen = false }
    guard count > 0 else { return false }
    errorRest += piece[..<count]
    var start = 0
    while let end = errorRest[start...].firstIndex(of: UInt8(ascii: "\n")) {
      hand(errorRest[start..<end])
      start = end + 1
    }
    errorRest.removeSubrange(..<start)
    // What is longer is handed on in pieces.
    if errorRest.count > Self.errorPiece {
      hand(errorRest[...])
      errorRest = []
    }
    return true
  }

  private func hand(_ bytes: ArraySlice<UInt8>) {
    let text = String(decoding: bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes, as: UTF8.self)
    if !text.allSatisfy(\.isWhitespace) { take(text) }
  }
}

/// What came of an attempt to read.
enum PipeReading: Equatable {
  case bytes
  /// Nothing is there yet.
  case none
  /// Nothing further comes.
  case end
}

extension ByteBuffer {
  /// Appends what a pipe has, without waiting.
  mutating func fill(from pipe: Descriptor, by landing: UnsafeMutableRawBufferPointer) -> PipeReading {
    while true {
      let count = read(pipe.number, landing.baseAddress, landing.count)
      if count > 0 {
        append(UnsafeRawBufferPointer(rebasing: landing[..<count]))
        return .bytes
      }
      if count < 0, errno == EINTR { continue }
      return count < 0 && errno == EAGAIN ? .none : .end
    }
  }

  /// Where the last line ends, if one does behind `start`.
  borrowing func end(ofLinesFrom start: Int) -> Int? {
    withUnsafeBytes { bytes in
      var place = bytes.count
      while place > start {
        if bytes[place - 1] == UInt8(ascii: "\n") { return place }
        place -= 1
      }
      return nil
    }
  }
}
