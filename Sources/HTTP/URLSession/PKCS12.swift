#if URLSession
  import COpenSSL
  import Foundation

  /// Why a certificate and its key cannot be packed: a part of a sentence.
  struct PKCS12Error: Error { let reason: String }

  /// The form in which Apple's systems take a certificate with its key.
  enum PKCS12 {
    /// - Parameters:
    ///   - certificate: the path of a file in PEM.
    ///   - key: the path of its key in PEM, which may be the same.
    static func archive(certificate: String, key: String, password: String) throws(PKCS12Error) -> Data {
      var size = 0
      var reason = [CChar](repeating: 0, count: 256)
      guard let bytes = pkcs12_pack(certificate, key, password, &size, &reason) else {
        throw PKCS12Error(reason: String(decoding: reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))
      }
      defer { pkcs12_free(bytes) }
      return Data(bytes: bytes, count: size)
    }
  }

  /// Texts with certificates between their marks (RFC 7468).
  enum PEMText {
    /// The certificates in DER.
    static func certificates(in text: Data) -> [Data] {
      var certificates: [Data] = []
      var lines: String?
      for line in String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline) {
        switch line.trimmingCharacters(in: .whitespaces) {
        case "-----BEGIN CERTIFICATE-----": lines = ""
        case let end where end.hasPrefix("-----END"):
          if let data = lines.flatMap({ Data(base64Encoded: $0) }) { certificates.append(data) }
          lines = nil
        case let line: lines?.append(line)
        }
      }
      return certificates
    }
  }
#endif
