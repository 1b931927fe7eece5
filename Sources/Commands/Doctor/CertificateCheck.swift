import HTTP

/// Whether there are certificates to trust.
enum CertificateCheck {
  private static let subject = "certificates"

  static func finding(
    environment: [String: String], library: Result<CurlLibrary, CurlLibrary.Missing>
  ) -> MachineFinding {
    let library = TransportKind.standard == .curl ? try? library.get() : nil
    let certificates = TrustedCertificates(environment: environment, library: library)
    let reason = certificates.variable.map { " (`\($0)` names it)" } ?? ""
    guard let path = certificates.path else {
      guard certificates.count == nil else {
        return .fails(
          subject, "there are none, so no server can be trusted",
          remedy: "install ca-certificates, or let `SSL_CERT_FILE` name a file")
      }
      return .works(subject, "those of the system")
    }
    guard let count = certificates.count, count > 0 else {
      return .fails(
        subject, "there are none in \(path)\(reason)",
        remedy: certificates.variable == nil
          ? "install ca-certificates, or let `SSL_CERT_FILE` name a file" : "let it name a file of certificates in PEM")
    }
    return .works(subject, "\(count) in \(path)\(reason)")
  }
}
