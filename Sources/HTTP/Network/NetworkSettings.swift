import ConnectorModel
import Foundation

/// Certificates that are trusted instead of the system's.
enum CABundle: Sendable, Equatable {
  case file(String)
  case folder(String)
}

/// What the environment says about the network.
package struct NetworkSettings: Sendable {
  var proxies: ProxySettings
  /// The first of `REQUESTS_CA_BUNDLE`, `CURL_CA_BUNDLE` and `SSL_CERT_FILE`.
  var bundlePath: String?
  var netrc: Netrc
  /// Whether requests may only go to public addresses, by https: `DEPLOYMENT_MODE=cloud`.
  var isCloud: Bool
  /// What an API may send; a failure where a variable cannot be read.
  var limits: Result<TransferLimits, ConnectorError>

  init(_ environment: [String: String]) {
    proxies = ProxySettings(environment)
    bundlePath = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"].lazy.compactMap { environment[$0] }.first {
      !$0.isEmpty
    }
    netrc = Netrc(environment)
    isCloud = environment["DEPLOYMENT_MODE"]?.lowercased() == "cloud"
    limits = Result { () throws(ConnectorError) in try TransferLimits(environment) }
  }

  /// - Throws: ``TransportError`` if the bundle that the environment names is not there.
  func bundle() throws(TransportError) -> CABundle? {
    guard let path = bundlePath else { return nil }
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw TransportError(.tls, "The environment names \(path) as its CA bundle, but there is no such file or folder")
    }
    return isFolder.boolValue ? .folder(path) : .file(path)
  }

  /// The passwords that it holds: those in proxies' URLs and in `.netrc`.
  var secrets: [String] {
    proxies.urls.compactMap { url in
      RequestURL(url).userAndPlace?.user.flatMap { user in
        user.firstIndex(of: ":").map { PercentEncoding.decoded(user[$0...].dropFirst()) ?? String(user[$0...].dropFirst()) }
      }
    } + netrc.passwords
  }
}
