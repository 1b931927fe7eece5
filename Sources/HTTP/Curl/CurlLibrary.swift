import CCurl

/// The libcurl that carries requests.
package struct CurlLibrary: Sendable {
  package let version: String
  /// The library that it uses for TLS, as in `OpenSSL/3.0.22`.
  package let tls: String?
  /// Whether it is part of the program, and not loaded from the system.
  package let isLinked: Bool
  /// The file of the certificates that it trusts where nothing else is named.
  let certificateFile: String?
  /// The folder of them.
  let certificateFolder: String?

  /// Loads it.
  /// - Throws: ``Missing``.
  package init() throws(Missing) {
    var library = ccurl_library()
    var reason = [CChar](repeating: 0, count: 256)
    guard ccurl_describe(&library, &reason) == 1 else {
      throw Missing(reason: String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
    }
    func text(_ pointer: UnsafePointer<CChar>?) -> String? { pointer.map { String(cString: $0) } }
    version = text(library.version) ?? ""
    tls = text(library.tls)
    isLinked = library.is_linked == 1
    certificateFile = text(library.ca_file)
    certificateFolder = text(library.ca_path)
  }

  /// It cannot be loaded.
  package struct Missing: Error {
    package let reason: String
  }
}
