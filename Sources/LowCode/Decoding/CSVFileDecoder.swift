import AirbyteProtocol
import JSON

/// Reads a download as a CSV file the way that pandas does: gzip and zlib are undone, NUL bytes dropped, missing values are null.
///
/// The body is received into a temporary file, so that a connection that breaks off is tried again before there are records.
struct CSVFileDecoder: PartwiseDecoder {
  /// Whether words such as `NA` are values.
  let keepsMissingWords: Bool
  let log: any LogSink

  var reception: Reception { .file }
  var stepSize: Int { 16 * 1024 }

  func parser() throws -> any BodyParser {
    try DownloadParser(CSVParser(rows: DataFrameRows(keepsMissingWords: keepsMissingWords)), log)
  }
}

/// Undoes the compression of a download, where it has one, and drops a mark of its byte order.
private final class DownloadParser: BodyParser {
  private let inner: any BodyParser
  private let log: any LogSink
  /// Nil from where on the download turned out not to be compressed.
  private var inflater: Inflater?
  /// What was received, as long as nothing came out of it; nil after that.
  private var header: [UInt8]? = []
  /// The first bytes of the text, while there may be a mark in them.
  private var beginning: [UInt8]? = []
  private var droppedCount = 0

  private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

  init(_ inner: any BodyParser, _ log: any LogSink) throws {
    self.inner = inner
    self.log = log
    inflater = try Inflater(.detected)
  }

  func parse(_ bytes: UnsafeRawBufferPointer, into values: inout ParsedValues) throws {
    var text = ByteBuffer(capacity: bytes.count)
    if let inflater {
      do {
        // As the reference: what follows the compressed data is not looked at.
        _ = try inflater.inflate(bytes) { text.append($0) }
        if text.count > 0 { header = nil } else { header? += bytes }
      } catch is InflateError {
        self.inflater = nil
        text.removeAll()
        header?.withUnsafeBytes { addPlain($0, to: &text) }
        header = nil
      }
    }
    if inflater == nil { addPlain(bytes, to: &text) }
    try text.withUnsafeBytes { try pass($0, &values) }
  }

  private func addPlain(_ bytes: UnsafeRawBufferPointer, to text: inout ByteBuffer) {
    let count = text.count
    for byte in bytes where byte != 0 { text.append(byte) }
    droppedCount += bytes.count - (text.count - count)
  }

  func finish(into values: inout ParsedValues) throws {
    if droppedCount > 0 { log.log(.warn, "\(droppedCount) NUL bytes were dropped from a download.") }
    if let held = beginning {
      if held.isEmpty { log.log(.info, "A download is empty.") }
      try held.withUnsafeBytes { try inner.parse($0, into: &values) }
    }
    try inner.finish(into: &values)
  }

  private func pass(_ text: UnsafeRawBufferPointer, _ values: inout ParsedValues) throws {
    guard let held = beginning else { return try inner.parse(text, into: &values) }
    let start = held + text
    guard start.count >= Self.mark.count else {
      beginning = start
      return
    }
    beginning = nil
    let count = start.starts(with: Self.mark) ? Self.mark.count : 0
    try start[count...].withUnsafeBytes { try inner.parse($0, into: &values) }
  }
}
