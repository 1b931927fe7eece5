import Foundation
import JSON

/// A content encoding of a response that is undone. Bodies in any other encoding, known or not, are passed on as they are.
enum ContentEncoding {
  case gzip, deflate

  /// What requests ask for.
  static let accepted = "gzip, deflate"

  /// The encodings that a response's header names, in the order in which they are undone.
  static func named(by header: String?) -> [ContentEncoding] {
    guard let header else { return [] }
    return header.split(separator: ",").reversed().compactMap { name in
      switch name.trimmingCharacters(in: .whitespaces).lowercased() {
      case "gzip", "x-gzip": .gzip
      case "deflate": .deflate
      default: nil
      }
    }
  }

  /// What a whole body stands for. One that ends early gives as much as there is of it.
  func undone(_ bytes: JSONBytes) throws(InflateError) -> JSONBytes {
    if bytes.count == 0 { return bytes }
    do {
      switch self {
      case .gzip: return try Self.gunzipped(bytes)
      case .deflate: return try Self.inflated(bytes)
      }
    } catch let error as InflateError {
      throw error
    } catch {
      throw .corrupt("\(error)")
    }
  }

  /// What follows the first member is read as far as it is gzip.
  private static func gunzipped(_ bytes: JSONBytes) throws -> JSONBytes {
    let inflater = try Inflater(.gzip)
    var out = ByteBuffer(capacity: bytes.count)
    var used = try bytes.withUnsafeBytes { try inflater.inflate($0) { out.append($0) } }
    while inflater.isFinished, used < bytes.count {
      inflater.reset()
      let more = try? bytes.withUnsafeBytes { all in
        try inflater.inflate(UnsafeRawBufferPointer(rebasing: all[used...])) { out.append($0) }
      }
      guard let more, more > 0 else { break }
      used += more
    }
    return out.freeze()
  }

  /// Some servers leave out zlib's frame, which RFC 9110 §8.4.1.2 asks for.
  private static func inflated(_ bytes: JSONBytes) throws -> JSONBytes {
    do { return try inflated(bytes, .zlib) } catch { return try inflated(bytes, .none) }
  }

  private static func inflated(_ bytes: JSONBytes, _ wrapper: Inflater.Wrapper) throws -> JSONBytes {
    let inflater = try Inflater(wrapper)
    var out = ByteBuffer(capacity: bytes.count)
    _ = try bytes.withUnsafeBytes { try inflater.inflate($0) { out.append($0) } }
    return out.freeze()
  }
}
