import JSON
import Jinja

/// `json.dumps` with its usual settings: a blank after commas and colons, everything outside ASCII escaped.
struct PythonJSONText {
  private(set) var output = ""
  private var depth = 0

  init() {}

  /// Throws a type error for what has no JSON form, such as a datetime or an undefined value.
  static func write(_ value: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> String {
    var writer = PythonJSONText()
    try writer.append(value, &evaluation)
    return writer.output
  }

  private mutating func append(_ value: Value, _ evaluation: inout Evaluation) throws(TemplateError) {
    try evaluation.charge()
    switch value {
    case .none: output += "null"
    case .bool(let flag): output += flag ? "true" : "false"
    case .int(let number): output += String(number)
    case .bigInt: output += try value.text(&evaluation)
    case .float(let number): output += Self.text(of: number)
    case .string(let text), .markup(let text):
      try evaluation.charge(text: output.utf8.count + text.utf8.count, adding: text.utf8.count)
      output += PythonJSONWriter().string(.string(text))
    case .list, .tuple: try appendList(value, &evaluation)
    case .json where value.members == nil: try appendList(value, &evaluation)
    case .dict, .mapping, .json: try appendObject(value, &evaluation)
    default: throw TemplateError(.type, "A value of type \(value.typeName) has no JSON form")
    }
  }

  private mutating func enter(_ evaluation: inout Evaluation) throws(TemplateError) {
    depth += 1
    try evaluation.checkWalk(depth: depth)
  }

  private mutating func appendList(_ value: Value, _ evaluation: inout Evaluation) throws(TemplateError) {
    try enter(&evaluation)
    output += "["
    var isFirst = true
    for item in try value.elements(&evaluation) {
      if !isFirst { output += ", " }
      isFirst = false
      try append(item, &evaluation)
    }
    output += "]"
    depth -= 1
  }

  private mutating func appendObject(_ value: Value, _ evaluation: inout Evaluation) throws(TemplateError) {
    try enter(&evaluation)
    output += "{"
    var isFirst = true
    for (key, value) in try value.members(&evaluation) ?? [] {
      if !isFirst { output += ", " }
      isFirst = false
      let key = try key.pythonJSONKey(&evaluation)
      try evaluation.charge(text: output.utf8.count + key.utf8.count, adding: key.utf8.count)
      output += PythonJSONWriter().string(.string(key))
      output += ": "
      try append(value, &evaluation)
    }
    output += "}"
    depth -= 1
  }

  static func text(of number: Double) -> String {
    number.pythonJSON
  }
}

extension Value {
  /// A dict's key as `json.dumps` writes it. Throws a type error for keys without a JSON form.
  func pythonJSONKey(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    switch self {
    case .string(let text), .markup(let text): return text
    case .bool(let flag): return flag ? "true" : "false"
    case .none: return "null"
    case .int, .bigInt: return try text(&evaluation)
    case .float(let number): return PythonJSONText.text(of: number)
    default: throw TemplateError(.type, "A key of type \(typeName) has no JSON form")
    }
  }
}
