#if URLSession && canImport(Security)
  import COpenSSL
  import ConnectorModel
  import Foundation
  import Security

  /// Answers the questions of TLS on Apple's systems: which servers are trusted, and who the client is.
  ///
  /// Sound to share: it does not change.
  struct AppleTrust: @unchecked Sendable {
    private let anchors: [SecCertificate]?
    private let identity: SecIdentity?

    /// - Throws: ``TransportError`` if a file that the environment names is not what it should be.
    init(_ route: Route) throws(TransportError) {
      anchors = try route.bundle.map { bundle throws(TransportError) in try Self.certificates(bundle) }
      identity = try route.clientCertificate.map { files throws(TransportError) in try Self.identity(files) }
    }

    func answer(_ challenge: URLAuthenticationChallenge) -> (URLSession.AuthChallengeDisposition, URLCredential?) {
      switch challenge.protectionSpace.authenticationMethod {
      case NSURLAuthenticationMethodServerTrust:
        guard let anchors, let trust = challenge.protectionSpace.serverTrust else { return (.performDefaultHandling, nil) }
        SecTrustSetAnchorCertificates(trust, anchors as CFArray)
        SecTrustSetAnchorCertificatesOnly(trust, true)
        guard SecTrustEvaluateWithError(trust, nil) else { return (.cancelAuthenticationChallenge, nil) }
        return (.useCredential, URLCredential(trust: trust))
      case NSURLAuthenticationMethodClientCertificate:
        guard let identity else { return (.performDefaultHandling, nil) }
        return (.useCredential, URLCredential(identity: identity, certificates: nil, persistence: .forSession))
      default:
        // The credentials were in the request.
        return (.performDefaultHandling, nil)
      }
    }

    private static func certificates(_ bundle: CABundle) throws(TransportError) -> [SecCertificate] {
      let paths: [String]
      switch bundle {
      case .file(let path): paths = [path]
      case .folder(let path):
        paths = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).map { "\(path)/\($0)" }
      }
      let certificates = paths.flatMap { PEMText.certificates(in: FileManager.default.contents(atPath: $0) ?? Data()) }
        .compactMap { SecCertificateCreateWithData(nil, $0 as CFData) }
      guard !certificates.isEmpty else { throw TransportError(.tls, "There is no certificate in the CA bundle \(bundle)") }
      return certificates
    }

    private static func identity(_ files: ClientCertificate) throws(TransportError) -> SecIdentity {
      func failure(_ reason: String) -> TransportError {
        TransportError(
          .invalidSetting,
          "The client certificate \(files.certificatePath) with the key \(files.keyPath) cannot be used: \(reason)")
      }
      let archive: Data
      do throws(PKCS12Error) {
        archive = try PKCS12.archive(certificate: files.certificatePath, key: files.keyPath, password: "airbyte-lowcode")
      } catch {
        throw failure(error.reason)
      }
      let options: [String: Any] = [
        kSecImportExportPassphrase as String: "airbyte-lowcode", kSecImportToMemoryOnly as String: true,
      ]
      var items: CFArray?
      let status = SecPKCS12Import(archive as CFData, options as CFDictionary, &items)
      guard status == errSecSuccess, let first = (items as? [[String: Any]])?.first,
        let identity = first[kSecImportItemIdentity as String], CFGetTypeID(identity as CFTypeRef) == SecIdentityGetTypeID()
      else { throw failure("the system does not import it (status \(status))") }
      // Types of Core Foundation know no conditional cast; the line above has compared them.
      // swift-format-ignore: NeverForceUnwrap
      return identity as! SecIdentity
    }
  }
#endif
