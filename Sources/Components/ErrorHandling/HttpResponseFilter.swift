import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Matches responses by status, message or predicate, and says what is done about them.
struct HttpResponseFilter: Component {
  private let action: ResponseAction?
  private let failureType: FailureType?
  private let statusCodes: Set<Int>
  private let messagePart: String?
  private let predicate: InterpolatedBoolean?
  private let errorMessage: InterpolatedString?
  private let config: TemplateConfig
  private let noConfig: TemplateConfig
  /// How it is called where somebody asks who decided.
  private let origin: String
  private let node: ManifestNode
  private let coverage: (any RunCoverage)?

  init(from node: ComponentNode, in scope: BuildScope) throws {
    action = try node.optionalString("action").flatMap { ResponseAction(rawValue: $0) }
    failureType = try node.optionalString("failure_type").flatMap { FailureType(rawValue: $0) }
    statusCodes = Set(try node.nodes("http_codes").compactMap(\.int))
    messagePart = try node.optionalString("error_message_contains")
    if let condition = node["predicate"], let text = condition.string, !text.isEmpty {
      predicate = InterpolatedBoolean(text, parameters: node.parameters, mark: condition.mark)
    } else {
      predicate = nil
    }
    errorMessage = node["error_message"].map { InterpolatedString($0, parameters: node.parameters) }
    config = scope.templateConfig
    noConfig = config.with(.none)
    origin = "HttpResponseFilter" + node.node.placeText
    self.node = node.node
    coverage = scope.runtime.coverage
  }

  /// Whether the verdict on a response that is not an error may depend on its body.
  var looksIntoBodies: Bool {
    predicate != nil || messagePart?.isEmpty == false || (errorMessage != nil && statusCodes.contains { $0 < 400 })
  }

  /// The verdict on `response` if this filter is meant for it.
  func match(_ response: HTTPResponse) throws -> ErrorResolution? {
    guard try matches(response), let action else { return nil }
    coverage?.reached(node)
    let fallback = DefaultErrorMapping.resolution(status: response.status)
    var message = try errorMessage?.string(
      evaluationContext(response, config: config))
    if message?.isEmpty != false { message = fallback?.message }
    let failure = action == .fail ? failureType : nil
    var resolution = ErrorResolution(action, failure ?? fallback?.failureType ?? .system, message)
    resolution.origin = origin
    return resolution
  }

  private func matches(_ response: HTTPResponse) throws -> Bool {
    if statusCodes.contains(response.status) { return true }
    // As in the reference, a predicate does not see the config.
    if let predicate, try predicate.evaluate(evaluationContext(response, config: noConfig)) { return true }
    if let messagePart, !messagePart.isEmpty, let message = ErrorMessageParser.message(of: response) {
      return message.contains(messagePart)
    }
    return false
  }

  private func evaluationContext(_ response: HTTPResponse, config: TemplateConfig) -> EvaluationContext {
    EvaluationContext(
      config: config,
      bindings: [
        (.response, response.templateValue), (.headers, response.headersValue),
        (.requestURL, .string(RequestURL(response.url).publicText)),
      ])
  }
}

extension Symbol {
  static let requestURL = Symbol("request_url")
}
