import ConformanceCases
import Foundation

/// A manifest that recordings name: one of `manifests` by its folder, or that of a conformance case.
enum RecordedManifest {
  static let cases = Dictionary(uniqueKeysWithValues: ConformanceCase.all.map { ("Tests/Conformance/\($0.name)", $0) })

  /// - Parameter root: the folder of the repository.
  static func bytes(_ name: String, root: URL) throws -> [UInt8] {
    if let tested = cases[name] { return Array(tested.manifest.utf8) }
    return Array(try Data(contentsOf: root.appending(path: "\(name)/manifest.yaml")))
  }
}
