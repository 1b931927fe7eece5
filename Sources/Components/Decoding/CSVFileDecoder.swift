import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON

/// Reads a download as a CSV file the way that pandas does: gzip and zlib are undone, NUL bytes dropped, missing values are null.
///
/// The body is received into a temporary file, so that a connection that breaks off is tried again before there are records.
struct CSVFileDecoder: PartwiseDecoder {
  /// Whether words such as `NA` are values.
  let keepsMissingWords: Bool
  let limit: Limit
  let log: any Log

  var reception: Reception { .file }

  func parser(charset: String?) throws -> any BodyParser {
    let rows = CSVParser(limit: limit, rows: DataFrameRows(keepsMissingWords: keepsMissingWords))
    return try DownloadParser(rows, charset: charset, log)
  }
}

/// Undoes the compression of a download, where it has one.
private final class DownloadParser: BodyParser {
  private let zeros: ZeroFilter
  private let text: TextParser
  private let log: any Log
  /// Nil from where on the download turned out not to be compressed.
  private var inflater: Inflater?
  /// What was received, as long as nothing came out of it; nil after that.
  private var header: [UInt8]? = []
  private var isEmpty = true

  init(_ rows: any BodyParser, charset: String?, _ log: any Log) throws {
    zeros = ZeroFilter(rows)
    text = try TextParser(zeros, charset: charset)
    self.log = log
    inflater = try Inflater(.detected)
  }

  /// A thousand times as much may come out.
  var stepSize: Int { inflater == nil ? text.stepSize : max(1, text.stepSize / 256) }

  var heldBytes: Int { text.heldBytes }

  func parse(_ bytes: UnsafeRawBufferPointer, into values: inout ParsedValues) throws {
    guard let inflater else { return try pass(bytes, &values) }
    var inflated = ByteBuffer(capacity: bytes.count)
    do {
      // As in the reference, what follows the compressed data is ignored.
      _ = try inflater.inflate(bytes) { inflated.append($0) }
      if inflated.count > 0 { header = nil } else { header? += bytes }
      try inflated.withUnsafeBytes { try pass($0, &values) }
    } catch is InflateError {
      try passPlain(&values)
      try pass(bytes, &values)
    }
  }

  func finish(into values: inout ParsedValues) throws {
    if let inflater, !inflater.isFinished {
      // One byte alone is not enough.
      if let header, header.count < 2 { try passPlain(&values) } else { throw TransportError.cutOff("\(InflateError.truncated)") }
    }
    if isEmpty { log.log(.info, "A download is empty.") }
    try text.finish(into: &values)
    if zeros.droppedCount > 0 { log.log(.warn, "\(zeros.droppedCount) NUL bytes were dropped from a download.") }
  }

  /// Takes the download for one that is not compressed.
  private func passPlain(_ values: inout ParsedValues) throws {
    inflater = nil
    zeros.isOn = true
    let held = header ?? []
    header = nil
    try held.withUnsafeBytes { try pass($0, &values) }
  }

  private func pass(_ bytes: UnsafeRawBufferPointer, _ values: inout ParsedValues) throws {
    if !bytes.isEmpty { isEmpty = false }
    try text.parse(bytes, into: &values)
  }
}

/// Drops NUL bytes.
private final class ZeroFilter: BodyParser {
  var isOn = false
  private(set) var droppedCount = 0
  private let inner: any BodyParser

  init(_ inner: any BodyParser) { self.inner = inner }

  var stepSize: Int { inner.stepSize }
  var heldBytes: Int { inner.heldBytes }

  func parse(_ bytes: UnsafeRawBufferPointer, into values: inout ParsedValues) throws {
    guard isOn, bytes.contains(0) else { return try inner.parse(bytes, into: &values) }
    var text = ByteBuffer(capacity: bytes.count)
    for byte in bytes where byte != 0 { text.append(byte) }
    droppedCount += bytes.count - text.count
    try text.withUnsafeBytes { try inner.parse($0, into: &values) }
  }

  func finish(into values: inout ParsedValues) throws { try inner.finish(into: &values) }
}
