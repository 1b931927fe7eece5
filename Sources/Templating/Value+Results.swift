import JSON
import Jinja

extension JSONValue {
  /// A result of a template as JSON: tuples become arrays, keys strings; what has no JSON form, or is nested too deeply, becomes
  /// its text.
  package init(_ value: Jinja.Value) { self.init(value, depth: 0) }

  private init(_ value: Jinja.Value, depth: Int) {
    switch value {
    case .none, .undefined: self = .null
    case .bool(let flag): self = .bool(flag)
    case .int(let number): self = .int(number)
    case .float(let number): self = .double(number)
    case .string(let text), .markup(let text): self = .string(text)
    case .json(let view): self = view.value
    case _ where depth == Limits.walkDepth: self = .string(value.pythonString)
    case .list(let list): self = .array(list.items.map { JSONValue($0, depth: depth + 1) })
    case .tuple(let tuple): self = .array(tuple.map { JSONValue($0, depth: depth + 1) })
    case .dict, .mapping:
      var object = JSONObject()
      for (key, value) in value.members ?? [] { object[key.jsonKey] = JSONValue(value, depth: depth + 1) }
      self = .object(object)
    default: self = (try? value.json()) ?? .string(value.pythonString)
    }
  }
}

extension Value {
  /// The key of a JSON object that this is as a key of a dict, as `json.dumps` writes it.
  var jsonKey: String {
    if let text { return text }
    var evaluation = Evaluation(environment: .lowCode, context: Context())
    return (try? pythonJSONKey(&evaluation)) ?? pythonString
  }
}
