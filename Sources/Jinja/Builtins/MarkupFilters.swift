import JSON
import Python

extension Environment {
  mutating func addMarkupFilters() {
    addFilter("escape", "e") { (value, _, e) throws(TemplateError) in .markup(try value.escaped(&e)) }
    addFilter("forceescape") { (value, _, e) throws(TemplateError) in
      // Of a safe text too, which is escaped once more.
      .markup(try Value.string(try value.text(&e)).escaped(&e))
    }
    addFilter("safe") { (value, _, e) throws(TemplateError) in .markup(try value.text(&e)) }
    addFilter("striptags") { (value, _, e) throws(TemplateError) in
      let text = try value.text(&e)
      try e.charge(text: text.utf8.count)
      return .string(stripTags(text))
    }
    addFilter("tojson", parameters: ["indent"]) { (value, arguments, e) throws(TemplateError) in
      var writer = JSONTextWriter(indent: arguments.first.flatMap { $0 }.flatMap { $0.isNone ? nil : $0 })
      try writer.write(value, &e)
      try e.charge(text: writer.output.utf8.count)
      var text = ""
      for scalar in writer.output.unicodeScalars {
        switch scalar {
        case "<": text += "\\u003c"
        case ">": text += "\\u003e"
        case "&": text += "\\u0026"
        case "'": text += "\\u0027"
        default: text.unicodeScalars.append(scalar)
        }
      }
      try e.checkSize(text: text.utf8.count)
      return .markup(text)
    }
    addFilter("urlencode") { (value, _, e) throws(TemplateError) in .string(try urlencodeFilter(value, &e)) }
    addFilter("xmlattr", parameters: ["autospace"]) { (value, arguments, e) throws(TemplateError) in
      try xmlattrFilter(value, addsSpace: arguments.first.flatMap { $0 }?.isTruthy ?? true, &e)
    }
    addFilter("urlize", parameters: ["trim_url_limit", "nofollow", "target", "rel", "extra_schemes"]) {
      (value, arguments, e) throws(TemplateError) in
      let text = try urlizeFilter(value, arguments.isEmpty ? [nil, nil, nil, nil, nil] : arguments, &e)
      return e.isEscaping ? .markup(text) : .string(text)
    }
  }
}

/// Percent-encodes all bytes but letters, digits, `_.-~` and those of `safe`.
package func percentEncode(_ text: String, safe: String = "/") -> String {
  let kept = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-~".utf8).union(safe.utf8)
  let digits = Array("0123456789ABCDEF".utf8)
  var result: [UInt8] = []
  for byte in text.utf8 {
    if kept.contains(byte) { result.append(byte) } else { result += [37, digits[Int(byte >> 4)], digits[Int(byte & 15)]] }
  }
  return String(decoding: result, as: UTF8.self)
}

private func urlencodeFilter(_ value: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> String {
  let isPlain = value.text != nil || !value.isIterable
  if isPlain { return try percentEncoded(value, safe: "/", &evaluation) }
  var pairs: [(Value, Value)] = []
  if let members = try value.members(&evaluation) {
    pairs = members.map { ($0.key, $0.value) }
  } else {
    for item in try value.elements(&evaluation) {
      guard item.isIterable else { throw TemplateError(.type, "urlencode expects pairs") }
      let parts = try item.elements(&evaluation)
      guard parts.count == 2 else { throw TemplateError(.value, "urlencode expects pairs") }
      pairs.append((parts[0], parts[1]))
    }
  }
  var result = ""
  for (key, value) in pairs {
    if !result.isEmpty { result += "&" }
    var parts: [String] = []
    for part in [key, value] {
      parts.append(try percentEncoded(part, safe: "", &evaluation).replacing("%20", with: "+"))
    }
    result += parts.joined(separator: "=")
    try evaluation.checkSize(text: result.utf8.count)
  }
  return result
}

private func percentEncoded(_ value: Value, safe: String, _ evaluation: inout Evaluation) throws(TemplateError) -> String {
  let text = try value.text(&evaluation)
  try evaluation.charge(text: text.utf8.count)
  let encoded = percentEncode(text, safe: safe)
  try evaluation.charge(text: encoded.utf8.count)
  return encoded
}

private func xmlattrFilter(
  _ value: Value, addsSpace: Bool, _ evaluation: inout Evaluation
) throws(TemplateError) -> Value {
  if case .undefined(let reason) = value { throw reason.error }
  guard let members = try value.members(&evaluation) else { throw TemplateError(.attribute, "xmlattr expects a mapping") }
  var joined = ""
  for (key, value) in members where !value.isNone && !value.isUndefined {
    guard let name = key.text else { throw TemplateError(.type, "The names of attributes are texts") }
    if name.unicodeScalars.contains(where: { $0.isPythonSpace || "/>=".unicodeScalars.contains($0) }) {
      throw TemplateError(.value, "An attribute's name contains a character that is not allowed there")
    }
    let item = "\(try key.escaped(&evaluation))=\"\(try value.escaped(&evaluation))\""
    try evaluation.charge(text: joined.utf8.count + item.utf8.count, adding: item.utf8.count)
    joined += joined.isEmpty ? item : " " + item
  }
  let text = addsSpace && !joined.isEmpty ? " " + joined : joined
  return evaluation.isEscaping ? .markup(text) : .string(text)
}

/// Writes values as `json.dumps(…, sort_keys=True)` does.
struct JSONTextWriter {
  private(set) var output = ""
  private let indent: String?
  private var depth = 0
  private let invalidIndent: Bool

  init(indent: Value?) {
    self.indent = indent.map { $0.text ?? String(repeating: " ", count: min(max(0, $0.int ?? 0), 1_000)) }
    invalidIndent = indent.map { $0.text == nil && $0.int == nil } ?? false
  }

  mutating func write(_ value: Value, _ evaluation: inout Evaluation) throws(TemplateError) {
    if invalidIndent { throw TemplateError(.type, "tojson expects a number of spaces") }
    try evaluation.checkWalk(depth: depth)
    try evaluation.charge()
    try evaluation.checkSize(text: output.utf8.count)
    switch value {
    case .none: output += "null"
    case .bool(let flag): output += flag ? "true" : "false"
    case .int(let int): output += String(int)
    case .bigInt: output += try value.text(&evaluation)
    case .float(let double): output += double.pythonJSON
    case .string(let text), .markup(let text): try writeText(text, &evaluation)
    case .tuple(let tuple): try writeItems(tuple.items, &evaluation)
    case .object(let object) where object is GroupObject: try writeItems(try value.elements(&evaluation), &evaluation)
    default:
      if let items = try value.listItems(&evaluation) {
        try writeItems(items, &evaluation)
      } else if let members = try value.members(&evaluation) {
        try writeMembers(members, &evaluation)
      } else {
        throw TemplateError(.type, "A value of type \(value.typeName) has no JSON form")
      }
    }
  }

  private mutating func newLine(_ evaluation: inout Evaluation) throws(TemplateError) {
    guard let indent else { return }
    let added = indent.utf8.count * depth
    try evaluation.charge(text: output.utf8.count + added, adding: added)
    output += "\n" + String(repeating: indent, count: depth)
  }

  private mutating func writeItems(_ items: [Value], _ evaluation: inout Evaluation) throws(TemplateError) {
    guard !items.isEmpty else {
      output += "[]"
      return
    }
    output += "["
    depth += 1
    for (index, item) in items.enumerated() {
      if index > 0 { output += indent == nil ? ", " : "," }
      try newLine(&evaluation)
      try write(item, &evaluation)
    }
    depth -= 1
    try newLine(&evaluation)
    output += "]"
  }

  private mutating func writeMembers(
    _ members: [(key: Value, value: Value)], _ evaluation: inout Evaluation
  ) throws(TemplateError) {
    guard !members.isEmpty else {
      output += "{}"
      return
    }
    output += "{"
    depth += 1
    let order = try sortedPlaces(members.map(\.key), &evaluation)
    for (index, place) in order.enumerated() {
      if index > 0 { output += indent == nil ? ", " : "," }
      try newLine(&evaluation)
      try writeText(try members[place].key.jsonKey(&evaluation), &evaluation)
      output += ": "
      try write(members[place].value, &evaluation)
    }
    depth -= 1
    try newLine(&evaluation)
    output += "}"
  }

  private mutating func writeText(_ text: String, _ evaluation: inout Evaluation) throws(TemplateError) {
    try evaluation.charge(text: output.utf8.count + text.utf8.count, adding: text.utf8.count)
    output += PythonJSONWriter().string(.string(text))
  }
}
