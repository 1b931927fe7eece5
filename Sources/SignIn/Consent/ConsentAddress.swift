import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON

extension ConsentDeclaration {
  /// The address of the page on which the user agrees.
  /// - Throws: ``ConnectorError`` if the manifest's template gives none.
  package func consentAddress(_ inputs: ConsentInputs, _ ticket: ConsentTicket) throws -> String {
    guard let consentURL else { throw ConnectorError(.config, "There is no page on which a user could consent") }
    let values = variables(inputs, redirectURI: ticket.redirectURI, state: ticket.state, withSecret: false)
    let text = try consentURL.render(values, "consent_url")
    let given = QueryText(RequestURL(text).query ?? "")
    var parts = RequestParts()
    // Without a state, any page could send the browser here with a code of its own.
    if !given.has(key("state_key")) { parts.parameters[key("state_key")] = .string(ticket.state) }
    if let proof = ticket.proof, !given.has("code_challenge") {
      parts.parameters["code_challenge"] = .string(proof.challenge)
      parts.parameters["code_challenge_method"] = "S256"
    }
    // Parameters that were left empty leave their separators behind.
    return try RequestPreparation.request(
      method: "GET", url: Self.withoutEmptyFields(text), parts: parts, node: consentURL.node
    ).url
  }

  static func withoutEmptyFields(_ address: String) -> String {
    var url = RequestURL(address)
    guard let query = url.query else { return address }
    let fields = query.split(separator: "&", omittingEmptySubsequences: true).joined(separator: "&")
    url.query = fields.isEmpty ? nil : Substring(fields)
    return url.description
  }

  /// A ticket for one consent.
  /// - Parameters:
  ///   - usesProof: whether a proof key is sent where the manifest has none of its own.
  ///   - random: makes so many random bytes.
  package func ticket(redirectURI: String, usesProof: Bool, random: (_ count: Int) -> [UInt8]) -> ConsentTicket {
    ConsentTicket(
      redirectURI: redirectURI, state: ConsentState.make(limits: stateLimits, random: random),
      proof: usesProof && !hasOwnChallenge ? ProofKey(random: random) : nil)
  }
}
