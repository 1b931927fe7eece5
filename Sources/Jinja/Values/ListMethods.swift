/// The methods of `list`.
enum ListMethod: String, Sendable, CaseIterable {
  case append, clear, copy, count, extend, index, insert, pop, remove, reverse, sort

  func call(_ value: Value, _ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    func bound(_ names: [String], required: Int = 0) throws(TemplateError) -> [Value?] {
      try arguments.bound(to: names, of: "list.\(rawValue)", required: required, positionalOnly: names.count)
    }
    switch self {
    case .count, .index:
      return try TupleMethod.search(
        try value.listItems(&evaluation) ?? [], counts: self == .count, arguments, "list.\(rawValue)", &evaluation)
    case .copy:
      _ = try bound([])
      let items = try value.listItems(&evaluation) ?? []
      try evaluation.charge(list: items.count)
      return .list(ListObject(items))
    default: break
    }
    guard case .list(let list) = value else {
      throw .readOnly("list")
    }
    return try change(list, arguments, bound, &evaluation)
  }

  private func change(
    _ list: ListObject, _ arguments: Arguments, _ bound: ([String], Int) throws(TemplateError) -> [Value?],
    _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value {
    let count = list.items.count
    try evaluation.charge(list: self == .append || self == .pop ? 1 : count)
    switch self {
    case .append:
      let item = try bound(["object"], 1)[0] ?? .none
      try list.change(adding: [item], &evaluation) { $0.append(item) }
    case .extend:
      let items = try (try bound(["iterable"], 1)[0] ?? .none).elements(&evaluation)
      try evaluation.charge(list: count + items.count)
      try list.change(adding: items, &evaluation) { $0 += items }
    case .insert:
      let given = try bound(["index", "object"], 2)
      let index = try (given[0] ?? .none).index(for: "list.insert")
      let item = given[1] ?? .none
      let place = min(max(0, index < 0 ? index &+ count : index), count)
      try list.change(adding: [item], &evaluation) { $0.insert(item, at: place) }
    case .pop:
      let index = try bound(["index"], 0)[0] ?? .int(-1)
      _ = try index.index(for: "list.pop")
      guard let place = Value.place(index, count) else {
        throw TemplateError(.index, "The list has no element at this index to pop")
      }
      let removed = list.items[place]
      // What follows the element moves.
      try evaluation.charge((count - place) >> 8)
      try list.change(&evaluation) { $0.remove(at: place) }
      return removed
    case .remove:
      let item = try bound(["value"], 1)[0] ?? .none
      guard let place = try list.items[...].place(of: item, &evaluation) else {
        throw TemplateError(.value, "The value to remove is not in the list")
      }
      try list.change(&evaluation) { $0.remove(at: place) }
    case .sort:
      let given = try arguments.bound(to: ["key", "reverse"], of: "list.sort")
      guard arguments.positional.isEmpty else { throw TemplateError(.type, "list.sort takes its arguments by name") }
      var keys = list.items
      if let function = given[0], !function.isNone {
        keys = []
        for item in list.items { keys.append(try function.call(Arguments([item]), &evaluation)) }
      }
      let order = try sortedPlaces(keys, isReversed: given[1]?.isTruthy ?? false, &evaluation)
      try list.change(&evaluation) { items in items = order.map { items[$0] } }
    case .reverse:
      _ = try bound([], 0)
      try list.change(&evaluation) { $0.reverse() }
    default:
      _ = try bound([], 0)
      try list.change(&evaluation) { $0.removeAll() }
    }
    return .none
  }
}

/// The methods of `tuple`, which `list` has as well.
enum TupleMethod: String, Sendable, CaseIterable {
  case count, index

  func call(_ items: [Value], _ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    try Self.search(items, counts: self == .count, arguments, "tuple.\(rawValue)", &evaluation)
  }

  static func search(
    _ items: [Value], counts: Bool, _ arguments: Arguments, _ name: String, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value {
    let names = counts ? ["value"] : ["value", "start", "stop"]
    let given = try arguments.bound(to: names, of: name, required: 1, positionalOnly: names.count)
    let wanted = given[0] ?? .none
    if counts {
      var count = 0
      for item in items {
        try evaluation.charge()
        if try item.isEqual(to: wanted, &evaluation) { count += 1 }
      }
      return .int(count)
    }
    var bounds = SliceBounds()
    bounds.start = try given[1]?.index(for: name)
    bounds.stop = try given[2]?.index(for: name)
    let (low, high) = bounds.range(in: items.count)
    if low < high, let place = try items[low..<high].place(of: wanted, &evaluation) { return .int(place) }
    throw TemplateError(.value, "The value to look for is not in the \(name.prefix { $0 != "." })")
  }
}

extension ArraySlice<Value> {
  /// Where the first element lies that is equal to `wanted`.
  fileprivate func place(of wanted: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Int? {
    for place in indices {
      try evaluation.charge()
      if try self[place].isEqual(to: wanted, &evaluation) { return place }
    }
    return nil
  }
}

/// The places of `keys` in ascending order, equal ones in their order; a type error if two cannot be compared.
func sortedPlaces(
  _ keys: [Value], isReversed: Bool = false, _ evaluation: inout Evaluation
) throws(TemplateError) -> [Int] {
  try evaluation.charge(list: keys.count)
  var failure: TemplateError?
  var comparisons = 0
  func isLess(_ left: Int, _ right: Int) -> Bool {
    guard failure == nil else { return false }
    do {
      comparisons += 1
      if comparisons & 3 == 0 { try evaluation.charge() }
      return try keys[left].compare(.less, to: keys[right], &evaluation)
    } catch {
      failure = error
      return false
    }
  }
  // Reversed twice, equal keys keep their order in a descending sort too, as in Python.
  let places = isReversed ? Array(keys.indices.reversed()) : Array(keys.indices)
  let sorted = places.sorted(by: isLess)
  if let failure { throw failure }
  return isReversed ? sorted.reversed() : sorted
}

/// The methods of `bytes` that a template has use for.
enum BytesMethod: String, Sendable, CaseIterable {
  case decode, hex

  func call(_ bytes: [UInt8], _ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    try evaluation.charge(text: bytes.count)
    switch self {
    case .hex:
      let digits = Array("0123456789abcdef".utf8)
      var text: [UInt8] = []
      for byte in bytes {
        text.append(digits[Int(byte >> 4)])
        text.append(digits[Int(byte & 15)])
      }
      return .string(String(decoding: text, as: UTF8.self))
    case .decode:
      let given = try arguments.bound(to: ["encoding", "errors"], of: "bytes.decode")
      let encoding = given[0]?.text?.lowercased().filter { $0 != "-" && $0 != "_" } ?? "utf8"
      if encoding == "latin1" || encoding == "iso88591" {
        return .string(String(bytes.map { Unicode.Scalar($0) }))
      }
      guard let text = String(validating: bytes, as: UTF8.self), encoding != "ascii" || text.isASCII else {
        guard given[1]?.text == "replace" || given[1]?.text == "ignore" else {
          throw TemplateError(.value, "The bytes are not valid in the encoding '\(encoding)'")
        }
        return .string(String(decoding: bytes, as: UTF8.self))
      }
      return .string(text)
    }
  }
}
