import BigInt
import JSON
import Python
import PythonTime

extension Value {
  /// Python's `str`.
  @inline(__always)
  package func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    switch self {
    case .string(let text), .markup(let text): return text
    case .int(let int): return int.description
    default: return try otherText(&evaluation)
    }
  }

  private func otherText(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    switch self {
    case .undefined: return ""
    case .bool(let flag): return flag ? "True" : "False"
    case .none: return "None"
    case .float(let double): return PythonRepr.of(double)
    case .date(let date): return date.description
    case .datetime(let datetime): return datetime.description
    case .timedelta(let delta): return delta.description
    case .duration(let duration): return duration.description
    case .object(let object): return try object.text(&evaluation)
    default: return try representation(&evaluation)
    }
  }

  /// Python's `repr`.
  package func representation(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    var writer = RepresentationWriter()
    try writer.write(self, &evaluation)
    return writer.output
  }

  /// The text, escaped for HTML unless it is safe already.
  var escapedText: String {
    switch self {
    case .markup(let text): text
    case .string(let text): escapeHTML(text)
    default: ""
    }
  }

  /// `markupsafe.escape`: the text of any value, made safe.
  func escaped(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    if case .markup(let text) = self { return text }
    let text = try self.text(&evaluation)
    try evaluation.charge(text: text.utf8.count)
    let escaped = escapeHTML(text)
    try evaluation.checkSize(text: escaped.utf8.count)
    return escaped
  }
}

/// Replaces the five characters that mean something in HTML.
func escapeHTML(_ text: String) -> String {
  var result = ""
  result.reserveCapacity(text.utf8.count)
  for scalar in text.unicodeScalars {
    switch scalar {
    case "&": result += "&amp;"
    case "<": result += "&lt;"
    case ">": result += "&gt;"
    case "'": result += "&#39;"
    case "\"": result += "&#34;"
    default: result.unicodeScalars.append(scalar)
    }
  }
  return result
}

extension BigInt {
  /// The decimal digits, which Python writes up to a bound; their work grows by the square of their number.
  func decimalText(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    let tooLong = TemplateError(.value, "An integer has more than \(Limits.integerDigits) digits")
    guard bitWidth <= Limits.integerDigits * 4 else { throw tooLong }
    try evaluation.charge(bits: bitWidth, by: bitWidth)
    let digits = String(self)
    guard digits.utf8.count <= Limits.integerDigits + 1 else { throw tooLong }
    return digits
  }
}

/// Writes values as Python's `repr` does. A container inside itself shows as dots.
private struct RepresentationWriter {
  var output = ""
  private var open: [ObjectIdentifier] = []

  init() {}

  mutating func write(_ value: Value, _ evaluation: inout Evaluation) throws(TemplateError) {
    // An object inside writes its own parts with another writer.
    evaluation.showing += 1
    defer { evaluation.showing -= 1 }
    try evaluation.checkWalk(depth: evaluation.showing)
    switch value {
    case .undefined: output += "Undefined"
    case .string(let text):
      try evaluation.charge(text: text.utf8.count)
      output += PythonRepr.of(text)
    case .markup(let text):
      try evaluation.charge(text: text.utf8.count)
      output += "Markup(\(PythonRepr.of(text)))"
    case .bytes(let bytes):
      try evaluation.charge(text: bytes.count)
      output += PythonRepr.of(bytes: bytes)
    case .bigInt(let big): output += try big.decimalText(&evaluation)
    case .list(let list):
      try guarded(list, "[...]", &evaluation) { writer, e throws(TemplateError) in
        try writer.sequence(list.items, "[", "]", &e)
      }
    case .tuple(let tuple):
      try sequence(tuple.items, "(", tuple.count == 1 ? ",)" : ")", &evaluation)
    case .dict(let dict):
      try guarded(dict, "{...}", &evaluation) { writer, e throws(TemplateError) in
        try writer.members(value, &e)
      }
    case .mapping: try members(value, &evaluation)
    case .json(let view):
      if view.kind == .object {
        try members(value, &evaluation)
      } else {
        try evaluation.charge(reading: view.count)
        try sequence(Value.elements(of: view), "[", "]", &evaluation)
      }
    case .date(let date): output += date.repr
    case .datetime(let datetime): output += datetime.repr
    case .timedelta(let delta): output += delta.repr
    case .duration(let duration): output += duration.repr
    default: output += try value.text(&evaluation)
    }
  }

  private mutating func guarded(
    _ object: AnyObject, _ dots: String, _ evaluation: inout Evaluation,
    _ body: (inout RepresentationWriter, inout Evaluation) throws(TemplateError) -> Void
  ) throws(TemplateError) {
    let identity = ObjectIdentifier(object)
    if open.contains(identity) {
      output += dots
      return
    }
    open.append(identity)
    try body(&self, &evaluation)
    open.removeLast()
  }

  private mutating func sequence(
    _ items: [Value], _ start: String, _ end: String, _ evaluation: inout Evaluation
  ) throws(TemplateError) {
    output += start
    for (index, item) in items.enumerated() {
      if index > 0 { output += ", " }
      try write(item, &evaluation)
      try checkSize(&evaluation)
    }
    output += end
  }

  private mutating func members(_ value: Value, _ evaluation: inout Evaluation) throws(TemplateError) {
    output += "{"
    for (index, member) in (try value.members(&evaluation) ?? []).enumerated() {
      if index > 0 { output += ", " }
      try write(member.key, &evaluation)
      output += ": "
      try write(member.value, &evaluation)
      try checkSize(&evaluation)
    }
    output += "}"
  }

  // A list that holds another one many times over grows fast.
  private func checkSize(_ evaluation: inout Evaluation) throws(TemplateError) {
    try evaluation.charge()
    try evaluation.checkSize(text: output.utf8.count)
  }
}
