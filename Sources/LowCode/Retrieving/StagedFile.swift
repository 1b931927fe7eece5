import Foundation
import Synchronization

/// A file that grows under another name beside its place, and comes there when it is whole.
final class StagedFile: BodyStore {
  private let path: String
  private let unfinished: String
  private let handle: FileHandle
  private let count = Mutex(0)

  /// Makes the folders on the way to `path`.
  /// - Throws: ``ConnectorError`` where there is no place for the file, as all that follows.
  init(path: String) throws(ConnectorError) {
    // Two records may have the same file.
    let unfinished = "\(path).\(UUID().uuidString.lowercased()).part"
    do {
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      try Data().write(to: URL(filePath: unfinished))
      handle = try FileHandle(forWritingTo: URL(filePath: unfinished))
    } catch {
      throw Self.failure(path, error)
    }
    self.path = path
    self.unfinished = unfinished
  }

  /// What was not finished goes.
  deinit { unlink(unfinished) }

  var source: (any BodySource)? { nil }
  /// Bytes.
  var size: Int { count.withLock { $0 } }

  func removeAll() throws(ConnectorError) {
    do { try handle.truncate(atOffset: 0) } catch { throw Self.failure(path, error) }
    count.withLock { $0 = 0 }
  }

  func append(_ data: Data) throws(ConnectorError) {
    do { try handle.write(contentsOf: data) } catch { throw Self.failure(path, error) }
    count.withLock { $0 += data.count }
  }

  /// Puts the file into its place, where it replaces an older one.
  func finish() throws(ConnectorError) {
    do { try handle.close() } catch { throw Self.failure(path, error) }
    guard rename(unfinished, path) == 0 else { throw Self.failure(path, POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)) }
  }

  private static func failure(_ path: String, _ error: any Error) -> ConnectorError {
    ConnectorError(.system, "The file \(path) could not be stored.", internalMessage: "\(path): \(error)")
  }
}
