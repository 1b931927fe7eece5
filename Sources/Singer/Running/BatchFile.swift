import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import HTTP
import JSON
import Manifest

/// A file of records that a BATCH message names: JSON, a record a line, compressed or not. It is read piece by piece.
final class BatchFile {
  private static let piece = 1 << 18
  private let name: String
  private let tap: String
  private let file: Descriptor
  private let decompressor: Decompressor?
  private var rest = ByteBuffer()
  private var isOver = false
  private let longestRecord: Int

  /// - Parameters:
  ///   - address: the file's URL, or its path.
  ///   - tap: whose file it is.
  /// - Throws: ``ConnectorError`` if it cannot be read here.
  init(_ address: String, _ compression: BatchMessage.Compression, of tap: String, limits: TransferLimits) throws {
    self.tap = tap
    let path: String
    if address.hasPrefix("file://") {
      let encoded = address.dropFirst("file://".count)
      path = encoded.withoutPercentEscapes ?? String(encoded)
    } else if let scheme = address.firstRange(of: "://") {
      throw ConnectorError(
        .config,
        "The tap `\(tap)` puts its records into files at \(address[..<scheme.upperBound])…, and only files of this machine can be read",
        remedy: "set `batch_config` of the tap to a `storage` whose root is a folder, or leave it out")
    } else {
      path = address
    }
    name = path
    do throws(FileError) { file = try Descriptor(file: path) } catch {
      throw ConnectorError(
        .system, "A file of records that the tap `\(tap)` names cannot be opened: \(path)",
        internalMessage: error.description)
    }
    decompressor = compression == .gzip ? Decompressor(.gzip, .plainText, limits: limits) : nil
    longestRecord = limits.recordBytes.value
  }

  /// The next records; nil at the end.
  /// - Throws: ``ConnectorError`` where the file cannot be read, or a line of it is no record.
  func next() throws -> [JSONView]? {
    while !isOver {
      var text = ByteBuffer(capacity: rest.count + 2 * Self.piece)
      rest.withUnsafeBytes { text.append($0) }
      rest.removeAll()
      do {
        let count = min(Self.piece, decompressor?.step(for: Self.piece) ?? Self.piece)
        let piece = try file.read(upTo: count)
        if !piece.isEmpty {
          try piece.withUnsafeBytes { bytes in try unpack(bytes, into: &text) }
        } else {
          isOver = true
          try decompressor?.finish { text.append($0) }
        }
      } catch {
        throw ConnectorError(
          .system, "A file of records of the tap `\(tap)` cannot be read: \(name)", internalMessage: "\(error)")
      }
      if !isOver {
        let end = text.withUnsafeBytes { bytes in (bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1 }
        text.withUnsafeBytes { rest.append(UnsafeRawBufferPointer(rebasing: $0[end...])) }
        text.truncate(to: end)
        guard rest.count <= longestRecord else {
          throw ConnectorError(.system, "A record in a file of the tap `\(tap)` has more than \(longestRecord >> 20) MB: \(name)")
        }
      }
      if text.count > 0 { return try records(text) }
    }
    return nil
  }

  private func unpack(_ bytes: UnsafeRawBufferPointer, into text: inout ByteBuffer) throws {
    guard let decompressor else { return text.append(bytes) }
    // A closure cannot change what it is handed.
    var pieces: [[UInt8]] = []
    try decompressor.read(bytes) { pieces.append(Array($0)) }
    for piece in pieces { piece.withUnsafeBytes { text.append($0) } }
  }

  private func records(_ text: consuming ByteBuffer) throws -> [JSONView] {
    var problem: String?
    let views = JSONDocument.lines(text) { line, error in
      if line.allSatisfy({ $0 <= 0x20 }) { return true }
      problem = "\(error)"
      return false
    }
    if problem == nil, views.contains(where: { $0.kind != .object }) { problem = "it is not an object" }
    guard let problem else { return views }
    throw ConnectorError(
      .system, "A line in a file of records of the tap `\(tap)` is no record: \(name)", internalMessage: problem)
  }
}
