import JSON
import Testing

@testable import Jinja

/// What the rest of the package uses of a template.
struct TemplateTests {
  @Test(arguments: [("plain", true), ("", true), ("{# c #}", true), ("{{ 1 }}", false), ("{% raw %}{{ x }}{% endraw %}", true)])
  func knowsConstants(_ source: String, _ isConstant: Bool) throws {
    #expect(try Template(source).isConstant == isConstant)
  }

  @Test func givesValuesWithoutText() throws {
    let context = try Fixture.context(lazily: true)
    #expect(try Template("{{ nums }}").value(context)?.json() == .array((1...7).map { .int($0) }))
    #expect(try Template("{{ record.n + 1 }}").value(context)?.json() == .int(-2))
    #expect(try Template("{{ nums }} ").value(context) == nil)
    #expect(try Template("{{ missing }}").value(context)?.isUndefined == true)
  }

  @Test func takesFiltersTestsAndFunctionsOfItsEnvironment() throws {
    var environment = Environment.standard
    environment.addFunction("double") { (arguments, evaluation) throws(TemplateError) in
      let value = try arguments.bound(to: ["value"], of: "double", required: 1)[0] ?? .none
      return .string(try value.text(&evaluation) + (try value.text(&evaluation)))
    }
    environment.addFilter("wrap", parameters: ["left", "right"], required: 1) {
      (value, arguments, evaluation) throws(TemplateError) in
      .string((arguments[0]?.text ?? "") + (try value.text(&evaluation)) + (arguments[1]?.text ?? "]"))
    }
    let template = try Template(
      "{{ double(value='a')|wrap('[') }}{{ double(1)|wrap(left='<', right='>') }}", environment: environment)
    #expect(try template.render(Context()) == "[aa]<11>")
    #expect(template.undeclaredVariables.isEmpty)
    #expect(Fixture.answer("{{ double() }}", Context(), environment).1 == "type")
    #expect(Fixture.answer("{{ 'a'|wrap }}", Context(), environment).1 == "type")
  }

  private final class Patched: LazyMapping {
    let keys = ["a", "b"]
    var count: Int { 2 }
    subscript(key: String) -> Value? { key == "a" ? .int(1) : key == "b" ? Value.none : nil }
    func attribute(_ name: String) -> Value? { name == "partition" ? .string("p") : nil }
  }

  @Test(arguments: [
    ("{{ record.a }}{{ record['b'] }}{{ record.c }}{{ record.get('c', 5) }}", "1None5"),
    ("{{ record }}", "{'a': 1, 'b': None}"),
    ("{{ record.partition }}{{ record['partition'] }}{{ 'partition' in record }}", "ppFalse"),
    ("{% for k, v in record.items() %}{{ k }}{{ v }};{% endfor %}{{ record|length }}", "a1;bNone;2"),
    ("{{ record == {'a': 1, 'b': none} }}{{ record is mapping }}{{ record|tojson }}", "TrueTrue{\"a\": 1, \"b\": null}"),
  ])
  func readsMappings(_ source: String, _ expected: String) throws {
    #expect(try Template(source).render([.record: .mapping(Patched())]) == expected)
  }

  @Test func symbolsAreInterned() {
    #expect(Symbol("record") == .record)
    #expect(Symbol.record.name == "record")
    #expect(Symbol("a") != Symbol("b"))
  }

  @Test func contextsReplaceAndRemove() {
    var context: Context = [.config: .int(1)]
    context[.config] = .int(2)
    context[.record] = .int(3)
    #expect(context.names == ["config", "record"])
    context[.config] = nil
    #expect(context.names == ["record"])
  }
}
