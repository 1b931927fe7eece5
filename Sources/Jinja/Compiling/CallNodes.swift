import JSON

/// The arguments of a call, ready to be evaluated.
struct CallNodes: Sendable {
  var positional: [any Node] = []
  var keywords: [(name: String, value: any Node)] = []
  var unpackedList: (any Node)?
  var unpackedMapping: (any Node)?

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Arguments {
    var arguments = Arguments()
    if !positional.isEmpty {
      arguments.positional.reserveCapacity(positional.count)
      for node in positional { arguments.positional.append(try node.evaluate(&evaluation)) }
    }
    for (name, node) in keywords { arguments.keywords.append((name, try node.evaluate(&evaluation))) }
    if let unpackedList {
      let list = try unpackedList.evaluate(&evaluation)
      arguments.positional += try list.elements(&evaluation)
    }
    if let unpackedMapping {
      let mapping = try unpackedMapping.evaluate(&evaluation)
      guard let members = try mapping.members(&evaluation) else {
        if case .undefined(let reason) = mapping { throw reason.error }
        throw TemplateError(.type, "'**' expects a mapping, not a value of type \(mapping.typeName)")
      }
      let given = Set(arguments.keywords.map(\.name))
      for (key, value) in members {
        guard let name = key.text else { throw TemplateError(.type, "'**' expects a mapping with texts as keys") }
        guard !given.contains(name) else { throw TemplateError(.type, "The argument '\(name)' is given twice") }
        arguments.keywords.append((name, value))
      }
    }
    return arguments
  }
}

/// `function(…)`.
final class CallNode: Node {
  let position: TemplatePosition
  private let function: any Node
  private let arguments: CallNodes

  init(_ function: any Node, _ arguments: CallNodes, _ position: TemplatePosition) {
    self.function = function
    self.arguments = arguments
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    try evaluate(&evaluation, caller: nil)
  }

  /// The call, with what a call block passes as `caller`.
  func evaluate(_ evaluation: inout Evaluation, caller: Value?) throws(TemplateError) -> Value {
    let function = try function.evaluate(&evaluation)
    do throws(TemplateError) {
      var arguments = try arguments.evaluate(&evaluation)
      if let caller { arguments.keywords.append(("caller", caller)) }
      return try function.call(arguments, &evaluation)
    } catch {
      throw error.located(at: position)
    }
  }
}

/// `object.method(…)`, without making the method a value.
final class MethodCallNode: Node {
  let position: TemplatePosition
  private let attribute: AttributeNode
  private let arguments: CallNodes
  /// The key of `object.get('key')`.
  private let constantKey: Selector?

  init(_ attribute: AttributeNode, _ arguments: CallNodes, _ position: TemplatePosition) {
    self.attribute = attribute
    self.arguments = arguments
    if attribute.selector.dict == .get, arguments.keywords.isEmpty, arguments.unpackedList == nil,
      arguments.unpackedMapping == nil, arguments.positional.count <= 2,
      case .string(let key) = arguments.positional.first?.constant
    {
      constantKey = Selector(key)
    } else {
      constantKey = nil
    }
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let object = try attribute.object.evaluate(&evaluation)
    if let constantKey, let found = try get(constantKey, of: object, &evaluation) { return found }
    do throws(TemplateError) {
      if case .undefined(let reason) = object { throw reason.error }
      let arguments = try arguments.evaluate(&evaluation)
      if object.hasMethod(attribute.selector) { return try object.callMethod(attribute.selector, arguments, &evaluation) }
      let function = try attribute.attribute(of: object, &evaluation)
      return try function.call(arguments, &evaluation)
    } catch {
      throw error.located(at: position)
    }
  }

  private func get(
    _ key: Selector, of object: Value, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> Value? {
    let found: Value?
    switch object {
    case .json(let view):
      guard view.kind == .object else { return nil }
      found = view[key.key].map { Value($0) }
    case .mapping(let mapping): found = mapping[key.key]
    case .dict(let dict): found = dict[key.name]
    default: return nil
    }
    // The default is an argument like any other: it is evaluated whether or not it is needed.
    let standard = arguments.positional.count > 1 ? try arguments.positional[1].evaluate(&evaluation) : .none
    return found ?? standard
  }
}

/// `value|filter(…)`, and `value is test(…)` by a filter that gives what the test finds.
final class FilterNode: Node {
  let position: TemplatePosition
  private let operand: any Node
  private let filter: Environment.Filter
  private let arguments: CallNodes

  init(_ operand: any Node, _ filter: @escaping Environment.Filter, _ arguments: CallNodes, _ position: TemplatePosition) {
    self.operand = operand
    self.filter = filter
    self.arguments = arguments
    self.position = position
  }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let value = try operand.evaluate(&evaluation)
    do throws(TemplateError) {
      let arguments = try arguments.evaluate(&evaluation)
      try evaluation.charge()
      let result = try filter(value, arguments, &evaluation)
      return try evaluation.checkDepth(result)
    } catch {
      throw error.located(at: position)
    }
  }
}

/// What the body of a filter block or of a block assignment is, for the filters on it.
final class BlockTextNode: Node {
  let position: TemplatePosition
  static let symbol = Symbol(" block text")

  init(_ position: TemplatePosition) { self.position = position }

  func evaluate(_ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    evaluation.scope?.find(Self.symbol) ?? .string("")
  }
}
