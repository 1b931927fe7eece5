import ConnectorModel
import JSON

/// Reads the rows of a large download, a CSV file that may be compressed, as records.
struct ResponseToFileExtractor: Component, RecordExtractor {
  /// Reads the rows of a response.
  let downloadDecoder: (any Decoder)?

  init(from node: ComponentNode, in scope: BuildScope) throws {
    downloadDecoder = CSVFileDecoder(
      keepsMissingWords: try node.bool("preserve_na_values", default: false),
      limit: try TransferLimits(scope.runtime.environment).recordBytes, log: scope.runtime.log)
  }

  func extract(from body: JSONView, into records: inout [Record]) throws -> Bool {
    records.append(Record(body))
    return true
  }

  func forEachItem(in body: JSONView, making place: RecordWorkplace?, _ take: (ExtractedItem) async throws -> Void) async throws {
    try await take(.view(body))
  }
}
