import AirbyteProtocol
import Components
import ConnectorModel
import Manifest
import OrderedCollections
import YAML

/// Makes findings of what keeps components from being built: with the place in the text, and with the misspelt key where one explains
/// what is missing.
struct BuildDiagnosis {
  private let subject: Subject
  /// The places whose values the config decides.
  private let configured: Set<SourceMark>
  /// The components by their places.
  private let components: [Substring: ComponentVisit]

  init(_ subject: Subject) {
    self.subject = subject
    var configured: Set<SourceMark> = []
    for place in subject.templates where place.undeclaredVariables.contains("config") {
      // A date is alone or in a component with bounds, and errors about it name the component.
      let owner = place.owner.type == "MinMaxDatetime" ? place.owner.node.mark : nil
      configured.formUnion([place.node.mark, owner].compactMap { $0 })
    }
    for visit in subject.components("SelectiveAuthenticator") {
      if let mark = visit["authenticator_selection_path"]?.mark { configured.insert(mark) }
    }
    self.configured = configured
    components = Dictionary(
      subject.components.filter { $0.parent != nil }.map { ($0.node.path[...], $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The errors of one config as another config's errors at the same places say it; without a cause if there is none.
  func sentences(for errors: [ConnectorError], from others: [ConnectorError]) -> [ConnectorError] {
    var open = Dictionary(grouping: others.reversed(), by: \.mark)
    return errors.map { error in
      if let same = open[error.mark]?.popLast() { return same }
      // A path may hold keys that a template made.
      var general = ConnectorError(
        error.failureType, "With this config, what is described here cannot be built", at: error.mark,
        path: components[error.path[...]] == nil ? "" : error.path)
      general.diagnostic.related = error.diagnostic.related
      return general
    }
  }

  func diagnostic(of error: ConnectorError) -> Diagnostic {
    var diagnostic = error.diagnostic
    diagnostic.rule = ConnectorError.rule
    if !isInManifest(diagnostic.mark) { diagnostic.mark = subject.root.mark }
    diagnostic.related = []
    explain(&diagnostic)
    diagnostic.related += error.diagnostic.related.filter { isInManifest($0.mark) }
    return diagnostic
  }

  /// Whether an error is about a value that the config gives.
  func dependsOnConfig(_ error: ConnectorError) -> Bool {
    if error.failureType == .config, error.path.hasPrefix("dynamic_streams") { return true }
    return error.mark.map(configured.contains) ?? false
  }

  private func isInManifest(_ mark: SourceMark?) -> Bool { mark != nil && mark?.file === subject.root.mark?.file }

  /// A key that nothing reads, near what is missing, is mostly what is missing.
  private func explain(_ diagnostic: inout Diagnostic) {
    guard let visit = innermost(diagnostic.path) else { return }
    if case .format? = diagnostic.cause,
      let format = visit["datetime_format"] ?? visit.enclosing("DatetimeBasedCursor")?["datetime_format"]
    {
      diagnostic.related.append(.init("the format", at: format.mark))
    }
    var missing: [String] = []
    if case .missing(let names)? = diagnostic.cause { missing = names.filter { visit.properties[$0] != nil } }
    for stray in UnknownKey.unread(by: visit).prefix(3) {
      if diagnostic.remedy == nil, let near = NameSuggestion.nearest(to: stray.key, among: missing) {
        diagnostic.remedy = .rename(stray.key, to: near)
        diagnostic.mark = stray.node.keyMark ?? diagnostic.mark
      } else {
        diagnostic.related.append(.init("`\(visit.type)` does not read `\(stray.key)`", at: stray.node.keyMark))
      }
    }
  }

  /// The component that a path leads to, or into.
  private func innermost(_ path: String) -> ComponentVisit? {
    var rest = path[...]
    while !rest.isEmpty {
      if let visit = components[rest] { return visit }
      guard let end = rest.lastIndex(where: { ".[".contains($0) }) else { return nil }
      rest = rest[..<end]
    }
    return nil
  }
}
