import AirbyteProtocol
import ConnectorModel
import HTTP
import Jinja
import Python
import Templating

/// Waits as long as an expression over the response says, in seconds or by the date of a header.
struct WaitTimeFromResponse: Component, BackoffStrategy {
  private let seconds: InterpolatedString
  private let limit: WaitLimit
  private let config: TemplateConfig
  private let runtime: RuntimeEnvironment

  init(from node: ComponentNode, in scope: BuildScope) throws {
    let expression = try node.required("wait_time_in_seconds")
    seconds = InterpolatedString(expression, parameters: node.parameters)
    let unknown = seconds.undeclaredVariables.subtracting(["config", "response", "headers", "parameters"])
    guard unknown.isEmpty else {
      throw ConnectorError(
        .system,
        "`wait_time_in_seconds` can use `config`, `response`, `headers` and `parameters`, not \(unknown.sorted().joined(separator: ", "))",
        at: expression)
    }
    limit = try WaitLimit(node, in: scope)
    config = scope.templateConfig
    runtime = scope.runtime
  }

  func delay(after attempt: Attempt, number: Int) throws -> Double? {
    let response = attempt.response
    let context = EvaluationContext(
      config: config,
      bindings: [
        (.response, response?.templateValue ?? .emptyDict), (.headers, response?.headersValue ?? .emptyDict),
      ])
    guard let text = try? seconds.string(context), !text.allSatisfy(\.isWhitespace), text != "None" else { return nil }
    guard let wait = PythonNumberText.float(text) ?? untilDate(text) else {
      runtime.log.log(
        .warn, "WaitTimeFromResponse: `wait_time_in_seconds` gave no number on this response; the next strategy decides.")
      return nil
    }
    guard wait.isFinite, wait >= 0 else { return nil }
    if wait != 0 { try limit.check(wait) }
    return wait
  }

  private func untilDate(_ text: String) -> Double? {
    let now = runtime.now()
    return HTTPDate.parse(text, now: now).map { max(0, (Double($0) - Double(now)) / 1_000_000) }
  }
}
