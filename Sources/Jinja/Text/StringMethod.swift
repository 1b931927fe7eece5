import Python

/// The methods of `str`, and what `Markup` adds.
enum StringMethod: String, Sendable, CaseIterable {
  case capitalize, casefold, center, count, encode, endswith, expandtabs, find, format, index, isalnum, isalpha, isascii
  case isdecimal, isdigit, isidentifier, islower, isnumeric, isprintable, isspace, istitle, isupper, join, ljust, lower
  case lstrip, maketrans, partition, removeprefix, removesuffix, replace, rfind, rindex, rjust, rpartition, rsplit, rstrip
  case split, splitlines, startswith, strip, swapcase, title, translate, upper, zfill
  case formatMap = "format_map"
  case striptags, unescape, escape

  var isOfMarkup: Bool { self == .striptags || self == .unescape || self == .escape }

  func call(
    _ text: String, isMarkup: Bool, _ arguments: Arguments, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value {
    var call = StringCall(method: self, text: text, isMarkup: isMarkup, arguments: arguments)
    return try call.run(&evaluation)
  }
}

/// A call of a method on a text. A safe text gives safe texts, and escapes what is put into it.
private struct StringCall {
  let method: StringMethod
  let text: String
  let isMarkup: Bool
  let arguments: Arguments

  private func result(_ text: String) -> Value { isMarkup ? .markup(text) : .string(text) }

  private func list(_ parts: [ArraySlice<Unicode.Scalar>]) -> Value { .list(ListObject(parts.map { result(String($0)) })) }

  private var scalars: [Unicode.Scalar] { Array(text.unicodeScalars) }

  /// The arguments by position; str takes hardly any by name.
  private func given(_ names: [String], required: Int = 0, named: Bool = false) throws(TemplateError) -> [Value?] {
    try arguments.bound(
      to: names, of: "str.\(method.rawValue)", required: required, positionalOnly: named ? 0 : names.count)
  }

  private func textArgument(_ value: Value?) throws(TemplateError) -> String {
    switch value {
    case .string(let text)?: return isMarkup && method.escapesArguments ? escapeHTML(text) : text
    case .markup(let text)?: return text
    case .undefined(let reason)? where reason.isForbidden: throw reason.error
    default:
      throw TemplateError(
        .type, "str.\(method.rawValue) expects a text, not a value of type \((value ?? .none).typeName)")
    }
  }

  mutating func run(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    try evaluation.charge(text: text.utf8.count)
    switch method {
    case .upper, .lower, .casefold, .capitalize, .title, .swapcase: return try changeCase()
    case .isalnum, .isalpha, .isascii, .isdecimal, .isdigit, .isidentifier, .islower, .isnumeric, .isprintable, .isspace,
      .istitle, .isupper:
      _ = try given([])
      return .bool(classify())
    case .strip, .lstrip, .rstrip:
      let characters = try given(["chars"])[0]
      let set = characters.map(\.isNone) ?? true ? nil : try textArgument(characters)
      try evaluation.charge(text: set?.utf8.count ?? 0)
      return result(text.stripped(of: set, left: method != .rstrip, right: method != .lstrip))
    case .center, .ljust, .rjust, .zfill, .expandtabs: return try pad(&evaluation)
    case .find, .rfind, .index, .rindex, .count, .startswith, .endswith:
      try chargeSearch(&evaluation)
      return try search(&evaluation)
    case .split, .rsplit, .splitlines, .partition, .rpartition:
      try chargeSearch(&evaluation)
      return try split(&evaluation)
    case .replace: return try replace(&evaluation)
    case .removeprefix, .removesuffix:
      try chargeSearch(&evaluation)
      return try removeAffix()
    case .join: return try join(&evaluation)
    case .encode: return try encode()
    case .maketrans: return try makeTranslation(&evaluation)
    case .translate: return try translate(&evaluation)
    case .format: return result(try strFormat(text, arguments, isMarkup: isMarkup, &evaluation))
    case .formatMap:
      let mapping = try given(["mapping"], required: 1)[0] ?? .none
      guard let members = try mapping.members(&evaluation) else {
        throw TemplateError(.type, "str.format_map expects a mapping, not a value of type \(mapping.typeName)")
      }
      var keywords = Arguments()
      for (key, value) in members { if let name = key.text { keywords.keywords.append((name, value)) } }
      return result(try strFormat(text, keywords, isMarkup: isMarkup, &evaluation))
    case .striptags: return .string(stripTags(text))
    case .unescape: return .string(unescapeHTML(text))
    case .escape: return .markup(try (try given(["s"], required: 1)[0] ?? .none).escaped(&evaluation))
    }
  }

  private func chargeSearch(_ evaluation: inout Evaluation) throws(TemplateError) {
    guard let part = (arguments.positional.first ?? arguments.keywords.first?.value)?.text else { return }
    try evaluation.charge(text: part.utf8.count)
    // At the ends there is one place to look at.
    if method == .startswith || method == .endswith || method == .removeprefix || method == .removesuffix { return }
    try evaluation.charge(search: part.utf8.count, in: text.utf8.count)
  }

  private func changeCase() throws(TemplateError) -> Value {
    _ = try given([])
    switch method {
    case .upper: return result(text.pythonUppercased)
    case .lower: return result(text.pythonLowercased)
    case .casefold: return result(text.lowercased().replacingScalar("ß", with: "ss").replacingScalar("ς", with: "σ"))
    case .capitalize: return result(text.pythonCapitalized)
    case .swapcase:
      var swapped = ""
      for scalar in text.unicodeScalars {
        if scalar.isPythonUpper {
          swapped += scalar.properties.lowercaseMapping
        } else if scalar.isPythonLower {
          swapped += scalar.properties.uppercaseMapping
        } else {
          swapped.unicodeScalars.append(scalar)
        }
      }
      return result(swapped)
    default: return result(text.pythonTitlecased)
    }
  }

  private func classify() -> Bool {
    let scalars = self.scalars
    let isFilled = !scalars.isEmpty
    switch method {
    case .isalnum: return isFilled && scalars.allSatisfy(\.isPythonAlphanumeric)
    case .isalpha: return isFilled && scalars.allSatisfy(\.isPythonAlpha)
    case .isascii: return scalars.allSatisfy(\.isASCII)
    case .isdecimal: return isFilled && scalars.allSatisfy(\.isPythonDecimal)
    case .isdigit: return isFilled && scalars.allSatisfy(\.isPythonDigit)
    case .isnumeric: return isFilled && scalars.allSatisfy(\.isPythonNumeric)
    case .isprintable: return scalars.allSatisfy(\.isPythonPrintable)
    case .isspace: return isFilled && scalars.allSatisfy(\.isPythonSpace)
    case .isidentifier: return scalars.first?.isIdentifierStart ?? false && scalars.allSatisfy(\.isIdentifierPart)
    case .islower: return text.isPythonLower
    case .isupper: return text.isPythonUpper
    default:
      var found = false
      var afterCased = false
      for scalar in scalars {
        if scalar.isPythonUpper || scalar.isPythonTitle {
          if afterCased { return false }
          afterCased = true
          found = true
        } else if scalar.isPythonLower {
          if !afterCased { return false }
          found = true
        } else {
          afterCased = false
        }
      }
      return found
    }
  }

  private func pad(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    if method == .expandtabs {
      let size = try (try given(["tabsize"], named: true)[0] ?? .int(8)).index(for: "str.expandtabs")
      return result(try expandTabs(size, &evaluation))
    }
    let bound = try given(method == .zfill ? ["width"] : ["width", "fillchar"], required: 1)
    let width = try (bound[0] ?? .none).index(for: "str.\(method.rawValue)")
    let scalars = self.scalars
    let missing = width > scalars.count ? width - scalars.count : 0
    try evaluation.charge(text: missing)
    if method == .zfill {
      let hasSign = scalars.first == "+" || scalars.first == "-"
      let zeros = [Unicode.Scalar](repeating: "0", count: missing)
      return result(String(scalars.prefix(hasSign ? 1 : 0) + zeros + scalars.dropFirst(hasSign ? 1 : 0)))
    }
    var fill: Unicode.Scalar = " "
    if bound.count > 1, let given = bound[1] {
      let text = try textArgument(given)
      guard text.unicodeScalars.count == 1, let only = text.unicodeScalars.first else {
        throw TemplateError(.type, "str.\(method.rawValue) expects exactly one fill character")
      }
      fill = only
    }
    let left = method == .ljust ? 0 : method == .rjust ? missing : missing / 2 + (missing & width & 1)
    return result(
      String(
        [Unicode.Scalar](repeating: fill, count: left) + scalars
          + [Unicode.Scalar](repeating: fill, count: missing - left)))
  }

  private func expandTabs(_ size: Int, _ evaluation: inout Evaluation) throws(TemplateError) -> String {
    var expanded: [Unicode.Scalar] = []
    var column = 0
    for scalar in scalars {
      if scalar == "\t" {
        guard size > 0 else { continue }
        let width = size - column % size
        let count = expanded.count.addingReportingOverflow(width)
        try evaluation.charge(text: count.overflow ? .max : count.partialValue, adding: width)
        expanded += [Unicode.Scalar](repeating: " ", count: width)
        column += width
      } else {
        expanded.append(scalar)
        column = scalar == "\n" || scalar == "\r" ? 0 : column + 1
      }
    }
    return String(expanded)
  }

  private func search(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let bound = try given(["sub", "start", "end"], required: 1)
    let scalars = self.scalars
    var limits = SliceBounds()
    if let start = bound[1], !start.isNone { limits.start = try start.index(for: "str.\(method.rawValue)") }
    if let end = bound[2], !end.isNone { limits.stop = try end.index(for: "str.\(method.rawValue)") }
    let (low, high) = limits.range(in: scalars.count)
    if method == .startswith || method == .endswith {
      var candidates = [bound[0] ?? .none]
      if case .tuple(let several)? = bound[0] { candidates = several.items }
      for candidate in candidates {
        let text = try textArgument(candidate)
        try evaluation.charge()
        try evaluation.charge(text: text.utf8.count)
        let part = Array(text.unicodeScalars)
        guard high - low >= part.count else { continue }
        let matches =
          method == .startswith ? scalars[low..<high].starts(with: part) : Array(scalars[(high - part.count)..<high]) == part
        if matches { return .bool(true) }
      }
      return .bool(false)
    }
    let part = Array(try textArgument(bound[0]).unicodeScalars)
    if method == .count {
      guard high >= low else { return .int(0) }
      if part.isEmpty { return .int(high - low + 1) }
      return .int(scalars.count(of: part, from: low, to: high))
    }
    let isFromRight = method == .rfind || method == .rindex
    if let place = high >= low ? scalars.place(of: part, from: low, to: high, isFromRight: isFromRight) : nil {
      return .int(place)
    }
    if method == .index || method == .rindex { throw TemplateError(.value, "The text to look for was not found") }
    return .int(-1)
  }

  private func split(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let scalars = self.scalars
    switch method {
    case .splitlines:
      let keeps = try given(["keepends"], named: true)[0]?.isTruthy ?? false
      let lines = scalars.pythonLines(keepingEnds: keeps, limit: evaluation.tooMany)
      try evaluation.charge(list: lines.count)
      return list(lines)
    case .partition, .rpartition:
      let separator = Array(try textArgument(try given(["sep"], required: 1)[0]).unicodeScalars)
      if separator.isEmpty { throw TemplateError(.value, "The separator is empty") }
      let isFromRight = method == .rpartition
      guard let place = scalars.place(of: separator, from: 0, to: scalars.count, isFromRight: isFromRight) else {
        let whole = result(text)
        return .tuple(isFromRight ? [result(""), result(""), whole] : [whole, result(""), result("")])
      }
      let rest = scalars[(place + separator.count)...]
      return .tuple([result(String(scalars[..<place])), result(String(separator)), result(String(rest))])
    default:
      let bound = try given(["sep", "maxsplit"], named: true)
      let limit = try (bound[1] ?? .int(-1)).index(for: "str.\(method.rawValue)")
      let count = limit < 0 ? evaluation.tooMany : min(limit, evaluation.tooMany)
      let isFromRight = method == .rsplit
      guard let separator = bound[0], !separator.isNone else {
        let words = scalars.splitAtSpace(limit: count, isFromRight: isFromRight)
        try evaluation.charge(list: words.count)
        return list(words)
      }
      let part = Array(try textArgument(separator).unicodeScalars)
      if part.isEmpty { throw TemplateError(.value, "The separator is empty") }
      let parts = scalars.split(at: part, limit: count, isFromRight: isFromRight)
      try evaluation.charge(list: parts.count)
      return list(parts)
    }
  }

  private func replace(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let bound = try given(["old", "new", "count"], required: 2)
    let old = try textArgument(bound[0])
    let new = try textArgument(bound[1])
    let count = try (bound[2] ?? .int(-1)).index(for: "str.replace")
    return result(try replaceText(text, old, new, count: count, &evaluation))
  }

  private func removeAffix() throws(TemplateError) -> Value {
    let part = Array(try textArgument(try given(["affix"], required: 1)[0]).unicodeScalars)
    let scalars = self.scalars
    if method == .removeprefix { return result(scalars.starts(with: part) ? String(scalars.dropFirst(part.count)) : text) }
    let matches = !part.isEmpty && scalars.count >= part.count && Array(scalars.suffix(part.count)) == part
    return result(matches ? String(scalars.dropLast(part.count)) : text)
  }

  private func join(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let items = try (try given(["iterable"], required: 1)[0] ?? .none).elements(&evaluation)
    var joined = ""
    for (index, item) in items.enumerated() {
      let part = isMarkup ? try item.escaped(&evaluation) : try textArgument(item)
      let added = part.utf8.count + (index > 0 ? text.utf8.count : 0)
      try evaluation.charge(text: joined.utf8.count + added, adding: added)
      if index > 0 { joined += text }
      joined += part
    }
    return result(joined)
  }

  private func encode() throws(TemplateError) -> Value {
    let bound = try given(["encoding", "errors"], named: true)
    let encoding = try bound[0].map(textArgument)?.lowercased().filter { $0 != "-" && $0 != "_" } ?? "utf8"
    switch encoding {
    case "utf8": return .bytes(Array(text.utf8))
    case "ascii", "usascii", "latin1", "iso88591":
      let limit: UInt32 = encoding.hasSuffix("ascii") ? 0x80 : 0x100
      let mode = try bound[1].map(textArgument) ?? "strict"
      var bytes: [UInt8] = []
      for scalar in text.unicodeScalars {
        if scalar.value < limit {
          bytes.append(UInt8(truncatingIfNeeded: scalar.value))
        } else if mode == "replace" {
          bytes.append(63)
        } else if mode != "ignore" {
          throw TemplateError(.value, "The text contains a character that \(encoding) does not have")
        }
      }
      return .bytes(bytes)
    default: throw TemplateError(.runtime, "The encoding '\(encoding)' is not known")
    }
  }

  private func makeTranslation(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let bound = try given(["x", "y", "z"], required: 1)
    let dict = DictObject()
    if let second = bound[1] {
      let from = Array(try textArgument(bound[0]).unicodeScalars)
      let to = Array(try textArgument(second).unicodeScalars)
      guard from.count == to.count else { throw TemplateError(.value, "Both texts of a translation must have the same length") }
      for (key, value) in zip(from, to) {
        try dict.set(DictKey(.int(Int(key.value))), .int(Int(value.value)), &evaluation)
      }
      if let removed = bound[2] {
        for key in try textArgument(removed).unicodeScalars {
          try dict.set(DictKey(.int(Int(key.value))), .none, &evaluation)
        }
      }
      return .dict(dict)
    }
    guard let members = try (bound[0] ?? .none).members(&evaluation) else {
      throw TemplateError(.type, "A translation expects a dict")
    }
    for (key, value) in members {
      if let text = key.text {
        guard let only = text.unicodeScalars.first, text.unicodeScalars.count == 1 else {
          throw TemplateError(.value, "The keys of a translation are single characters")
        }
        try dict.set(DictKey(.int(Int(only.value))), value, &evaluation)
      } else {
        guard key.int != nil else { throw TemplateError(.type, "The keys of a translation are characters or their numbers") }
        try dict.set(evaluation.key(key), value, &evaluation)
      }
    }
    return .dict(dict)
  }

  private func translate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let table = try given(["table"], required: 1)[0] ?? .none
    var translated = ""
    for scalar in text.unicodeScalars {
      try evaluation.charge()
      switch try table.mappingItem(.int(Int(scalar.value)), &evaluation) {
      case nil: translated.unicodeScalars.append(scalar)
      case Value.none?: break
      case .some(let replacement):
        if let text = replacement.text {
          translated += text
        } else if let code = replacement.int, let scalar = UInt32(exactly: code).flatMap(Unicode.Scalar.init) {
          translated.unicodeScalars.append(scalar)
        } else {
          throw TemplateError(.type, "A translation gives characters, texts or nothing")
        }
      }
      try evaluation.checkSize(text: translated.utf8.count)
    }
    return result(translated)
  }
}

extension StringMethod {
  /// Whether a safe text escapes the arguments, which become part of it or are looked for in it.
  fileprivate var escapesArguments: Bool {
    switch self {
    case .replace, .join, .center, .ljust, .rjust, .strip, .lstrip, .rstrip, .split, .rsplit, .partition, .rpartition,
      .removeprefix, .removesuffix:
      self == .replace || self == .join || self == .center || self == .ljust || self == .rjust
    default: false
    }
  }
}
