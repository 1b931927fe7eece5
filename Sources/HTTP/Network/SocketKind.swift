import Essentials

/// The kinds of sockets as numbers, which Glibc alone has as an enumeration.
enum SocketKind {
  static var stream: Int32 {
    #if canImport(Glibc)
      Int32(SOCK_STREAM.rawValue)
    #else
      SOCK_STREAM
    #endif
  }
}
