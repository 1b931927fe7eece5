import Bytes
import Essentials
import Manifest

/// The Python code beside a manifest, as files: nothing of it is imported.
package struct PythonModules: Sendable {
  /// The folder that Python imports from: that of the manifest, or the one above it if the manifest is within a package.
  package let folder: String
  private let files: ContainedFolder

  /// What is larger is not taken for code, nor shipped with it.
  private static let maximumBytes = 64 << 20
  /// What is in a package's folder and is no part of the package.
  private static let strangers: Set<String> = ["__pycache__", "secrets", "unit_tests", "integration_tests"]

  /// - Returns: nil if the manifest has no folder.
  package init?(beside manifest: ManifestFiles) {
    guard case .folder(let folder) = manifest else { return nil }
    self.init(in: Self.isPackage(folder) ? Self.parent(of: folder) : folder)
  }

  init?(in folder: String) {
    guard let files = try? ContainedFolder(path: folder) else { return nil }
    self.folder = folder
    self.files = files
  }

  /// Whether a folder is a package itself, so that its modules are called by its name.
  static func isPackage(_ folder: String) -> Bool { access("\(folder)/__init__.py", F_OK) == 0 }

  static func parent(of folder: String) -> String {
    guard let real = FilePlace.real(folder) else { return "\(folder)/.." }
    let parent = real.parentPath
    return parent.isEmpty ? "/" : parent
  }

  /// What a look at the text of a module says about a class.
  package enum Look: Sendable, Equatable {
    /// There is one of that name, or the text leaves it open.
    case found(file: String)
    /// The module has other classes only.
    case noClass(file: String, others: [String])
    /// There is no such module here.
    case noModule(name: String)
    /// It belongs to a library, which only a Python knows.
    case library
  }

  /// Looks for a class by its dotted name, in the places where the reference looks for it.
  package func look(for className: String) -> Look {
    let name = ClassName(className)
    for module in name.modules {
      guard let (path, bytes) = file(of: module) else { continue }
      let text = PythonText(bytes)
      return text.has(name.name) ? .found(file: path) : .noClass(file: path, others: text.classes)
    }
    guard let module = name.modules.last, name.modules.first?.first != "airbyte_cdk" else { return .library }
    return .noModule(name: module.joined(separator: "."))
  }

  /// The file of a module, by its path from the folder.
  func file(of module: [String]) -> (path: String, bytes: [UInt8])? {
    let path = module.joined(separator: "/")
    guard !path.isEmpty else { return nil }
    for candidate in ["\(path)/__init__.py", "\(path).py"] {
      if let bytes = try? bytes(at: candidate) { return (candidate, bytes) }
    }
    return nil
  }

  /// The files of a module of the top level, and all that its package holds; empty if it is not here.
  /// - Throws: ``FileError`` if one of them leads out of the folder or cannot be read.
  func contents(of top: String) throws(FileError) -> [String: [UInt8]] {
    var found: [String: [UInt8]] = [:]
    if let bytes = try? bytes(at: "\(top).py") { found["\(top).py"] = bytes }
    let root = "\(folder)/\(top)"
    var status = stat()
    guard stat(root, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return found }
    var package: [String: [UInt8]] = [:]
    for name in ((try? FileManager.default.subpathsOfDirectory(atPath: root)) ?? []).sorted() {
      let steps = name.split(separator: "/").map { String($0) }
      guard !steps.contains(where: { $0.hasPrefix(".") || Self.strangers.contains($0) }), !name.hasSuffix(".pyc"),
        stat("\(root)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG
      else { continue }
      package["\(top)/\(name)"] = try bytes(at: "\(top)/\(name)")
    }
    if package.keys.contains(where: { $0.hasSuffix(".py") }) { found.merge(package) { $1 } }
    return found
  }

  private func bytes(at path: String) throws(FileError) -> [UInt8] {
    let file = try files.file(at: ContainedPath(referring: path))
    let count = Int(try file.status().st_size)
    guard count <= Self.maximumBytes else { throw .refused("\(path) is larger than \(Self.maximumBytes >> 20) MB") }
    return try file.bytes(at: 0, count: count)
  }
}

/// The name of a component's class, as a manifest writes it.
struct ClassName {
  /// Its last part.
  let name: String
  /// The modules that may have it, each by its parts; the first that exists counts.
  let modules: [[String]]

  init(_ text: String) {
    let parts = text.split(separator: ".").map { String($0) }
    name = parts.last ?? text
    let module = Array(parts.dropLast())
    // As the reference's images have it: the code beside the manifest is a part of the module that runs it.
    modules = module.first == "source_declarative_manifest" ? [module, Array(module.dropFirst())] : [module]
  }
}
