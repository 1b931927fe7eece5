import Python
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
  private static let deepestIndent = 1_000

  init() {}

  mutating func write(
    _ value: Value, indent: Int, allowance: Int, level: Int, _ evaluation: inout Evaluation
  ) throws(TemplateError) {
    try evaluation.charge()
    let text = try flat(value, level: level, &evaluation)
    guard text.unicodeScalars.count > width - indent - allowance else {
      try put(text, &evaluation)
      return
    }
    if let members = try value.members(&evaluation), !members.isEmpty {
      let sorted = try sort(members, &evaluation)
      output += "{"
      for (index, member) in sorted.enumerated() {
        if index > 0 { try newLine(indent: indent + 1, &evaluation) }
        let key = try flat(member.key, level: level + 1, &evaluation)
        try put(key + ": ", &evaluation)
        let isLast = index == sorted.count - 1
        try write(
          member.value, indent: indent + 1 + key.unicodeScalars.count + 2, allowance: isLast ? allowance + 1 : 1,
          level: level + 1, &evaluation)
      }
      output += "}"
    } else if case .tuple(let tuple) = value, let items = Optional(tuple.items), !items.isEmpty {
      try writeItems(items, "(", items.count == 1 ? ",)" : ")", indent, allowance, level, &evaluation)
    } else if let items = try value.listItems(&evaluation), !items.isEmpty {
      try writeItems(items, "[", "]", indent, allowance, level, &evaluation)
    } else if case .string(let string) = value {
      try evaluation.charge(reading: string.utf8.count)
      try put(lines(string, indent: indent, allowance: allowance, level: level), &evaluation)
    } else {
      try put(text, &evaluation)
    }
  }

  private mutating func put(_ text: String, _ evaluation: inout Evaluation) throws(TemplateError) {
    try evaluation.charge(text: output.utf8.count + text.utf8.count, adding: text.utf8.count)
    output += text
  }

  private mutating func newLine(indent: Int, _ evaluation: inout Evaluation) throws(TemplateError) {
    try evaluation.charge(text: output.utf8.count + indent, adding: indent)
    output += ",\n" + String(repeating: " ", count: indent)
  }

  private mutating func writeItems(
    _ items: [Value], _ open: String, _ close: String, _ indent: Int, _ allowance: Int, _ level: Int,
    _ evaluation: inout Evaluation
  ) throws(TemplateError) {
    output += open
    for (index, item) in items.enumerated() {
      if index > 0 { try newLine(indent: indent + 1, &evaluation) }
      let isLast = index == items.count - 1
      try write(
        item, indent: indent + 1, allowance: isLast ? allowance + close.utf8.count : 1, level: level + 1, &evaluation)
    }
    output += close
  }

  /// A long text goes over several lines, cut after white space, in parentheses if it is alone.
  private func lines(_ text: String, indent: Int, allowance: Int, level: Int) -> String {
    var indent = indent
    var allowance = allowance
    if level == 0 {
      indent += 1
      allowance += 1
    }
    let lines = Array(text.unicodeScalars).pythonLines(keepingEnds: true, limit: .max)
    var chunks: [String] = []
    for (index, line) in lines.enumerated() {
      let isLastLine = index == lines.count - 1
      let whole = PythonRepr.of(String(line))
      if whole.unicodeScalars.count <= width - indent - (isLastLine ? allowance : 0) {
        chunks.append(whole)
        continue
      }
      var current: [Unicode.Scalar] = []
      let parts = wordParts(line)
      for (place, part) in parts.enumerated() {
        let candidate = current + part
        let isLast = place == parts.count - 1 && isLastLine
        if PythonRepr.of(String(candidate)).unicodeScalars.count > width - indent - (isLast ? allowance : 0) {
          if !current.isEmpty { chunks.append(PythonRepr.of(String(current))) }
          current = part
        } else {
          current = candidate
        }
      }
      if !current.isEmpty { chunks.append(PythonRepr.of(String(current))) }
    }
    if chunks.count == 1 { return chunks[0] }
    // Behind a long key the lines are indented further than a page is wide.
    let joined = chunks.joined(separator: "\n" + String(repeating: " ", count: min(indent, Self.deepestIndent)))
    return level == 0 ? "(\(joined))" : joined
  }

  // Words with the white space after them.
  private func wordParts(_ line: ArraySlice<Unicode.Scalar>) -> [[Unicode.Scalar]] {
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
  private func flat(_ value: Value, level: Int, _ evaluation: inout Evaluation) throws(TemplateError) -> String {
    try evaluation.charge()
    try evaluation.checkWalk(depth: level)
    if let members = try value.members(&evaluation) {
      var parts: [String] = []
      for member in try sort(members, &evaluation) {
        let key = try flat(member.key, level: level + 1, &evaluation)
        parts.append("\(key): \(try flat(member.value, level: level + 1, &evaluation))")
      }
      return "{\(try joined(parts, &evaluation))}"
    }
    var items = try value.listItems(&evaluation)
    if case .tuple(let tuple) = value { items = tuple.items }
    guard let items else { return try value.representation(&evaluation) }
    var parts: [String] = []
    for item in items { parts.append(try flat(item, level: level + 1, &evaluation)) }
    let text = try joined(parts, &evaluation)
    if case .tuple = value { return items.count == 1 ? "(\(text),)" : "(\(text))" }
    return "[\(text)]"
  }

  private func joined(_ parts: [String], _ evaluation: inout Evaluation) throws(TemplateError) -> String {
    var size = 0
    for part in parts {
      size += part.utf8.count + 2
      try evaluation.checkSize(text: size)
    }
    try evaluation.charge(text: size)
    return parts.joined(separator: ", ")
  }

  private func sort(
    _ members: [(key: Value, value: Value)], _ evaluation: inout Evaluation
  ) throws(TemplateError) -> [(key: Value, value: Value)] {
    let keys = members.map(\.key)
    do throws(TemplateError) {
      return try sortedPlaces(keys, &evaluation).map { members[$0] }
    } catch {
      // Keys without an order are sorted by their types' names.
      if error.kind == .limit { throw error }
      return members.sorted { $0.key.typeName < $1.key.typeName }
    }
  }
}
