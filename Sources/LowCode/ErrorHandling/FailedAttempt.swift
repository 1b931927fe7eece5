/// An attempt that failed, as errors and log lines speak of it.
struct FailedAttempt {
  /// The method and URL of the request, and how it ended: `GET https://api.test/items was answered with status 404`.
  let outcome: String
  /// The same with what the API said.
  let detail: String
  private let answer: APIAnswer?

  init(_ attempt: Attempt, _ request: HTTPRequest, hiding secrets: any Secrets) {
    switch attempt {
    case .failure(let error):
      answer = nil
      outcome = "\(request.method) \(request.url) failed: \(error.message)"
      detail = outcome
    case .response(let response):
      let answer = APIAnswer(response, hiding: secrets)
      self.answer = answer
      let outcome = "\(request.method) \(request.url) was answered with status \(response.status)"
      self.outcome = "\(outcome)."
      detail = answer.detail.map { "\(outcome): \($0)" } ?? "\(outcome)."
    }
  }

  /// A message with what the API says behind it; without a message, how the attempt ended.
  func explained(_ message: String?) -> String {
    let message = message ?? outcome
    return answer?.added(to: message) ?? message
  }
}
