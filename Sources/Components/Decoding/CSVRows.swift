import AirbyteProtocol
import ConnectorModel
import JSON

/// The cells of one row of a CSV text.
struct CSVCells: ~Copyable {
  /// The cells one after the other, without their quotes.
  var bytes = ByteBuffer(capacity: 1024)
  /// Where each of them ends.
  private var ends: [Int] = []
  /// Whether a cell of the row was in quotes.
  var hasQuotes = false

  /// About the memory that the row takes, with what is made of it.
  var footprint: Int { bytes.count + ends.count * 64 }
  /// 0 for a blank line.
  var count: Int { ends.count }
  /// The bytes of the cell that has not ended yet.
  var openCount: Int { bytes.count - (ends.last ?? 0) }

  /// - Parameter limit: how many characters a cell may have.
  /// - Returns: whether the cell has more.
  mutating func endCell(limit: Int?) -> Bool {
    defer { ends.append(bytes.count) }
    guard let limit, openCount > limit else { return false }
    let start = ends.last ?? 0
    return bytes.withUnsafeBytes { $0[start...].reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 } } > limit
  }

  mutating func removeAll() {
    bytes.removeAll()
    ends.removeAll(keepingCapacity: true)
    hasQuotes = false
  }

  borrowing func withCell<Result>(_ place: Int, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    let start = place == 0 ? 0 : ends[place - 1]
    let end = ends[place]
    return bytes.withUnsafeBytes { all in
      UnsafeRawBufferPointer(rebasing: all[start..<end]).withMemoryRebound(to: UInt8.self, body)
    }
  }

  borrowing func text(_ place: Int) -> String { withCell(place) { String(decoding: $0, as: UTF8.self) } }
}

/// Makes records of the rows of a CSV text.
protocol CSVRows: ~Copyable {
  /// The longest cell that may be, in characters; nil for any.
  var maximumCell: Int? { get }
  /// Tells how much text comes next.
  mutating func expect(_ count: Int)
  /// - Throws: ``ConnectorError`` for a row that cannot be.
  mutating func take(_ row: borrowing CSVCells) throws(ConnectorError)
  /// How much is written for a row besides its own text.
  var overhead: Int { get }
  /// Hands over the records that are ready.
  mutating func handOver(to values: inout ParsedValues, atEnd: Bool) throws(ConnectorError)
}

/// The records of rows as lines of JSON.
struct CSVLines: ~Copyable {
  private var writer = JSONWriter()
  private var isFirst = true

  var isEmpty: Bool { writer.count == 0 }

  /// Makes room for the rows of this much text.
  mutating func expect(_ count: Int) { if isEmpty { writer = JSONWriter(capacity: count * 3) } }

  /// A column's name as a JSON key with its colon.
  static func key(of name: UnsafeBufferPointer<UInt8>) -> [UInt8] {
    var key = JSONWriter()
    key.write(utf8: name)
    key.write(raw: UInt8(ascii: ":"))
    return key.buffer.array
  }

  /// How much is written for a row besides its cells.
  static func overhead(of keys: some Sequence<[UInt8]>) -> Int { keys.reduce(0) { $0 + $1.count + 5 } }

  mutating func begin() {
    writer.write(raw: UInt8(ascii: "{"))
    isFirst = true
  }

  /// Begins a member; its value is what is written next.
  mutating func write(key: [UInt8]) { key.withUnsafeBufferPointer { write(key: $0) } }

  mutating func write(key: UnsafeBufferPointer<UInt8>) {
    if !isFirst { writer.write(raw: UInt8(ascii: ",")) }
    isFirst = false
    writer.write(raw: key)
  }

  mutating func write(raw text: StaticString) { writer.write(raw: text) }
  mutating func write(cell: UnsafeBufferPointer<UInt8>) { writer.write(utf8: cell) }
  mutating func end() { writer.write(raw: "}\n") }

  /// Hands over the records so far.
  /// - Parameter place: says in an error what the text is.
  /// - Throws: ``ConnectorError`` if the text is not UTF-8: nothing else can be wrong with the lines.
  mutating func handOver(to values: inout ParsedValues, _ place: String) throws(ConnectorError) {
    guard !isEmpty else { return }
    var lines = JSONWriter()
    swap(&lines, &writer)
    var isText = true
    values.append(
      JSONDocument.lines(lines) { _, _ in
        isText = false
        return false
      })
    if !isText { throw ConnectorError(.system, "\(place) is not valid UTF-8") }
  }
}
