import Foundation

/// Looks up names and tries connections. Both block a thread, which is never one of Swift's own.
struct HostResolver: Sendable {
  /// The addresses of a host, best first.
  typealias Lookup = @Sendable (_ host: String, _ port: Int) -> [IPAddress]

  private let lookup: Lookup
  private let queue = DispatchQueue(label: "airbyte-lowcode.resolver", attributes: .concurrent)

  /// - Parameter lookup: by default the system's.
  init(lookup: @escaping Lookup = Self.systemLookup) { self.lookup = lookup }

  /// - Throws: ``TransportError`` where the name stands for no address.
  func addresses(of target: RequestAddress) async throws(TransportError) -> [IPAddress] {
    let found = await blocking { lookup(target.host, target.port) }
    guard !found.isEmpty else { throw TransportError(.nameNotResolved, "The host name \(target.host) cannot be resolved.") }
    return found
  }

  /// Opens a connection to `target` and closes it again.
  /// - Throws: ``TransportError`` where none of its addresses takes one within `seconds`.
  func connect(to target: RequestAddress, within seconds: Double) async throws(TransportError) {
    let start = ContinuousClock.now
    var isRefused = false
    for address in try await addresses(of: target) {
      let left = seconds - Double((ContinuousClock.now - start).components.seconds)
      guard left > 0 else { break }
      switch await blocking({ Self.tryConnect(address, target.port, left) }) {
      case .open: return
      case .refused: isRefused = true
      case .silent: break
      }
    }
    if isRefused { throw TransportError(.connectFailed, "No connection to \(target): it was refused.") }
    throw TransportError(.timedOut, "\(target) took no connection within \(PythonStrings.trimmed(seconds)) s.")
  }

  private enum Outcome { case open, refused, silent }

  private func blocking<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in queue.async { continuation.resume(returning: body()) } }
  }

  /// By `getaddrinfo`.
  static let systemLookup: Lookup = { host, port in
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return [] }
    defer { freeaddrinfo(list) }
    var found: [IPAddress] = []
    var entry = list
    while let info = entry?.pointee {
      var name = [CChar](repeating: 0, count: Int(NI_MAXHOST))
      if getnameinfo(info.ai_addr, info.ai_addrlen, &name, socklen_t(name.count), nil, 0, NI_NUMERICHOST) == 0 {
        let text = String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if let address = IPAddress(text), !found.contains(address) { found.append(address) }
      }
      entry = info.ai_next
    }
    return found
  }

  private static func tryConnect(_ address: IPAddress, _ port: Int, _ seconds: Double) -> Outcome {
    var hints = addrinfo()
    hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICHOST
    var list: UnsafeMutablePointer<addrinfo>?
    guard getaddrinfo(address.text, String(port), &hints, &list) == 0, let info = list?.pointee else { return .refused }
    defer { freeaddrinfo(list) }
    let descriptor = socket(info.ai_family, info.ai_socktype, info.ai_protocol)
    guard descriptor >= 0 else { return .refused }
    defer { close(descriptor) }
    guard fcntl(descriptor, F_SETFL, O_NONBLOCK) >= 0 else { return .refused }
    if Foundation.connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 { return .open }
    guard errno == EINPROGRESS else { return .refused }
    var waiting = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    guard poll(&waiting, 1, Int32(max(1, min(seconds * 1_000, 1e9)))) > 0 else { return .silent }
    var error: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) == 0 else { return .refused }
    return error == 0 ? .open : error == ETIMEDOUT ? .silent : .refused
  }
}
