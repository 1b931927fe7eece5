/// Downloads what a record names, and says in the record where it is (`file_uploader`).
package protocol FileUploading: Sendable {
  /// - Throws: ``ConnectorError`` where the record names no file, or the file cannot be fetched or stored.
  func upload(_ record: inout Record) async throws
}
