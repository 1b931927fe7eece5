import AirbyteProtocol
import ConnectorModel
import JSON

/// Splits UTF-8 into rows as Python's `csv` module does in its `excel` dialect, behind its universal newlines; pandas splits alike.
/// What becomes of a row is the business of `Rows`.
final class CSVParser<Rows: CSVRows & ~Copyable>: BodyParser {
  private enum State { case startOfRow, startOfCell, cell, quoted, quoteInQuoted }

  private static var quote: UInt8 { UInt8(ascii: "\"") }
  private static var lineFeed: UInt8 { UInt8(ascii: "\n") }
  private static var carriageReturn: UInt8 { UInt8(ascii: "\r") }

  private let delimiter: [UInt8]
  private let firstOfDelimiter: UInt8
  private let limit: Limit
  private var rows: Rows
  private var state = State.startOfRow
  /// Whether the last byte was a carriage return, so that a line feed belongs to it.
  private var isAfterReturn = false
  /// The cells of the row so far.
  private var cells = CSVCells()

  /// - Parameters:
  ///   - delimiter: the UTF-8 of one character. Where it has several bytes, parts must end with a character.
  ///   - limit: the size of a row.
  init(delimiter: [UInt8] = [UInt8(ascii: ",")], limit: Limit, rows: consuming Rows) {
    self.delimiter = delimiter
    self.limit = limit
    firstOfDelimiter = delimiter.first ?? UInt8(ascii: ",")
    self.rows = rows
  }

  /// Each row is written with the names of all columns, however short it is.
  var stepSize: Int {
    let overhead = max(rows.overhead, cells.bytes.count, 128)
    return max(1, min(64 * 1024, 8 * 1024 * 1024 / overhead))
  }

  /// The cells and their JSON; of the columns their names, the places of those, and a line.
  var heldBytes: Int { cells.footprint * 2 + rows.overhead * 8 }

  func parse(_ bytes: UnsafeRawBufferPointer, into values: inout ParsedValues) throws {
    rows.expect(bytes.count)
    let failure: ConnectorError?
    do throws(ConnectorError) {
      try split(bytes)
      failure = nil
    } catch {
      failure = error
    }
    try rows.handOver(to: &values, atEnd: false)
    if let failure { throw failure }
  }

  func finish(into values: inout ParsedValues) throws {
    if state == .quoted {
      try rows.handOver(to: &values, atEnd: false)
      throw TransportError.cutOff("a quote in it has no end")
    }
    if state != .startOfRow {
      try endCell()
      try endRow()
    }
    try rows.handOver(to: &values, atEnd: true)
  }

  // MARK: - Splitting

  private func split(_ bytes: UnsafeRawBufferPointer) throws(ConnectorError) {
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
        try endRow()
        at += 1
        isAfterReturn = byte == Self.carriageReturn
      case .startOfRow, .startOfCell:
        if byte == Self.quote {
          state = .quoted
          cells.hasQuotes = true
          at += 1
        } else {
          state = .cell
        }
      case .cell:
        let start = at
        while at < end, bytes[at] != firstOfDelimiter, !isNewline(bytes[at]) { at += 1 }
        cells.bytes.append(UnsafeRawBufferPointer(rebasing: bytes[start..<at]))
        try checkLength()
        guard at < end else { return }
        try endOrAppend(bytes, &at)
      case .quoted:
        let start = at
        while at < end, bytes[at] != Self.quote, bytes[at] != Self.carriageReturn { at += 1 }
        cells.bytes.append(UnsafeRawBufferPointer(rebasing: bytes[start..<at]))
        try checkLength()
        guard at < end else { return }
        if bytes[at] == Self.quote {
          state = .quoteInQuoted
        } else {
          cells.bytes.append(Self.lineFeed)
          isAfterReturn = true
        }
        at += 1
      case .quoteInQuoted:
        if byte == Self.quote {
          cells.bytes.append(byte)
          state = .quoted
          at += 1
        } else {
          state = .cell
          try endOrAppend(bytes, &at)
        }
      }
    }
  }

  /// Takes a delimiter or a newline as the end of the cell, any other byte as a part of it.
  private func endOrAppend(_ bytes: UnsafeRawBufferPointer, _ at: inout Int) throws(ConnectorError) {
    let byte = bytes[at]
    if isNewline(byte) {
      try endCell()
      try endRow()
      isAfterReturn = byte == Self.carriageReturn
      at += 1
    } else if isDelimiter(bytes, at) {
      try endCell()
      state = .startOfCell
      at += delimiter.count
    } else {
      cells.bytes.append(byte)
      at += 1
    }
  }

  private func isNewline(_ byte: UInt8) -> Bool { byte == Self.lineFeed || byte == Self.carriageReturn }

  private func isDelimiter(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> Bool {
    bytes[at] == firstOfDelimiter && (delimiter.count == 1 || bytes[at...].starts(with: delimiter))
  }

  /// What never ends must not fill up the memory.
  private func checkLength() throws(ConnectorError) {
    if cells.footprint > self.limit.value {
      throw ConnectorError(.system, "A row of the CSV response has \(self.limit.excess)")
    }
    if let limit = rows.maximumCell, cells.openCount > limit * 4 { throw tooLong(limit) }
  }

  private func tooLong(_ limit: Int) -> ConnectorError {
    ConnectorError(.system, "A value in the CSV response has more than \(limit) characters")
  }

  private func endCell() throws(ConnectorError) {
    try checkLength()
    let isTooLong = cells.endCell(limit: rows.maximumCell)
    if isTooLong, let limit = rows.maximumCell { throw tooLong(limit) }
  }

  private func endRow() throws(ConnectorError) {
    defer {
      cells.removeAll()
      state = .startOfRow
    }
    try rows.take(cells)
  }
}
