extension Environment {
  mutating func addGroupingFilters() {
    addFilter("batch", parameters: ["linecount", "fill_with"], required: 1) { (value, arguments, _) throws(TemplateError) in
      batchFilter(value, arguments[0] ?? .none, fill: arguments[1])
    }
    addFilter("slice", parameters: ["slices", "fill_with"], required: 1) { (value, arguments, _) throws(TemplateError) in
      sliceFilter(value, arguments[0] ?? .none, fill: arguments[1])
    }
    addFilter("groupby", parameters: ["attribute", "default", "case_sensitive"], required: 1) {
      (value, arguments, e) throws(TemplateError) in
      try groupFilter(value, arguments, &e)
    }
    let map: Filter = { value, arguments, _ in mapFilter(value, arguments) }
    filters["map"] = map
    let selections = [
      ("select", true, false), ("reject", false, false), ("selectattr", true, true), ("rejectattr", false, true),
    ]
    for (name, keeps, byAttribute) in selections {
      let filter: Filter = { value, arguments, _ in
        selection(value, arguments, name: name, keeps: keeps, byAttribute: byAttribute)
      }
      filters[name] = filter
    }
  }
}

private func batchFilter(_ value: Value, _ size: Value, fill: Value?) -> Value {
  var iterator: ValueIterator?
  var isDone = false
  var waiting: Value?
  return .object(
    Generator("do_batch", over: value, Arguments([fill ?? .none])) { (e) throws(TemplateError) in
      if isDone { return nil }
      if iterator == nil { iterator = try value.iterator(&e) }
      var batch: [Value] = []
      if let first = waiting { batch.append(first) }
      waiting = nil
      while let item = try iterator?.next(&e) {
        if try Value.int(batch.count).isEqual(to: size, &e) {
          waiting = item
          return .list(ListObject(batch))
        }
        batch.append(item)
        try e.checkSize(list: batch.count)
      }
      isDone = true
      if batch.isEmpty { return nil }
      if let fill, !fill.isNone, try Value.int(batch.count).compare(.less, to: size, &e) {
        let missing = try size.index(for: "batch") - batch.count
        try e.charge(list: missing)
        batch += [Value](repeating: fill, count: missing)
      }
      return .list(ListObject(batch))
    })
}

private func sliceFilter(_ value: Value, _ slices: Value, fill: Value?) -> Value {
  var items: [Value]?
  var number = 0
  var start = 0
  return .object(
    Generator("sync_do_slice", over: value, Arguments([fill ?? .none])) { (e) throws(TemplateError) in
      if items == nil { items = try value.elements(&e) }
      let all = items ?? []
      let count = try slices.index(for: "slice")
      if count == 0 { throw TemplateError(.zeroDivision, "slice expects at least one slice") }
      guard number < count else { return nil }
      let extra = all.count % count
      let size = all.count / count + (number < extra ? 1 : 0)
      var part = Array(all[min(start, all.count)..<min(start + size, all.count)])
      if let fill, !fill.isNone, number >= extra { part.append(fill) }
      try e.charge(list: part.count)
      start += size
      number += 1
      return .list(ListObject(part))
    })
}

private func groupFilter(
  _ value: Value, _ arguments: [Value?], _ evaluation: inout Evaluation
) throws(TemplateError) -> Value {
  let path = AttributePath(arguments[0])
  let standard = arguments[1].flatMap { $0.isNone ? nil : $0 }
  let isCaseSensitive = arguments[2]?.isTruthy ?? false
  let items = try value.elements(&evaluation)
  var keys: [Value] = []
  for item in items {
    let key = try path.get(item, standard: standard, &evaluation)
    keys.append(isCaseSensitive ? key : try key.withoutCase(&evaluation))
  }
  var groups: [(key: Value, items: [Value])] = []
  for place in try sortedPlaces(keys, &evaluation) {
    if let last = groups.last, try last.key.isEqual(to: keys[place], &evaluation) {
      groups[groups.count - 1].items.append(items[place])
    } else {
      groups.append((keys[place], [items[place]]))
    }
  }
  var result: [Value] = []
  for group in groups {
    // The group is named as its first item writes it.
    let name = isCaseSensitive ? group.key : try path.get(group.items[0], standard: standard, &evaluation)
    result.append(.object(GroupObject(name, group.items)))
  }
  return .list(ListObject(result))
}

/// A group that `groupby` makes: a pair of the common value and its items, which also have names.
final class GroupObject: TemplateObject, ComparableObject {
  private let grouper: Value
  private let list: Value

  init(_ grouper: Value, _ items: [Value]) {
    self.grouper = grouper
    list = .list(ListObject(items))
  }

  var typeName: String { "tuple" }
  var depth: Int { Jinja.depth(over: grouper, list) }
  var isIterable: Bool { true }
  func iterator(_ evaluation: inout Evaluation) throws(TemplateError) -> ValueIterator? { ValueIterator([grouper, list]) }
  func count(_ evaluation: inout Evaluation) throws(TemplateError) -> Int? { 2 }

  func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    try Value.tuple([grouper, list]).representation(&evaluation)
  }

  func attribute(_ name: String, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    switch name {
    case "grouper": grouper
    case "list": list
    default: nil
    }
  }

  func item(_ key: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    Value.place(key, 2).map { $0 == 0 ? grouper : list }
  }

  func isEqual(to other: any TemplateObject, depth: Int, _ evaluation: inout Evaluation) throws(TemplateError) -> Bool {
    guard let other = other as? GroupObject else { return false }
    guard try grouper.isEqual(to: other.grouper, depth: depth, &evaluation) else { return false }
    return try list.isEqual(to: other.list, depth: depth, &evaluation)
  }
}

private func mapFilter(_ value: Value, _ arguments: Arguments) -> Value {
  var iterator: ValueIterator?
  var convert: ((Value, inout Evaluation) throws(TemplateError) -> Value)?
  return .object(
    Generator("sync_do_map", over: value, arguments) { (e) throws(TemplateError) in
      if iterator == nil {
        guard value.isTruthy else { return nil }
        convert = try mapping(arguments, e.environment)
        iterator = try value.iterator(&e)
      }
      guard let item = try iterator?.next(&e) else { return nil }
      return try convert?(item, &e)
    })
}

private func mapping(
  _ arguments: Arguments, _ environment: Environment
) throws(TemplateError) -> (Value, inout Evaluation) throws(TemplateError) -> Value {
  if arguments.positional.isEmpty, let attribute = arguments.keyword("attribute") {
    if let extra = arguments.keywords.first(where: { $0.name != "attribute" && $0.name != "default" }) {
      throw TemplateError(.runtime, "map has no parameter '\(extra.name)'")
    }
    let path = AttributePath(attribute)
    let standard = arguments.keyword("default").flatMap { $0.isNone ? nil : $0 }
    return { (item, e) throws(TemplateError) in try path.get(item, standard: standard, &e) }
  }
  guard let name = arguments.positional.first else { throw TemplateError(.runtime, "map expects a filter or an attribute") }
  guard let filter = name.text.flatMap({ environment.filters[$0] }) else {
    throw TemplateError(.runtime, "There is no filter named '\(name.text ?? name.typeName)'")
  }
  let rest = Arguments(Array(arguments.positional.dropFirst()), keywords: arguments.keywords)
  return { (item, e) throws(TemplateError) in try filter(item, rest, &e) }
}

private func selection(
  _ value: Value, _ arguments: Arguments, name: String, keeps: Bool, byAttribute: Bool
) -> Value {
  var iterator: ValueIterator?
  var test: Environment.Test?
  var path = AttributePath(nil)
  var rest = Arguments()
  return .object(
    Generator("sync_do_\(name)", over: value, arguments) { (e) throws(TemplateError) in
      if iterator == nil {
        guard value.isTruthy else { return nil }
        var positional = arguments.positional[...]
        if byAttribute {
          guard let attribute = positional.popFirst() else { throw TemplateError(.runtime, "\(name) expects an attribute") }
          path = AttributePath(attribute)
        }
        if let testName = positional.popFirst() {
          guard let found = testName.text.flatMap({ e.environment.tests[$0] }) else {
            throw TemplateError(.runtime, "There is no test named '\(testName.text ?? testName.typeName)'")
          }
          test = found
          rest = Arguments(Array(positional), keywords: arguments.keywords)
        }
        iterator = try value.iterator(&e)
      }
      while let item = try iterator?.next(&e) {
        let subject = try path.get(item, &e)
        let passes = try test.map { (test) throws(TemplateError) in try test(subject, rest, &e) } ?? subject.isTruthy
        if passes == keeps { return item }
      }
      return nil
    })
}
