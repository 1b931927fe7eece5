import CZlib
import Foundation
import JSON

/// Parses files and writes their records: nothing else happens between bytes and lines.
struct BareWrite {
  private static let pieceSize = 256 * 1024
  private let prefix = Array(#"{"type":"RECORD","record":{"stream":"records","data":"#.utf8)
  private let suffix = Array(#","emitted_at":1740830400123}}"#.utf8) + [UInt8(ascii: "\n")]

  struct Unreadable: Error { var path: String }

  func write(_ paths: [String]) throws {
    for path in paths {
      if path.hasSuffix(".gz") { try writeLines(of: path) } else { try writePage(path) }
    }
  }

  private func writePage(_ path: String) throws {
    let document = try JSONDocument(parsing: Data(contentsOf: URL(fileURLWithPath: path)))
    guard let records = document.root["data"] else { throw Unreadable(path: path) }
    var lines = JSONWriter(capacity: document.footprint.text * 5 / 4)
    records.forEachElement { write($0, into: &lines) }
    put(lines)
  }

  private func writeLines(of path: String) throws {
    guard let file = gzopen(path, "rb") else { throw Unreadable(path: path) }
    defer { gzclose(file) }
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.pieceSize, alignment: 16)
    defer { piece.deallocate() }
    var pending = ByteBuffer()
    while true {
      let count = Int(gzread(file, piece.baseAddress, UInt32(piece.count)))
      guard count >= 0 else { throw Unreadable(path: path) }
      let bytes = UnsafeRawBufferPointer(rebasing: piece[..<count])
      let end = bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1
      var rest = ByteBuffer(capacity: Self.pieceSize)
      if count > 0 {
        pending.append(UnsafeRawBufferPointer(rebasing: bytes[...end]))
        rest.append(UnsafeRawBufferPointer(rebasing: bytes[(end + 1)...]))
      }
      swap(&pending, &rest)
      writeLines(rest)
      if count == 0 { return }
    }
  }

  private func writeLines(_ text: consuming ByteBuffer) {
    var lines = JSONWriter(capacity: Self.pieceSize * 5 / 4)
    for record in JSONDocument.lines(text, rejected: { _, _ in true }) { write(record, into: &lines) }
    put(lines)
  }

  private func write(_ record: JSONView, into lines: inout JSONWriter) {
    lines.write(raw: prefix)
    lines.write(record: record)
    lines.write(raw: suffix)
  }

  private func put(_ lines: borrowing JSONWriter) {
    lines.buffer.withUnsafeBytes { bytes in
      var rest = bytes[...]
      while !rest.isEmpty {
        let count = Foundation.write(1, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
        guard count > 0 else { exit(1) }
        rest = rest.dropFirst(count)
      }
    }
  }
}
