import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import JSON
import Manifest

/// The Python code of a connector's components, and whether it may run.
package struct ComponentCode: Sendable {
  /// Where it is.
  package enum Place: Sendable, Equatable {
    /// A file of this path: the module `components`.
    case file(String)
    /// A folder: what is beside the manifest, as packages and modules.
    case folder(String)
    /// The text itself, which came with the config or in a package.
    case text(String, name: String)
    /// Packages and modules that came in a package, by their paths.
    case files([String: [UInt8]])
  }

  package let places: [Place]
  /// Whether it is part of what was shipped with this program, so that nobody has to permit it.
  package let isTrusted: Bool

  package init(_ places: [Place], isTrusted: Bool = false) {
    self.places = places
    self.isTrusted = isTrusted
  }

  /// The variable that permits code that comes with a manifest or a config.
  package static let permission = "AIRBYTE_ENABLE_UNSAFE_CODE"

  /// The keys of a config that brings code along.
  package static let (configKey, checksumsKey) = ("__injected_components_py", "__injected_components_py_checksums")

  package static func isPermitted(_ environment: [String: String]) -> Bool { environment[permission]?.lowercased() == "true" }

  /// The code in a config; nil if there is none.
  /// - Throws: ``ConnectorError`` if a checksum is missing, of an unknown kind or of another text.
  package static func injected(_ config: JSONObject) throws -> Place? {
    guard let value = config[configKey], value != .null, value != .string("") else { return nil }
    guard case .string(let text) = value else {
      throw ConnectorError(.config, "`\(configKey)` of the config should be a string, the text of a components.py")
    }
    guard case .object(let checksums)? = config[checksumsKey], !checksums.isEmpty else {
      throw ConnectorError(
        .config,
        "The config brings Python code along in `\(configKey)`, but no checksum of it: `\(checksumsKey)` needs `md5` or `sha256`")
    }
    for (name, expected) in checksums {
      guard ["md5", "sha256"].contains(name), let function = HashFunction(name.uppercased()) else {
        throw ConnectorError(.config, "`\(checksumsKey)` has the checksum `\(name)`, which is not known: use `md5` or `sha256`")
      }
      let actual = function.hash(text.utf8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
      guard expected.string?.lowercased() == actual else {
        throw ConnectorError(
          .config,
          "The Python code in the config is not the one that its \(name) checksum is for: expected \(expected.string ?? "a string"), "
            + "found \(actual)")
      }
    }
    return .text(text, name: "components.py")
  }

  /// The program that serves components of another language, where an option names one: it speaks the protocol of
  /// docs/components-protocol.md.
  var hostProgram: String? {
    for case .file(let path) in places where !path.hasSuffix(".py") && access(path, X_OK) == 0 {
      return path.contains("/") ? path : "./\(path)"
    }
    return nil
  }

  /// Where a manifest is, as far as its code may be beside it.
  package struct ManifestPlace: Sendable {
    /// The manifest's folder; nil if it has none of its own.
    package let folder: String?
    /// The code that was shipped with it.
    let shipped: [Place]
    /// Whether it was shipped with this program.
    let isBundled: Bool

    /// - Parameter isBundled: whether the manifest was shipped with this program.
    package init(_ files: ManifestFiles, isBundled: Bool) {
      self.isBundled = isBundled
      switch files {
      case .folder(let folder): (self.folder, shipped) = (folder, [])
      case .packaged(let files): (folder, shipped) = (nil, Self.code(among: files))
      case .none: (folder, shipped) = (nil, [])
      }
    }

    private static func code(among files: [String: [UInt8]]) -> [Place] {
      var places: [Place] = []
      if let text = files["components.py"] { places.append(.text(String(decoding: text, as: UTF8.self), name: "components.py")) }
      func top(_ path: String) -> Substring { path.prefix { $0 != "/" } }
      let tops = Set(files.keys.filter { $0.hasSuffix(".py") && $0 != "components.py" }.map(top))
      if !tops.isEmpty { places.append(.files(files.filter { tops.contains(top($0.key)) })) }
      return places
    }
  }

  /// Finds the code: what the config brings along comes first, then what an option names, then what is beside the manifest.
  /// - Parameter path: the file or folder that an option names.
  /// - Throws: ``ConnectorError`` where the named one is not there, or a checksum is wrong.
  package static func find(named path: String?, config: JSONObject, manifest: ManifestPlace) throws -> ComponentCode {
    let injected = try injected(config)
    var places: [Place] = []
    if let path {
      var status = stat()
      guard stat(path, &status) == 0 else { throw ConnectorError(.config, "The components \(path) do not exist") }
      places = status.st_mode & S_IFMT == S_IFDIR ? beside(path) : [.file(path), .folder(folder(of: path))]
    } else if !manifest.shipped.isEmpty {
      places = manifest.shipped
    } else if let folder = manifest.folder {
      places = beside(folder)
    }
    if let injected {
      places.removeAll { place in
        switch place {
        case .file, .text: true
        case .folder, .files: false
        }
      }
      places.insert(injected, at: 0)
    }
    let isTrusted = manifest.isBundled && path == nil && injected == nil && config["__injected_declarative_manifest"] == nil
    return ComponentCode(places, isTrusted: isTrusted)
  }

  /// What is in a folder: `components.py`, and packages. If the folder is a package itself, its modules are known by its name only.
  private static func beside(_ folder: String) -> [Place] {
    if PythonModules.isPackage(folder) { return [.folder(PythonModules.parent(of: folder))] }
    let file = folder == "." ? "components.py" : "\(folder)/components.py"
    var status = stat()
    let isFile = stat(file, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    return (isFile ? [.file(file)] : []) + [.folder(folder)]
  }

  private static func folder(of path: String) -> String {
    let folder = path.parentPath
    return folder.isEmpty ? "." : folder
  }
}
