import Foundation
import JSON
import Jinja
import Testing

@testable import ConnectorModel
@testable import Templating

/// Compares with what the reference gives for the same templates; `Fixtures/record.py` says how that was recorded.
@Suite struct RecordedTemplatesTests {
  @Test(arguments: Recorded.cases)
  func agreesWithTheReference(recorded: Recorded) throws {
    #expect(recorded.evaluate() == recorded.expected, "\(recorded.template)")
  }

  @Test func fixturesAreThere() { #expect(Recorded.cases.count > 700) }
}

extension TemplateRuntime {
  /// 2024-02-29T23:30:05.678901Z, and the bytes 0 to 15.
  static let frozen = TemplateRuntime(now: { 1_709_249_405_678_901 }, randomBytes: { (0..<16).map { UInt8($0) } })
}

/// One line of the fixtures.
struct Recorded: Sendable, CustomTestStringConvertible {
  let kind: String
  let template: String
  let fallback: String?
  let valid: String?
  let expected: String

  var testDescription: String { "\(kind) \(template) \(valid ?? "")" }

  private static let file: [JSONValue] = {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/templates.jsonl")
    let text = (try? String(contentsOf: path, encoding: .utf8)) ?? ""
    return text.split(separator: "\n").compactMap { try? JSONValue(parsing: Array($0.utf8)) }
  }()

  static let context: JSONObject = if case .object(let object)? = file.first { object } else { [:] }
  static let cases: [Recorded] = file.dropFirst().compactMap { Recorded($0) }

  private init?(_ line: JSONValue) {
    guard case .object(let line) = line, case .string(let kind)? = line["kind"], case .string(let template)? = line["template"]
    else { return nil }
    self.kind = kind
    self.template = template
    if case .string(let text)? = line["default"] { fallback = text } else { fallback = nil }
    if case .string(let text)? = line["valid"] { valid = text } else { valid = nil }
    let type = if case .string(let name)? = line["type"] { name } else { "" }
    if line["error"] != nil {
      expected = "error"
    } else if case .string(let text)? = line["text"] {
      // What has no place in a record counts as a plain text here.
      expected =
        ["set", "ellipsis", "complex"].contains(type) ? Self.shown(.string(template), plainText: type) : "\(type) \(text)"
    } else {
      expected = "\(type) \(Self.canonical(line["value"] ?? .null))"
    }
  }

  private static func shown(_ value: Value, plainText type: String) -> String { "plain \(type)" }

  func evaluate() -> String {
    do {
      let bindings = Self.context.filter { $0.key != "config" }.map { (Symbol($0.key), Value($0.value)) }
      let context = EvaluationContext(
        config: Value(Self.context["config"] ?? .null), runtime: .frozen, bindings: bindings)
      if kind == "condition" {
        return "bool \(try InterpolatedBoolean(template).evaluate(context))"
      }
      let result =
        kind == "string"
        ? try InterpolatedString(template, default: fallback).evaluate(context)
        : try InterpolatedString(template, parameters: nil, fallback: nil, types: types, mark: nil).evaluate(context)
      if expected == "plain set" || expected == "plain ellipsis", case .string = result { return expected }
      switch result {
      case .float(let number) where !number.isFinite: return "float \(number)"
      case .bytes: return "bytes \(result.representationForTests)"
      default: return "\(result.typeName) \(Self.canonical(JSONValue(result)))"
      }
    } catch {
      return "error"
    }
  }

  private var types: ValidTypes {
    switch valid {
    case "str": .string
    case "int": .int
    case "float": .float
    case "bool": .bool
    case "list": .only([.list])
    case "dict": .only([.dict])
    default: .any
    }
  }

  /// A text in which equal values are equal, whatever way a number is held.
  private static func canonical(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let flag): "\(flag)"
    case .int(let number): "\(number)"
    case .double(let number): "\(number)"
    case .number(let digits): digits
    case .string(let text): "\"\(text.unicodeScalars.map { String($0.value, radix: 16) }.joined(separator: " "))\""
    case .array(let items): "[" + items.map(canonical).joined(separator: ",") + "]"
    case .object(let object):
      "{" + object.map { canonical(.string($0.key)) + ":" + canonical($0.value) }.joined(separator: ",") + "}"
    }
  }
}

extension Value {
  var representationForTests: String {
    var evaluation = Evaluation(environment: .lowCode, context: Context())
    return (try? representation(&evaluation)) ?? ""
  }
}
