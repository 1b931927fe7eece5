import Essentials
import Manifest

/// Checks many manifests side by side; what it says of them is in the order in which they were named.
package struct ManifestBatch: Sendable {
  private let checkers: [ManifestChecker]

  /// - Parameter checkers: one for each manifest.
  package init(_ checkers: [ManifestChecker]) { self.checkers = checkers }

  /// - Parameters:
  ///   - folder: the folder of a manifest.
  ///   - standardInput: reads what `-` means.
  package func check(
    _ paths: [String], folder: @escaping @Sendable (String) -> String, standardInput: () throws -> [UInt8]
  ) async throws -> [ManifestReport] {
    let stdin = paths.contains("-") ? try standardInput() : []
    return await withTaskGroup(of: (Int, ManifestReport).self) { group in
      var reports = [ManifestReport?](repeating: nil, count: paths.count)
      // As many at a time as there are cores, so that as many manifests at most are in memory.
      let width = max(ProcessInfo.processInfo.activeProcessorCount, 1)
      var next = 0
      func start() {
        guard next < paths.count else { return }
        let (index, path, checker) = (next, paths[next], checkers[next])
        next += 1
        group.addTask {
          let source: ManifestSource = path == "-" ? .text(stdin, name: "<stdin>") : .file(path: path)
          return (index, await checker.check(source, name: path == "-" ? "<stdin>" : path, folder: folder(path)))
        }
      }
      for _ in 0..<width { start() }
      for await (index, report) in group {
        reports[index] = report
        start()
      }
      return reports.compactMap { $0 }
    }
  }
}
