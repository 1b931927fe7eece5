import AirbyteProtocol

/// A CSV text with a header, row by row, by the rules of pandas: blank lines are skipped, names that repeat get a number, columns
/// before the first named one are an index and dropped.
struct CSVTable {
  private let bytes: [UInt8]
  private var at = 0
  private var line = 0
  private var names = 0
  /// The fields of the first row, which no other one may exceed.
  private var width: Int?
  private var first: [String]?

  init(_ text: String) {
    // Line ends of every kind count as one, also inside quotes, as Python's text files have it.
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf8.count)
    var previous: UInt8 = 0
    for byte in text.utf8 {
      if byte == UInt8(ascii: "\n"), previous == UInt8(ascii: "\r") {
        previous = byte
        continue
      }
      bytes.append(byte == UInt8(ascii: "\r") ? UInt8(ascii: "\n") : byte)
      previous = byte
    }
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { at = 3 }
    self.bytes = bytes
  }

  /// The names of the columns; nil for a text without a line. Called once, before the rows.
  mutating func header() throws -> [String]? {
    guard let fields = try record() else { return nil }
    var seen: [String: Int] = [:]
    var taken = Set<String>()
    var header: [String] = []
    for (index, field) in fields.enumerated() {
      let name = field.isEmpty ? "Unnamed: \(index)" : field
      var unique = name
      while taken.contains(unique) {
        seen[name, default: 0] += 1
        unique = "\(name).\(seen[name, default: 0])"
      }
      taken.insert(unique)
      header.append(unique)
    }
    names = header.count
    return header
  }

  /// The next row's fields, as many as there are names or fewer.
  /// - Throws: ``ConnectorError`` for a row that is longer than the first one, or a quote without an end.
  mutating func row() throws -> [String]? {
    guard let fields = try record() else { return nil }
    let width = self.width ?? max(fields.count, names)
    self.width = width
    guard fields.count <= width else {
      throw ConnectorError(
        .system, "Line \(line) of a CSV file has \(fields.count) fields instead of \(width).")
    }
    return width > names ? Array(fields.dropFirst(width - names)) : fields
  }

  /// The fields of the next line that is not blank.
  private mutating func record() throws -> [String]? {
    while at < bytes.count {
      line += 1
      let end = bytes[at...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
      if bytes[at..<end].allSatisfy({ $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }) {
        at = end + 1
        continue
      }
      return try fields()
    }
    return nil
  }

  private mutating func fields() throws -> [String] {
    var fields: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var isStart = true
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if isQuoted {
        if byte != UInt8(ascii: "\"") {
          field.append(byte)
        } else if at < bytes.count, bytes[at] == UInt8(ascii: "\"") {
          field.append(byte)
          at += 1
        } else {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\"") where isStart:
        isQuoted = true
        isStart = false
      case UInt8(ascii: ","):
        fields.append(String(decoding: field, as: UTF8.self))
        field.removeAll(keepingCapacity: true)
        isStart = true
      case UInt8(ascii: "\n"):
        fields.append(String(decoding: field, as: UTF8.self))
        return fields
      default:
        field.append(byte)
        isStart = false
      }
    }
    if isQuoted { throw ConnectorError(.system, "A quote in line \(line) of a CSV file has no end.") }
    fields.append(String(decoding: field, as: UTF8.self))
    return fields
  }
}
