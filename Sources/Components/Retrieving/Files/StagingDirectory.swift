import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import Synchronization

/// Where the files of records are put, for the one who passes the records on.
final class StagingDirectory: Sendable {
  let path: String
  /// Whether it is the one that counts where the platform's is missing.
  private let isFallback: Bool
  private let folder = Mutex<ContainedFolder?>(nil)

  /// As in the reference, the platform's, and where that is missing one among the temporary files.
  init(environment: [String: String], fallback: String = "/tmp/airbyte-file-transfer") {
    let named = environment["AIRBYTE_STAGING_DIRECTORY"] ?? "/staging/files"
    isFallback = !FileManager.default.fileExists(atPath: named)
    path = isFallback ? fallback : named
  }

  /// Begins a file.
  /// - Throws: ``ConnectorError`` if the directory cannot be used, or the file cannot be in it.
  func makeFile(at file: ContainedPath) throws(ConnectorError) -> StagedFile {
    let folder: ContainedFolder
    do { folder = try open() } catch {
      throw ConnectorError(
        .system,
        "Files cannot be stored in \(path): \(error). AIRBYTE_STAGING_DIRECTORY names another folder, which has to exist")
    }
    return try StagedFile(file, in: folder)
  }

  private func open() throws(FileError) -> ContainedFolder {
    if let folder = folder.withLock({ $0 }) { return folder }
    if isFallback {
      // Everybody can put something there: it has to be a folder of this user.
      guard mkdir(path, 0o777) == 0 || errno == EEXIST else { throw .system() }
      guard FilePlace.link(at: path) == nil else { throw .refused("it is a link") }
    }
    let opened = try ContainedFolder(path: path)
    if isFallback {
      guard try [0, geteuid()].contains(opened.status().st_uid) else { throw .refused("it belongs to another user") }
    }
    folder.withLock { $0 = opened }
    return opened
  }
}
