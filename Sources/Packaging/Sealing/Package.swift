import JSON

/// A connector to ship: its manifest, the files that the manifest names, and what it is called.
package struct Package: Sendable {
  package static let manifestPath = "manifest.yaml"

  package let name: String
  /// The connector's own version, if its metadata has it.
  package let version: String?
  package let manifest: [UInt8]
  /// Other files by their paths from the manifest's folder.
  package let files: [String: [UInt8]]

  package init(name: String, version: String?, manifest: [UInt8], files: [String: [UInt8]]) {
    self.name = name
    self.version = version
    self.manifest = manifest
    self.files = files
  }

  /// The manifest first, then the others by path.
  package var contents: [(path: String, bytes: [UInt8])] {
    [(Self.manifestPath, manifest)] + files.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  // MARK: As bytes

  /// An index, a JSON object on a line, and then the contents one after the other.
  func encoded(runtime: SealedRuntime) -> [UInt8] {
    var index: JSONObject = ["name": .string(name)]
    if let version { index["version"] = .string(version) }
    index["runtime"] = ["bytes": .int(runtime.count), "sha256": .string("\(runtime.digest)")]
    index["files"] = .array(
      contents.map { ["path": .string($0.path), "bytes": .int($0.bytes.count), "sha256": .string("\(Digest(of: $0.bytes))")] })
    return Array((JSONValue.object(index).jsonText + "\n").utf8) + contents.flatMap(\.bytes)
  }

  /// - Throws: ``PackagingError`` if the bytes are not what ``encoded(runtime:)`` makes.
  static func decoded(_ bytes: [UInt8]) throws(PackagingError) -> (package: Package, runtime: SealedRuntime) {
    let damage = PackagingError("The package in this executable cannot be read: its index has an unknown form")
    guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else { throw damage }
    guard let index = try? JSONValue(parsing: Array(bytes[..<end])), let name = index["name"]?.string,
      let entries = index["files"]?.array, let size = index["runtime"]?["bytes"]?.int,
      let digest = index["runtime"]?["sha256"]?.string
    else { throw damage }
    var rest = bytes[(end + 1)...]
    var files: [String: [UInt8]] = [:]
    for entry in entries {
      guard let path = entry["path"]?.string, let count = entry["bytes"]?.int, (0...rest.count).contains(count)
      else { throw damage }
      files[path] = Array(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    guard rest.isEmpty, let manifest = files.removeValue(forKey: manifestPath) else { throw damage }
    return (
      Package(name: name, version: index["version"]?.string, manifest: manifest, files: files),
      SealedRuntime(count: size, digest: digest)
    )
  }
}

/// The executable that a package was appended to.
package struct SealedRuntime: Sendable, Equatable {
  package let count: Int
  /// Its SHA-256 in hexadecimal digits.
  package let digest: String
}
