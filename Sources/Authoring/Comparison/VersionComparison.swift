import Essentials
import JSON

/// What differs between two versions of a connector, and which version number that asks for.
package struct VersionComparison: Sendable {
  /// The differences, those that matter most first.
  package let changes: [Change]
  /// Whether the records of both versions were compared.
  package let comparesReads: Bool

  /// - Parameter comparesReads: whether both were read from the same API.
  package init(old: ObservedRead, new: ObservedRead, comparesReads: Bool) {
    self.comparesReads = comparesReads
    var changes = SpecComparison(old: old.spec, new: new.spec).changes
    // A version that cannot say what it offers has not lost all of it.
    if new.failure == nil || !new.catalog.isEmpty { changes += CatalogComparison(old: old.catalog, new: new.catalog).changes }
    if comparesReads { changes += ReadComparison(old: old, new: new).changes }
    let areas = Change.Area.allCases
    self.changes = changes.enumerated().sorted { left, right in
      if left.element.level != right.element.level { return left.element.level > right.element.level }
      let places = (areas.firstIndex(of: left.element.area) ?? 0, areas.firstIndex(of: right.element.area) ?? 0)
      return places.0 == places.1 ? left.offset < right.offset : places.0 < places.1
    }.map(\.element)
  }

  /// The greatest of the differences; nil if there are none.
  package var level: Change.Level? { changes.map(\.level).max() }

  // MARK: Text

  /// The differences for people, a line each.
  package var text: String {
    var lines: [String] = []
    for level in Change.Level.allCases.reversed() {
      let some = changes.filter { $0.level == level }
      guard !some.isEmpty else { continue }
      lines.append("\(level.rawValue):")
      lines += some.map { "  \($0.area.rawValue)\($0.stream.map { " \($0)" } ?? ""): \($0.message)" }
    }
    lines.append(conclusion)
    return lines.joined(separator: "\n")
  }

  private var conclusion: String {
    switch level {
    case .major?: "The next version is a major one: connections that exist may break."
    case .minor?: "The next version is a minor one."
    case .patch?: "The next version is a patch."
    case nil: comparesReads ? "Nothing differs." : "Nothing differs in the specification and the catalog."
    }
  }

  /// The differences for programs.
  package var json: JSONValue {
    let list = changes.map { change -> JSONValue in
      var object: JSONObject = ["level": .string(change.level.rawValue), "area": .string(change.area.rawValue)]
      if let stream = change.stream { object["stream"] = .string(stream) }
      object["message"] = .string(change.message)
      return .object(object)
    }
    return [
      "level": .string(level?.rawValue ?? "none"), "reads_compared": .bool(comparesReads), "changes": .array(list),
    ]
  }

  // MARK: metadata.yaml

  /// The days that users have to upgrade, where nothing else is said.
  private static let daysToUpgrade = 30

  /// The entry of `releases.breakingChanges` that a major version needs in `metadata.yaml`; nil if nothing breaks.
  /// - Parameters:
  ///   - version: the version that breaks, as in `2.0.0`.
  ///   - now: microseconds since the epoch.
  package func breakingChanges(version: String, now: Int64) -> String? {
    let breaking = changes.filter { $0.level == .major }
    guard !breaking.isEmpty else { return nil }
    let deadline = Date(timeIntervalSince1970: Double(now) / 1_000_000 + Double(Self.daysToUpgrade) * 86_400)
    let day = deadline.formatted(.iso8601.year().month().day())
    var seen: Set<String> = []
    let streams = breaking.compactMap(\.stream).filter { seen.insert($0).inserted }
    var lines = [
      "releases:", "  breakingChanges:", "    \(JSONValue.string(version).jsonText):", "      upgradeDeadline: \"\(day)\"",
      "      message: >-",
    ]
    lines += breaking.map { change in
      "        \(change.stream.map { "\($0): " } ?? "")\(Self.folded(change.message))."
    }
    // What concerns the whole connector is not limited to streams.
    if !streams.isEmpty, breaking.allSatisfy({ $0.stream != nil }) {
      lines += ["      scopedImpact:", "        - scopeType: stream"]
      lines.append("          impactedScopes: [\(streams.map { JSONValue.string($0).jsonText }.joined(separator: ", "))]")
    }
    return lines.joined(separator: "\n")
  }

  /// A text as a line of a folded block.
  private static func folded(_ text: String) -> String {
    text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : String($0) }.joined()
  }
}
