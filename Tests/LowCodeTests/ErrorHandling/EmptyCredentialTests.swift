import AirbyteProtocol
import Foundation
import JSON
import Testing

@testable import ConnectorModel
@testable import HTTP
@testable import Secrets

/// A request that is refused since the config lacks a token says so.
@Suite struct EmptyCredentialTests {
  @Test(
    arguments: [
      (["Authorization": "Bearer "], [:], "Authorization"), (["Authorization": "Token "], [:], "Authorization"),
      (["Authorization": "Basic Og=="], [:], "Authorization"), (["X-Key": ""], [:], "X-Key"), ([:], ["key": ""], "key"),
      ([:], ["key": .null], "key"), (["Authorization": "Bearer t0ken"], [:], nil), (["Authorization": "t"], ["key": "k"], nil),
      (["Authorization": "Basic YTpi"], [:], nil), ([:], [:], nil),
    ] as [(JSONObject, JSONObject, String?)])
  func isFound(headers: JSONObject, parameters: JSONObject, name: String?) {
    var parts = RequestParts()
    (parts.headers, parts.parameters) = (headers, parameters)
    #expect(parts.emptyCredential == name)
  }

  @Test(arguments: [(401, true), (403, true), (404, false), (500, false)]) func isSaidWhereItExplains(status: Int, isSaid: Bool) {
    var request = HTTPRequest(method: "GET", url: "https://api.test/items")
    let response = HTTPResponse(status: status, headers: [], body: Data(#"{"message": "Who are you?"}"#.utf8), url: request.url)
    func explained() -> String { FailedAttempt(.response(response), request, hiding: NoSecrets()).explained("Refused.") }
    #expect(explained() == "Refused. The API says: Who are you?")
    request.emptyCredential = "Authorization"
    #expect(
      explained()
        == "Refused. The API says: Who are you?"
        + (isSaid ? " The authenticator left `Authorization` empty: check that the config has what it reads" : ""))
  }

  /// A sentence that names the request does not name it again.
  @Test func aTransportErrorIsSaidOnce() {
    let request = HTTPRequest(method: "GET", url: "https://api.test/items")
    let error = CurlAnswer.failure(
      of: request, by: Route(), code: 7, reason: "Failed to connect to api.test port 443", isInHead: false,
      isInBody: false)
    let failed = FailedAttempt(.failure(error), request, hiding: NoSecrets())
    #expect(failed.detail == "GET https://api.test/items failed: Failed to connect to api.test port 443")
    #expect(failed.explained(nil, isNamed: true) == "Failed to connect to api.test port 443")
  }
}
