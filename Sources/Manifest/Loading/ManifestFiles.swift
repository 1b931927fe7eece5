import Bytes
import Essentials

/// The files beside a manifest that it may name.
package enum ManifestFiles: Sendable {
  /// Those of the manifest's folder, and none outside of it.
  case folder(String)
  /// Those that were packaged with the manifest, by their paths from its folder.
  case packaged([String: [UInt8]])
  /// None: the manifest has no folder of its own. The reason is a phrase with its remedy.
  case none(reason: String)

  /// What is larger is not a schema.
  private static let maximumBytes = 64 << 20

  /// The files of the manifest in the file at `path`; `-` is standard input.
  package static func beside(_ path: String) -> ManifestFiles {
    var status = stat()
    if path == "-" || (stat(path, &status) == 0 && status.st_mode & S_IFMT != S_IFREG) { return ofStandardInput }
    let folder = path.contains("/") ? path.parentPath : "."
    // Everything is below it.
    guard FilePlace.real(folder) != "/" else {
      return .none(reason: "files beside a manifest in the system's root folder are not read; put it into a folder of its own")
    }
    return .folder(folder)
  }

  package static let ofStandardInput = none(
    reason: "a manifest from standard input or a pipe has no folder; name its file, or put its schemas into it")
  package static let ofConfig = none(
    reason: "a manifest that comes with a config has no folder; put its schemas into it")

  /// The bytes of the file at `path`; nil if there is none.
  /// - Throws: ``FileError`` if the path leads elsewhere, also by a link, or what is there cannot be read.
  package func bytes(at path: String) throws(FileError) -> [UInt8]? {
    switch self {
    case .folder(let folder):
      let path = try ContainedPath(referring: path)
      do throws(FileError) {
        let file = try ContainedFolder(path: folder).file(at: path)
        let count = Int(try file.status().st_size)
        guard count <= Self.maximumBytes else { throw .refused("it is larger than \(Self.maximumBytes >> 20) MB") }
        return try file.bytes(at: 0, count: count)
      } catch {
        if error.isMissing { return nil }
        throw error
      }
    case .packaged(let files): return files[try ContainedPath(referring: path).description]
    case .none(let reason): throw .refused(reason)
    }
  }
}

extension ManifestFiles: CustomStringConvertible {
  package var description: String {
    switch self {
    case .folder(let folder): folder
    case .packaged: "the package"
    case .none: "no folder"
    }
  }
}
