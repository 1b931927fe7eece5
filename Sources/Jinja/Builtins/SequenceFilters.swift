/// How a filter reaches into an item: the parts of `attribute='a.b.0'`.
struct AttributePath: Sendable {
  private let parts: [Value]

  /// No attribute at all is the item itself.
  init(_ attribute: Value?) {
    switch attribute {
    case nil, Value.none?: parts = []
    case let value?:
      parts =
        value.text.map { text in
          text.split(separator: ".", omittingEmptySubsequences: false).map { part in
            let scalars = part.unicodeScalars
            return !scalars.isEmpty && scalars.allSatisfy(\.isASCIIDigit) ? .int(Int(part) ?? .max) : .string(String(part))
          }
        } ?? [value]
    }
  }

  func get(_ item: Value, standard: Value? = nil, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    var value = item
    for part in parts {
      try evaluation.charge()
      value = try value.item(part, missing: .undefined("An item has no attribute '\(part.text ?? "")'"), &evaluation)
      if let standard, value.isUndefined { value = standard }
    }
    return value
  }
}

extension Value {
  /// The value that sorting and comparing without regard to case uses.
  func withoutCase(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    guard let text else { return self }
    try evaluation.charge(text: text.utf8.count)
    return .string(text.pythonLowercased)
  }
}

extension Environment {
  mutating func addSequenceFilters() {
    addFilter("length", "count") { (value, _, e) throws(TemplateError) in .int(try value.count(&e)) }
    addFilter("first") { (value, _, e) throws(TemplateError) in
      var iterator = try value.iterator(&e)
      return try iterator.next(&e) ?? .undefined("There is no first item: the sequence is empty")
    }
    addFilter("last") { (value, _, e) throws(TemplateError) in
      try value.reversedElements(&e).first ?? .undefined("There is no last item: the sequence is empty")
    }
    addFilter("list") { (value, _, e) throws(TemplateError) in
      let items = try value.elements(&e)
      try e.charge(reading: items.count)
      return .list(ListObject(items))
    }
    addFilter("random") { (value, _, e) throws(TemplateError) in
      let count = try value.count(&e)
      guard count > 0 else { return .undefined("There is no random item: the sequence is empty") }
      return try value.item(.int(Int.random(in: 0..<count)), missing: .none, &e)
    }
    addFilter("reverse") { (value, _, e) throws(TemplateError) in
      if let text = value.text {
        try e.charge(text: text.utf8.count)
        let reversed = String(text.unicodeScalars.reversed())
        return value.isMarkup ? .markup(reversed) : .string(reversed)
      }
      if !value.isIterable { throw TemplateError(.runtime, "reverse expects something to iterate over") }
      if case .object(let object) = value, object is Generator { return .list(ListObject(try value.elements(&e).reversed())) }
      return generator(
        "reversed", over: value, typeName: value.isUndefined ? "reversed" : "list_reverseiterator",
        ValueIterator(try value.reversedElements(&e)))
    }
    addFilter("join", parameters: ["d", "attribute"]) { (value, arguments, e) throws(TemplateError) in
      try joinFilter(value, arguments.first.flatMap { $0 } ?? .string(""), arguments.count > 1 ? arguments[1] : nil, &e)
    }
    addFilter("sort", parameters: ["reverse", "case_sensitive", "attribute"]) { (value, arguments, e) throws(TemplateError) in
      let given = arguments.isEmpty ? [nil, nil, nil] : arguments
      let items = try value.elements(&e)
      let keys = try sortKeys(items, given[2], isCaseSensitive: given[1]?.isTruthy ?? false, &e)
      let order = try sortedPlaces(keys, isReversed: given[0]?.isTruthy ?? false, &e)
      return .list(ListObject(order.map { items[$0] }))
    }
    addFilter("dictsort", parameters: ["case_sensitive", "by", "reverse"]) { (value, arguments, e) throws(TemplateError) in
      try dictsortFilter(value, arguments.isEmpty ? [nil, nil, nil] : arguments, &e)
    }
    addFilter("unique", parameters: ["case_sensitive", "attribute"]) { (value, arguments, e) throws(TemplateError) in
      let given = arguments.isEmpty ? [nil, nil] : arguments
      let path = AttributePath(given[1])
      let isCaseSensitive = given[0]?.isTruthy ?? false
      var iterator: ValueIterator?
      var seen: Set<DictKey> = []
      return .object(
        Generator("sync_do_unique", over: value, Arguments([given[1] ?? .none])) { (e) throws(TemplateError) in
          if iterator == nil { iterator = try value.iterator(&e) }
          while let item = try iterator?.next(&e) {
            let key = try path.get(item, &e)
            let seenKey = try e.key(isCaseSensitive ? key : try key.withoutCase(&e))
            if seen.insert(seenKey).inserted { return item }
          }
          return nil
        })
    }
    for (name, isMax) in [("min", false), ("max", true)] {
      addFilter(name, parameters: ["case_sensitive", "attribute"]) { (value, arguments, e) throws(TemplateError) in
        let given = arguments.isEmpty ? [nil, nil] : arguments
        return try extreme(value, isMax, given[1], isCaseSensitive: given[0]?.isTruthy ?? false, &e)
      }
    }
    addFilter("sum", parameters: ["attribute", "start"]) { (value, arguments, e) throws(TemplateError) in
      let path = AttributePath(arguments.first ?? nil)
      var total = arguments.count > 1 ? arguments[1] ?? .int(0) : .int(0)
      if total.text != nil { throw TemplateError(.type, "sum does not take texts; join does") }
      var iterator = try value.iterator(&e)
      while let item = try iterator.next(&e) { total = try BinaryOperator.add.apply(total, try path.get(item, &e), &e) }
      return total
    }
    addFilter("items") { (value, _, _) throws(TemplateError) in
      var iterator: ValueIterator?
      return .object(
        Generator("do_items", over: value) { (e) throws(TemplateError) in
          if iterator == nil {
            guard value.isUndefined || value.isMapping else { throw TemplateError(.type, "items expects a mapping") }
            iterator = ValueIterator((try value.members(&e) ?? []).map { .tuple([$0.key, $0.value]) })
          }
          return try iterator?.next(&e)
        })
    }
    addFilter("attr", parameters: ["name"], required: 1) { (value, arguments, e) throws(TemplateError) in
      guard let name = arguments[0]?.text else { throw TemplateError(.type, "attr expects a name") }
      let missing = Value.undefined("A value of type \(value.typeName) has no attribute '\(name)'")
      if case .undefined(let reason) = value { throw reason.error }
      // An item of that name does not count.
      return try value.ownAttribute(Selector(name), &e) ?? missing
    }
  }
}

extension Value {
  /// The elements from the end on; a type error if Python has no way back.
  func reversedElements(_ evaluation: inout Evaluation) throws(TemplateError) -> [Value] {
    if case .object(let object) = self, !(object is DictView), !(object is GroupObject) {
      throw TemplateError(.type, "A value of type \(object.typeName) cannot be reversed")
    }
    let elements = try elements(&evaluation)
    try evaluation.charge(reading: elements.count)
    return elements.reversed()
  }
}

/// A generator over what `iterator` gives.
func generator(_ name: String, over value: Value, typeName: String = "generator", _ iterator: ValueIterator) -> Value {
  var iterator = iterator
  return .object(
    Generator(name, over: value, typeName: typeName) { (e) throws(TemplateError) in try iterator.next(&e) })
}

/// One key per item: a list of the values of each attribute in `attribute='a,b'`.
private func sortKeys(
  _ items: [Value], _ attribute: Value?, isCaseSensitive: Bool, _ evaluation: inout Evaluation
) throws(TemplateError) -> [Value] {
  let paths =
    attribute?.text.map { text in
      text.split(separator: ",", omittingEmptySubsequences: false).map { AttributePath(.string(String($0))) }
    } ?? [AttributePath(attribute)]
  var keys: [Value] = []
  keys.reserveCapacity(items.count)
  for item in items {
    if paths.count == 1 {
      let key = try paths[0].get(item, &evaluation)
      keys.append(isCaseSensitive ? key : try key.withoutCase(&evaluation))
    } else {
      var parts: [Value] = []
      for path in paths {
        let key = try path.get(item, &evaluation)
        parts.append(isCaseSensitive ? key : try key.withoutCase(&evaluation))
      }
      keys.append(.tuple(parts))
    }
  }
  return keys
}

private func dictsortFilter(
  _ value: Value, _ given: [Value?], _ evaluation: inout Evaluation
) throws(TemplateError) -> Value {
  let by = given[1] ?? .string("key")
  let byValue = by.text == "value"
  guard byValue || by.text == "key" else { throw TemplateError(.runtime, "dictsort sorts by \"key\" or \"value\"") }
  if case .undefined(let reason) = value { throw reason.error }
  guard let members = try value.members(&evaluation) else { throw TemplateError(.attribute, "dictsort expects a mapping") }
  let isCaseSensitive = given[0]?.isTruthy ?? false
  var keys: [Value] = []
  for member in members {
    let key = byValue ? member.value : member.key
    keys.append(isCaseSensitive ? key : try key.withoutCase(&evaluation))
  }
  let order = try sortedPlaces(keys, isReversed: given[2]?.isTruthy ?? false, &evaluation)
  return .list(ListObject(order.map { .tuple([members[$0].key, members[$0].value]) }))
}

private func extreme(
  _ value: Value, _ isMax: Bool, _ attribute: Value?, isCaseSensitive: Bool, _ evaluation: inout Evaluation
) throws(TemplateError) -> Value {
  let path = AttributePath(attribute)
  var iterator = try value.iterator(&evaluation)
  guard var best = try iterator.next(&evaluation) else {
    return .undefined("There is no smallest or largest item: the sequence is empty")
  }
  func key(_ item: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let key = try path.get(item, &evaluation)
    return isCaseSensitive ? key : try key.withoutCase(&evaluation)
  }
  var bestKey = try key(best, &evaluation)
  while let item = try iterator.next(&evaluation) {
    let itemKey = try key(item, &evaluation)
    if try itemKey.compare(isMax ? .greater : .less, to: bestKey, &evaluation) {
      best = item
      bestKey = itemKey
    }
  }
  return best
}

private func joinFilter(
  _ value: Value, _ separator: Value, _ attribute: Value?, _ evaluation: inout Evaluation
) throws(TemplateError) -> Value {
  let path = AttributePath(attribute)
  var iterator = try value.iterator(&evaluation)
  var items: [Value] = []
  while let item = try iterator.next(&evaluation) {
    items.append(try path.get(item, &evaluation))
    try evaluation.checkSize(list: items.count)
  }
  let isMarkup = evaluation.isEscaping && (separator.isMarkup || items.contains(where: \.isMarkup))
  let divider = isMarkup ? try separator.escaped(&evaluation) : try separator.text(&evaluation)
  var result = ""
  for (index, item) in items.enumerated() {
    let text = isMarkup ? try item.escaped(&evaluation) : try item.text(&evaluation)
    let added = text.utf8.count + (index > 0 ? divider.utf8.count : 0)
    try evaluation.charge(text: result.utf8.count + added, adding: added)
    if index > 0 { result += divider }
    result += text
  }
  return isMarkup ? .markup(result) : .string(result)
}
