import AirbyteProtocol
import ConnectorModel
import HTTP

/// The failures of the jobs of one stream, as the error that ends it.
struct AsyncJobFailures {
  private let errors: [ConnectorError]

  /// As many different reasons are shown to the user.
  private static let shown = 3

  init(_ errors: [any Error]) { self.errors = errors.map { ConnectorError(wrapping: $0) } }

  /// The error that names the reasons, each once, as every poll that fails adds one.
  var error: ConnectorError {
    var reasons: [String] = []
    for error in errors where !reasons.contains(error.sentence) { reasons.append(error.sentence) }
    var message = reasons.prefix(Self.shown).reduce("At least one job at the API failed on every attempt") {
      $1.isEmpty ? $0 : APIAnswer.sentences($0, $1)
    }
    if reasons.count > Self.shown {
      message = APIAnswer.sentences(message, "There are \(reasons.count - Self.shown) more reasons.")
    }
    var details: [String] = []
    for error in errors {
      let detail = (error.mark.map { "\($0): " } ?? "") + (error.internalMessage ?? error.sentence)
      if !details.contains(detail) { details.append(detail) }
    }
    return ConnectorError(.system, message, internalMessage: details.joined(separator: "\n"))
  }
}
