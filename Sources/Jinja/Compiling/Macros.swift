/// The names a macro gets besides its parameters, where its body asks for them.
struct MacroSpecials: Sendable {
  var caller = false
  var keywords = false
  var positional = false
}

/// A macro or the body of a call block, compiled.
final class MacroDefinition: Sendable {
  let name: String?
  let parameters: [(symbol: Symbol, name: String, standard: (any Node)?)]
  let body: [any StatementNode]
  let specials: MacroSpecials
  let depth: Int

  static let caller = Symbol("caller")
  static let keywords = Symbol("kwargs")
  static let positional = Symbol("varargs")

  init(
    name: String?, parameters: [(symbol: Symbol, name: String, standard: (any Node)?)], body: [any StatementNode],
    specials: MacroSpecials, depth: Int
  ) {
    self.name = name
    self.parameters = parameters
    self.body = body
    self.specials = specials
    self.depth = depth
  }
}

/// A macro and the scope that it was made in.
final class Macro: TemplateObject {
  private let definition: MacroDefinition
  private let scope: Scope?

  init(_ definition: MacroDefinition, scope: Scope?) {
    self.definition = definition
    self.scope = scope
  }

  var typeName: String { "Macro" }
  var isCallable: Bool { true }

  func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    "<Macro \(definition.name.map { "'\($0)'" } ?? "anonymous")>"
  }

  func attribute(_ name: String, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    switch name {
    case "name": definition.name.map { .string($0) } ?? Value.none
    case "arguments": .tuple(definition.parameters.map { .string($0.name) })
    case "catch_kwargs": .bool(definition.specials.keywords)
    case "catch_varargs": .bool(definition.specials.positional)
    case "caller": .bool(definition.specials.caller)
    default: nil
    }
  }

  func call(_ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    try evaluation.nested(depth: definition.depth) { (evaluation) throws(TemplateError) in
      let outer = evaluation.scope
      defer { evaluation.scope = outer }
      evaluation.scope = scope
      return try evaluation.scoped(in: scope) { (evaluation) throws(TemplateError) in
        try bind(arguments, &evaluation)
        var text = ""
        try definition.body.execute(&evaluation, &text)
        return evaluation.blockValue(text)
      }
    }
  }

  private func bind(_ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) {
    let name = definition.name ?? "caller"
    var keywords = arguments.keywords
    let parameters = definition.parameters
    for (place, parameter) in parameters.enumerated() {
      try evaluation.charge(reading: keywords.count)
      var value: Value?
      if place < arguments.positional.count {
        value = arguments.positional[place]
      } else if let given = keywords.firstIndex(where: { $0.name == parameter.name }) {
        value = keywords.remove(at: given).value
      }
      if value == nil, let standard = parameter.standard { value = try standard.evaluate(&evaluation) }
      evaluation.scope?.set(
        parameter.symbol, value ?? .undefined("The parameter '\(parameter.name)' of '\(name)' is not given"))
    }
    if definition.specials.caller, !parameters.contains(where: { $0.name == "caller" }) {
      let given = keywords.firstIndex { $0.name == "caller" }
      let caller = given.map { keywords.remove(at: $0).value } ?? Value.none
      evaluation.scope?.set(MacroDefinition.caller, caller.isNone ? .undefined("There is no caller") : caller)
    }
    if definition.specials.keywords {
      let dict = DictObject()
      for (name, value) in keywords { try dict.set(DictKey(string: name), value, &evaluation) }
      evaluation.scope?.set(MacroDefinition.keywords, .dict(dict))
    } else if let extra = keywords.first {
      throw TemplateError(.type, "The macro '\(name)' has no parameter '\(extra.name)'")
    }
    if definition.specials.positional {
      evaluation.scope?.set(MacroDefinition.positional, .tuple(Array(arguments.positional.dropFirst(parameters.count))))
    } else if arguments.positional.count > parameters.count {
      throw TemplateError(.type, "The macro '\(name)' takes at most \(parameters.count) arguments")
    }
  }
}

final class MacroNode: StatementNode {
  private let symbol: Symbol
  private let definition: MacroDefinition

  init(_ symbol: Symbol, _ definition: MacroDefinition) {
    self.symbol = symbol
    self.definition = definition
  }

  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError) {
    evaluation.scope?.set(symbol, .object(Macro(definition, scope: evaluation.scope)))
  }
}

/// `{% call %}`: its body is the `caller` of the macro it calls.
final class CallBlockNode: StatementNode {
  private let call: CallNode
  private let definition: MacroDefinition

  init(_ call: CallNode, _ definition: MacroDefinition) {
    self.call = call
    self.definition = definition
  }

  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError) {
    let caller = Value.object(Macro(definition, scope: evaluation.scope))
    let value = try call.evaluate(&evaluation, caller: caller)
    let text = evaluation.isEscaping ? try value.escaped(&evaluation) : try value.text(&evaluation)
    try evaluation.charge(text: output.utf8.count + text.utf8.count, adding: text.utf8.count)
    output += text
  }
}
