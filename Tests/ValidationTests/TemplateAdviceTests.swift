import Engine
import Testing
import Validation

/// What is said of templates that cannot be read: the place, the mistake and the way out.
@Suite struct TemplateAdviceTests {
  @Test(
    arguments: [
      (#"{{ config['token' ⟦⟧}}"#, "Unexpected '}' where ']' is expected; put `]` before it (this `[` is not closed)"),
      (#"{{ config.get('token', ⟦⟧}}"#, "Unexpected '}' where ')' is expected; put `)` before it (this `(` is not closed)"),
      (#"{{ config['token'] ⟦⟧}"#, "Unexpected '}'; end it with `}}`"),
      (#"{{ config[⟦⟧'token] }}"#, "The text that begins with ' has no closing quote"),
      (#"{{ config[\"token\"] + ⟦⟧}}"#, "Expected an expression, found }}; something is missing before it"),
      (#"{{ ⟦⟧}}"#, "There is nothing between `{{` and `}}`"),
      (#"{{ 1 ⟦⟧&& 2 }}"#, "Unexpected character '&'; write `and` for `&&`"),
      (#"{{ ⟦⟧!config.a }}"#, "Unexpected character '!'; write `not` for `!`"),
      (#"{{ 1 ==⟦⟧= 2 }}"#, "Expected an expression, found =; write `==` for `===`"),
      (#"{{ 1 if config.a ⟦⟧els 2 }}"#, "Expected '}}', found els; did you mean `else`?"),
      (
        #"{% if config.a %}1⟦⟧"#,
        "The template ends inside the tag 'if': elif or else or endif is missing; close it with `{% endif %}`"
      ),
      (#"{{ 'a' | ⟦⟧base64encod }}"#, "There is no filter named 'base64encod'; did you mean `base64encode`?"),
    ] as [(String, String)])
  func saysWhatWasMeant(template: String, expected: String) async throws {
    let marked = MarkedText(manifest(requester: "request_parameters: {a: \"\(template)\"}").replacing("⟦⟧", with: "⟦x⟧"))
    let report = await (try ManifestChecker()).check(marked.text)
    let finding = try #require(report.findings.first)
    #expect(report.findings.count == 1)
    #expect(finding.severity == .warning)
    #expect(MarkedText.places(of: [finding]).map { $0.replacing("template-syntax", with: "x") } == marked.expected)
    let notes = finding.diagnostic.related.map { " (\($0.message))" }.joined()
    #expect(
      finding.diagnostic.message + (finding.diagnostic.remedy.map { "; \($0)" } ?? "") + notes
        == "the template cannot be read: \(expected)")
  }
}
