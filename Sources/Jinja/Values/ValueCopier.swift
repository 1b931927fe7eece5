import JSON
import OrderedCollections

/// Makes copies of values for one evaluation, so that it can change them. What is in two places is one copy, as it was.
///
/// Mappings that are more than their members (slices, headers) stay as they are, and read only.
struct ValueCopier {
  private var copies: [ObjectIdentifier: Value] = [:]

  /// Throws a limit error for a value that is nested too deep or too large.
  mutating func copy(
    _ value: Value, depth: Int = 0, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value {
    try evaluation.checkDepth(depth)
    switch value {
    case .list(let list):
      return try once(list) { (copier) throws(TemplateError) in try copier.list(list.items, depth, &evaluation) }
    case .dict(let dict):
      return try once(dict) { (copier) throws(TemplateError) in
        try copier.dict(dict.storage.lazy.map { ($0.key, $0.value) }, depth, &evaluation)
      }
    case .mapping(let mapping) where mapping.isPlain:
      return try once(mapping) { (copier) throws(TemplateError) in
        try copier.dict(mapping.keys.map { (DictKey(string: $0), mapping[$0] ?? .none) }, depth, &evaluation)
      }
    case .tuple(let tuple) where tuple.depth > 1:
      return try once(tuple) { (copier) throws(TemplateError) in
        var items: [Value] = []
        for item in tuple { items.append(try copier.copy(item, depth: depth + 1, &evaluation)) }
        return .tuple(items)
      }
    case .json(let view) where view.kind == .array:
      return try list(Value.elements(of: view), depth, &evaluation)
    case .json(let view):
      var members: [(DictKey, Value)] = []
      view.forEachMember { members.append((DictKey(string: $0), Value($1))) }
      return try dict(members, depth, &evaluation)
    default: return value
    }
  }

  private mutating func once(
    _ object: AnyObject, _ make: (inout ValueCopier) throws(TemplateError) -> Value
  ) throws(TemplateError) -> Value {
    let identity = ObjectIdentifier(object)
    if let known = copies[identity] { return known }
    let copy = try make(&self)
    copies[identity] = copy
    return copy
  }

  private mutating func list(
    _ items: [Value], _ depth: Int, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value {
    try evaluation.charge(list: items.count)
    var copies: [Value] = []
    copies.reserveCapacity(items.count)
    for item in items { copies.append(try copy(item, depth: depth + 1, &evaluation)) }
    return .list(ListObject(copies))
  }

  private mutating func dict(
    _ members: some Collection<(DictKey, Value)>, _ depth: Int, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value {
    try evaluation.charge(list: members.count)
    try evaluation.charge(members.count)
    var copies = OrderedDictionary<DictKey, Value>(minimumCapacity: members.count)
    for (key, value) in members { copies[key] = try copy(value, depth: depth + 1, &evaluation) }
    return .dict(DictObject(copies))
  }
}
