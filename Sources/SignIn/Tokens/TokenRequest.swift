import ConnectorModel
import HTTP
import JSON
import Jinja

extension ConsentDeclaration {
  /// The request that redeems a code.
  /// - Throws: ``ConnectorError`` if the manifest's templates give none.
  package func tokenRequest(_ inputs: ConsentInputs, _ ticket: ConsentTicket, code: String) throws -> HTTPRequest {
    let values = variables(inputs, redirectURI: ticket.redirectURI, state: ticket.state, code: code, withSecret: true)
    var parts = RequestParts()
    parts.headers = try tokenHeaders(values)
    var fields: JSONObject = [:]
    for (name, value) in self.fields {
      let (name, value) = (
        try name.render(values, "access_token_params"), try value.render(values, "access_token_params")
      )
      // An application without a secret sends none, rather than an empty one.
      if value.isEmpty, name == clientSecretName { continue }
      fields[name] = .string(value)
    }
    let url = Self.withoutEmptyFields(try tokenURL.render(values, "access_token_url"))
    if let proof = ticket.proof {
      if fields.isEmpty {
        parts.parameters["code_verifier"] = .string(proof.verifier)
      } else {
        fields["code_verifier"] = .string(proof.verifier)
      }
    }
    return try Self.request(to: url, parts, fields: fields, at: tokenURL)
  }

  /// The headers of a request for tokens, without one that says how its body is written if there is none.
  func tokenHeaders(_ values: [String: JSONValue]) throws -> JSONObject {
    var headers: JSONObject = [:]
    for (name, value) in self.headers {
      headers[try name.render(values, "access_token_headers")] = .string(try value.render(values, "access_token_headers"))
    }
    return headers
  }

  /// - Parameter fields: the body, as JSON unless the headers say that it is a form.
  static func request(to url: String, _ parts: RequestParts, fields: JSONObject, at text: Text) throws -> HTTPRequest {
    var parts = parts
    let kind = parts.headers.first { $0.key.lowercased() == "content-type" }?.value.string?.lowercased() ?? ""
    if kind.hasPrefix("application/x-www-form-urlencoded") { parts.bodyData = .object(fields) } else { parts.bodyJSON = fields }
    var request = try RequestPreparation.request(method: "POST", url: url, parts: parts, node: text.node)
    if !parts.headers.keys.contains(where: { $0.lowercased() == "accept" }) {
      // Some answer with a form where nobody asks for JSON.
      request.setHeader("Accept", "application/json")
    }
    if request.body == nil {
      request.body = []
      if request.header("Content-Type") == nil { request.setHeader("Content-Type", "application/x-www-form-urlencoded") }
    }
    return request
  }

  /// A request to the token endpoint by the letter of RFC 6749, with the manifest's headers: for what manifests have no templates for.
  /// - Parameter grant: the fields of the grant.
  func plainRequest(_ inputs: ConsentInputs, to endpoint: String?, grant: JSONObject) throws -> HTTPRequest {
    let values = variables(inputs, redirectURI: "", state: nil, withSecret: true)
    var parts = RequestParts()
    parts.headers = try tokenHeaders(values).filter { $0.key.lowercased() != "content-type" }
    parts.headers["Content-Type"] = "application/x-www-form-urlencoded"
    var fields = grant
    // Credentials in a header must not be in the body too (RFC 6749 §2.3).
    if !parts.headers.keys.contains(where: { $0.lowercased() == "authorization" }) {
      fields[clientIDName] = .string(inputs.clientID)
      if let secret = inputs.clientSecret { fields[clientSecretName] = .string(secret) }
    }
    // The fields of the manifest's address are those of another grant.
    var url = RequestURL(try endpoint ?? tokenURL.render(values, "access_token_url"))
    if endpoint == nil { url.query = nil }
    return try Self.request(to: url.description, parts, fields: fields, at: tokenURL)
  }
}
