import Foundation

/// The files beside a manifest that it may name.
package enum ManifestFiles: Sendable {
  /// Those of the folder that the manifest stands in.
  case folder(String)
  /// Those that were packaged with the manifest, by their paths from its folder.
  case packaged([String: [UInt8]])

  /// The bytes of the file at `path`; nil where there is none.
  package func bytes(at path: String) -> [UInt8]? {
    switch self {
    case .folder(let folder):
      let place = URL(fileURLWithPath: path, relativeTo: URL(fileURLWithPath: folder, isDirectory: true))
      return (try? Data(contentsOf: place)).map { Array($0) }
    case .packaged(let files): return Self.plain(path).flatMap { files[$0] }
    }
  }

  /// A relative path without `.` and `..`; nil where it leads out of the manifest's folder.
  static func plain(_ path: String) -> String? {
    guard !path.hasPrefix("/") else { return nil }
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part != ".." { parts.append(part) } else if parts.popLast() == nil { return nil }
    }
    return parts.isEmpty ? nil : parts.joined(separator: "/")
  }
}

extension ManifestFiles: CustomStringConvertible {
  package var description: String {
    switch self {
    case .folder(let folder): folder
    case .packaged: "the package"
    }
  }
}
