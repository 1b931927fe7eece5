import Concurrency
import ConnectorModel
import Essentials

/// Looks up names. That blocks a thread, which is never one of Swift's own.
package struct HostResolver: Sendable {
  /// The addresses of a host, best first.
  typealias Lookup = @Sendable (_ host: String, _ port: Int) -> [IPAddress]

  private let lookup: Lookup

  /// - Parameter lookup: by default the system's.
  init(lookup: @escaping Lookup = Self.systemLookup) { self.lookup = lookup }

  /// - Throws: ``TransportError`` if the name has no address.
  func addresses(of target: RequestAddress) async throws(TransportError) -> [IPAddress] {
    let found = await BlockingExecutor.shared.run { lookup(target.host, target.port) }
    guard !found.isEmpty else { throw TransportError(.nameNotResolved, "The host name \(target.host) cannot be resolved") }
    return found
  }

  /// By `getaddrinfo`.
  static let systemLookup: Lookup = { host, port in
    var hints = addrinfo()
    hints.ai_socktype = SocketKind.stream
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
}
