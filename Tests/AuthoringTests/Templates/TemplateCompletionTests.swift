import Authoring
import Testing

@Suite struct TemplateCompletionTests {
  @Test(
    arguments: [
      ("{{ ", .name, ""), ("{{ con", .name, "con"), ("a {{ x }} {{ c", .name, "c"), ("{{ x + ", .name, ""),
      ("{{ max(", .name, ""),
      ("{{ [a, ", .name, ""), ("{{ x if ", .name, ""), ("{{ x | ", .filter, ""), ("{{ x|up", .filter, "up"),
      ("{{ 'a | b' | u", .filter, "u"),
      ("{{ x is ", .test, ""), ("{{ x is not de", .test, "de"), ("{% ", .tag, ""), ("{%- i", .tag, "i"),
      ("{% if co", .name, "co"),
      ("{{ config.", .member(of: ["config"]), ""), ("{{ config.a.b", .member(of: ["config", "a"]), "b"),
      ("{{ config['", .member(of: ["config"]), ""), ("{{ config[\"a b", .member(of: ["config"]), "a b"),
      ("{{ config['a'][\"", .member(of: ["config", "a"]), ""), ("{{ config.get('to", .member(of: ["config"]), "to"),
      ("{{ x or config['a'].", .member(of: ["config", "a"]), ""), ("{{ '}}' ~ c", .name, "c"), ("{{ a }}{% set b = ", .name, ""),
    ] as [(String, TemplateCompletion.Kind, String)])
  func whatCanComeIsKnown(text: String, kind: TemplateCompletion.Kind, prefix: String) throws {
    let completion = try #require(TemplateCompletion(text))
    #expect(completion.kind == kind)
    #expect(completion.prefix == prefix)
  }

  @Test(arguments: [
    "", "config", "{{ x }}", "{{ x }} con", "{{ 'con", "{{ max('a", "{{ x ", "{{ x) ", "{{ 12", "{ con", "{{ x['a'] ", "{# con",
  ])
  func elsewhereNothingIsToCome(text: String) { #expect(TemplateCompletion(text) == nil) }

  @Test func anExpressionNeedsNoBraces() throws {
    #expect(try #require(TemplateCompletion("config['to", isExpression: true)).kind == .member(of: ["config"]))
    #expect(try #require(TemplateCompletion("", isExpression: true)).kind == .name)
  }
}
