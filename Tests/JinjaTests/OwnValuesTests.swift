import JSON
import Testing

@testable import Jinja

/// What a template changes is its own: its variables are the same for the next evaluation.
struct OwnValuesTests {
  private static let text = #"{"n": [], "a": 1, "nested": {"list": [3, 1], "twice": [[]]}}"#

  /// The text of each, with the same variables twice.
  static let changes: [(source: String, text: String)] = [
    ("{{ config.n.append(1) }}{{ config.n }}", "None[1]"),
    ("{{ config['n'].append('x') or config['n'].pop() }}", "x"),
    ("{{ config.n.append(1) or config.n|length }}", "1"),
    ("{{ config.n.extend([1, 2]) }}{{ config['n'] }}", "None[1, 2]"),
    ("{{ config.n.insert(0, 5) }}{{ config.n[0] }}", "None5"),
    ("{{ config.nested.list.sort() }}{{ config.nested }}", "None{'list': [1, 3], 'twice': [[]]}"),
    ("{{ config.nested.list.reverse() }}{{ config.nested.list.pop(0) }}{{ config.nested.list }}", "None1[3]"),
    ("{{ config.nested.list.remove(3) }}{{ config.nested.list }}", "None[1]"),
    ("{{ config.nested.list.clear() }}{{ config.nested.list }}", "None[]"),
    ("{{ config.nested.twice[0].append(2) }}{{ config.nested.twice }}", "None[[2]]"),
    ("{{ config.update({'a': 2}) }}{{ config.a }}", "None2"),
    ("{{ config.update(b=2) }}{{ config|length }}", "None4"),
    ("{{ config.pop('a') }}{{ config.a is defined }}", "1False"),
    ("{{ config.setdefault('b', []).append(1) }}{{ config.b }}", "None[1]"),
    ("{{ config.nested.popitem()[0] }}{{ config.nested|list }}", "twice['list']"),
    ("{{ config.nested.clear() }}{{ config.nested }}", "None{}"),
    ("{% set l = config.n %}{% for x in [1, 2] %}{{ l.append(x) or '' }}{% endfor %}{{ config.n }}", "[1, 2]"),
    ("{% set l = [config.n] %}{{ l[0].append(1) }}{{ config.n }}", "None[1]"),
    ("{% for k, v in config.items() if k == 'n' %}{{ v.append(v|length) or v }}{% endfor %}", "[0]"),
    ("{{ (config|attr('update'))({'a': 9}) }}{{ config['a'] }}", "None9"),
    ("{% set f = config.n.append %}{{ f(1) }}{{ config.n }}", "None[1]"),
    ("{% macro add(list) %}{{ list.append(1) }}{% endmacro %}{{ add(config.n) }}{{ config.n }}", "None[1]"),
    ("{{ config.update(me=config) or config.me.me.a }}", "1"),
    ("{% set ns = namespace(c=config) %}{{ ns.c.update(ns=ns) or ns.c.ns.c.a }}", "1"),
    ("{{ config.n.append(config.nested.list) }}{{ config.n[0].append(7) }}{{ config.nested.list }}", "NoneNone[3, 1, 7]"),
    ("{{ copy.append(1) }}{{ config.n }}{{ copy }}", "None[][1]"),
  ]

  private func context(_ config: Value) -> Context {
    [.config: config, "copy": Value(JSONValue.array([]))]
  }

  @Test(arguments: changes, [false, true])
  func leavesItsVariablesAsTheyWere(_ change: (source: String, text: String), _ readsWhereItLies: Bool) throws {
    let json = try JSONValue(parsing: Self.text)
    let config = readsWhereItLies ? Value(try JSONDocument(parsing: Array(Self.text.utf8)).root) : Value(json)
    let template = try Template(change.source)
    for _ in 0..<2 { #expect(try template.render(context(config)) == change.text) }
    #expect(try config.json() == json)
  }

  @Test func readsOnlyWhatIsMoreThanItsMembers() throws {
    final class Slice: LazyMapping {
      let keys = ["a"]
      let count = 1
      let hasAttributes = true
      subscript(key: String) -> Value? { key == "a" ? Value(JSONValue.array([])) : nil }
      func attribute(_ name: String) -> Value? { name == "partition" ? Value(JSONValue.object([:])) : nil }
    }
    let context: Context = [.streamSlice: .mapping(Slice())]
    for source in ["stream_slice.update({})", "stream_slice.partition.update({'a': 1})", "stream_slice.a.append(1)"] {
      #expect(Fixture.answer("{{ \(source) }}", context).1 == "readOnly")
    }
    #expect(Fixture.answer("{{ dict(stream_slice).pop('a') }}{{ (stream_slice.a|list).append(1) }}", context).0 == "[]None")
  }

  @Test func aResultIsFrozen() throws {
    let value = try #require(try Template("{{ {'a': [[1]]} }}").value(Context()))
    let template = try Template("{{ x.a[0].append(2) or x }}")
    for _ in 0..<2 { #expect(try template.render(["x": value]) == "{'a': [[1, 2]]}") }
  }

  /// 1,000 lists that hold themselves, of which each would stay for ever.
  @Test func whatHoldsItselfIsLetGo() throws {
    final class Mark: TemplateObject {
      let typeName = "Mark"
    }
    var mark: Mark? = Mark()
    weak let watched = mark
    if let held = mark {
      let sources = [
        "{% set l = [mark] %}{{ l.append(l) }}", "{% set d = {'m': mark} %}{{ d.update(d=d) }}",
        "{% set ns = namespace(m=mark) %}{% set ns.ns = ns %}", "{% for m in [mark] %}{{ loop.changed(loop) }}{% endfor %}",
        "{% set l = [mark] %}{% set g = l|map('string') %}{{ l.append(g) }}", "{% macro m() %}{{ mark }}{% endmacro %}{{ m() }}",
        "{% set l = [mark] %}{{ l.append(l.append) }}", "{% set l = [mark] %}{{ l.append(l) }}{{ l|nofilter }}",
      ]
      for source in sources { _ = Fixture.answer(source, ["mark": .object(held)]) }
    }
    mark = nil
    #expect(watched == nil)
  }
}
