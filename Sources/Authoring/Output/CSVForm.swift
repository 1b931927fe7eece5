import Bytes
import JSON

/// Rows of values with commas between them (RFC 4180), below a row with the names of the columns.
///
/// A text is written as it is, null as nothing, and a list or an object as JSON. What has no column goes into the last one, as a JSON
/// object: nothing is left out.
struct CSVForm: RecordForm {
  /// The last column.
  static let rest = "_extra"
  private var columns: [String]
  private var places: ByName<Int> = [:]

  /// - Parameter columns: the names of the columns of a new file; a file that is there keeps its own.
  init(columns: [String]) { self.columns = columns.filter { $0 != Self.rest } + [Self.rest] }

  mutating func beginning(of file: Descriptor, length: Int) throws -> [UInt8] {
    if length > 0, let header = try Self.header(of: file, length: length) { columns = header }
    places = ByName(columns.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
    guard length == 0 else { return try JSONLinesForm().beginning(of: file, length: length) }
    return Array(Self.row(columns.map { Self.quoted($0) }).utf8)
  }

  mutating func encoded(_ lines: UnsafeRawBufferPointer) throws -> [UInt8] {
    var text = ""
    for line in lines.split(separator: UInt8(ascii: "\n")) {
      let record = try JSONDocument(parsing: UnsafeRawBufferPointer(rebasing: line))
      var cells = [String](repeating: "", count: columns.count)
      // Not as an object in memory, in which names that look the same would be one.
      var rest: [String] = []
      record.root.forEachMember { name, value in
        if let place = places[name], name != Self.rest {
          cells[place] = Self.cell(value)
        } else {
          rest.append("\(JSONValue.string(name).jsonText):\(value.jsonText)")
        }
      }
      if !rest.isEmpty, let place = places[Self.rest] { cells[place] = Self.quoted("{\(rest.joined(separator: ","))}") }
      text += Self.row(cells)
    }
    return Array(text.utf8)
  }

  func end() -> [UInt8] { [] }

  private static func row(_ cells: [String]) -> String { cells.joined(separator: ",") + "\n" }

  private static func cell(_ value: JSONView) -> String {
    switch value.kind {
    case .null: ""
    case .string: quoted(value.string ?? "", isText: true)
    default: quoted(value.jsonText)
    }
  }

  /// - Parameter isText: an empty text is told from nothing by its quotes.
  private static func quoted(_ text: String, isText: Bool = false) -> String {
    let needsQuotes =
      text.isEmpty
      ? isText
      : text.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains($0) }
    guard needsQuotes else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// The names of the columns of a file, its first row; nil where it has none that is complete.
  private static func header(of file: Descriptor, length: Int) throws -> [String]? {
    var bytes: [UInt8] = []
    let piece = 64 * 1024
    while bytes.count < length {
      bytes += try file.bytes(at: bytes.count, count: min(piece, length - bytes.count))
      if let row = firstRow(bytes) { return row.contains(Self.rest) ? row : nil }
    }
    return nil
  }

  /// The cells of the first row; nil if it has no end.
  static func firstRow(_ bytes: [UInt8]) -> [String]? {
    var cells: [[UInt8]] = [[]]
    var isQuoted = false
    var hasClosed = false
    for byte in bytes {
      defer { hasClosed = !isQuoted && byte == UInt8(ascii: "\"") }
      switch byte {
      case UInt8(ascii: "\""):
        // Two of them are one within quotes: the second one opens what the first one closed.
        if hasClosed { cells[cells.count - 1].append(byte) }
        isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted: cells.append([])
      case UInt8(ascii: "\n") where !isQuoted: return cells.map { String(decoding: $0, as: UTF8.self) }
      default: cells[cells.count - 1].append(byte)
      }
    }
    return nil
  }
}
