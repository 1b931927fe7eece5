import Bytes
import Engine
import Foundation
import JSON
import Testing
import Validation

/// Manifests with one fault planted in each: the verdict is the reference's, and the fault is found where it lies.
///
/// `Fixtures/record_mutations.py` plants the faults and asks the reference.
@Suite struct MutationTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../..")
    .standardizedFileURL

  struct Mutant: Sendable {
    let manifest: String
    let kind: String
    let text: [UInt8]
    let lines: Set<Int>
    let isRejected: Bool
  }

  struct Verdict: Sendable {
    let mutant: Mutant
    let errors: [Finding]
    /// What is found in it, but not in the manifest without the fault.
    let new: [Finding]
  }

  @Test func verdictsAreThoseOfTheReference() async throws {
    let verdicts = try await Self.verdicts()
    #expect(verdicts.count > 3_000)
    let wrong = verdicts.filter { $0.mutant.isRejected == $0.errors.isEmpty }
    #expect(wrong.count == 0, "\(Self.listed(wrong))")
    let rejected = verdicts.filter { $0.mutant.isRejected && !$0.errors.isEmpty }
    #expect(rejected.count > 1_000)
    // The line of a finding is that of the fault, and the errors show the fault even without the warnings.
    let missed = rejected.filter { verdict in !verdict.new.contains { verdict.mutant.lines.contains($0.line) } }
    #expect(Double(missed.count) <= 0.05 * Double(rejected.count), "\(missed.count) of \(rejected.count): \(Self.listed(missed))")
    let unshown = rejected.filter { verdict in
      !verdict.errors.contains {
        !verdict.mutant.lines.isDisjoint(with: [$0.line] + $0.diagnostic.related.map { $0.mark?.line ?? 0 })
      }
    }
    #expect(
      Double(unshown.count) <= 0.05 * Double(rejected.count), "\(unshown.count) of \(rejected.count): \(Self.listed(unshown))")
  }

  private static func listed(_ verdicts: [Verdict]) -> String {
    verdicts.prefix(20).map { verdict in
      let errors = verdict.errors.map(\.diagnostic.description).joined(separator: " | ")
      return "\(verdict.mutant.manifest) \(verdict.mutant.kind) at \(verdict.mutant.lines): \(errors)"
    }.joined(separator: "\n")
  }

  private static func verdicts() async throws -> [Verdict] {
    let recording = try Data(contentsOf: root.appending(path: "Tests/ValidationTests/Fixtures/mutations.jsonl"))
    let checker = try ManifestChecker()
    return try await withThrowingTaskGroup(of: [Verdict].self) { group in
      for line in recording.split(separator: UInt8(ascii: "\n")) {
        let record = try JSONValue(parsing: Array(line))
        group.addTask { try await verdicts(of: record, checker) }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }

  private static func verdicts(of record: JSONValue, _ checker: ManifestChecker) async throws -> [Verdict] {
    let manifest = try #require(record["manifest"]?.string)
    let source = try Source(manifest, root: root)
    defer { source.remove() }
    let (base, folder) = (source.manifest, source.folder)
    try #require(
      HashFunction.sha256.hash(base).hexadecimal == record["sha256"]?.string,
      "\(manifest) has changed: record its verdicts again by record_mutations.py")
    var options = ManifestChecker.Options()
    options.config = source.config
    let checker = checker.with(options)
    let known = await checker.check(.text(base, name: manifest), name: manifest, folder: folder.path).findings.map(\.sentence)
    var result: [Verdict] = []
    for row in record["mutants"]?.array ?? [] {
      let (start, end) = (try #require(row[1]?.int), try #require(row[2]?.int))
      let text = base[..<start] + Array((row[3]?.string ?? "").utf8) + base[end...]
      let mutant = Mutant(
        manifest: manifest, kind: row[0]?.string ?? "", text: Array(text), lines: Set(row[4]?.array?.compactMap(\.int) ?? []),
        isRejected: row[5]?.bool ?? false)
      let report = await checker.check(.text(mutant.text, name: manifest), name: manifest, folder: folder.path)
      // What is wrong with the config is no fault of the manifest.
      let errors = report.findings.filter { $0.severity == .error && $0.rule != "config" }
      result.append(Verdict(mutant: mutant, errors: errors, new: report.findings.filter { !known.contains($0.sentence) }))
    }
    return result
  }
}

/// A manifest that faults are planted in: one of `manifests` by its folder, or that of a conformance case.
private struct Source {
  let manifest: [UInt8]
  let config: GivenConfig
  /// Where the files are that the manifest names.
  let folder: URL
  private let isTemporary: Bool

  init(_ name: String, root: URL) throws {
    manifest = try RecordedManifest.bytes(name, root: root)
    if let tested = RecordedManifest.cases[name] {
      config = try Self.config(Array(tested.config.utf8))
      folder = FileManager.default.temporaryDirectory.appending(path: "mutations-\(UUID().uuidString)")
      isTemporary = true
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      for (path, text) in tested.files {
        let file = folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
    } else {
      folder = root.appending(path: name)
      isTemporary = false
      let data = try? Data(contentsOf: folder.appending(path: "config.json"))
      config = try data.map { try Self.config(Array($0)) } ?? GivenConfig([:], bytes: [], name: "config.json")
    }
  }

  /// Removes files that were written for it.
  func remove() {
    if isTemporary { try? FileManager.default.removeItem(at: folder) }
  }

  private static func config(_ bytes: [UInt8]) throws -> GivenConfig {
    GivenConfig(try JSONValue(parsing: bytes).object ?? [:], bytes: bytes, name: "config.json")
  }
}

extension Finding {
  /// What was found, wherever it stands.
  fileprivate var sentence: String { "\(rule) \(diagnostic.message) \(diagnostic.path)" }

  fileprivate var line: Int { diagnostic.mark?.line ?? 0 }
}
