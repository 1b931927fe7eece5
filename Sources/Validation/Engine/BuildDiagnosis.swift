import LowCode
import YAML

/// Makes findings of what keeps components from being built: with the place in the text, and with the misspelt key where one explains
/// what is missing.
struct BuildDiagnosis {
  private let subject: Subject
  /// The places whose values the config decides.
  private let configured: Set<SourceLocation>
  /// The components by their places.
  private let components: [Substring: ComponentVisit]

  init(_ subject: Subject) {
    self.subject = subject
    var configured: Set<SourceLocation> = []
    for place in subject.templates where place.undeclaredVariables.contains("config") {
      // A date is alone or in a component with bounds, and errors about it name the component.
      let owner = place.owner.type == "MinMaxDatetime" ? place.owner.node.location : nil
      configured.formUnion([place.node.location, owner].compactMap { $0 })
    }
    for visit in subject.components("SelectiveAuthenticator") {
      if let location = visit["authenticator_selection_path"]?.location { configured.insert(location) }
    }
    self.configured = configured
    components = Dictionary(
      subject.components.filter { $0.parent != nil }.map { ($0.node.path[...], $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The errors of one config as another config's errors at the same places say it; without a cause if there is none.
  func sentences(for errors: [ConnectorError], from others: [ConnectorError]) -> [ConnectorError] {
    var open = Dictionary(grouping: others.reversed(), by: \.location)
    return errors.map { error in
      if let same = open[error.location]?.popLast() { return same }
      var general = ConnectorError(
        error.failureType, "With this config, what is described here cannot be built.", location: error.location)
      // A path may hold keys that a template made.
      if let path = error.path, components[path[...]] != nil { general.path = path }
      general.referencedFrom = error.referencedFrom
      return general
    }
  }

  func diagnostic(of error: ConnectorError) -> Diagnostic {
    let message = error.message.hasSuffix(".") ? String(error.message.dropLast()) : error.message
    var diagnostic = Diagnostic(
      .error, rule: "build", message, at: mark(error.location) ?? subject.root.mark, path: error.path ?? "",
      failureType: error.failureType, detail: error.internalMessage == error.message ? nil : error.internalMessage)
    explain(&diagnostic)
    if let reference = mark(error.referencedFrom) {
      diagnostic.related.append(.init("brought here by this reference", at: reference))
    }
    return diagnostic
  }

  /// Whether an error is about a value that the config gives.
  func dependsOnConfig(_ error: ConnectorError) -> Bool {
    if error.failureType == .config, error.path?.hasPrefix("dynamic_streams") == true { return true }
    return error.location.map(configured.contains) ?? false
  }

  private func mark(_ location: SourceLocation?) -> SourceMark? {
    guard let location, let file = subject.root.mark?.file, file.name == location.file else { return nil }
    return SourceMark(file: file, line: location.line, column: location.column)
  }

  /// A key that nothing reads, near what is missing, is mostly what is missing.
  private func explain(_ diagnostic: inout Diagnostic) {
    guard let visit = innermost(diagnostic.path) else { return }
    if diagnostic.message.contains("is not in the format"),
      let format = visit["datetime_format"] ?? visit.enclosing("DatetimeBasedCursor")?["datetime_format"]
    {
      diagnostic.related.append(.init("the format", at: format.mark))
    }
    let missing = Self.quoted(in: diagnostic.message).filter { visit.properties[$0] != nil }
    for stray in UnknownKey.unread(by: visit).prefix(3) {
      if diagnostic.remedy == nil, let near = NameSuggestion.nearest(to: stray.key, among: missing) {
        diagnostic.remedy = "did you write `\(stray.key)` for `\(near)`?"
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

  /// The words of a sentence that are between backquotes.
  private static func quoted(in sentence: String) -> [String] {
    sentence.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
  }
}
