import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON
import Jinja
import Secrets

/// A response about a job as templates see it: the members of its JSON body and, unless the body has them, `headers` and `request`.
final class JobResponseMapping: LazyMapping {
  private let body: JSONView
  private let response: HTTPResponse

  /// - Throws: ``ConnectorError`` if the body is not a JSON object.
  init(_ response: HTTPResponse, secrets: any Secrets) throws {
    guard let body = response.json, body.kind == .object else {
      throw ConnectorError(
        .system, "The API's answer about a job is not a JSON object, so the next request cannot be made from it",
        internalMessage: "\(response.url): \(APIAnswer(response, hiding: secrets).detail ?? "")")
    }
    self.body = body
    self.response = response
  }

  subscript(key: String) -> Value? {
    if let member = body[key] { return Value(member) }
    switch key {
    case "headers": return response.headersValue
    case "request": return .mapping(RequestOfResponse(response))
    default: return nil
    }
  }

  var keys: [String] { body.keys + ["headers", "request"].filter { body[$0] == nil } }
  var count: Int { keys.count }
}

/// What is still known of the request behind a response.
private final class RequestOfResponse: LazyMapping {
  private let response: HTTPResponse

  init(_ response: HTTPResponse) { self.response = response }

  subscript(key: String) -> Value? { key == "url" ? .string(response.url) : nil }
  func attribute(_ name: String) -> Value? { self[name] }
  let keys = ["url"]
  let count = 1
}
