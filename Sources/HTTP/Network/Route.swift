import ConnectorModel

/// Which way a request takes.
struct Route: Sendable, Equatable {
  /// The proxy's URL.
  var proxy: String?
  /// Certificates to trust instead of the system's: a file or a folder.
  var bundle: CABundle?
  /// What the client shows to servers that ask who it is.
  var clientCertificate: ClientCertificate?
  /// The addresses of the host's name; empty if it is not looked up before.
  var addresses: [String] = []

  /// The host's addresses in libcurl's form; nil if it looks them up itself.
  func pin(_ url: String) -> String? {
    guard let first = addresses.first, let address = RequestAddress(url) else { return nil }
    func bracketed(_ address: String) -> String { address.contains(":") ? "[\(address)]" : address }
    let host = bracketed(address.host)
    guard proxy == nil else { return "\(host):\(address.port):\(bracketed(first)):\(address.port)" }
    return "\(host):\(address.port):\(addresses.map(bracketed).joined(separator: ","))"
  }
}

/// Certificates that are trusted instead of the system's.
enum CABundle: Sendable, Equatable {
  case file(String)
  case folder(String)
}

/// The certificate of a client and its key, in PEM files.
struct ClientCertificate: Sendable, Equatable {
  var certificatePath: String
  /// May be the same file.
  var keyPath: String
}
