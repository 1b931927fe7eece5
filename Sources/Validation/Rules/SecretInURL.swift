import Components
import Manifest

/// Addresses end up in the logs of proxies and servers, and secrets in them too.
struct SecretInURL: Rule {
  static let name = "secret-in-url"
  static let summary = "A secret of the config is part of an address."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    guard let specification = subject.specification else { return }
    var secrets: Set<String> = []
    SchemaTree(root: specification).forEach { place in
      if let property = place.property, place.node["airbyte_secret"]?.bool == true { secrets.insert(property) }
    }
    guard !secrets.isEmpty else { return }
    for place in subject.templates {
      let isAddress =
        place.owner.type == "HttpRequester" && ["url", "url_base", "path", "request_parameters"].contains(place.property)
      let isEndpoint = place.property == "token_refresh_endpoint"
      guard isAddress || isEndpoint else { continue }
      guard place.undeclaredVariables.contains("config") else { continue }
      let read = TemplateWords.quoted(in: place.text).map { String($0) }.filter(secrets.contains)
      for secret in read.sorted() {
        let remedy: Remedy =
          place.property == "request_parameters"
          ? "send it in a header, or by an `ApiKeyAuthenticator`, where its value is masked" : "send it in a header"
        findings.warnOnce(
          secret, "the secret `\(secret)` is part of the address", at: place.node,
          mark: TemplateMark.mark(ofName: secret, in: place.node), remedy: remedy)
      }
    }
  }
}
