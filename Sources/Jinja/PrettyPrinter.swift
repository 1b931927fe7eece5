import PythonTime

/// Python's `pprint.pformat` with its standard width of 80: containers that do not fit go one element a line.
func prettyPrint(_ value: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> String {
  var printer = PrettyPrinter()
  try printer.write(value, indent: 0, allowance: 0, level: 0, &evaluation)
  return printer.output
}

private struct PrettyPrinter {
  var output = ""
  private let width = 80

  init() {}

  mutating func write(
    _ value: Value, indent: Int, allowance: Int, level: Int, _ evaluation: inout Evaluation
  ) throws(TemplateError) {
    try evaluation.charge()
    try evaluation.checkSize(text: output.utf8.count)
    let text = try flat(value, &evaluation)
    // Deeper than this a text is wider than the page anyway.
    guard text.unicodeScalars.count > width - indent - allowance, level < Limits.valueDepth else {
      output += text
      return
    }
    if let members = value.members, !members.isEmpty {
      let sorted = try sort(members, &evaluation)
      output += "{"
      for (index, member) in sorted.enumerated() {
        if index > 0 { output += ",\n" + String(repeating: " ", count: indent + 1) }
        let key = try flat(member.key, &evaluation)
        output += key + ": "
        let isLast = index == sorted.count - 1
        try write(
          member.value, indent: indent + 1 + key.unicodeScalars.count + 2, allowance: isLast ? allowance + 1 : 1,
          level: level + 1, &evaluation)
      }
      output += "}"
    } else if case .tuple(let items) = value, !items.isEmpty {
      try writeItems(items, "(", items.count == 1 ? ",)" : ")", indent, allowance, level, &evaluation)
    } else if let items = value.listItems, !items.isEmpty {
      try writeItems(items, "[", "]", indent, allowance, level, &evaluation)
    } else if case .string(let string) = value {
      writeText(string, indent: indent, allowance: allowance, level: level)
    } else {
      output += text
    }
  }

  private mutating func writeItems(
    _ items: [Value], _ open: String, _ close: String, _ indent: Int, _ allowance: Int, _ level: Int,
    _ evaluation: inout Evaluation
  ) throws(TemplateError) {
    output += open
    for (index, item) in items.enumerated() {
      if index > 0 { output += ",\n" + String(repeating: " ", count: indent + 1) }
      let isLast = index == items.count - 1
      try write(
        item, indent: indent + 1, allowance: isLast ? allowance + close.utf8.count : 1, level: level + 1, &evaluation)
    }
    output += close
  }

  /// A long text goes over several lines, cut after white space, in parentheses where it stands alone.
  private mutating func writeText(_ text: String, indent: Int, allowance: Int, level: Int) {
    var indent = indent
    var allowance = allowance
    if level == 0 {
      indent += 1
      allowance += 1
    }
    let lines = Array(text.unicodeScalars).pythonLines(keepingEnds: true)
    var chunks: [String] = []
    for (index, line) in lines.enumerated() {
      let isLastLine = index == lines.count - 1
      let whole = pythonRepr(String(line))
      if whole.unicodeScalars.count <= width - indent - (isLastLine ? allowance : 0) {
        chunks.append(whole)
        continue
      }
      var current: [Unicode.Scalar] = []
      let parts = wordParts(line)
      for (place, part) in parts.enumerated() {
        let candidate = current + part
        let isLast = place == parts.count - 1 && isLastLine
        if pythonRepr(String(candidate)).unicodeScalars.count > width - indent - (isLast ? allowance : 0) {
          if !current.isEmpty { chunks.append(pythonRepr(String(current))) }
          current = part
        } else {
          current = candidate
        }
      }
      if !current.isEmpty { chunks.append(pythonRepr(String(current))) }
    }
    if chunks.count == 1 {
      output += chunks[0]
      return
    }
    let joined = chunks.joined(separator: "\n" + String(repeating: " ", count: indent))
    output += level == 0 ? "(\(joined))" : joined
  }

  // Words with the white space after them.
  private func wordParts(_ line: [Unicode.Scalar]) -> [[Unicode.Scalar]] {
    var parts: [[Unicode.Scalar]] = []
    var current: [Unicode.Scalar] = []
    var inSpace = false
    for scalar in line {
      if inSpace, !scalar.isPythonSpace {
        parts.append(current)
        current = []
      }
      inSpace = scalar.isPythonSpace
      current.append(scalar)
    }
    if !current.isEmpty { parts.append(current) }
    return parts
  }

  /// The value on one line, with sorted keys.
  private func flat(_ value: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> String {
    try evaluation.charge()
    if value.depth > Limits.valueDepth { return "..." }
    if let members = value.members {
      var parts: [String] = []
      for member in try sort(members, &evaluation) {
        parts.append("\(try flat(member.key, &evaluation)): \(try flat(member.value, &evaluation))")
      }
      return "{\(parts.joined(separator: ", "))}"
    }
    var items = value.listItems
    if case .tuple(let tuple) = value { items = tuple }
    guard let items, value.depth <= 60 else { return try value.representation(&evaluation) }
    var parts: [String] = []
    for item in items { parts.append(try flat(item, &evaluation)) }
    let joined = parts.joined(separator: ", ")
    if case .tuple = value { return items.count == 1 ? "(\(joined),)" : "(\(joined))" }
    return "[\(joined)]"
  }

  private func sort(
    _ members: [(key: Value, value: Value)], _ evaluation: inout Evaluation
  ) throws(TemplateError) -> [(key: Value, value: Value)] {
    let keys = members.map(\.key)
    do throws(TemplateError) {
      return try sortedPlaces(keys, &evaluation).map { members[$0] }
    } catch {
      // Keys without an order go by their types' names.
      if error.kind == .limit { throw error }
      return members.sorted { $0.key.typeName < $1.key.typeName }
    }
  }
}
