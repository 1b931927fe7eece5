import Engine
import Packaging

/// What the running executable carries.
enum OwnPackage {
  private static let executable = Result { () throws(PackagingError) in try SealedExecutable(path: SealedExecutable.own) }
  private static let content = executable.flatMap { executable in
    Result { () throws(PackagingError) in try executable.package() }
  }

  /// Whether there is one, whole or damaged.
  static let isThere: Bool =
    switch content {
    case .success(let package): package != nil
    // Where a process may not read its executable, it carries nothing.
    case .failure: InputFile.isReadable(SealedExecutable.own)
    }

  /// - Throws: ``PackagingError`` for a damaged one.
  static func package() throws(PackagingError) -> Package? { isThere ? try content.get() : nil }

  /// - Throws: ``PackagingError`` for a damaged one.
  static func inspection() throws -> Inspection? { try executable.get().inspection() }

  /// What the connector is called; a damaged one by its file.
  static var name: String {
    if case .success(let package?) = content { return package.name }
    return CommandLine.arguments.first?.split(separator: "/").last.map { String($0) } ?? "source"
  }

  /// The first line of what `--version` prints, and behind it what is wrong with a damaged one.
  static var version: String {
    let runtime = "airbyte-lowcode \(RuntimeVersion.text)"
    switch content {
    case .success(let package):
      let version = package?.version.map { " \($0)" } ?? ""
      return "\(name)\(version), packaged with \(runtime)"
    case .failure(let error): return "\(runtime)\n\(error)"
    }
  }
}
