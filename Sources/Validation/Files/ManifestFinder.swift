import Bytes
import Essentials

/// Finds the manifests that paths name: files, folders and patterns.
package enum ManifestFinder {
  /// What was found for a path.
  package enum Outcome: Sendable, Equatable {
    case found([String])
    /// With a sentence that says why there is nothing to check.
    case nothing(String)
  }

  /// The files that a path names. `-`, for standard input, stays as it is.
  ///
  /// A file is taken as it is. Of a folder all YAML files below it are taken that are manifests: those called `manifest.yaml`, and
  /// others that have a manifest's keys; hidden folders are left out. Patterns know `*`, `?`, `[…]`, and `**` for any folders.
  package static func find(_ path: String) -> Outcome {
    if path == "-" { return .found([path]) }
    if let isFolder = FileManager.default.isFolder(atPath: path) {
      guard isFolder else { return .found([path]) }
      let found = manifests(in: path)
      return found.isEmpty ? .nothing("there is no manifest in the folder \(path)") : .found(found)
    }
    guard path.contains(where: { "*?[".contains($0) }) else { return .nothing("there is no file or folder \(path)") }
    var found: [String] = []
    for match in matches(path) {
      found += Self.isFolder(match) ? manifests(in: match) : [match]
    }
    return found.isEmpty ? .nothing("nothing fits the pattern \(path)") : .found(found)
  }

  // MARK: Folders

  private static func manifests(in folder: String) -> [String] {
    files(below: folder).filter { path in
      guard isRegularFile(path) else { return false }
      let name = path.lastPathPart
      if name == "manifest.yaml" || name == "manifest.yml" { return true }
      return (name.hasSuffix(".yaml") || name.hasSuffix(".yml")) && looksLikeManifest(path)
    }
  }

  private static func files(below folder: String) -> [String] {
    var result: [String] = []
    for name in names(in: folder) where !name.hasPrefix(".") {
      let path = joined(folder, name)
      if isFolder(path) { result += files(below: path) } else { result.append(path) }
    }
    return result
  }

  /// Whether a file has, at the beginnings of lines, the keys that each manifest has.
  private static func looksLikeManifest(_ path: String) -> Bool {
    guard let bytes = try? Descriptor(file: path).read(upTo: maximumBytes), let text = String(validating: bytes, as: UTF8.self)
    else { return false }
    var keys: Set<Substring> = []
    for line in text.split(whereSeparator: \.isNewline) {
      guard let first = line.first, first.isLetter, let colon = line.firstIndex(of: ":") else { continue }
      keys.insert(line[..<colon])
    }
    return keys.contains("check") && (keys.contains("streams") || keys.contains("dynamic_streams"))
  }

  // MARK: Patterns

  private static func matches(_ pattern: String) -> [String] {
    let parts = pattern.split(separator: "/").map(String.init)
    var found = [pattern.hasPrefix("/") ? "/" : ""]
    for part in parts {
      if part == "**" {
        found = found.flatMap { [$0] + folders(below: $0) }
      } else if part.contains(where: { "*?[".contains($0) }) {
        found = found.flatMap { folder in
          names(in: folder).filter { fnmatch(part, $0, FNM_PERIOD) == 0 }.map { joined(folder, $0) }
        }
      } else {
        found = found.map { joined($0, part) }.filter { FileManager.default.fileExists(atPath: $0) }
      }
    }
    var seen: Set<String> = []
    return found.filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  private static func folders(below folder: String) -> [String] {
    names(in: folder).filter { !$0.hasPrefix(".") }.map { joined(folder, $0) }.filter(isFolder)
      .flatMap { [$0] + folders(below: $0) }
  }

  private static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)) ?? []).sorted()
  }

  /// What is longer is not a manifest.
  private static let maximumBytes = 32 << 20

  /// Whether a path leads to a file, and not to a pipe or a device, which may never end.
  private static func isRegularFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }

  /// Links are not gone into: they may lead back.
  private static func isFolder(_ path: String) -> Bool {
    let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
    return type == .typeDirectory
  }

  private static func joined(_ folder: String, _ name: String) -> String {
    if folder.isEmpty { return name }
    return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }
}
