import ConnectorModel
import Essentials

/// What the environment says about the network.
package struct NetworkSettings: Sendable {
  var proxies: ProxySettings
  /// What the first of ``bundleVariables`` names.
  var bundlePath: String?
  var netrc: Netrc
  /// Whether requests may only go to public addresses, by https: `DEPLOYMENT_MODE=cloud`.
  var isCloud: Bool
  /// What an API may send; a failure where a variable cannot be read.
  var limits: Result<TransferLimits, ConnectorError>
  /// What carries the requests; a failure where the variable names nothing that could.
  var transport: Result<TransportKind, ConnectorError>
  /// `AIRBYTE_LOWCODE_CLIENT_CERT` and `AIRBYTE_LOWCODE_CLIENT_KEY`.
  private var clientCertificatePath: String?
  private var clientKeyPath: String?

  /// Those that name certificates to trust, in the order in which they count.
  static let bundleVariables = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"]
  package static let clientCertificateVariable = "AIRBYTE_LOWCODE_CLIENT_CERT"
  package static let clientKeyVariable = "AIRBYTE_LOWCODE_CLIENT_KEY"

  init(_ environment: [String: String]) {
    proxies = ProxySettings(environment)
    bundlePath = Self.bundleVariables.lazy.compactMap { environment[$0] }.first { !$0.isEmpty }
    netrc = Netrc(environment)
    isCloud = environment["DEPLOYMENT_MODE"]?.lowercased() == "cloud"
    limits = Result { () throws(ConnectorError) in try TransferLimits(environment) }
    transport = Result { () throws(ConnectorError) in try TransportKind(environment) }
    func path(_ variable: String) -> String? { environment[variable].flatMap { $0.isEmpty ? nil : $0 } }
    clientCertificatePath = path(Self.clientCertificateVariable)
    clientKeyPath = path(Self.clientKeyVariable)
  }

  /// - Throws: ``TransportError`` if the bundle that the environment names is not there.
  func bundle() throws(TransportError) -> CABundle? {
    guard let path = bundlePath else { return nil }
    guard let isFolder = FileManager.default.isFolder(atPath: path) else {
      throw TransportError(.tls, "The environment names \(path) as its CA bundle, but there is no such file or folder")
    }
    return isFolder ? .folder(path) : .file(path)
  }

  /// What the client shows to servers that ask for a certificate; nil if the environment names none.
  /// - Throws: ``TransportError`` if there is a key alone, or a file is not there.
  func clientCertificate() throws(TransportError) -> ClientCertificate? {
    guard let certificate = clientCertificatePath else {
      guard clientKeyPath == nil else {
        throw TransportError(
          .invalidSetting,
          "The environment has \(Self.clientKeyVariable) without \(Self.clientCertificateVariable), the certificate for that key")
      }
      return nil
    }
    // Without a key of its own, the certificate's file has both.
    let key = clientKeyPath ?? certificate
    for (variable, path) in [(Self.clientCertificateVariable, certificate), (Self.clientKeyVariable, key)] {
      guard FileManager.default.isReadableFile(atPath: path) else {
        throw TransportError(.invalidSetting, "The environment variable \(variable) names \(path), which cannot be read")
      }
    }
    return ClientCertificate(certificatePath: certificate, keyPath: key)
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
