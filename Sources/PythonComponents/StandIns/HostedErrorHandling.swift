import AirbyteProtocol
import ConnectorModel
import JSON
import Manifest

/// `CustomErrorHandler`: decides what is done about an attempt, and how long is waited before the next one.
struct HostedErrorHandler: ErrorHandler {
  private let component: HostedComponent

  init(_ component: HostedComponent) { self.component = component }

  func interpret(_ attempt: Attempt) async throws -> ErrorResolution {
    let mention = component.host.mention(attempt)
    let reply = try await component.call("interpret_response", "interpret", mention.fields, mention.parts)
    guard let action = reply["action"]?.string.flatMap(ResponseAction.init) else {
      throw ConnectorError(
        .system, "\(component.subject.asked("interpret_response").call) should give a resolution with an action that is known",
        at: component.subject.node)
    }
    var resolution = ErrorResolution(action, reply["failure_type"]?.string.flatMap(FailureType.init), reply["message"]?.string)
    resolution.origin = component.subject.className + (component.subject.node.mark.map { " (\($0))" } ?? "")
    return resolution
  }

  var maxRetries: Int { if case .int(let count)? = component.flags["max_retries"] { count } else { 5 } }
  var maxTime: Double { component.flags["max_time"]?.number ?? 600 }

  var backoffStrategies: [any BackoffStrategy]? {
    component.flag("backoff") ? [HostedBackoffStrategy(component)] : nil
  }
}

/// `CustomBackoffStrategy`, and the strategies that a custom error handler has of its own.
struct HostedBackoffStrategy: BackoffStrategy {
  private let component: HostedComponent

  init(_ component: HostedComponent) { self.component = component }

  func delay(after attempt: Attempt, number: Int) async throws -> Double? {
    var mention = component.host.mention(attempt)
    mention.fields["attempt"] = .int(number)
    return try await component.call("backoff_time", "backoff", mention.fields, mention.parts)["seconds"]?.number
  }
}

extension ComponentHost {
  /// An attempt as a call names it.
  fileprivate func mention(_ attempt: Attempt) -> ResponseLedger.Mention {
    switch attempt {
    case .response(let response): return responses.mention(response)
    case .failure(let error):
      let failure: JSONObject = ["type": .string(error.kind.exceptionName), "message": .string(error.message)]
      return ResponseLedger.Mention(fields: ["exception": .object(failure)], parts: [])
    }
  }
}

extension TransportError.Kind {
  /// What Python's requests raises in its place.
  fileprivate var exceptionName: String {
    switch self {
    case .connectFailed, .nameNotResolved, .connectionLost: "requests.exceptions.ConnectionError"
    case .timedOut: "requests.exceptions.ReadTimeout"
    case .tls: "requests.exceptions.SSLError"
    case .invalidURL, .forbiddenAddress: "requests.exceptions.InvalidURL"
    case .unsupportedScheme: "requests.exceptions.InvalidSchema"
    case .tooManyRedirects, .invalidRedirect: "requests.exceptions.TooManyRedirects"
    case .brokenOff, .truncated: "requests.exceptions.ChunkedEncodingError"
    case .tooLarge, .systemLimit, .invalidSetting, .unsupported, .unrecorded, .other: "requests.exceptions.RequestException"
    }
  }
}

extension JSONValue {
  /// Any number as a double.
  var number: Double? {
    switch self {
    case .int(let number): Double(number)
    case .double(let number): number
    case .number(let digits): Double(digits)
    default: nil
    }
  }
}
