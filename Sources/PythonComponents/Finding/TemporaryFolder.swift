import Bytes
import Essentials

/// A folder of this process, which goes with its last reference.
final class TemporaryFolder: Sendable {
  let path: String

  /// - Parameters:
  ///   - files: what it holds at first, by their paths in it.
  ///   - environment: where `TMPDIR` may be.
  /// - Throws: ``FileError`` if nothing can be written there.
  init(_ files: [String: [UInt8]] = [:], environment: [String: String]) throws(FileError) {
    let place = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(place)/airbyte-lowcode-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw .system() }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let folder = try ContainedFolder(path: path)
    for (path, bytes) in files {
      let file = try folder.makeFile(at: ContainedPath(referring: path))
      try file.write(bytes)
      try file.putInPlace()
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
