import JSON
import Testing

@testable import Jinja

/// A value that holds itself, or is nested deeper than the stack, ends no process: what goes through it stops with a limit error.
struct DeepValuesTests {
  /// Templates that bind `v` to such a value.
  private static let makers = [
    "{% set v = [1] %}{% set _ = v.append(v) %}",
    "{% set v = {'a': 1} %}{% set _ = v.update(b=v) %}",
    "{% set v = [1] %}{% set _ = v.append((v, [v])) %}",
    "{% set v = [] %}{% set ns = namespace(c=v) %}{% for i in 'x' * 20000 %}{% set n = [] %}{% set _ = ns.c.append(n) %}"
      + "{% set ns.c = n %}{% endfor %}",
    "{% set v = {} %}{% set ns = namespace(c=v) %}{% for i in 'x' * 20000 %}{% set n = {} %}{% set _ = ns.c.update(a=n) %}"
      + "{% set ns.c = n %}{% endfor %}",
    "{% set v = [1] %}{% set v = v|groupby('x')|list %}{% set _ = v[0].list.append(v) %}",
    "{% set d = {} %}{% set v = d.values() %}{% set _ = d.update(v=[v]) %}",
    "{% set v = config %}{% set _ = v.update(me=[v, v]) %}",
  ]

  /// Everything that goes into values, by what a template writes behind the above.
  private static let walks: [String] = [
    "{{ v }}", "{{ v|string|length }}", "{{ v|pprint }}", "{{ v|tojson }}", "{{ v|tojson(2) }}", "{{ v|escape }}",
    "{{ '%s' % [v] }}",
    "{{ '%r' % (v,) }}", "{{ '{0}{0!r:10}'.format(v) }}", "{{ v ~ v }}", "{{ [v]|join }}", "{{ [v]|urlencode }}", "{{ v|upper }}",
    "{{ [[v], [v]]|sort }}", "{{ [v, v]|max }}", "{{ [[v]]|groupby(0) }}", "{{ {'a': v, 'b': v}|dictsort(by='value') }}",
    "{{ {'a': [v]} == {'a': [v]} }}", "{{ [v] == [v] }}", "{{ [v] < [[v]] }}", "{{ (v, 1) < (v, 2) }}", "{{ [v] in [[v]] }}",
    "{{ [[v]].index([v]) }}", "{{ [[v]].count([v]) }}", "{{ [v]|unique|list }}", "{{ {(v,): 1} }}", "{{ [v]|sum(start=[]) }}",
    "{{ v|list|length }}", "{{ v is sameas v }}", "{{ v is eq v }}", "{{ v|length }}", "{{ dict(a=v) }}",
    "{{ {'a': v}.values() }}",
    "{{ [v]|map('pprint')|list }}", "{{ [v]|map('tojson')|join }}", "{{ v|xmlattr }}", "{{ {'a': v}|xmlattr }}",
    "{{ v|forceescape }}",
    "{{ [v]|slice(2)|list }}", "{{ [v]|batch(2)|list }}", "{{ namespace(v=v) }}", "{{ [v]|reverse|list }}", "{{ v|default(1) }}",
    "{{ [v]|selectattr(0, 'eq', v)|list|length }}", "{{ cycler(v).next() }}", "{{ joiner(v) }}", "{{ v|wordwrap }}",
    "{{ v|safe }}",
  ]

  @Test(arguments: makers, walks)
  func aWalkEnds(_ maker: String, _ walk: String) throws {
    let context: Context = [.config: Value(JSONValue.object(["a": .int(1)]))]
    let (text, error) = Fixture.answer(maker + walk, context)
    #expect(text != nil || ["limit", "type", "undefined", "attribute", "value", "runtime", "key"].contains(error))
  }

  /// Two values of one shape that hold themselves are compared for ever.
  @Test(arguments: [
    "{% set a = [1] %}{% set _ = a.append(a) %}{% set b = [1] %}{% set _ = b.append(b) %}{{ a == b }}",
    "{% set a = [1] %}{% set _ = a.append(a) %}{% set b = [1] %}{% set _ = b.append(b) %}{{ a < b }}",
    "{% set a = [1] %}{% set _ = a.append(a) %}{% set b = [1] %}{% set _ = b.append(b) %}{{ a in [b] }}",
    "{% set a = {} %}{% set _ = a.update(a=a) %}{% set b = {} %}{% set _ = b.update(a=b) %}{{ a == b }}",
    "{% set l = [] %}{{ l.append(l) }}{{ l|pprint }}",
    "{{ config.update({'a': config}) }}{{ config|pprint }}",
    "{% set l = [] %}{{ l.append(l) }}{{ l|tojson }}",
    // 4 ^ 40 values, each a few times in the next one.
    "{% set ns = namespace(v=[1]) %}{% for i in 'x' * 40 %}{% set ns.v = [ns.v, ns.v, ns.v, ns.v] %}{% endfor %}{{ ns.v|pprint }}",
    "{% set ns = namespace(v=(1,)) %}{% for i in 'x' * 40 %}{% set ns.v = (ns.v, ns.v, ns.v, ns.v) %}{% endfor %}{{ {ns.v: 1} }}",
    "{% set ns = namespace(v=(1,), w=(1,)) %}{% for i in 'x' * 40 %}{% set ns.v = (ns.v, ns.v) %}{% set ns.w = (ns.w, ns.w) %}"
      + "{% endfor %}{{ ns.v == ns.w }}",
    "{% set ns = namespace(v=[1], w=[1]) %}{% for i in 'x' * 40 %}{% set ns.v = [ns.v, ns.v] %}{% set ns.w = [ns.w, ns.w] %}"
      + "{% endfor %}{{ ns.v < ns.w }}",
    // Generators that ask generators.
    "{% set ns = namespace(g=[1]|map('list')) %}{% for i in 'x' * 5000 %}{% set l = [] %}{% set g = l|map('list') %}"
      + "{% set _ = l.append(ns.g) %}{% set ns.g = g %}{% endfor %}{{ ns.g|list }}",
    // What holds the one before, all of it made at once.
    "{% set ns = namespace(g=1) %}{% for i in 'x' * 5000 %}{% set ns.g = [1]|map('default', ns.g) %}{% endfor %}",
    "{% set ns = namespace(g=1) %}{% for i in 'x' * 5000 %}{% set ns.g = [1, 2]|batch(3, ns.g) %}{% endfor %}",
    "{% set ns = namespace(g=1) %}{% for i in 'x' * 5000 %}{% set ns.g = [1, 2]|slice(3, ns.g) %}{% endfor %}",
    "{% set ns = namespace(g=1) %}{% for i in 'x' * 5000 %}{% set ns.g = [1]|select('eq', ns.g) %}{% endfor %}",
    "{% set ns = namespace(g=1) %}{% for i in 'x' * 5000 %}{% set ns.g = [ns.g].append %}{% endfor %}",
    "{% set ns = namespace(g=1) %}{% for i in 'x' * 5000 %}{% set ns.g = cycler(ns.g).next %}{% endfor %}",
    "{% set ns = namespace(g=1) %}{% for i in 'x' * 5000 %}{% set ns.g = joiner(ns.g) %}{% endfor %}",
    "{% set ns = namespace(g=1) %}{% for i in 'x' * 5000 %}{% for j in [ns.g] %}{% set ns.g = loop.changed %}{% endfor %}{% endfor %}",
    "{% set ns = namespace(g=1) %}{% for i in 'x' * 5000 %}{% set ns.g = {'a': ns.g}.items() %}{% endfor %}",
    "{% set ns = namespace(g=1) %}{% for i in 'x' * 5000 %}{% set ns.g = [{(ns.g,): 1}.keys()] | first %}{% endfor %}",
    "{% set ns = namespace(g=1) %}{% for i in 'x' * 5000 %}{% set ns.g = [{'k': (ns.g,)}]|groupby('k') %}{% endfor %}",
  ])
  func hasNoEnd(_ source: String) {
    #expect(Fixture.answer(source, [.config: Value(JSONValue.object([:]))]).1 == "limit")
  }

  /// What lies in each other 100,000 deep is made and let go of without a stack of that height.
  @Test(arguments: [
    "{% set r = namespace() %}{% set ns = namespace(c=r) %}{% for i in 'x' * 100000 %}{% set n = namespace() %}"
      + "{% set c = ns.c %}{% set c.x = n %}{% set ns.c = n %}{% endfor %}",
    "{% set r = [] %}{% set ns = namespace(c=r) %}{% for i in 'x' * 100000 %}{% set n = [] %}{% set _ = ns.c.append(n) %}"
      + "{% set ns.c = n %}{% endfor %}",
    "{% set ns = namespace(c=[]) %}{% for i in 'x' * 50000 %}{% set n = [] %}{% set f = n.append %}{% set _ = f(ns.c) %}"
      + "{% set ns.c = f %}{% endfor %}",
    "{% set ns = namespace(g=1) %}{% for i in 'x' * 50000 %}{% set l = [] %}{% set g = l|map('upper') %}"
      + "{% set _ = l.append(ns.g) %}{% set ns.g = g %}{% endfor %}",
    "{% set ns = namespace(f=1) %}{% for i in 'x' * 20000 %}{% for j in [1] %}{% set f = loop.changed %}{% set ns.n = f %}{% endfor %}"
      + "{% set _ = ns.n(ns.f) %}{% set ns.f = ns.n %}{% endfor %}",
  ])
  func isLetGo(_ source: String) {
    #expect(Fixture.answer(source, Context()) == ("", nil))
  }

  @Test func aLongListIsNoDeepOne() {
    let source =
      "{% set ns = namespace(l=[]) %}{% for i in 'x' * 20000 %}{% set _ = ns.l.append({'a': [i]}) %}{% endfor %}{{ ns.l|length }}"
    #expect(Fixture.answer(source, Context()).0 == "20000")
  }
}
