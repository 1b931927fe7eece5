import ConnectorModel
import Secrets

/// An attempt that failed, as errors and log lines describe it.
struct FailedAttempt {
  /// The method and URL of the request, and how it ended: `GET https://api.test/items was answered with status 404`.
  let outcome: String
  /// The same with what the API said.
  let detail: String
  /// How it ended, for sentences that name the request already.
  private let cause: String
  private let answer: APIAnswer?
  /// Why the API may refuse the request; nil if nothing is known.
  private let suspicion: String?

  init(_ attempt: Attempt, _ request: HTTPRequest, hiding secrets: any Secrets) {
    switch attempt {
    case .failure(let error):
      answer = nil
      suspicion = nil
      cause = error.cause ?? error.message
      outcome = "\(request.method) \(request.url) failed: \(cause)"
      detail = outcome
    case .response(let response):
      let answer = APIAnswer(response, hiding: secrets)
      self.answer = answer
      let refuses = response.status == 401 || response.status == 403
      suspicion = (refuses ? request.emptyCredential : nil).map { name in
        "The authenticator left `\(name)` empty: check that the config has what it reads"
      }
      cause = "status \(response.status)"
      let outcome = "\(request.method) \(request.url) was answered with status \(response.status)"
      self.outcome = "\(outcome)"
      let said = answer.detail.map { "\(outcome): \($0)" } ?? "\(outcome)"
      detail = suspicion.map { APIAnswer.sentences(said, $0) } ?? said
    }
  }

  /// A message with what the API says behind it; without a message, how the attempt ended.
  /// - Parameter isNamed: whether it goes into a sentence that names the request already.
  func explained(_ message: String?, isNamed: Bool = false) -> String {
    let message = message ?? (isNamed ? cause : outcome)
    let said = answer?.added(to: message) ?? message
    return suspicion.map { APIAnswer.sentences(said, $0) } ?? said
  }
}
