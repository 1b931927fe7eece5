import ConnectorModel
import JSONSchema
import Jinja
import JSON
import Manifest
import Templating
import YAML

/// Compares what a manifest has with what tests made use of.
struct CoverageMeasure {
  private let content: TestCoverage.Content
  private var report = CoverageReport()
  /// What has been looked at: definitions are in many places, and count once.
  private var components: [SourceMark: Item] = [:]
  private var templates: [SourceMark: Item] = [:]
  private var order: [SourceMark] = []

  /// A component or a template in all of its places.
  private struct Item {
    let node: ManifestNode
    /// Whether what surrounds it is used in at least one of its places.
    var isInUse: Bool
  }

  init(_ coverage: TestCoverage) { content = coverage.content }

  /// - Returns: what the streams and the check of a manifest have, and how much of it was reached.
  mutating func report(on manifest: LoadedManifest) -> CoverageReport {
    for stream in manifest.streams {
      let name = stream["name"]?.string ?? ""
      let isRead = content.streams.contains(name)
      report.streams.count(isRead)
      if !isRead { report.gaps.append(.init(kind: .stream, sentence: "Stream `\(name)` is not read", mark: stream.mark)) }
      collect(stream, isInUse: isRead)
    }
    if let check = manifest.check { collect(check, isInUse: content.commands.contains("check")) }
    let known = Set(manifest.streams.compactMap { $0["name"]?.string })
    for stream in manifest.dynamicStreams { collect(stream, isInUse: !content.streams.isSubset(of: known)) }
    for mark in order {
      if let component = components[mark] { judge(component, at: mark) }
      if let template = templates[mark] { judge(template: template, at: mark) }
    }
    // By their places: definitions stand where they are written, and not where they are used.
    report.gaps = report.gaps.enumerated().sorted {
      ($0.element.mark?.line ?? 0, $0.offset) < ($1.element.mark?.line ?? 0, $1.offset)
    }.map(\.element)
    return report
  }

  // MARK: What there is

  /// Values of these are data, and no components.
  private static let data: Set<String> = ["schema", "$parameters", "connection_specification"]

  private mutating func collect(_ root: ManifestNode, isInUse: Bool) {
    root.walk(into: { !Self.data.contains($0) }) { node in
      guard let mark = node.mark else { return .into }
      if let type = node["type"]?.string, ComponentSchema.definitions[type] != nil {
        add(node, at: mark, isInUse, to: \.components)
      } else if let text = node.string, text.contains("{{") || text.contains("{%") {
        add(node, at: mark, isInUse, to: \.templates)
      }
      return .into
    }
  }

  private mutating func add(
    _ node: ManifestNode, at mark: SourceMark, _ isInUse: Bool, to items: WritableKeyPath<CoverageMeasure, [SourceMark: Item]>
  ) {
    guard let known = self[keyPath: items][mark] else {
      order.append(mark)
      self[keyPath: items][mark] = Item(node: node, isInUse: isInUse)
      return
    }
    if isInUse, !known.isInUse { self[keyPath: items][mark]?.isInUse = true }
  }

  // MARK: What was reached

  /// What a component that waits for certain answers does not do; nil for those that are used wherever what surrounds them is.
  private static func omission(_ node: ManifestNode) -> String? {
    let type = node["type"]?.string ?? ""
    if type == "HttpResponseFilter" { return "matches no answer" }
    if node.key == "pagination_strategy" { return "is not asked for a second page" }
    if case .key("backoff_strategies")? = node.elements.dropLast().last { return "is never asked how long to wait" }
    return nil
  }

  private mutating func judge(_ component: Item, at mark: SourceMark) {
    let omission = Self.omission(component.node)
    let isReached = omission == nil ? component.isInUse : content.components.contains(mark)
    report.components.count(isReached)
    guard !isReached, component.isInUse, let omission else { return }
    report.gaps.append(
      .init(kind: .component, sentence: "`\(component.node["type"]?.string ?? "")` \(omission)", mark: mark))
  }

  private mutating func judge(template: Item, at mark: SourceMark) {
    let source = template.node.string ?? ""
    let places: [TestCoverage.Place] = [.mark(mark), .text(source)]
    let isReached = places.contains { content.templates.contains($0) }
    report.templates.count(isReached)
    if !isReached, template.isInUse {
      report.gaps.append(.init(kind: .template, sentence: "The template is not evaluated", mark: mark))
    }
    let taken = places.reduce(into: Set<TemplateBranch>()) { $0.formUnion(content.branches[$1] ?? []) }
    let all = (try? Template(source, environment: .lowCode, note: { _ in }))?.branches ?? []
    for branch in all {
      report.branches.count(taken.contains(branch))
      guard isReached, !taken.contains(branch) else { continue }
      report.gaps.append(.init(kind: .branch, sentence: Self.sentence(branch), mark: mark))
    }
    let decisions = places.reduce(into: Set<Bool>()) { $0.formUnion(content.decisions[$1] ?? []) }
    guard !decisions.isEmpty else { return }
    for outcome in [true, false] {
      report.branches.count(decisions.contains(outcome))
      if !decisions.contains(outcome) {
        let sentence = outcome ? "The condition never holds" : "The condition always holds"
        report.gaps.append(.init(kind: .branch, sentence: sentence, mark: mark))
      }
    }
  }

  private static func sentence(_ branch: TemplateBranch) -> String {
    let place =
      branch.position.line == 1
      ? "at character \(branch.position.column)" : "in line \(branch.position.line), at character \(branch.position.column)"
    return switch branch.way {
    case .holds: "In the template, the condition \(place) never holds"
    case .fails: "In the template, the condition \(place) always holds"
    case .secondOperand: "In the template, what follows `and` or `or` \(place) is never evaluated"
    case .turn: "In the template, the loop \(place) never has a turn"
    case .noTurn: "In the template, the `else` of the loop \(place) is never reached"
    }
  }
}

extension TestedConnector {
  /// What of the manifest was reached.
  package func coverage(_ coverage: TestCoverage) -> CoverageReport {
    var measure = CoverageMeasure(coverage)
    return measure.report(on: manifest)
  }
}
