import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import Synchronization

/// A file of a record that grows under another name beside its place, and comes there when it is whole.
final class StagedFile: BodyStore {
  private let path: String
  private let file: AtomicFile
  private let count = Mutex(0)

  /// Makes the folders on the way to `path`.
  /// - Throws: ``ConnectorError`` if there is no place for the file, as all that follows.
  init(_ path: ContainedPath, in folder: ContainedFolder) throws(ConnectorError) {
    self.path = "\(folder.path)/\(path)"
    do { file = try folder.makeFile(at: path) } catch { throw Self.failure(self.path, error) }
  }

  var source: (any BodySource)? { nil }
  /// Bytes.
  var size: Int { count.withLock { $0 } }

  func removeAll() throws(ConnectorError) {
    do { try file.removeAll() } catch { throw Self.failure(path, error) }
    count.withLock { $0 = 0 }
  }

  func append(_ data: Data) throws(ConnectorError) {
    let result = data.withUnsafeBytes { bytes in Result { () throws(FileError) in try file.write(bytes) } }
    do { try result.get() } catch { throw Self.failure(path, error) }
    count.withLock { $0 += data.count }
  }

  /// Puts the file into its place, where it replaces an older one.
  func finish() throws(ConnectorError) {
    do { try file.putInPlace() } catch { throw Self.failure(path, error) }
  }

  private static func failure(_ path: String, _ error: FileError) -> ConnectorError {
    ConnectorError(.system, "The file \(path) could not be stored: \(error)")
  }
}
