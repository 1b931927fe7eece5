import AirbyteProtocol
import ConnectorModel
import JSON

/// Makes each row an object as Python's `csv.DictReader` does.
struct DictReaderRows: CSVRows, ~Copyable {
  private let blanks: [[UInt8]]
  private var columns: CSVColumns?
  private var columnCount = 0
  private(set) var overhead = 0
  private var namesAreText = true
  private var lines = CSVLines()

  /// - Parameter blanks: the texts that stand for null.
  init(blanks: Set<String>) { self.blanks = blanks.map { Array($0.utf8) } }

  /// The longest cell that Python's `csv` module reads.
  var maximumCell: Int? { 131_072 }

  mutating func expect(_ count: Int) { lines.expect(count) }

  mutating func take(_ row: borrowing CSVCells) {
    guard let columns else {
      columns = header(row)
      return
    }
    // Blank lines between rows do not count.
    if row.count > 0 { write(row, columns) }
  }

  mutating func handOver(to values: inout ParsedValues, atEnd: Bool) throws(ConnectorError) {
    // Rows would show it too, but there may be no rows.
    guard namesAreText else { throw ConnectorError(.system, "The column names of a CSV response are not valid UTF-8") }
    try lines.handOver(to: &values, "A CSV response")
  }

  private mutating func header(_ row: borrowing CSVCells) -> CSVColumns {
    columnCount = row.count
    var keys: [UInt8] = []
    var ends: [Int] = []
    ends.reserveCapacity(row.count)
    for place in 0..<row.count {
      let key = row.withCell(place, CSVLines.key)
      if String(validating: key, as: UTF8.self) == nil { namesAreText = false }
      keys += key
      ends.append(keys.count)
    }
    let columns = CSVColumns(keys: keys, ends: ends)
    overhead = columns.overhead
    return columns
  }

  private mutating func write(_ row: borrowing CSVCells, _ columns: CSVColumns) {
    lines.begin()
    columns.forEach { key, place in
      lines.write(key: key)
      guard place < row.count else { return lines.write(raw: "null") }
      row.withCell(place) { cell in
        if isBlank(cell) { lines.write(raw: "null") } else { lines.write(cell: cell) }
      }
    }
    if row.count > columnCount {
      // As in the reference, what has no column is a list whose name is None, which is written as `null`.
      Array("\"null\":".utf8).withUnsafeBufferPointer { lines.write(key: $0) }
      for place in columnCount..<row.count {
        lines.write(raw: place == columnCount ? "[" : ",")
        row.withCell(place) { lines.write(cell: $0) }
      }
      lines.write(raw: "]")
    }
    lines.end()
  }

  private func isBlank(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    for blank in blanks where blank.count == cell.count && blank.elementsEqual(cell) { return true }
    return false
  }
}
