import JSON

/// Where the file of a record lies.
package final class FileReference: Sendable {
  /// The file's full path.
  let url: String
  /// The path below the staging directory.
  let relativePath: String
  /// Bytes.
  let size: Int

  init(url: String, relativePath: String, size: Int) {
    self.url = url
    self.relativePath = relativePath
    self.size = size
  }

  /// The value of a RECORD message's `file_reference`.
  var message: JSONValue {
    ["staging_file_url": .string(url), "source_file_relative_path": .string(relativePath), "file_size_bytes": .int(size)]
  }
}
