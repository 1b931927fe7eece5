import Bytes

/// The file of a config, which is replaced as a whole: a reader gets the old text or the new one.
package struct ConfigFile: Sendable {
  package let path: String

  package init(path: String) {
    self.path = path
  }

  /// Replaces the file, or the one that a link leads to; its permissions and its owner stay.
  /// - Throws: ``FileError``; the file is then as it was.
  package func replace(with text: String) throws(FileError) {
    let file = try AtomicFile(path: path, permissions: .kept)
    try file.write(Array(text.utf8))
    try file.putInPlace()
  }
}
