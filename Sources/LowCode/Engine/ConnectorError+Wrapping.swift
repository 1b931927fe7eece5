import AirbyteProtocol
import JSON
import Jinja

extension ConnectorError {
  /// Any error as a connector error: those of other kinds are the fault of the runtime or the manifest.
  package init(wrapping error: any Error) {
    switch error {
    case let error as ConnectorError: self = error
    case let error as TransportError: self.init(.transient, error.message)
    case let error as TemplateError:
      self.init(.system, "A template could not be evaluated: \(error)")
    case RequestSignal.resetPagination, RequestSignal.reducePageSize, RequestSignal.splitRequestWindow:
      self.init(
        .config, "An error handler asks for an action that this stream's retriever is not set up for: \(error).")
    default: self.init(.system, "An unexpected error ended the stream: \(error)")
    }
  }
}
