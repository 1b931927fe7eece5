import Bytes
import Essentials

/// Whether files can be written where commands write them.
enum FolderCheck {
  /// The folder that commands write their output to, if no other is named.
  static func current() -> MachineFinding {
    let path = FileManager.default.currentDirectoryPath
    if let reason = obstacle(to: path) {
      return .note("folder", "\(path) cannot be written (\(reason))", remedy: "`package` and `image` need `--output`")
    }
    return .works("folder", "\(path) can be written" + space(of: path))
  }

  /// The one for files that go with the process.
  static func temporary(environment: [String: String]) -> MachineFinding {
    let path = environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    if let reason = obstacle(to: path) {
      return .fails("temporary", "\(path) cannot be written (\(reason))", remedy: "let `TMPDIR` name a folder that can")
    }
    return .works("temporary", "\(path) can be written" + space(of: path))
  }

  /// Why no file can be made in a folder; nil if one can, which is tried.
  private static func obstacle(to folder: String) -> String? {
    var template = Array("\(folder)/.airbyte-lowcode-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { return String(cString: strerror(errno)) }
    unlink(template)
    defer { close(descriptor) }
    let page = [UInt8](repeating: 1, count: 4096)
    return write(descriptor, page, page.count) == page.count ? nil : String(cString: strerror(errno))
  }

  /// As in `, 12.5 GB free`.
  private static func space(of folder: String) -> String {
    var status = statvfs()
    guard statvfs(folder, &status) == 0 else { return "" }
    let bytes = Double(status.f_bavail) * Double(status.f_frsize)
    return ", \((bytes / 1e8).rounded() / 10) GB free"
  }
}
