import LowCode
import YAML

/// Makes findings of what keeps components from being built: with the place in the text, and with the misspelt key where one explains
/// what is missing.
struct BuildDiagnosis {
  let subject: Subject

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
    guard let location = error.location else { return false }
    let readsConfig = subject.templates.contains { place in
      // A date stands alone or in a component with bounds, and errors about it name the component.
      let isHere =
        place.node.location == location || place.owner.type == "MinMaxDatetime" && place.owner.node.location == location
      return isHere && place.undeclaredVariables.contains("config")
    }
    return readsConfig
      || subject.components("SelectiveAuthenticator").contains { $0["authenticator_selection_path"]?.location == location }
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
    guard !path.isEmpty else { return nil }
    var best: (visit: ComponentVisit, length: Int)?
    for visit in subject.components where visit.parent != nil {
      let own = visit.node.path
      guard own.count > best?.length ?? 0, path.hasPrefix(own) else { continue }
      if path.count == own.count || [".", "["].contains(path.dropFirst(own.count).first) { best = (visit, own.count) }
    }
    return best?.visit
  }

  /// The words of a sentence that stand between backquotes.
  private static func quoted(in sentence: String) -> [String] {
    sentence.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
  }
}
