import JSON

/// The methods of `dict`.
enum DictMethod: String, Sendable, CaseIterable {
  case clear, copy, fromkeys, get, items, keys, pop, popitem, setdefault, update, values

  func call(_ value: Value, _ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    func bound(_ names: [String], required: Int = 0) throws(TemplateError) -> [Value?] {
      try arguments.bound(to: names, of: "dict.\(rawValue)", required: required, positionalOnly: names.count)
    }
    switch self {
    case .get:
      let given = try bound(["key", "default"], required: 1)
      let key = try evaluation.key(given[0] ?? .none)
      return try value.mappingItem(key.value, &evaluation) ?? given[1] ?? .none
    case .keys, .values, .items:
      _ = try bound([])
      return .object(DictView(value, kind: self))
    case .copy:
      _ = try bound([])
      return .dict(try value.dictCopy(&evaluation))
    case .fromkeys:
      let given = try bound(["iterable", "value"], required: 1)
      let dict = DictObject()
      for key in try (given[0] ?? .none).elements(&evaluation) {
        try dict.set(evaluation.key(key), given[1] ?? .none, &evaluation)
      }
      return .dict(dict)
    default: break
    }
    guard case .dict(let dict) = value else {
      throw .readOnly("dict")
    }
    return try change(dict, arguments, bound, &evaluation)
  }

  private func change(
    _ dict: DictObject, _ arguments: Arguments, _ bound: ([String], Int) throws(TemplateError) -> [Value?],
    _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value {
    switch self {
    case .clear:
      _ = try bound([], 0)
      try dict.removeAll()
      return .none
    case .pop:
      let given = try bound(["key", "default"], 1)
      if let removed = try dict.remove(evaluation.key(given[0] ?? .none), &evaluation) { return removed }
      if let standard = given[1] { return standard }
      throw TemplateError(.key, "The dict does not have the key to pop")
    case .popitem:
      _ = try bound([], 0)
      guard let last = try dict.removeLast() else { throw TemplateError(.key, "The dict is empty") }
      return .tuple([last.key.value, last.value])
    case .setdefault:
      let given = try bound(["key", "default"], 1)
      let key = try evaluation.key(given[0] ?? .none)
      if let found = dict[key] { return found }
      let standard = given[1] ?? .none
      try dict.set(key, standard, &evaluation)
      return standard
    default:
      guard arguments.positional.count <= 1 else { throw TemplateError(.type, "dict.update takes at most 1 argument") }
      if let other = arguments.positional.first { try dict.merge(other, &evaluation) }
      for (name, value) in arguments.keywords { try dict.set(DictKey(string: name), value, &evaluation) }
      return .none
    }
  }
}

extension DictObject {
  /// Takes over what a mapping, or an iterable of pairs, holds.
  func merge(_ other: Value, _ evaluation: inout Evaluation) throws(TemplateError) {
    if let members = try other.members(&evaluation) {
      for (key, value) in members { try set(evaluation.key(key), value, &evaluation) }
      return
    }
    if case .undefined(let reason) = other { throw reason.error }
    for pair in try other.elements(&evaluation) {
      let items = try pair.elements(&evaluation)
      guard items.count == 2 else { throw TemplateError(.value, "A dict expects pairs of keys and values") }
      try set(evaluation.key(items[0]), items[1], &evaluation)
    }
  }
}

extension Value {
  /// A dict of its own with the members of this mapping.
  func dictCopy(_ evaluation: inout Evaluation) throws(TemplateError) -> DictObject {
    if case .dict(let dict) = self {
      try evaluation.charge(list: dict.count)
      return DictObject(dict.storage)
    }
    let dict = DictObject()
    try dict.merge(self, &evaluation)
    return dict
  }
}

/// What `keys()`, `values()` and `items()` give.
final class DictView: TemplateObject, ComparableObject {
  private let mapping: Value
  private let kind: DictMethod

  init(_ mapping: Value, kind: DictMethod) {
    self.mapping = mapping
    self.kind = kind
  }

  var typeName: String { "dict_\(kind.rawValue)" }
  var depth: Int { mapping.depth + 1 }
  var isTruthy: Bool { mapping.isTruthy }

  private func elements(_ evaluation: inout Evaluation) throws(TemplateError) -> [Value] {
    let members = try mapping.members(&evaluation) ?? []
    switch kind {
    case .keys: return members.map(\.key)
    case .values: return members.map(\.value)
    default: return members.map { .tuple([$0.key, $0.value]) }
    }
  }

  var isIterable: Bool { true }
  func iterator(_ evaluation: inout Evaluation) throws(TemplateError) -> ValueIterator? {
    ValueIterator(try elements(&evaluation))
  }
  func count(_ evaluation: inout Evaluation) throws(TemplateError) -> Int? { try mapping.count(&evaluation) }

  func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    "\(typeName)(\(try Value.list(ListObject(try elements(&evaluation))).representation(&evaluation)))"
  }

  func isEqual(to other: any TemplateObject, depth: Int, _ evaluation: inout Evaluation) throws(TemplateError) -> Bool {
    guard let other = other as? DictView, kind != .values, other.kind == kind,
      try mapping.count(&evaluation) == (try other.mapping.count(&evaluation))
    else { return false }
    for item in try elements(&evaluation) where !(try other.holds(item, depth: depth, &evaluation)) { return false }
    return true
  }

  /// Whether `item` is one of the keys or items.
  private func holds(_ item: Value, depth: Int = 0, _ evaluation: inout Evaluation) throws(TemplateError) -> Bool {
    try evaluation.charge()
    if kind == .keys { return try mapping.mappingItem(item, &evaluation) != nil }
    guard case .tuple(let pair) = item, pair.count == 2, let value = try mapping.mappingItem(pair[0], &evaluation)
    else { return false }
    return try value.isEqual(to: pair[1], depth: depth + 1, &evaluation)
  }

  func attribute(_ name: String, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    guard name == "isdisjoint", kind != .values else { return name == "mapping" ? mapping : nil }
    return .object(
      NativeFunction(name: name, typeName: "built-in method", over: mapping) { (arguments, evaluation) throws(TemplateError) in
        let other = try arguments.bound(to: ["other"], of: name, required: 1)[0] ?? .none
        for item in try other.elements(&evaluation) where try self.holds(item, &evaluation) { return .bool(false) }
        return .bool(true)
      })
  }
}
