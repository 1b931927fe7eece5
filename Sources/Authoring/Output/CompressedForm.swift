import Bytes

/// JSON lines in gzip. The file may have several members, as gzip allows: each state ends one, so that a file can be cut there.
struct CompressedForm: RecordForm {
  /// So many bytes of lines are compressed at a time.
  private static let enough = 1 << 20
  private var lines: [UInt8] = []

  func beginning(of file: Descriptor, length: Int) -> [UInt8] { [] }

  mutating func encoded(_ lines: UnsafeRawBufferPointer) throws -> [UInt8] {
    self.lines += lines
    return self.lines.count < Self.enough ? [] : try end()
  }

  mutating func end() throws -> [UInt8] {
    guard !lines.isEmpty else { return [] }
    var member: [UInt8] = []
    let compressor = try Compressor { member += $0 }
    try compressor.add(lines)
    try compressor.finish()
    lines.removeAll(keepingCapacity: true)
    return member
  }
}
