import Python

extension Environment {
  /// Adds a filter whose arguments are bound to `parameters`.
  mutating func addFilter(
    _ names: String..., parameters: [String] = [], required: Int = 0,
    _ body: @escaping @Sendable (Value, [Value?], inout Evaluation) throws(TemplateError) -> Value
  ) {
    let name = names[0]
    for alias in names {
      let filter: Filter = { (value, arguments, evaluation) throws(TemplateError) -> Value in
        if arguments.isEmpty, required == 0 { return try body(value, [], &evaluation) }
        return try body(value, try arguments.bound(to: parameters, of: name, required: required), &evaluation)
      }
      filters[alias] = filter
    }
  }

  mutating func addTextFilters() {
    addFilter("upper") { (value, _, e) throws(TemplateError) in try value.mapText(&e) { $0.pythonUppercased } }
    addFilter("lower") { (value, _, e) throws(TemplateError) in try value.mapText(&e) { $0.pythonLowercased } }
    addFilter("capitalize") { (value, _, e) throws(TemplateError) in try value.mapText(&e) { $0.pythonCapitalized } }
    addFilter("title") { (value, _, e) throws(TemplateError) in .string(titleFilter(try value.countedText(&e))) }
    addFilter("string") { (value, _, e) throws(TemplateError) in
      if case .markup = value { return value }
      return .string(try value.text(&e))
    }
    addFilter("trim", parameters: ["chars"]) { (value, arguments, e) throws(TemplateError) in
      try value.callText(.strip, arguments.first?.map { [$0] } ?? [], &e)
    }
    addFilter("center", parameters: ["width"]) { (value, arguments, e) throws(TemplateError) in
      try value.callText(.center, [arguments.first.flatMap { $0 } ?? .int(80)], &e)
    }
    addFilter("replace", parameters: ["old", "new", "count"], required: 2) { (value, arguments, e) throws(TemplateError) in
      try replaceFilter(value, arguments[0] ?? .none, arguments[1] ?? .none, arguments[2], &e)
    }
    addFilter("wordcount") { (value, _, e) throws(TemplateError) in
      var count = 0
      var inWord = false
      for scalar in try value.countedText(&e).unicodeScalars {
        let isPart = scalar == "_" || scalar.isPythonAlphanumeric
        if isPart, !inWord { count += 1 }
        inWord = isPart
      }
      return .int(count)
    }
    addFilter("indent", parameters: ["width", "first", "blank"]) { (value, arguments, e) throws(TemplateError) in
      let given = arguments.isEmpty ? [nil, nil, nil] : arguments
      return try indentFilter(value, given[0] ?? .int(4), given[1]?.isTruthy ?? false, given[2]?.isTruthy ?? false, &e)
    }
    addFilter("truncate", parameters: ["length", "killwords", "end", "leeway"]) { (value, arguments, e) throws(TemplateError) in
      try truncateFilter(value, arguments.isEmpty ? [nil, nil, nil, nil] : arguments, &e)
    }
    addFilter("wordwrap", parameters: ["width", "break_long_words", "wrapstring", "break_on_hyphens"]) {
      (value, arguments, e) throws(TemplateError) in
      try wordwrapFilter(value, arguments.isEmpty ? [nil, nil, nil, nil] : arguments, &e)
    }
    let format: Filter = { (value, arguments, evaluation) throws(TemplateError) -> Value in
      if !arguments.positional.isEmpty, !arguments.keywords.isEmpty {
        throw TemplateError(.runtime, "The filter format takes arguments by position or by name, not both")
      }
      let keywords = DictObject(frozen: arguments.keywords.map { ($0.name, $0.value) })
      let values: Value = arguments.keywords.isEmpty ? .tuple(arguments.positional) : .dict(keywords)
      let text = try percentFormat(try value.text(&evaluation), values, isMarkup: value.isMarkup, &evaluation)
      return value.isMarkup ? .markup(text) : .string(text)
    }
    filters["format"] = format
    addFilter("pprint") { (value, _, e) throws(TemplateError) in .string(try prettyPrint(value, &e)) }
  }
}

extension Value {
  var isMarkup: Bool {
    if case .markup = self { return true }
    return false
  }

  /// Its text, which is about to be read through.
  func countedText(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    let text = try self.text(&evaluation)
    try evaluation.charge(text: text.utf8.count)
    return text
  }

  /// Its text after `body`, safe if it was.
  fileprivate func mapText(_ evaluation: inout Evaluation, _ body: (String) -> String) throws(TemplateError) -> Value {
    let text = try countedText(&evaluation)
    return isMarkup ? .markup(body(text)) : .string(body(text))
  }

  /// Calls a method of its text.
  fileprivate func callText(
    _ method: StringMethod, _ arguments: [Value], _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value {
    try method.call(try text(&evaluation), isMarkup: isMarkup, Arguments(arguments), &evaluation)
  }
}

/// Each word begins with a capital; words begin after white space, hyphens and opening brackets.
private func titleFilter(_ text: String) -> String {
  var result = ""
  var atStart = true
  var rest = String.UnicodeScalarView()
  for scalar in text.unicodeScalars {
    if scalar.isPythonSpace || "-({[<".unicodeScalars.contains(scalar) {
      result += String(rest).lowercased()
      rest = String.UnicodeScalarView()
      result.unicodeScalars.append(scalar)
      atStart = true
    } else if atStart {
      result += scalar.properties.uppercaseMapping
      atStart = false
    } else {
      rest.append(scalar)
    }
  }
  return result + String(rest).lowercased()
}

private func replaceFilter(
  _ value: Value, _ old: Value, _ new: Value, _ count: Value?, _ evaluation: inout Evaluation
) throws(TemplateError) -> Value {
  let limit = try count.flatMap { $0.isNone ? nil : $0 }.map { (v) throws(TemplateError) in try v.index(for: "replace") } ?? -1
  guard evaluation.isEscaping else {
    let text = try value.text(&evaluation)
    return .string(
      try replaceText(text, try old.text(&evaluation), try new.text(&evaluation), count: limit, &evaluation))
  }
  var subject = value.isMarkup ? value : .string(try value.text(&evaluation))
  if old.isMarkup || (new.isMarkup && !value.isMarkup) { subject = .markup(try value.escaped(&evaluation)) }
  return try StringMethod.replace.call(
    try subject.text(&evaluation), isMarkup: subject.isMarkup,
    Arguments([
      old.isMarkup ? old : .string(try old.text(&evaluation)), new.isMarkup ? new : .string(try new.text(&evaluation)),
      .int(limit),
    ]), &evaluation)
}

private func indentFilter(
  _ value: Value, _ width: Value, _ first: Bool, _ blank: Bool, _ evaluation: inout Evaluation
) throws(TemplateError) -> Value {
  if case .undefined(let reason) = value { throw reason.error }
  guard let text = value.text else {
    // Python adds a text to a list before it misses the list's `splitlines`.
    let kind: TemplateError.Kind = value.isList ? .attribute : .type
    throw TemplateError(kind, "indent expects a text, not a value of type \(value.typeName)")
  }
  var indentation: String
  if let given = width.text {
    indentation = value.isMarkup ? width.escapedText : given
  } else {
    let count = max(0, try width.index(for: "indent"))
    try evaluation.charge(text: count)
    indentation = String(repeating: " ", count: count)
  }
  try evaluation.charge(text: text.utf8.count)
  let lines = Array((text + "\n").unicodeScalars).pythonLines(limit: evaluation.tooMany)
  try evaluation.charge(list: lines.count)
  let total = lines.count.multipliedReportingOverflow(by: indentation.utf8.count)
  try evaluation.charge(text: total.overflow ? .max : total.partialValue)
  var result = first ? indentation : ""
  for (index, line) in lines.enumerated() {
    if index > 0 {
      result += "\n"
      if blank || !line.isEmpty { result += indentation }
    }
    result += String(line)
  }
  return value.isMarkup ? .markup(result) : .string(result)
}

private func truncateFilter(
  _ value: Value, _ given: [Value?], _ evaluation: inout Evaluation
) throws(TemplateError) -> Value {
  let length = try (given[0] ?? .int(255)).index(for: "truncate")
  let end = try (given[2] ?? .string("...")).text(&evaluation)
  var leeway = 5
  if let set = given[3], !set.isNone { leeway = try set.index(for: "truncate") }
  let ending = end.unicodeScalars.count
  guard length >= ending else { throw TemplateError(.assertion, "truncate expects a length of at least \(ending)") }
  guard leeway >= 0 else { throw TemplateError(.assertion, "truncate expects a leeway that is not negative") }
  if case .undefined = value { return value }
  guard let text = value.text else {
    if try value.count(&evaluation) <= length.addingReportingOverflow(leeway).partialValue { return value }
    throw TemplateError(.type, "truncate expects a text, not a value of type \(value.typeName)")
  }
  try evaluation.charge(text: text.utf8.count + end.utf8.count)
  let scalars = Array(text.unicodeScalars)
  let limit = length.addingReportingOverflow(leeway)
  if limit.overflow || scalars.count <= limit.partialValue { return value }
  var kept = Array(scalars.prefix(length - ending))
  if !(given[1]?.isTruthy ?? false), let space = kept.lastIndex(of: " ") { kept = Array(kept[..<space]) }
  let result = String(kept)
  return value.isMarkup ? .markup(result + (given[2]?.isMarkup ?? false ? end : escapeHTML(end))) : .string(result + end)
}
