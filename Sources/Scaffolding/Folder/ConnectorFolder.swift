import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import Manifest

/// The files of a connector, and their place.
package struct ConnectorFolder: Sendable {
  package struct File: Sendable, Equatable {
    /// Below the folder, with slashes.
    package var path: String
    package var text: String

    package init(_ path: String, _ text: String) {
      self.path = path
      self.text = text
    }
  }

  package var files: [File]

  package init(_ files: [File]) { self.files = files }

  /// The text of a file; nil if there is none of that path.
  package subscript(path: String) -> String? { files.first { $0.path == path }?.text }

  /// Those of the files that are in a folder already.
  package func existing(in folder: String) -> [String] {
    files.map(\.path).filter { FileManager.default.fileExists(atPath: "\(folder)/\($0)") }
  }

  /// Writes all files, each of them whole or not at all, and makes the folder if it is not there.
  /// - Parameter replaces: whether files that are there may be replaced. Other files stay as they are in any case.
  /// - Throws: ``ConnectorError`` that names the file. Where files must not be replaced and some are there, none is written.
  package func write(to folder: String, replaces: Bool = false) throws(ConnectorError) {
    let present = replaces ? [] : existing(in: folder)
    guard present.isEmpty else {
      throw ConnectorError(
        .config,
        "The folder \(folder) has \(Self.list(present)) already, and nothing was written: choose another folder with --output, or "
          + "replace \(present.count == 1 ? "it" : "them") with --force")
    }
    do { try Folders.make(folder) } catch {
      throw ConnectorError(.config, "The folder \(folder) cannot be made: \(error)", remedy: "choose another one with `--output`")
    }
    for file in files {
      do throws(FileError) {
        let place = try ContainedFolder(path: folder).makeFile(at: ContainedPath(named: file.path))
        try place.write(Array(file.text.utf8))
        try place.putInPlace()
      } catch {
        throw ConnectorError(.config, "The file \(folder)/\(file.path) cannot be written: \(error)")
      }
    }
  }

  /// Names in a sentence.
  static func list(_ names: [String]) -> String {
    let shown = names.count > 6 ? names.prefix(5) + ["\(names.count - 5) more files"] : names[...]
    guard let last = shown.last, shown.count > 1 else { return shown.first ?? "" }
    return "\(shown.dropLast().joined(separator: ", ")) and \(last)"
  }
}
