import Bytes
import Engine
import Essentials
import Manifest

/// Fixes in the text of a manifest what can be fixed without asking its author. Comments and layout stay as they are.
package struct ManifestFixer: Sendable {
  /// A manifest's text after fixing.
  package struct Outcome: Sendable {
    package let bytes: [UInt8]
    /// How many places were fixed.
    package let count: Int
  }

  private let checker: ManifestChecker
  /// How often a text is tried with changes. Each try checks the whole text.
  private static let maximumTries = 100

  /// - Parameter checker: what it leaves out is left as it is; what its profile only counts is fixed.
  package init(_ checker: ManifestChecker) { self.checker = checker.withAllRules }

  /// Fixes a text. What would leave it worse than before, by any rule, or would ask for another address, is not done; a second time
  /// there is nothing left to do.
  package func mended(_ bytes: [UInt8], name: String, folder: String) async -> Outcome {
    var bytes = bytes
    var count = 0
    var report = await check(bytes, name, folder)
    var tries = Self.maximumTries
    // Fixing one thing may reveal another.
    while let (better, next) = await improved(bytes, report, name, folder, &tries) {
      count += report.placeCount - next.placeCount
      (bytes, report) = (better, next)
    }
    return Outcome(bytes: bytes, count: count)
  }

  /// Fixes a file in place: the whole new text replaces the old one at once.
  /// - Returns: how many places were fixed.
  /// - Throws: ``FileError`` if it cannot be read or written; it is then as it was.
  package func mend(file path: String, folder: String) async throws -> Int {
    let bytes = try Self.bytes(of: path)
    let outcome = await mended(bytes, name: path, folder: folder)
    guard outcome.count > 0 else { return 0 }
    let file = try AtomicFile(path: path, permissions: .kept)
    try file.write(outcome.bytes)
    try file.putInPlace()
    return outcome.count
  }

  private static func bytes(of path: String) throws(FileError) -> [UInt8] {
    // Whoever opens a pipe and closes it has ended its writer.
    var status = stat()
    guard stat(path, &status) == 0 else { throw .system() }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .refused("it is not a regular file") }
    let file = try Descriptor(open(path, O_RDONLY | O_CLOEXEC))
    return try file.bytes(at: 0, count: Int(file.status().st_size))
  }

  private func check(_ bytes: [UInt8], _ name: String, _ folder: String) async -> ManifestReport {
    await checker.check(.text(bytes, name: name), name: name, folder: folder)
  }

  /// The text with as many changes as do no harm together: all of them, or else those of one half, of one quarter and so on.
  private func improved(
    _ bytes: [UInt8], _ report: ManifestReport, _ name: String, _ folder: String, _ tries: inout Int
  ) async -> ([UInt8], ManifestReport)? {
    var groups = [report.findings.filter { !$0.fix.isEmpty }[...]]
    var next = 0
    while next < groups.count {
      let group = groups[next]
      next += 1
      guard !group.isEmpty, tries > 0 else { return nil }
      tries -= 1
      if let better = await improved(bytes, by: Array(group), report, name, folder) { return better }
      guard group.count > 1 else { continue }
      let middle = group.startIndex + group.count / 2
      groups += [group[..<middle], group[middle...]]
    }
    return nil
  }

  /// The text with the findings' changes, where that is no worse by any rule.
  private func improved(
    _ bytes: [UInt8], by findings: [Finding], _ report: ManifestReport, _ name: String, _ folder: String
  ) async -> ([UInt8], ManifestReport)? {
    guard let changed = Self.apply(findings.flatMap(\.fix), to: bytes), changed != bytes else { return nil }
    let next = await check(changed, name, folder)
    let before = Self.counts(report)
    let after = Self.counts(next)
    let isWorse = after.contains { $0.value > before[$0.key, default: 0] }
    guard !isWorse, after.values.reduce(0, +) < before.values.reduce(0, +),
      checker.addresses(in: .text(changed, name: name)) == checker.addresses(in: .text(bytes, name: name))
    else { return nil }
    return (changed, next)
  }

  private static func counts(_ report: ManifestReport) -> [String: Int] {
    Dictionary(report.findings.map { ("\($0.severity.rawValue) \($0.rule)", $0.count) }, uniquingKeysWith: +)
  }

  /// Nil if two changes are about the same bytes.
  static func apply(_ edits: [TextEdit], to bytes: [UInt8]) -> [UInt8]? {
    var seen: Set<TextEdit> = []
    let sorted = edits.filter { seen.insert($0).inserted }.enumerated()
      .sorted { ($0.element.range.lowerBound, $0.offset) < ($1.element.range.lowerBound, $1.offset) }.map(\.element)
    var result: [UInt8] = []
    var end = 0
    for edit in sorted {
      guard edit.range.lowerBound >= end, edit.range.upperBound <= bytes.count else { return nil }
      result += bytes[end..<edit.range.lowerBound]
      result += edit.replacement.utf8
      end = edit.range.upperBound
    }
    result += bytes[end...]
    return result
  }
}
