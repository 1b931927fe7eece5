/// The form of a file of records.
package enum RecordFormat: String, CaseIterable, Sendable {
  /// A JSON object a line.
  case jsonLines = "jsonl"
  /// Rows with a column for each property of the stream's schema.
  case csv
  /// JSON lines, compressed.
  case compressed = "jsonl.gz"
}
