#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Why something could not be packaged, or a package not be used: a sentence for the user.
package struct PackagingError: Error, Sendable, CustomStringConvertible {
  package let message: String

  package init(_ message: String) { self.message = message }

  /// A sentence that ends with what the system's last call says.
  init(system sentence: String) { self.init("\(sentence): \(String(cString: strerror(errno)))") }

  package var description: String { message }
}
