import Foundation
import LowCode

/// A CSV file, whose first line names the columns.
struct CSVFile: SourceStream {
  let name: String
  /// A state says how many bytes of the file were read; records do not have the field, so that it is called as no column is.
  let cursorField: String? = "_bytes"
  private let url: URL
  private let separator: Character
  private let columns: [String]

  init(_ url: URL, name: String, separator: Character) throws {
    self.url = url
    self.name = name
    self.separator = separator
    let text = try Self.text(of: url, from: 0)
    guard let header = text.split(separator: "\n", maxSplits: 1).first else {
      throw ConnectorError(
        .config, "The file \(url.lastPathComponent) is empty", remedy: "give it a line with the names of its columns")
    }
    columns = Self.cells(of: header, by: separator)
  }

  var schema: JSONObject {
    var properties: JSONObject = ["_bytes": ["type": "integer"]]
    for column in columns { properties[column] = ["type": ["null", "string"]] }
    return ["type": "object", "properties": .object(properties)]
  }

  func read(from state: JSONObject?, to output: StreamOutput) async throws {
    var start = state?[cursorField ?? ""]?.double.map { Int($0) } ?? 0
    var text = Substring(try Self.text(of: url, from: start))
    if start == 0 { start += Self.dropLine(of: &text) }
    while let end = text.firstIndex(of: "\n") {
      let line = text[..<end]
      let cells = Self.cells(of: line, by: separator)
      start += Self.dropLine(of: &text)
      guard !line.isEmpty else { continue }
      var record: JSONObject = ["_bytes": .int(start)]
      for (index, column) in columns.enumerated() { record[column] = index < cells.count ? .string(cells[index]) : .null }
      try await output.record(record)
    }
    // A line that is still being written has no end yet: it belongs to the next read.
    try await output.state(["_bytes": .int(start)])
  }

  /// Takes the first line off a text, and returns its size in bytes.
  private static func dropLine(of text: inout Substring) -> Int {
    let end = text.firstIndex(of: "\n").map { text.index(after: $0) } ?? text.endIndex
    defer { text = text[end...] }
    return text[..<end].utf8.count
  }

  private static func text(of url: URL, from start: Int) throws -> String {
    let file: FileHandle
    do { file = try FileHandle(forReadingFrom: url) } catch {
      throw ConnectorError(.config, "The file \(url.lastPathComponent) cannot be read", internalMessage: "\(error)")
    }
    defer { try? file.close() }
    try file.seek(toOffset: UInt64(start))
    return String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
  }

  /// The cells of a line; quotes around a cell are left out.
  private static func cells(of line: Substring, by separator: Character) -> [String] {
    line.split(separator: separator, omittingEmptySubsequences: false).map { cell in
      let isQuoted = cell.count > 1 && cell.hasPrefix("\"") && cell.hasSuffix("\"")
      return String(isQuoted ? cell.dropFirst().dropLast() : cell)
    }
  }
}
