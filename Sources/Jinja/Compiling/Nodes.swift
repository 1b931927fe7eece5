import JSON
import OrderedCollections

/// An expression ready to be evaluated.
///
/// Nodes are immutable once compiled, so that one template serves many evaluations at once.
protocol Node: AnyObject, Sendable {
  var position: TemplatePosition { get }
  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value
  /// The value where it is the same in each evaluation and cannot be changed.
  var constant: Value? { get }
}

extension Node {
  var constant: Value? { nil }
}

final class ConstantNode: Node {
  let position: TemplatePosition
  private let value: Value

  init(_ value: Value, _ position: TemplatePosition) {
    self.value = value
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value { value }
  var constant: Value? { value }
}

/// A variable that the template never binds itself.
final class VariableNode: Node {
  let position: TemplatePosition
  let symbol: Symbol
  /// The global of that name, or the undefined value.
  private let fallback: Value

  init(_ symbol: Symbol, fallback: Value, _ position: TemplatePosition) {
    self.symbol = symbol
    self.fallback = fallback
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    evaluation.context[symbol] ?? fallback
  }
}

/// A variable that the template binds somewhere.
final class ScopedVariableNode: Node {
  let position: TemplatePosition
  private let symbol: Symbol
  private let fallback: Value

  init(_ symbol: Symbol, fallback: Value, _ position: TemplatePosition) {
    self.symbol = symbol
    self.fallback = fallback
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    evaluation.scope?.find(symbol) ?? evaluation.context[symbol] ?? fallback
  }
}

/// `object.name`.
final class AttributeNode: Node {
  let position: TemplatePosition
  let object: any Node
  let selector: Selector
  private let missing: Value
  /// The variable and key of `variable.name`, where a dict has no method of that name.
  private let member: (variable: Symbol, key: MemberKey)?

  init(_ object: any Node, _ name: String, path: String, _ position: TemplatePosition) {
    self.object = object
    selector = Selector(name)
    let isKey = selector.dict == nil && !selector.isInternal
    member = isKey ? (object as? VariableNode).map { ($0.symbol, MemberKey(name)) } : nil
    missing = .undefined("'\(path)' is undefined")
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    if let member, let found = evaluation.context.member(member.key, of: member.variable, dotted: true) { return found }
    let value = try object.evaluate(&evaluation)
    do throws(TemplateError) {
      return try attribute(of: value, &evaluation)
    } catch {
      throw error.located(at: position)
    }
  }

  @inline(__always)
  func attribute(of value: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    try value.attribute(selector, missing: missing, &evaluation)
  }
}

/// `object['name']` with a constant text.
final class KeyNode: Node {
  let position: TemplatePosition
  private let object: any Node
  /// Where `object` is a variable, which one.
  private let variable: Symbol?
  private let key: MemberKey
  private let missing: Value

  init(_ object: any Node, _ key: String, path: String, _ position: TemplatePosition) {
    self.object = object
    variable = (object as? VariableNode)?.symbol
    self.key = MemberKey(key)
    missing = .undefined("'\(path)' is undefined")
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    if let variable {
      if let found = evaluation.context.member(key, of: variable) { return found }
      return try item(of: try object.evaluate(&evaluation), &evaluation)
    }
    let value = try object.evaluate(&evaluation)
    if let found = value.member(key) { return found }
    return try item(of: value, &evaluation)
  }

  private func item(of value: Value, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    do throws(TemplateError) {
      return try value.item(.string(key.json.string), missing: missing, &evaluation)
    } catch {
      throw error.located(at: position)
    }
  }
}

/// `object[item]`.
final class ItemNode: Node {
  let position: TemplatePosition
  private let object: any Node
  private let item: any Node
  private let missing: Value

  init(_ object: any Node, _ item: any Node, path: String, _ position: TemplatePosition) {
    self.object = object
    self.item = item
    missing = .undefined("'\(path)' is undefined")
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let value = try object.evaluate(&evaluation)
    let key = try item.evaluate(&evaluation)
    do throws(TemplateError) {
      return try value.item(key, missing: missing, &evaluation)
    } catch {
      throw error.located(at: position)
    }
  }
}

/// `object[a:b:c]`.
final class SliceNode: Node {
  let position: TemplatePosition
  private let object: any Node
  private let start: (any Node)?
  private let stop: (any Node)?
  private let step: (any Node)?

  init(_ object: any Node, _ start: (any Node)?, _ stop: (any Node)?, _ step: (any Node)?, _ position: TemplatePosition) {
    self.object = object
    self.start = start
    self.stop = stop
    self.step = step
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let value = try object.evaluate(&evaluation)
    do throws(TemplateError) {
      if case .undefined(let reason) = value { throw reason.error }
      let bounds = SliceBounds(
        start: try bound(start, &evaluation), stop: try bound(stop, &evaluation), step: try bound(step, &evaluation))
      return try value.slice(bounds, &evaluation)
    } catch {
      throw error.located(at: position)
    }
  }

  private func bound(_ node: (any Node)?, _ evaluation: inout Evaluation) throws(TemplateError) -> Int? {
    guard let value = try node?.evaluate(&evaluation), !value.isNone else { return nil }
    if case .undefined = value { throw TemplateError(.type, "The bounds of a slice must be integers") }
    return try value.index(for: "A slice")
  }
}

final class ListNode: Node {
  let position: TemplatePosition
  private let items: [any Node]
  private let isTuple: Bool

  init(_ items: [any Node], isTuple: Bool, _ position: TemplatePosition) {
    self.items = items
    self.isTuple = isTuple
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    var values: [Value] = []
    values.reserveCapacity(items.count)
    for item in items { values.append(try item.evaluate(&evaluation)) }
    return try evaluation.checkDepth(isTuple ? .tuple(values) : .list(ListObject(values)))
  }
}

final class DictNode: Node {
  let position: TemplatePosition
  private let items: [(key: any Node, value: any Node)]

  init(_ items: [(key: any Node, value: any Node)], _ position: TemplatePosition) {
    self.items = items
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    var members = OrderedDictionary<DictKey, Value>(minimumCapacity: items.count)
    for (key, value) in items {
      let key = try key.evaluate(&evaluation)
      let value = try value.evaluate(&evaluation)
      do throws(TemplateError) {
        members[try evaluation.key(key)] = value
      } catch {
        throw error.located(at: position)
      }
    }
    return try evaluation.checkDepth(.dict(DictObject(members)))
  }
}
