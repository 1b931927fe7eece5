#if URLSession
  import Concurrency
  import Foundation

  /// Finds out whether a host accepts connections, by opening one that is closed at once. It blocks its thread.
  enum ConnectionProbe {
    /// Whether `host` accepts a connection within `seconds`.
    static func isAccepted(host: String, port: Int, within seconds: Double) -> Bool {
      let end = MonotonicTime.after(seconds)
      var hints = addrinfo()
      hints.ai_socktype = SocketKind.stream
      var list: UnsafeMutablePointer<addrinfo>?
      guard getaddrinfo(host, String(port), &hints, &list) == 0 else { return false }
      defer { freeaddrinfo(list) }
      var entry = list
      while let info = entry?.pointee {
        if isAccepted(info, until: end) { return true }
        entry = info.ai_next
      }
      return false
    }

    private static func isAccepted(_ info: addrinfo, until end: UInt64) -> Bool {
      let descriptor = socket(info.ai_family, info.ai_socktype, info.ai_protocol)
      guard descriptor >= 0 else { return false }
      defer { close(descriptor) }
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
      if connect(descriptor, info.ai_addr, info.ai_addrlen) == 0 { return true }
      guard errno == EINPROGRESS else { return false }
      var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      while true {
        let now = MonotonicTime.now
        guard now < end else { return false }
        let result = poll(&entry, 1, Int32(clamping: (end - now) / 1_000_000 + 1))
        if result < 0, errno == EINTR { continue }
        guard result > 0 else { return false }
        var (code, size) = (Int32(0), socklen_t(MemoryLayout<Int32>.size))
        return getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 && code == 0
      }
    }
  }
#endif
