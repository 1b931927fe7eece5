import AirbyteProtocol
import JSON
import Jinja
import Manifest

extension ConnectorError {
  /// Any error as a connector error: the one place that decides on the failure type of errors of other kinds. They are the fault
  /// of the runtime or the manifest.
  package init(wrapping error: any Error) {
    switch error {
    case let error as ConnectorError: self = error
    case let error as ManifestError: self.init(error)
    case let error as TransportError: self.init(.transient, error.message)
    case let error as TemplateError:
      self.init(.system, "A template could not be evaluated: \(error)")
    case RequestSignal.resetPagination, RequestSignal.reducePageSize, RequestSignal.splitRequestWindow:
      self.init(
        .config, "An error handler asks for an action that this stream's retriever is not set up for: \(error)")
    default: self.init(.system, "An unexpected error ended the stream: \(error)")
    }
  }

  /// The failure of a run whose manifest cannot be used: the first finding for the user, all of them for the developer.
  private init(_ error: ManifestError) {
    let others = error.diagnostics.count - 1
    var first = error.diagnostics.first ?? Diagnostic(.error, rule: "shape", "no reason is known")
    first.message = "The manifest is not valid: \(first.message)" + (others > 0 ? " (and \(others) more)" : "")
    first.detail = error.description
    self.init(first)
  }
}
