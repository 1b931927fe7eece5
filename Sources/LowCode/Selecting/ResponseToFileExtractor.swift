import AirbyteProtocol
import JSON

/// Takes the rows of a large download, a CSV file that may be compressed, as records.
struct ResponseToFileExtractor: Component, RecordExtractor {
  /// Reads the rows of a response.
  let rows: any Decoder

  init(from node: ComponentNode, in context: BuildContext) throws {
    rows = CSVFileRows(keepsMissingWords: try node.bool("preserve_na_values", default: false), log: context.runtime.log)
  }

  func extract(from body: JSONView, into records: inout [Record]) throws -> Bool {
    records.append(Record(body))
    return true
  }

  func items(in body: JSONView) async throws -> [ExtractedItem] { [.view(body)] }
}

/// Reads a body as a CSV file the way that pandas does: gzip and zlib are undone, NUL bytes dropped, missing values are null.
struct CSVFileRows: Decoder {
  /// Whether words such as `NA` are values.
  let keepsMissingWords: Bool
  let log: any LogSink

  func decode(_ response: HTTPResponse) throws -> DecodedBody {
    var bytes = [UInt8](response.body)
    if let inflated = Inflating.bytes(of: bytes) {
      bytes = inflated
    } else if bytes.contains(0) {
      let count = bytes.count
      bytes.removeAll { $0 == 0 }
      log.log(.warn, "\(count - bytes.count) NUL bytes were dropped from a download.")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw ConnectorError(.system, "A download is not UTF-8 text.", internalMessage: response.url)
    }
    var table = CSVTable(text)
    guard let header = try table.header() else {
      log.log(.info, "A download is empty.")
      return .many([])
    }
    var writer = JSONWriter(capacity: bytes.count * 2)
    writer.write(raw: UInt8(ascii: "["))
    var isFirst = true
    while let row = try table.row() {
      if !isFirst { writer.write(raw: UInt8(ascii: ",")) }
      isFirst = false
      var object = JSONObject(minimumCapacity: header.count)
      for (index, name) in header.enumerated() {
        let value = index < row.count ? row[index] : ""
        object[name] = isMissing(value) ? .null : .string(value)
      }
      writer.write(JSONValue.object(object))
    }
    writer.write(raw: UInt8(ascii: "]"))
    return .elements(of: try writer.buffer.withUnsafeBytes { try JSONDocument(parsing: [UInt8]($0)).root })
  }

  private func isMissing(_ value: String) -> Bool {
    value.isEmpty || (!keepsMissingWords && Self.missingWords.contains(value))
  }

  /// The words that pandas takes for a missing value.
  private static let missingWords: Set<String> = [
    "#N/A", "#N/A N/A", "#NA", "-1.#IND", "-1.#QNAN", "-NaN", "-nan", "1.#IND", "1.#QNAN", "<NA>", "N/A", "NA", "NULL", "NaN",
    "None", "n/a", "nan", "null",
  ]
}
