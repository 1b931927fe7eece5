import ConnectorModel

/// How long an exchange may take, which `URLSession` does not say in full: it has a limit for silence alone, and none for
/// connecting.
///
/// Nor does it say when it is connected. If nothing was heard for half the time that connecting may take, a connection of our own
/// is tried: what accepts that within the other half is only slow.
struct ExchangeDeadlines: Sendable {
  enum Verdict: Equatable {
    /// To be asked again at a time of ``MonotonicTime``.
    case wait(until: UInt64)
    /// A connection is to be tried now.
    case probe
    case giveUp(Reason)
  }

  enum Reason: Equatable { case connecting, head, silence }

  private let half: UInt64
  private let connected: UInt64
  private let head: UInt64
  private let silence: UInt64
  private var lastSign: UInt64
  private var isProbed = false
  /// Whether the host is known to accept connections.
  private var isConnected = false
  private var hasHead = false
  /// Whether the reader keeps the transfer from continuing.
  var isPaused = false

  init(of request: HTTPRequest, limits: TransferLimits, start: UInt64) {
    func span(_ seconds: Double) -> UInt64 { UInt64(max(0, min(seconds, 1e9)) * 1e9) }
    half = start + span(request.connectTimeout / 2)
    connected = start + span(request.connectTimeout)
    head = start + span(limits.headSeconds)
    silence = span(max(1, request.readTimeout))
    lastSign = start
  }

  /// The time in which connecting has to succeed once it is tried, in seconds.
  var probeSeconds: Double { Double(connected - half) / 1e9 }

  /// Something was received or sent.
  mutating func heard(at now: UInt64) {
    lastSign = max(lastSign, now)
    isConnected = true
  }

  mutating func receivedHead() { hasHead = true }

  /// The connection that was tried was accepted.
  mutating func accepted() { isConnected = true }

  mutating func verdict(at now: UInt64) -> Verdict {
    var next = UInt64.max
    if !isConnected {
      if now >= connected { return .giveUp(.connecting) }
      if now >= half, !isProbed {
        isProbed = true
        return .probe
      }
      next = isProbed ? connected : half
    }
    if !hasHead {
      if now >= head { return .giveUp(.head) }
      next = min(next, head)
    }
    if isPaused {
      // What the reader keeps waiting is not silent.
      lastSign = max(lastSign, now)
    } else if now >= lastSign + silence {
      return .giveUp(.silence)
    }
    return .wait(until: min(next, lastSign + silence))
  }
}
