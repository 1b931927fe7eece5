import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import Manifest
import Synchronization

/// A folder for the files of a program, such as its config: nobody else may read it, and it goes with its last reference, or with this
/// process.
package final class PrivateFolder: Sendable {
  package let path: String
  private let slots: Mutex<[Int]>

  /// - Parameter environment: where `TMPDIR` may be.
  /// - Throws: ``ConnectorError`` if there can be none.
  package init(environment: [String: String]) throws(ConnectorError) {
    let place = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    var template = Array("\(place)/airbyte-lowcode-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw ConnectorError(
        .system, "There can be no folder for a program's config in \(place): \(String(cString: strerror(errno)))",
        remedy: "set TMPDIR to a folder that can be written to")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    slots = Mutex([ProgramRemains.add(path: path)].compactMap { $0 })
  }

  deinit {
    try? FileManager.default.removeItem(atPath: path)
    slots.withLock { slots in for slot in slots { ProgramRemains.remove(path: slot) } }
  }

  /// Writes a file that nobody else may read.
  /// - Returns: its path.
  /// - Throws: ``ConnectorError`` if it cannot be written.
  package func write(_ name: String, _ text: String) throws(ConnectorError) -> String {
    let file = "\(path)/\(name)"
    do throws(FileError) {
      let descriptor = try Descriptor(open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600))
      let slot = ProgramRemains.add(path: file)
      slots.withLock { $0 += [slot].compactMap { $0 } }
      try descriptor.write(Array(text.utf8))
    } catch {
      throw ConnectorError(.system, "The file \(file) for a program cannot be written: \(error)")
    }
    return file
  }

  /// What a file holds now; nil if it is gone.
  package func text(of name: String) -> String? {
    FileManager.default.contents(atPath: "\(path)/\(name)").map { String(decoding: $0, as: UTF8.self) }
  }
}
