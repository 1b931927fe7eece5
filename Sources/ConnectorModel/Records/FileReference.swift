import JSON

/// Where the file of a record lies.
package final class FileReference: Sendable {
  /// The file's full path.
  package let url: String
  /// The path below the staging directory.
  package let relativePath: String
  /// Bytes.
  package let size: Int

  package init(url: String, relativePath: String, size: Int) {
    self.url = url
    self.relativePath = relativePath
    self.size = size
  }

  /// The value of a RECORD message's `file_reference`.
  package var message: JSONValue {
    ["staging_file_url": .string(url), "source_file_relative_path": .string(relativePath), "file_size_bytes": .int(size)]
  }
}
