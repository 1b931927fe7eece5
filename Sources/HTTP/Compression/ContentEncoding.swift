import ConnectorModel
import Essentials

/// A content encoding of a response that is undone. Bodies in any other encoding, known or not, are passed on as they are.
enum ContentEncoding {
  case gzip, deflate

  /// What requests ask for.
  static let accepted = "gzip, deflate"

  /// The encodings that a response's header names, in the order in which they are undone.
  static func named(by header: String?) -> [ContentEncoding] {
    guard let header else { return [] }
    return header.split(separator: ",").reversed().compactMap { name in
      switch name.trimmed(.whitespaces).lowercased() {
      case "gzip", "x-gzip": .gzip
      case "deflate": .deflate
      default: nil
      }
    }
  }

  /// What undoes the encodings that a response's header names, one after the other; nil for none.
  ///
  /// As in the reference, a body that only claims to be gzip is an error, but not where it is read in parts.
  static func decompressors(named header: String?, inParts: Bool, limits: TransferLimits) -> DecompressorChain? {
    let encodings = named(by: header)
    guard !encodings.isEmpty else { return nil }
    return DecompressorChain(
      encodings.map { encoding in
        switch encoding {
        case .gzip: Decompressor(.gzip, inParts ? [.plainText, .appendix] : .appendix, limits: limits)
        case .deflate: Decompressor(.deflate, .appendix, limits: limits)
        }
      })
  }
}
