import JSON
import Jinja
import OrderedCollections
import Testing
import YAML

@testable import ConnectorModel
@testable import Manifest
@testable import Templating

@Suite struct InterpolationTests {
  static let record: JSONValue = .object([
    "id": .int(7), "name": .string("Ada"), "digits": .string("0x1F"), "list_text": .string("[1, 2]"), "price": .double(9.5),
    "flag": .bool(true), "nothing": .null, "tags": .array([.string("x"), .string("it's"), .double(1e20), .null]),
    "owner": .object(["a": .array([.object([:])]), "b": .bool(false)]), "big": .number("123456789012345678901234567890"),
    "huge": .array([.number("1e999")]), "empty": .string(""), "blank": .string(" 5"), "comma": .string("1,2"),
  ])

  static func context(_ record: Value) -> EvaluationContext { EvaluationContext(config: .none, bindings: [(.record, record)]) }

  /// A template with something beside its expression goes over its text, a single expression does not; both give the same.
  @Test(arguments: [
    "id", "name", "digits", "list_text", "price", "flag", "nothing", "tags", "owner", "big", "huge", "empty", "blank", "comma",
    "nope",
  ])
  func aSingleExpressionEqualsItsText(field: String) throws {
    let document = try JSONDocument(
      parsing: Array(#"{"tags": ["x", "it's", 1e20, null], "owner": {"a": [{}], "b": false}}"#.utf8))
    for types in [ValidTypes.any, .string, .int, .float, .bool, .only([.list]), .only([.dict, .none])] {
      let direct = InterpolatedString("{{ record.\(field) }}", validTypes: types)
      let overText = InterpolatedString("{{ record.\(field) }}{{ '' }}", default: "{{ '' }}", validTypes: types)
      for record in [Value(Self.record), Value(document.root)] {
        let (one, other) = (try direct.evaluate(Self.context(record)), try overText.evaluate(Self.context(record)))
        #expect(try one.equals(other), "\(one.pythonString) \(other.pythonString)")
        #expect(one.typeName == other.typeName)
      }
    }
  }

  @Test func aTextWithoutTemplateIsConstant() throws {
    #expect(InterpolatedString("/v1/items").isConstant)
    #expect(InterpolatedString("123").isConstant)
    #expect(InterpolatedString("", default: "x").isConstant)
    #expect(!InterpolatedString("", default: "{{ config.x }}").isConstant)
    #expect(!InterpolatedString("{{ 1 }}").isConstant)
    #expect(try InterpolatedString("123").evaluate(Self.context(.none)).equals(.int(123)))
  }

  @Test(arguments: ["{{ ", "{{ 1 + }}", "{% if %}", "{{ 1 | nope }}", "{% nope %}"])
  func aBrokenTemplateFailsWhereItIsEvaluated(source: String) {
    let mark = SourceMark(file: SourceFile(name: "manifest.yaml"), line: 3, column: 7)
    let template = InterpolatedString(source, mark: mark)
    let error = #expect(throws: ConnectorError.self) { try template.evaluate(Self.context(.none)) }
    #expect(error?.failureType == .system)
    #expect(error?.mark == mark)
    #expect(error?.message.contains(source) == true)
  }

  @Test func aNameThatThePlaceLacksIsNamed() throws {
    let template = InterpolatedString("{{ response.x }}{{ record.y }}")
    let error = #expect(throws: ConnectorError.self) { try template.evaluate(Self.context(.none)) }
    #expect(error?.message.contains("`response` is not available here") == true)
  }

  @Test func theStateOfAStreamCannotBeRead() throws {
    let error = #expect(throws: ConnectorError.self) {
      try InterpolatedString("{{ stream_state['x'] }}").evaluate(Self.context(.none))
    }
    #expect(error?.failureType == .config)
  }

  @Test func theLastBindingOfANameCounts() throws {
    let context = Self.context(.int(1)).with(.record, .int(2))
    #expect(try InterpolatedString("{{ record }}").evaluate(context).equals(.int(2)))
  }

  @Test func aVariableHidesAMacroOfItsName() throws {
    let context = Self.context(.none).with("max", .int(5))
    #expect(try InterpolatedString("{{ max }}").evaluate(context).equals(.int(5)))
  }

  @Test func aMappingHasStringsAsKeys() throws {
    let node = ManifestNode(
      .mapping([
        "{{ 1 }}": ManifestNode(.string("{{ record.id }}")), "b": ManifestNode(.string("{{ record.nope.x }}")),
        "c": ManifestNode(.int(3)),
        "{{ 'd' }}": ManifestNode(.string("5")),
      ]))
    let mapping = try InterpolatedMapping(node)
    let expected: JSONObject = ["1": .int(7), "b": .null, "c": .int(3), "d": .int(5)]
    #expect(try mapping.evaluate(Self.context(Value(Self.record))) == expected)
    let strings = try InterpolatedMapping(node, values: .string)
    #expect(try strings.evaluate(Self.context(Value(Self.record)))["d"] == .string("5"))
  }

  @Test func aNestedMappingLeavesNothingOut() throws {
    let node = ManifestNode(
      .mapping([
        "{{ 1 }}": ManifestNode(
          .sequence([ManifestNode(.string("{{ record.nothing }}")), ManifestNode(.string("{{ record.tags }}"))])),
        "gone": ManifestNode(.string("{{ record.empty }}")), "n": ManifestNode(.null),
        "deep": ManifestNode(.mapping(["x": ManifestNode(.string("{{ record.flag }}")), "y": ManifestNode(.double(1.5))])),
      ]))
    let expected: JSONObject = [
      "1": .array([.null, .array([.string("x"), .string("it's"), .double(1e20), .null])]),
      "deep": .object(["x": .bool(true), "y": .double(1.5)]),
    ]
    #expect(try InterpolatedNestedMapping(node).evaluate(Self.context(Value(Self.record))) == expected)
  }

  @Test func aPatternWithoutEndIsGivenUp() throws {
    let context = EvaluationContext(
      config: .emptyDict, bindings: [(Symbol("text"), Value(JSONValue.string(String(repeating: "a", count: 40) + "b")))])
    for template in ["{{ text | regex_search('(a+)+$') }}", "{{ text | regex_replace('(a+)+$', 'x') }}"] {
      #expect(throws: ConnectorError.self) { try InterpolatedString(template).evaluate(context) }
    }
  }
}

extension Value {
  /// Python's `==`.
  func equals(_ other: Value) throws -> Bool {
    var evaluation = Evaluation(environment: .lowCode, context: Context())
    return try isEqual(to: other, &evaluation)
  }
}
