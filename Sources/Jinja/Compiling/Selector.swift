import JSON
import PythonTime

/// A name behind a dot or a constant in brackets, prepared for each type that could have it.
struct Selector: Sendable {
  let name: String
  let key: JSONKey
  let string: StringMethod?
  let list: ListMethod?
  let tuple: TupleMethod?
  let dict: DictMethod?
  let number: NumberMethod?
  let time: TimeMember?
  let bytes: BytesMethod?
  /// Whether every Python object has it, out of a template's reach.
  let isInternal: Bool

  init(_ name: String) {
    self.name = name
    key = JSONKey(name)
    string = StringMethod(rawValue: name)
    list = ListMethod(rawValue: name)
    tuple = TupleMethod(rawValue: name)
    dict = DictMethod(rawValue: name)
    number = NumberMethod(rawValue: name)
    time = TimeMember(rawValue: name)
    bytes = BytesMethod(rawValue: name)
    isInternal = name.hasPrefix("__") && Selector.internals.contains(name)
  }

  private static let internals: Set<String> = [
    "__class__", "__delattr__", "__dir__", "__doc__", "__eq__", "__format__", "__ge__", "__getattribute__", "__getstate__",
    "__gt__", "__hash__", "__init__", "__init_subclass__", "__le__", "__lt__", "__ne__", "__new__", "__reduce__",
    "__reduce_ex__", "__repr__", "__setattr__", "__sizeof__", "__str__", "__subclasshook__",
  ]

  var forbidden: Value {
    .undefined(Undefined("A template must not touch the attribute '\(name)'", isForbidden: true))
  }
}

/// A key of a mapping, prepared for each form that a mapping has.
struct MemberKey: Sendable {
  let json: JSONKey
  let dict: DictKey

  init(_ name: String) {
    json = JSONKey(name)
    dict = DictKey(string: name)
  }
}

/// What a sequence's `[a:b:c]` asks for.
struct SliceBounds {
  var start: Int?
  var stop: Int?
  var step: Int?

  /// The places that it takes from a sequence of `count` elements, in order.
  func places(in count: Int) throws(TemplateError) -> [Int] {
    let step = self.step ?? 1
    if step == 0 { throw TemplateError(.value, "The step of a slice is zero") }
    let lowest = step > 0 ? 0 : -1
    let highest = step > 0 ? count : count - 1
    func clamp(_ place: Int?, _ standard: Int) -> Int {
      guard let place else { return standard }
      let from = place < 0 ? place.addingReportingOverflow(count).partialValue : place
      return min(max(from, lowest), highest)
    }
    let first = clamp(start, step > 0 ? lowest : highest)
    let end = clamp(stop, step > 0 ? highest : lowest)
    var places: [Int] = []
    var place = first
    while step > 0 ? place < end : place > end {
      places.append(place)
      let next = place.addingReportingOverflow(step)
      if next.overflow { break }
      place = next.partialValue
    }
    return places
  }
}

extension Value {
  /// The value of a mapping's key; nil if there is none, or this is not a mapping.
  /// - Parameter dotted: whether attributes of the mapping come before its keys: one that has some is left to ``attribute``.
  @inline(__always)
  func member(_ key: MemberKey, dotted: Bool = false) -> Value? {
    switch self {
    case .json(let view): view.content(of: key.json).map { Value($0) }
    case .mapping(let mapping): dotted && mapping.hasAttributes ? nil : mapping[key.json]
    case .dict(let dict): dict[key.dict]
    default: nil
    }
  }

  /// `value.name`: a method, an attribute, or else the item of that name; `missing` if there is none.
  func attribute(
    _ selector: Selector, missing: Value, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value {
    switch self {
    case .json(let view) where view.kind == .object:
      if selector.dict != nil { return boundMethod(selector) }
      if let found = view[selector.key] { return Value(found) }
      return selector.isInternal ? selector.forbidden : missing
    case .mapping(let mapping):
      if selector.dict != nil { return boundMethod(selector) }
      if let found = mapping.attribute(selector.name) { return found }
      if let found = mapping[selector.key] { return found }
      return selector.isInternal ? selector.forbidden : missing
    case .dict(let dict):
      if selector.dict != nil { return boundMethod(selector) }
      if selector.isInternal { return selector.forbidden }
      return dict[selector.name] ?? missing
    case .undefined(let reason):
      if selector.isInternal { return selector.forbidden }
      throw reason.error
    default:
      return try ownAttribute(selector, &evaluation) ?? missing
    }
  }

  /// An attribute or method of the value's type; nil if it has none.
  func ownAttribute(_ selector: Selector, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    if selector.isInternal { return selector.forbidden }
    switch self {
    case .object(let object): return try object.attribute(selector.name, &evaluation)
    case .mapping(let mapping):
      if let found = mapping.attribute(selector.name) { return found }
      return hasMethod(selector) ? boundMethod(selector) : nil
    case .date, .datetime, .timedelta, .duration:
      guard let time = selector.time, hasMember(time) else { return nil }
      return timeProperty(time) ?? boundMethod(selector)
    case .int, .bool, .bigInt, .float:
      guard let number = selector.number, hasMember(number) else { return nil }
      return numberProperty(number) ?? boundMethod(selector)
    default: return hasMethod(selector) ? boundMethod(selector) : nil
    }
  }

  func hasMethod(_ selector: Selector) -> Bool {
    switch self {
    case .string: selector.string.map { !$0.isOfMarkup } ?? false
    case .markup: selector.string != nil
    case .bytes: selector.bytes != nil
    case .list: selector.list != nil
    case .tuple: selector.tuple != nil
    case .dict, .mapping: selector.dict != nil
    case .json(let view): view.kind == .object ? selector.dict != nil : selector.list != nil
    case .int, .bool, .bigInt, .float: selector.number.map { hasMember($0) } ?? false
    case .date, .datetime, .timedelta, .duration: selector.time.map { hasMember($0) } ?? false
    default: false
    }
  }

  private func boundMethod(_ selector: Selector) -> Value {
    let value = self
    return .object(
      NativeFunction(name: "\(selector.name) of \(typeName) object", typeName: "built-in method", over: value) {
        (arguments, evaluation) throws(TemplateError) in try value.callMethod(selector, arguments, &evaluation)
      })
  }

  /// `value.name(…)`.
  func callMethod(
    _ selector: Selector, _ arguments: Arguments, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value {
    try evaluation.charge()
    switch self {
    case .string(let text):
      if let method = selector.string, !method.isOfMarkup {
        return try method.call(text, isMarkup: false, arguments, &evaluation)
      }
    case .markup(let text):
      if let method = selector.string { return try method.call(text, isMarkup: true, arguments, &evaluation) }
    case .bytes(let bytes):
      if let method = selector.bytes { return try method.call(bytes, arguments, &evaluation) }
    case .dict, .mapping:
      if let method = selector.dict { return try method.call(self, arguments, &evaluation) }
    case .json(let view):
      if view.kind == .object {
        if let method = selector.dict { return try method.call(self, arguments, &evaluation) }
      } else if let method = selector.list {
        return try method.call(self, arguments, &evaluation)
      }
    case .list:
      if let method = selector.list { return try method.call(self, arguments, &evaluation) }
    case .tuple(let tuple):
      if let method = selector.tuple { return try method.call(tuple.items, arguments, &evaluation) }
    case .int, .bool, .bigInt, .float:
      if let method = selector.number, hasMember(method), numberProperty(method) == nil {
        try evaluation.charge(bits: bits, by: 64)
        return try callMember(method, arguments)
      }
    case .date, .datetime, .timedelta, .duration:
      if let member = selector.time, hasMember(member), timeProperty(member) == nil {
        for case .string(let text) in arguments.positional { try evaluation.charge(text: text.utf8.count) }
        return try callMember(member, arguments)
      }
    default: break
    }
    let missing = Value.undefined("A value of type \(typeName) has no attribute '\(selector.name)'")
    return try attribute(selector, missing: missing, &evaluation).call(arguments, &evaluation)
  }

  /// `value(…)`.
  package func call(_ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    switch self {
    case .object(let object):
      try evaluation.charge()
      let result = try object.call(arguments, &evaluation)
      return try evaluation.checkDepth(result)
    case .undefined(let reason): throw reason.error
    default: throw TemplateError(.type, "A value of type \(typeName) cannot be called")
    }
  }

  /// `value[key]`: the item, or else the attribute of that name; `missing` where there is neither.
  func item(_ key: Value, missing: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    switch self {
    case .dict, .mapping: if let found = try mappingItem(key, &evaluation) { return found }
    case .json(let view):
      if view.kind == .object {
        if let found = try mappingItem(key, &evaluation) { return found }
      } else if let place = Value.place(key, view.count), let found = view[place] {
        return Value(found)
      }
    case .list(let list): if let place = Value.place(key, list.items.count) { return list.items[place] }
    case .tuple(let items): if let place = Value.place(key, items.count) { return items[place] }
    case .string(let text): if let found = try Value.character(text, key, &evaluation) { return .string(found) }
    case .markup(let text): if let found = try Value.character(text, key, &evaluation) { return .markup(found) }
    case .bytes(let bytes): if let place = Value.place(key, bytes.count) { return .int(Int(bytes[place])) }
    case .object(let object): if let found = try object.item(key, &evaluation) { return found }
    case .undefined(let reason): throw reason.error
    default: break
    }
    guard let name = key.text else { return missing }
    return try ownAttribute(Selector(name), &evaluation) ?? missing
  }

  private static func character(
    _ text: String, _ key: Value, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> String? {
    guard key.int != nil else { return nil }
    try evaluation.charge(looking: text.utf8.count)
    let scalars = text.unicodeScalars
    guard let place = place(key, scalars.count) else { return nil }
    return String(scalars[scalars.index(scalars.startIndex, offsetBy: place)])
  }

  /// The place that an index means in a sequence of `count` elements.
  static func place(_ key: Value, _ count: Int) -> Int? {
    guard let index = key.int else { return nil }
    let place = index < 0 ? index &+ count : index
    return place >= 0 && place < count ? place : nil
  }

  /// `value[a:b:c]`.
  func slice(_ bounds: SliceBounds, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    switch self {
    case .string(let text): return .string(try Value.slice(text, bounds, &evaluation))
    case .markup(let text): return .markup(try Value.slice(text, bounds, &evaluation))
    case .tuple(let tuple):
      try evaluation.charge(list: tuple.count)
      return .tuple(try bounds.places(in: tuple.count).map { tuple[$0] })
    case .bytes(let bytes):
      try evaluation.charge(text: bytes.count)
      return .bytes(try bounds.places(in: bytes.count).map { bytes[$0] })
    case .undefined(let reason): throw reason.error
    default: break
    }
    guard let items = try listItems(&evaluation) else {
      throw TemplateError(.type, "A value of type \(typeName) cannot be sliced")
    }
    try evaluation.charge(list: items.count)
    return .list(ListObject(try bounds.places(in: items.count).map { items[$0] }))
  }

  private static func slice(
    _ text: String, _ bounds: SliceBounds, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> String {
    try evaluation.charge(text: text.utf8.count)
    let scalars = Array(text.unicodeScalars)
    return String(try bounds.places(in: scalars.count).map { scalars[$0] })
  }
}
