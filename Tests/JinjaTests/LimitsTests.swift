import Testing

@testable import Jinja

/// Whatever a template does, it ends soon, with a limit error where it asks for too much.
struct LimitsTests {
  private static let deep = String(repeating: "(", count: 5_000) + "1" + String(repeating: ")", count: 5_000)

  @Test(arguments: [
    "{{ \(deep) }}",
    "{{ \(String(repeating: "[", count: 5_000))\(String(repeating: "]", count: 5_000)) }}",
    "{{ \(String(repeating: "not ", count: 5_000))x }}",
    "{{ \(String(repeating: "-", count: 5_000))1 }}",
    "{{ x\(String(repeating: ".a", count: 5_000)) }}",
    "{{ x\(String(repeating: "|upper", count: 5_000)) }}",
    "{{ 1\(String(repeating: " + 1", count: 5_000)) }}",
    "{{ 1\(String(repeating: " if 1 else 1", count: 5_000)) }}",
    "{{ a\(String(repeating: " or a", count: 5_000)) }}",
    "{{ a\(String(repeating: "(1)", count: 5_000)) }}",
    String(repeating: "{% if 1 %}", count: 5_000) + String(repeating: "{% endif %}", count: 5_000),
    String(repeating: "{% for a in b %}", count: 5_000) + String(repeating: "{% endfor %}", count: 5_000),
    "{% set \(String(repeating: "(", count: 5_000))a\(String(repeating: ")", count: 5_000)) = 1 %}",
    "{{ 1 is odd \(String(repeating: "(", count: 5_000))\(String(repeating: ")", count: 5_000)) }}",
  ])
  func refusesDeepSyntax(_ source: String) {
    #expect(Fixture.answer(source, Context()).1 == "limit")
  }

  @Test(arguments: [
    "{{ 'x' * 100000000000 }}",
    "{{ 'x' * 9223372036854775807 }}",
    "{{ [1] * 100000000000 }}",
    "{{ ('x' * 10000000) ~ ('x' * 10000000) }}",
    "{{ ('x' * 4000)|replace('x', 'y' * 40000) }}",
    "{{ ('x' * 4000).replace('', 'y' * 40000) }}",
    "{{ (('x' * 4000)|list)|join('y' * 40000) }}",
    "{{ 'a'.ljust(1000000000) }}",
    "{{ 'a'|center(1000000000) }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ '%.1000000000f' % 1 }}",
    "{{ '{:1000000000}'.format(1) }}",
    "{{ '{:.1000000000f}'.format(1.5) }}",
    "{{ 'a'|indent(1000000000, true) }}",
    "{{ [1]|batch(1000000000, 'x')|list }}",
    "{{ 10 ** 100000000000 }}",
    "{{ ('a' * 8000000).find('a' * 4000000 ~ 'b') }}",
    "{{ ('a' * 4000000 ~ 'b') in ('a' * 8000000) }}",
    "{{ ('a' * 8000000)|replace('a' * 4000000 ~ 'b', '') }}",
    "{{ '{:015000000,d}'.format(1) }}",
    "{{ 7 ** 99999999 }}",
    "{% set ns = namespace(x=3) %}{% for i in 'x' * 100 %}{% set ns.x = ns.x * ns.x %}{% endfor %}",
    "{% set ns = namespace(s='x') %}{% for i in 'x' * 100 %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
    "{% set ns = namespace(l=[1]) %}{% for i in 'x' * 100 %}{% set ns.l = ns.l + ns.l %}{% endfor %}",
    "{% for a in 'x' * 10000 %}{% for b in 'x' * 10000 %}{% endfor %}{% endfor %}",
    "{% for a in 'x' * 10000 %}{{ 'y' * 100000 }}{% endfor %}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% macro f(n) %}{{ f([n]) }}{% endmacro %}{{ f(1) }}",
    "{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}",
    "{% set ns = namespace(l=[]) %}{% for i in 'x' * 100000 %}{% set ns.l = [ns.l] %}{% endfor %}",
    "{% set ns = namespace(l=()) %}{% for i in 'x' * 100000 %}{% set ns.l = (ns.l,) %}{% endfor %}",
    "{% set ns = namespace(l={}) %}{% for i in 'x' * 100000 %}{% set ns.l = {'a': ns.l} %}{% endfor %}",
    "{% set ns = namespace() %}{% for i in 'x' * 100000 %}{% set ns.l = namespace(a=ns.l) %}{% endfor %}",
    "{% set ns = namespace(g=[1]) %}{% for i in 'x' * 100000 %}{% set ns.g = ns.g|map('string') %}{% endfor %}{{ ns.g|list }}",
    "{% set r = [] %}{% set ns = namespace(c=r) %}{% for i in 'x' * 100000 %}{% set n = [] %}{{ ns.c.append(n) }}"
      + "{% set ns.c = n %}{% endfor %}{{ r }}",
    "{% set l = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1] %}{% set ns = namespace(l=l) %}{% for i in 'x' * 20 %}"
      + "{% set ns.l = [ns.l, ns.l, ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
  ])
  func refusesWhatIsTooMuch(_ source: String) {
    #expect(Fixture.answer(source, Context()).1 == "limit")
  }

  @Test func aListInsideItselfIsShown() {
    let source = "{% set l = [1] %}{% set _ = l.append(l) %}{{ l }}{{ l == l }}"
    #expect(Fixture.answer(source, Context()).0 == "[1, [...]]True")
  }

  @Test func limitsAreTheEnvironments() {
    var environment = Environment.standard
    environment.limits = Limits(steps: 50)
    let source = "{% for i in 'x' * 100 %}{{ i }}{% endfor %}"
    #expect(Fixture.answer(source, Context(), environment).1 == "limit")
    #expect(Fixture.answer(source, Context()).0?.count == 100)
  }
}
