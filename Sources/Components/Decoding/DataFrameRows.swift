import AirbyteProtocol
import ConnectorModel
import JSON

/// Makes each row an object as pandas' `read_csv` does: blank lines are skipped, names that repeat get a number, columns before the
/// first named one are an index and dropped, missing values are null.
struct DataFrameRows: CSVRows, ~Copyable {
  /// So many rows are read at a time: those before a mistake are lost with it, as in the reference.
  private static let blockSize = 100

  private let missingWords: Set<[UInt8]>
  /// The names as JSON keys with their colons; nil before the first line.
  private var keys: [[UInt8]]?
  /// The number of fields of the first row, which no other one may exceed.
  private var width: Int?
  private var rowCount = 0
  private(set) var overhead = 0
  /// The rows since the last whole block.
  private var block = CSVLines()
  private var ready = ParsedValues()

  /// - Parameter keepsMissingWords: whether words such as `NA` are values.
  init(keepsMissingWords: Bool) { missingWords = keepsMissingWords ? [] : Self.missingWords }

  var maximumCell: Int? { nil }

  mutating func expect(_ count: Int) { block.expect(count) }

  mutating func take(_ row: borrowing CSVCells) throws(ConnectorError) {
    guard !Self.isBlank(row) else { return }
    guard let keys else {
      let names = Self.header(row)
      keys = names
      overhead = CSVLines.overhead(of: names)
      return
    }
    rowCount += 1
    let width = self.width ?? max(row.count, keys.count)
    self.width = width
    guard row.count <= width else {
      throw ConnectorError(.system, "Row \(rowCount) of a CSV file has \(row.count) fields instead of \(width)")
    }
    write(row, keys, indexCount: width - keys.count)
    if rowCount.isMultiple(of: Self.blockSize) { try block.handOver(to: &ready, Self.place) }
  }

  mutating func handOver(to values: inout ParsedValues, atEnd: Bool) throws(ConnectorError) {
    values.append(ready.views)
    ready = ParsedValues()
    if atEnd { try block.handOver(to: &values, Self.place) }
  }

  private mutating func write(_ row: borrowing CSVCells, _ keys: [[UInt8]], indexCount: Int) {
    block.begin()
    for (place, key) in keys.enumerated() {
      block.write(key: key)
      guard place + indexCount < row.count else {
        block.write(raw: "null")
        continue
      }
      row.withCell(place + indexCount) { cell in
        if isMissing(cell) { block.write(raw: "null") } else { block.write(cell: cell) }
      }
    }
    block.end()
  }

  private static func isBlank(_ row: borrowing CSVCells) -> Bool {
    if row.count == 0 { return true }
    guard row.count == 1, !row.hasQuotes else { return false }
    return row.withCell(0) { $0.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }
  }

  private static func header(_ row: borrowing CSVCells) -> [[UInt8]] {
    var seen: [String: Int] = [:]
    var taken = Set<String>()
    return (0..<row.count).map { place in
      let text = row.text(place)
      let name = text.isEmpty ? "Unnamed: \(place)" : text
      var unique = name
      while taken.contains(unique) {
        seen[name, default: 0] += 1
        unique = "\(name).\(seen[name, default: 0])"
      }
      taken.insert(unique)
      return unique.withUTF8(CSVLines.key)
    }
  }

  private func isMissing(_ cell: UnsafeBufferPointer<UInt8>) -> Bool {
    if cell.isEmpty { return true }
    guard cell.count <= Self.longestMissingWord, !missingWords.isEmpty else { return false }
    return missingWords.contains(Array(cell))
  }

  /// What an error calls the text.
  private static let place = "A CSV file"

  /// The words that pandas reads as a missing value.
  private static let missingWords = Set(
    [
      "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN",
      "None", "n/a", "nan", "null",
    ].map { Array($0.utf8) })

  private static let longestMissingWord = missingWords.map(\.count).max() ?? 0
}
