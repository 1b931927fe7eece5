import Foundation
import JSON

/// Splits UTF-8 into rows as Python's `csv` module does in its `excel` dialect, behind its universal newlines, and makes each row an
/// object as its `DictReader` does.
final class CSVParser: BodyParser {
  private enum State { case startOfRow, startOfCell, cell, quoted, quoteInQuoted }

  /// The longest cell that Python's `csv` module reads, in characters.
  private static let maximumCell = 131_072
  private static let quote = UInt8(ascii: "\"")
  private static let lineFeed = UInt8(ascii: "\n")
  private static let carriageReturn = UInt8(ascii: "\r")

  private let delimiter: [UInt8]
  private let firstOfDelimiter: UInt8
  private let blanks: [[UInt8]]
  private var state = State.startOfRow
  /// Whether the last byte was a carriage return, so that a line feed belongs to it.
  private var isAfterReturn = false
  /// The cells of the row, one behind the other.
  private var cells = ByteBuffer(capacity: 1024)
  /// Where each of them ends.
  private var ends: [Int] = []
  private var columns: [Column]?
  private var columnCount = 0

  /// A field of each row.
  private struct Column {
    /// The column's name as a JSON key with its colon.
    var key: [UInt8]
    /// Its place in a row: the last one where several columns have the same name.
    var place: Int
  }

  /// - Parameters:
  ///   - delimiter: the UTF-8 of one character. Where it has several bytes, parts must end with a character.
  ///   - blanks: the texts that stand for null.
  init(delimiter: [UInt8], blanks: Set<String>) {
    self.delimiter = delimiter
    firstOfDelimiter = delimiter.first ?? UInt8(ascii: ",")
    self.blanks = blanks.map { Array($0.utf8) }
  }

  func parse(_ bytes: UnsafeRawBufferPointer, into values: inout ParsedValues) throws {
    var lines = JSONWriter(capacity: bytes.count * 3)
    var failure: ConnectorError?
    do throws(ConnectorError) { try split(bytes, &lines) } catch { failure = error }
    try hand(lines, to: &values)
    if let failure { throw failure }
  }

  func finish(into values: inout ParsedValues) throws {
    guard state != .startOfRow else { return }
    var lines = JSONWriter()
    try endCell()
    endRow(&lines)
    try hand(lines, to: &values)
  }

  private func hand(_ lines: consuming JSONWriter, to values: inout ParsedValues) throws {
    var isText = true
    values.append(
      JSONDocument.lines(lines) { _, _ in
        isText = false
        return false
      })
    // The lines are well-formed but for the text in them.
    if !isText { throw ConnectorError(.system, "The response is not valid UTF-8, which `CsvDecoder` expects in it.") }
  }

  // MARK: - Splitting

  private func split(_ bytes: UnsafeRawBufferPointer, _ lines: inout JSONWriter) throws(ConnectorError) {
    var at = 0
    let end = bytes.count
    while at < end {
      let byte = bytes[at]
      if isAfterReturn {
        isAfterReturn = false
        if byte == Self.lineFeed {
          at += 1
          continue
        }
      }
      switch state {
      case .startOfRow where isNewline(byte):
        endRow(&lines)
        at += 1
        isAfterReturn = byte == Self.carriageReturn
      case .startOfRow, .startOfCell:
        if byte == Self.quote {
          state = .quoted
          at += 1
        } else {
          state = .cell
        }
      case .cell:
        let start = at
        while at < end, bytes[at] != firstOfDelimiter, !isNewline(bytes[at]) { at += 1 }
        cells.append(UnsafeRawBufferPointer(rebasing: bytes[start..<at]))
        try checkLength()
        guard at < end else { return }
        try endOrAppend(bytes, &at, &lines)
      case .quoted:
        let start = at
        while at < end, bytes[at] != Self.quote, bytes[at] != Self.carriageReturn { at += 1 }
        cells.append(UnsafeRawBufferPointer(rebasing: bytes[start..<at]))
        try checkLength()
        guard at < end else { return }
        if bytes[at] == Self.quote {
          state = .quoteInQuoted
        } else {
          cells.append(Self.lineFeed)
          isAfterReturn = true
        }
        at += 1
      case .quoteInQuoted:
        if byte == Self.quote {
          cells.append(byte)
          state = .quoted
          at += 1
        } else {
          state = .cell
          try endOrAppend(bytes, &at, &lines)
        }
      }
    }
  }

  /// Takes a delimiter or a newline as the end of the cell, any other byte as a part of it.
  private func endOrAppend(
    _ bytes: UnsafeRawBufferPointer, _ at: inout Int, _ lines: inout JSONWriter
  ) throws(ConnectorError) {
    let byte = bytes[at]
    if isNewline(byte) {
      try endCell()
      endRow(&lines)
      isAfterReturn = byte == Self.carriageReturn
      at += 1
    } else if isDelimiter(bytes, at) {
      try endCell()
      state = .startOfCell
      at += delimiter.count
    } else {
      cells.append(byte)
      at += 1
    }
  }

  private func isNewline(_ byte: UInt8) -> Bool { byte == Self.lineFeed || byte == Self.carriageReturn }

  private func isDelimiter(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Bool {
    bytes[at] == firstOfDelimiter && (delimiter.count == 1 || bytes[at...].starts(with: delimiter))
  }

  /// A cell that never ends must not fill up the memory.
  private func checkLength() throws(ConnectorError) {
    if cells.count - (ends.last ?? 0) > Self.maximumCell * 4 { throw tooLong() }
  }

  private func tooLong() -> ConnectorError {
    ConnectorError(.system, "A value in the CSV response has more than \(Self.maximumCell) characters.")
  }

  private func endCell() throws(ConnectorError) {
    let start = ends.last ?? 0
    if cells.count - start > Self.maximumCell {
      let characters = cells.withUnsafeBytes { $0[start...].reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 } }
      if characters > Self.maximumCell { throw tooLong() }
    }
    ends.append(cells.count)
  }

  // MARK: - Rows

  private func endRow(_ lines: inout JSONWriter) {
    defer {
      cells.removeAll()
      ends.removeAll(keepingCapacity: true)
      state = .startOfRow
    }
    if let columns {
      // Blank lines between rows do not count.
      if !ends.isEmpty { write(columns, &lines) }
    } else {
      columns = header()
    }
  }

  private func header() -> [Column] {
    columnCount = ends.count
    var columns: [Column] = []
    var places: [[UInt8]: Int] = [:]
    for place in ends.indices {
      var key = JSONWriter()
      withCell(place) { key.write(utf8: $0) }
      key.write(raw: UInt8(ascii: ":"))
      let bytes = key.buffer.array
      if let known = places[bytes] {
        columns[known].place = place
      } else {
        places[bytes] = columns.count
        columns.append(Column(key: bytes, place: place))
      }
    }
    return columns
  }

  private func withCell<Result>(_ place: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let start = place == 0 ? 0 : ends[place - 1]
    return cells.withUnsafeBytes { all in
      UnsafeRawBufferPointer(rebasing: all[start..<ends[place]]).withMemoryRebound(to: UInt8.self, body)
    }
  }

  private func write(_ columns: [Column], _ lines: inout JSONWriter) {
    lines.write(raw: UInt8(ascii: "{"))
    var isFirst = true
    for column in columns {
      if !isFirst { lines.write(raw: UInt8(ascii: ",")) }
      isFirst = false
      lines.write(raw: column.key)
      if column.place < ends.count {
        withCell(column.place) { cell in
          if isBlank(cell) { lines.write(raw: "null") } else { lines.write(utf8: cell) }
        }
      } else {
        lines.write(raw: "null")
      }
    }
    if ends.count > columnCount {
      // As the reference: what has no column is a list whose name is None, which is written as `null`.
      if !isFirst { lines.write(raw: UInt8(ascii: ",")) }
      lines.write(raw: "\"null\":[")
      for place in columnCount..<ends.count {
        if place > columnCount { lines.write(raw: UInt8(ascii: ",")) }
        withCell(place) { lines.write(utf8: $0) }
      }
      lines.write(raw: UInt8(ascii: "]"))
    }
    lines.write(raw: "}\n")
  }

  private func isBlank(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    for blank in blanks where blank.count == cell.count && blank.elementsEqual(cell) { return true }
    return false
  }
}
