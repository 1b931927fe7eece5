import AirbyteProtocol
import Bytes
import ConnectorModel
import Manifest

/// The Python code that a manifest needs, so that it can be shipped with it.
package struct ComponentFiles: Sendable {
  /// By their paths from the folder that Python imports from: `components.py`, `source_x/auth.py`.
  package private(set) var files: [String: [UInt8]] = [:]
  /// The names of the classes in the manifest whose module is not beside it.
  package private(set) var missing: [ManifestNode] = []
  /// Whether the manifest names custom components at all.
  package private(set) var isNeeded = false

  /// Finds the modules that the manifest's class names are in, with their packages and the modules beside them that they import.
  /// - Parameter isElsewhere: whether a class is no Python code, but made elsewhere.
  /// - Throws: ``ConnectorError`` if a file leads out of the folder, or cannot be read.
  package init(
    of manifest: ManifestFiles, _ root: ManifestNode, except isElsewhere: (String) -> Bool = { _ in false }
  ) throws {
    let names = Self.classNames(in: root, except: isElsewhere)
    isNeeded = !names.isEmpty
    let modules = PythonModules(beside: manifest)
    var wanted: [String] = []
    for node in names {
      let name = ClassName(node.string ?? "")
      if let modules, let found = name.modules.first(where: { modules.file(of: $0) != nil }), let top = found.first {
        wanted.append(top)
      } else if name.modules.first?.first != "airbyte_cdk" {
        missing.append(node)
      }
    }
    guard let modules else { return }
    var seen: Set<String> = []
    while let top = wanted.popLast() {
      guard seen.insert(top).inserted else { continue }
      let found: [String: [UInt8]]
      do throws(FileError) { found = try modules.contents(of: top) } catch {
        throw ConnectorError(.config, "The code of the components in \(modules.folder)/\(top) cannot be read: \(error)")
      }
      files.merge(found) { $1 }
      for (path, bytes) in found where path.hasSuffix(".py") { wanted += PythonText(bytes).imported }
    }
  }

  /// The class names of a manifest's custom components, each once. What is in a Python component is made by Python as well.
  static func classNames(in root: ManifestNode, except isElsewhere: (String) -> Bool) -> [ManifestNode] {
    var seen: Set<String> = []
    var names: [ManifestNode] = []
    func visit(_ start: ManifestNode, isInPython: Bool) {
      // Where it is a Python component, it has been noted.
      var isNoted = isInPython
      // What is among the definitions counts where it is referred to.
      start.walk(into: { $0 != "definitions" && $0 != "$parameters" }) { node in
        guard !isNoted, node["type"]?.string?.hasPrefix("Custom") == true, let name = node["class_name"],
          let text = name.string, isInPython || !isElsewhere(text)
        else {
          isNoted = false
          return .into
        }
        if seen.insert(text).inserted { names.append(name) }
        if isInPython { return .into }
        visit(node, isInPython: true)
        return .past
      }
    }
    visit(root, isInPython: false)
    return names
  }
}
