import Bytes
import Foundation

/// Code that came in a package, as files in a folder of this process, which goes with its last reference.
final class UnpackedCode: Sendable {
  let folder: String

  /// - Parameters:
  ///   - files: by their paths in the folder.
  ///   - environment: where `TMPDIR` may be.
  /// - Throws: ``FileError`` if they cannot be written.
  init(_ files: [String: [UInt8]], environment: [String: String]) throws(FileError) {
    let place = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(place)/airbyte-lowcode-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw .system() }
    folder = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let contained = try ContainedFolder(path: folder)
    for (path, bytes) in files {
      let file = try contained.makeFile(at: ContainedPath(referring: path))
      try file.write(bytes)
      try file.putInPlace()
    }
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }
}
