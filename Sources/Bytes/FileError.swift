import Essentials

/// Why a file could not be read or written, as a phrase: what the system says, or what is wrong with the name.
package struct FileError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The system's error number; nil if it was not asked.
  package let code: Int32?
  package let description: String

  /// - Parameter code: by default that of the last call that failed.
  package static func system(_ code: Int32 = errno) -> FileError {
    FileError(code: code, description: String(cString: strerror(code)))
  }

  /// - Parameter reason: as in "it leads out of its folder".
  package static func refused(_ reason: String) -> FileError { FileError(code: nil, description: reason) }

  /// For a path that leads out of the folder that it is relative to, by itself or by a link.
  package static let leadsOut = refused("it leads out of its folder")

  /// What went wrong with a file, as a phrase, where Foundation was asked.
  package static func reason(of error: any Error) -> String {
    if let error = error as? FileError { return error.description }
    guard let error = error as? CocoaError else { return "\(error)" }
    return (error.underlying as? POSIXError).map { system($0.code.rawValue).description } ?? "\(error)"
  }

  /// Whether there simply is nothing at the path.
  package var isMissing: Bool { code == ENOENT || code == ENOTDIR }
}
