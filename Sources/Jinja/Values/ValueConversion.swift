import BigInt
import JSON
import OrderedCollections
import PythonTime

extension Value {
  /// A scalar becomes its value at once; arrays and objects stay where they are.
  package init(_ view: JSONView) { self.init(view.content) }

  @inline(__always)
  package init(_ content: JSONView.Content) {
    switch content {
    case .null: self = .none
    case .bool(let flag): self = .bool(flag)
    case .int(let int): self = .int(int)
    case .double(let double): self = .float(double)
    case .largeInteger(let digits): self = Value(number: digits) ?? .float(.nan)
    case .string(let text): self = .string(text)
    case .container(let view): self = .json(view)
    }
  }

  /// The same value, whose lists and dicts do not change: many evaluations may share it.
  package init(_ json: JSONValue) {
    switch json {
    case .null: self = .none
    case .bool(let flag): self = .bool(flag)
    case .int(let int): self = .int(int)
    case .double(let double): self = .float(double)
    case .number(let text): self = Value(number: text) ?? .float(.nan)
    case .string(let text): self = .string(text)
    case .array(let items): self = .list(ListObject(frozen: items.map { Value($0) }))
    case .object(let object):
      var storage = OrderedDictionary<DictKey, Value>(minimumCapacity: object.count)
      for (key, value) in object { storage[DictKey(string: key)] = Value(value) }
      self = .dict(DictObject(frozen: storage))
    }
  }

  private init?(number text: String) {
    if text.utf8.count <= Limits.integerDigits,
      text.utf8.allSatisfy({ $0 != UInt8(ascii: ".") && $0 | 0x20 != UInt8(ascii: "e") }), let big = BigInt(text, radix: 10)
    {
      self = Value(normalizing: big)
    } else if let double = Double(text) {
      self = .float(double)
    } else {
      return nil
    }
  }

  /// The value as JSON: undefined and none become null, dates their text, keys their text; a type error for what has no JSON form.
  package func json() throws(TemplateError) -> JSONValue { try json(depth: 0) }

  /// The value with lists and dicts that the template of `evaluation` may change.
  package func owned(by evaluation: inout Evaluation) throws(TemplateError) -> Value {
    var copier = ValueCopier()
    return try copier.copy(self, &evaluation)
  }

  private func json(depth: Int) throws(TemplateError) -> JSONValue {
    if depth > Limits.walkDepth { throw TemplateError(.limit, "A value is nested too deeply for JSON") }
    switch self {
    case .undefined, .none: return .null
    case .bool(let flag): return .bool(flag)
    case .int(let int): return .int(int)
    case .bigInt(let big): return .number(String(big))
    case .float(let double): return .double(double)
    case .string(let text), .markup(let text): return .string(text)
    case .bytes(let bytes): return .string(String(decoding: bytes, as: UTF8.self))
    case .list(let list): return .array(try Value.json(list.items, depth))
    case .tuple(let tuple): return .array(try Value.json(tuple.items, depth))
    case .json(let view): return view.value
    case .dict, .mapping:
      var object = JSONObject()
      for (key, value) in members ?? [] { object[try key.jsonKey] = try value.json(depth: depth + 1) }
      return .object(object)
    case .date(let date): return .string(date.description)
    case .datetime(let datetime): return .string(datetime.description)
    case .timedelta(let delta): return .string(delta.description)
    case .duration(let duration): return .string(duration.description)
    case .object(let object): throw TemplateError(.type, "A value of type \(object.typeName) has no JSON form")
    }
  }

  private static func json(_ items: [Value], _ depth: Int) throws(TemplateError) -> [JSONValue] {
    var result: [JSONValue] = []
    result.reserveCapacity(items.count)
    for item in items { result.append(try item.json(depth: depth + 1)) }
    return result
  }

  /// A dict's key as Python's `json.dumps` writes it.
  func jsonKey(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    if case .bigInt(let big) = self { return try big.decimalText(&evaluation) }
    return try jsonKey
  }

  private var jsonKey: String {
    get throws(TemplateError) {
      switch self {
      case .string(let text), .markup(let text): return text
      case .bool(let flag): return flag ? "true" : "false"
      case .none: return "null"
      case .int(let int): return String(int)
      case .bigInt(let big): return String(big)
      case .float(let double): return double.pythonJSON
      default: throw TemplateError(.type, "A key of type \(typeName) has no JSON form")
      }
    }
  }
}
