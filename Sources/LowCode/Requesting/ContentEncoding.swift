import Foundation

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

  /// What undoes the encodings that a response's header names, one after the other.
  static func decoders(named header: String?) throws(InflateError) -> [ContentDecoder] {
    var decoders: [ContentDecoder] = []
    for encoding in named(by: header) { decoders.append(try ContentDecoder(encoding)) }
    return decoders
  }
}

/// Undoes a content encoding as urllib3 does for bodies that are received as a whole: one that ends early gives as much as there is
/// of it, and what follows gzip that is not gzip is passed over.
final class ContentDecoder {
  private let encoding: ContentEncoding
  private var inflater: Inflater?
  /// Whether a member of gzip has ended.
  private var isLaterMember = false
  private var isOver = false
  /// The first byte of a deflated body, as long as it is the only one.
  private var first: UInt8?

  init(_ encoding: ContentEncoding) throws(InflateError) {
    self.encoding = encoding
    inflater = encoding == .gzip ? try Inflater(.gzip) : nil
  }

  /// Calls `body` with what a part of the body stands for, in pieces that are valid during the call.
  func read(_ part: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(InflateError) -> Void) throws(InflateError) {
    if isOver || part.isEmpty { return }
    switch encoding {
    case .gzip: try gunzip(part, body)
    case .deflate: try inflate(part, body)
    }
  }

  private func gunzip(
    _ part: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(InflateError) -> Void
  ) throws(InflateError) {
    guard let inflater else { return }
    var rest = part
    while !rest.isEmpty {
      if inflater.isFinished {
        isLaterMember = true
        inflater.reset()
      }
      do {
        let used = try Self.inflate(rest, by: inflater, body)
        rest = UnsafeRawBufferPointer(rebasing: rest[used...])
      } catch {
        isOver = true
        if isLaterMember { return }
        throw error
      }
    }
  }

  private func inflate(
    _ part: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(InflateError) -> Void
  ) throws(InflateError) {
    if let inflater {
      _ = try Self.inflate(part, by: inflater, body)
      return
    }
    // Some servers leave out zlib's frame, which RFC 9110 §8.4.1.2 asks for: its first two bytes tell (RFC 1950 §2.2).
    guard let first = first ?? part.first, let second = self.first == nil ? part.dropFirst().first : part.first else {
      first = part.first
      return
    }
    let isFramed = first & 0x0F == 8 && first >> 4 <= 7 && (Int(first) << 8 | Int(second)) % 31 == 0
    let inflater = try Inflater(isFramed ? .zlib : .none)
    self.inflater = inflater
    if self.first != nil {
      _ = try withUnsafeBytes(of: first) { bytes throws(InflateError) in try Self.inflate(bytes, by: inflater, body) }
    }
    _ = try Self.inflate(part, by: inflater, body)
  }

  private static func inflate(
    _ part: UnsafeRawBufferPointer, by inflater: Inflater, _ body: (UnsafeRawBufferPointer) throws(InflateError) -> Void
  ) throws(InflateError) -> Int {
    do { return try inflater.inflate(part, body) } catch let error as InflateError { throw error } catch {
      throw .corrupt("\(error)")
    }
  }
}

extension ArraySlice<ContentDecoder> {
  /// Calls `body` with what a part stands for after all of them.
  func read(_ part: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws(InflateError) -> Void) throws(InflateError) {
    guard let first else { return try body(part) }
    try first.read(part) { piece throws(InflateError) in try dropFirst().read(piece, body) }
  }
}
