import ConnectorModel
import Essentials
import JSON
import Manifest
import YAML

/// Whether configs and connections of an earlier version of a connector fit the present one, as the retired acceptance tests asked by
/// `previous_connector_version`: nothing breaks in the specification and in the catalog, unless that is said.
///
/// What breaks is what ``VersionComparison`` calls a major change.
package struct CompatibilityTest: Sendable {
  /// A version of a connector.
  package struct Version: Sendable {
    /// The path of the manifest.
    let path: String
    let observed: ObservedRead
    /// The connector's `metadata.yaml`; nil if there is none.
    let metadata: ManifestNode?

    /// - Parameter metadata: the path of the connector's `metadata.yaml`, which need not exist.
    package init(path: String, observed: ObservedRead, metadata: String) {
      self.path = path
      self.observed = observed
      let bytes = FileManager.default.contents(atPath: metadata)
      let document = bytes.flatMap { try? YAMLDocument(parsing: Array($0), file: metadata) }
      self.metadata = document.flatMap { try? ManifestNode(YAMLConversion.value($0.root)) }?["data"]
    }

    /// Whether it could not even say what it offers.
    package var isUnknown: Bool { observed.spec.isEmpty && observed.catalog.isEmpty }

    /// The version's number, as in `1.2.3`.
    var number: String? { metadata?["dockerImageTag"]?.string }
  }

  private let old: Version
  private let new: Version
  private let acceptance: AcceptanceConfig?

  /// - Parameter acceptance: what waives the test: `backward_compatibility_tests_config.disable_for_version`.
  package init(old: Version, new: Version, acceptance: AcceptanceConfig?) {
    self.old = old
    self.new = new
    self.acceptance = acceptance
  }

  /// - Parameter isWanted: says by its name whether a test is run.
  package func run(where isWanted: (String) -> Bool = { _ in true }) -> TestReport.Suite {
    var suite = TestReport.Suite(name: new.path)
    let changes = VersionComparison(old: old.observed, new: new.observed, comparesReads: false).changes
    let breaking = changes.filter { $0.level == .major }
    let declared = declaredVersions
    for (section, areas) in [(AcceptanceConfig.Section.spec, [Change.Area.spec]), (.discovery, [.catalog, .schema])] {
      let name = "\(section == .spec ? "spec" : "catalog") is compatible with \(old.path)"
      guard isWanted(name) else { continue }
      let failures = breaking.filter { areas.contains($0.area) }.map { change in
        TestFailure("\(change.stream.map { "\($0): " } ?? "")\(change.message)")
      }
      let outcome: TestReport.Case.Outcome
      if let reason = waiver(of: section) {
        outcome = .skipped(reason)
      } else if failures.isEmpty {
        outcome = .passed
      } else if declared.isEmpty {
        outcome = .failed(failures)
      } else {
        outcome = .skipped("metadata.yaml declares breaking changes for \(declared.joined(separator: ", "))")
        suite.notes += failures
      }
      suite.cases.append(TestReport.Case(name: name, mark: nil, outcome: outcome, seconds: 0))
    }
    return suite
  }

  /// Why a section's test is left out; nil if it is not.
  private func waiver(of section: AcceptanceConfig.Section) -> String? {
    guard let number = old.number else { return nil }
    let isWaived = (acceptance?.entries ?? []).contains { entry in
      entry.section == section
        && entry.node["backward_compatibility_tests_config"]?["disable_for_version"].map(Self.text) == number
    }
    return isWaived ? "`disable_for_version` names \(number)" : nil
  }

  /// The versions behind the old one, up to the new one, that are declared to break.
  private var declaredVersions: [String] {
    guard let entries = new.metadata?["releases"]?["breakingChanges"]?.entries else { return [] }
    let (lower, upper) = (old.number.map(Self.parts), new.number.map(Self.parts))
    return entries.map(\.key).filter { version in
      let parts = Self.parts(version)
      guard let lower, let upper else { return version == new.number }
      return lower.lexicographicallyPrecedes(parts) && !upper.lexicographicallyPrecedes(parts)
    }
  }

  /// The numbers of a version; what is behind a hyphen precedes the version itself, and counts as it.
  private static func parts(_ version: String) -> [Int] {
    version.prefix { $0 != "-" && $0 != "+" }.split(separator: ".").map { Int($0) ?? 0 }
  }

  /// A version as YAML may have it: `1.2` is a number.
  private static func text(_ node: ManifestNode) -> String { node.string ?? node.value.jsonText }
}
