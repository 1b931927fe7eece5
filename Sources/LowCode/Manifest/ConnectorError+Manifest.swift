extension ConnectorError {
  /// The failure of a run whose manifest cannot be used: the first finding for the user, all of them for the developer.
  package init(_ error: ManifestError) {
    let first = error.diagnostics.first
    let others = error.diagnostics.count - 1
    let more = others > 0 ? " (and \(others) more)" : ""
    let remedy = first?.remedy.map { "; \($0)" } ?? ""
    self.init(
      first?.failureType ?? .config, "The manifest cannot be used: \(first?.message ?? "it is not valid")\(remedy)\(more).",
      internalMessage: error.rendered(), location: first?.location, path: first?.path)
  }
}
