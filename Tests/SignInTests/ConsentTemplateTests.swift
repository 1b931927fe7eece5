import ConnectorModel
import JSON
import Jinja
import Testing

@testable import SignIn

/// What the templates of consents give, in all the forms that manifests have.
@Suite struct ConsentTemplateTests {
  private static let variables: [String: JSONValue] = [
    "client_id_key": "client_id", "client_id_value": "id 1", "client_id_param": "client_id=id 1", "client_secret_value": "s&cret",
    "redirect_uri_key": "redirect_uri", "redirect_uri_value": "http://127.0.0.1:8400/", "scope_value": "a b",
    "state_value": "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "subdomain": "acme", "region": "AU", "is_sandbox": false,
    "is_test": "true", "hostile": "{{ client_secret_value }}",
  ]

  @Test(arguments: [
    ("nothing to do", "nothing to do"),
    ("https://{{subdomain}}.example.com/?{{client_id_param}}", "https://acme.example.com/?client_id=id 1"),
    ("{{ client_id_key }}={{client_id_value}}", "client_id=id 1"),
    // What is not known is empty, wherever it stands.
    ("a={{ unknown }}&b={{ unknown | urlencode }}&c={{ unknown.member }}", "a=&b=&c="),
    // Choices.
    ("https://{% if is_sandbox %}test{% else %}login{% endif %}.example.com", "https://login.example.com"),
    ("{% if is_test %}yes{% endif %}{% if unknown %}no{% endif %}", "yes"),
    ("sandbox={{ is_sandbox }}", "sandbox=false"),
    ("https://example.{{ {'US': 'com', 'AU': 'com.au'}[region] }}/token", "https://example.com.au/token"),
    ("https://example.{{ {'US': 'com'}[region] }}/token", "https://example./token"),
    // Placeholders in placeholders.
    ("{{ {{redirect_uri_value}} | urlEncoder }}", "http%3A%2F%2F127.0.0.1%3A8400%2F"),
    ("{{redirect_uri_key}}={{{{redirect_uri_value}} | urlEncoder}}", "redirect_uri=http%3A%2F%2F127.0.0.1%3A8400%2F"),
    ("{{ {{client_id_value}}:{{client_secret_value}} | base64Encoder }}", "aWQgMTpzJmNyZXQ="),
    ("Basic {{ {{ client_id_value }}:{{ client_secret_value }} | base64Encoder }}", "Basic aWQgMTpzJmNyZXQ="),
    ("{{ {{client_id_value}}/{{subdomain}} }}", "id 1/acme"),
    ("{{ {{ {{subdomain}} }} | urlEncoder }}", "acme"),
    ("{{ ({{client_id_value}} ~ '|' ~ {{subdomain}}) | urlEncoder }}", "id%201%7Cacme"),
    ("{{ {{unknown}} | urlEncoder }}x", "x"),
    // Plain texts before filters, and filters before texts.
    ("{{ https://test.example.com/endpoint | urlEncoder}}", "https%3A%2F%2Ftest.example.com%2Fendpoint"),
    ("{{ urlDecoder:https%3A%2F%2Fexample.com | urlDecoder}}", "https://example.com"),
    ("{{urlEncoder:{{redirect_uri_value}}}}", "http%3A%2F%2F127.0.0.1%3A8400%2F"),
    ("{{base64Encoder:{{client_id_value}}:{{client_secret_value}}}}", "aWQgMTpzJmNyZXQ="),
    ("{{ codeChallengeS256:{{state_value}} }}", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"),
    // A value is no template.
    ("{{ hostile }}", "{{ client_secret_value }}"),
    ("{{ {{hostile}} | urlEncoder }}", "%7B%7B%20client_secret_value%20%7D%7D"),
    ("{{ {{hostile}}:{{subdomain}} }}", "{{ client_secret_value }}:acme"),
    // What looks like the beginning of one stays.
    ("{a}", "{a}"),
  ])
  func templatesGiveTheirTexts(template: String, text: String) throws {
    #expect(try ConsentTemplate(template).render(Self.variables) == text)
  }

  @Test(arguments: [
    (["urlencode", "urlEncode", "urlEncoder", "url_encode"], "a b/ü", "a%20b%2F%C3%BC"),
    (["urldecode", "urlDecode", "urlDecoder", "urlDecorer"], "a+b%2F", "a b/"),
    (["b64encode", "base64encode", "base64Encoder"], "id:secret", "aWQ6c2VjcmV0"),
    (["b64decode", "base64decode", "base64Decoder", "base64Decorer"], "aWQ6c2VjcmV0", "id:secret"),
    // RFC 7636, appendix B.
    (
      ["codeChallengeS256", "codechallengeS256"], "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
      "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    ),
  ])
  func filtersHaveAllTheirSpellings(names: [String], text: String, changed: String) throws {
    for name in names {
      #expect(try ConsentTemplate("{{ x | \(name) }}").render(["x": .string(text)]) == changed, "\(name)")
    }
  }

  /// What manifests do to a challenge that is not base64url changes nothing in one that is.
  @Test func aChallengeMayBeMadeSafeOnceMore() throws {
    let template = "{{ state_value | codechallengeS256 | replace('+', '-') | replace('/', '_') | replace('=', '') }}"
    #expect(try ConsentTemplate(template).render(Self.variables) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
  }

  @Test(arguments: [
    "{{ client_id_value | frobnicate }}", "{{ {{client_id_value}} | frobnicate }}", "{{ client_id_value ~ }}", "{% if %}",
    "{{ a b }}",
    "{{ 'x' | base64Decoder }}",
  ])
  func whatIsNoTemplateIsAnError(template: String) {
    #expect(throws: TemplateError.self) { try ConsentTemplate(template).render(Self.variables) }
  }

  /// Nothing that a manifest can hold takes the stack, or for ever.
  @Test func deepOnesEnd() {
    let deep = String(repeating: "{{ ", count: 500) + "client_id_value" + String(repeating: " }}", count: 500)
    #expect(throws: TemplateError.self) { try ConsentTemplate(deep).render(Self.variables) }
    let open = String(repeating: "{{ ", count: 5_000)
    #expect(throws: TemplateError.self) { try ConsentTemplate(open).render(Self.variables) }
  }

  @Test func aTemplateMentionsWholeNames() {
    #expect(ConsentTemplate("{{ client_id }}").mentions("client_id"))
    #expect(!ConsentTemplate("{{ client_id_value }}").mentions("client_id"))
    #expect(!ConsentTemplate("{{ my_client_id }}").mentions("client_id"))
  }
}
