/// `{% for %}`.
final class ForNode: StatementNode {
  fileprivate let target: TargetNode
  private let iterated: any Node
  fileprivate let test: (any Node)?
  private let body: [any StatementNode]
  private let otherwise: [any StatementNode]
  /// Whether the body asks for `loop`.
  private let usesLoop: Bool
  private let isRecursive: Bool
  private let depth: Int

  static let loopSymbol = Symbol("loop")

  init(
    target: TargetNode, iterated: any Node, test: (any Node)?, body: [any StatementNode], otherwise: [any StatementNode],
    usesLoop: Bool,
    isRecursive: Bool, depth: Int
  ) {
    self.target = target
    self.iterated = iterated
    self.test = test
    self.body = body
    self.otherwise = otherwise
    self.usesLoop = usesLoop
    self.isRecursive = isRecursive
    self.depth = depth
  }

  func execute(_ evaluation: inout Evaluation, _ output: inout String) throws(TemplateError) {
    let value = try iterated.evaluate(&evaluation)
    do throws(TemplateError) {
      if isRecursive {
        let text = try render(value, level: 0, in: evaluation.scope, &evaluation)
        output += text
        try evaluation.charge(text: output.utf8.count, adding: text.utf8.count)
      } else {
        try run(value, level: 0, &evaluation, &output)
      }
    } catch {
      throw error.located(at: iterated.position)
    }
  }

  /// The loop's text over `value`, for `loop(…)` inside a recursive one.
  fileprivate func render(
    _ value: Value, level: Int, in scope: Scope?, _ evaluation: inout Evaluation
  ) throws(TemplateError) -> String {
    try evaluation.nested(depth: depth) { (evaluation) throws(TemplateError) in
      let outer = evaluation.scope
      evaluation.scope = scope
      defer { evaluation.scope = outer }
      var text = ""
      try run(value, level: level, &evaluation, &text)
      return text
    }
  }

  private func run(
    _ value: Value, level: Int, _ evaluation: inout Evaluation, _ output: inout String
  ) throws(TemplateError) {
    let outer = evaluation.scope
    let turn = LoopTurns(self, try value.iterator(&evaluation), outer: outer)
    let loop = usesLoop || isRecursive ? LoopObject(turn, value: value, level: level, outer: outer) : nil
    defer { loop?.end() }
    var isEmpty = true
    try evaluation.scoped(in: outer) { (evaluation) throws(TemplateError) in
      while let item = try turn.next(&evaluation) {
        isEmpty = false
        evaluation.scope?.clear()
        if let loop {
          loop.advance(to: item)
          evaluation.scope?.set(ForNode.loopSymbol, .object(loop))
        }
        try target.bind(item, &evaluation)
        try body.execute(&evaluation, &output)
      }
    }
    if isEmpty, !otherwise.isEmpty {
      try evaluation.scoped(in: outer) { (evaluation) throws(TemplateError) in
        try otherwise.execute(&evaluation, &output)
      }
    }
  }
}

/// The items of a loop that pass its test, with a look at the next one.
private struct LoopTurns: Sendable {
  /// Items that were fetched before their turn, from `place` on.
  private struct Ahead {
    var items: [Value] = []
    var place = 0
  }

  let node: ForNode
  private let outer: Scope?
  // Apart from each other, since stepping on may run a part of the template that looks ahead.
  private let iterator: Confined<ValueIterator>
  private let ahead = Confined(Ahead())

  init(_ node: ForNode, _ iterator: ValueIterator, outer: Scope?) {
    self.node = node
    self.iterator = Confined(iterator)
    self.outer = outer
  }

  func next(_ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    guard ahead.state.place < ahead.state.items.count else { return try fetch(&evaluation) }
    ahead.state.place += 1
    return ahead.state.items[ahead.state.place - 1]
  }

  func peek(_ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    if ahead.state.place == ahead.state.items.count {
      guard let item = try fetch(&evaluation) else { return nil }
      ahead.state = Ahead(items: [item])
    }
    return ahead.state.items[ahead.state.place]
  }

  /// The number of items that are still to come.
  func countRest(_ evaluation: inout Evaluation) throws(TemplateError) -> Int {
    while let item = try fetch(&evaluation) {
      ahead.state.items.append(item)
      try evaluation.checkSize(list: ahead.state.items.count)
    }
    return ahead.state.items.count - ahead.state.place
  }

  private func fetch(_ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    guard let test = node.test else { return try iterator.state.next(&evaluation) }
    while let item = try iterator.state.next(&evaluation) {
      let passes = try evaluation.scoped(in: outer) { (evaluation) throws(TemplateError) in
        try node.target.bind(item, &evaluation)
        return try test.evaluate(&evaluation).isTruthy
      }
      if passes { return item }
    }
    return nil
  }
}

/// The `loop` of a loop's body.
private final class LoopObject: TemplateObject {
  private struct Turn {
    var index0 = -1
    var before: Value?
    var current: Value?
    var length: Int?
    var lastChanged: Value?
    var hasEnded = false
  }

  private let turns: LoopTurns
  private let value: Value
  private let level: Int
  private let outer: Scope?
  private let turn = Confined(Turn())

  init(_ turns: LoopTurns, value: Value, level: Int, outer: Scope?) {
    self.turns = turns
    self.value = value
    self.level = level
    self.outer = outer
  }

  var typeName: String { "LoopContext" }
  var isCallable: Bool { true }
  var depth: Int { value.depth + 1 }

  func advance(to item: Value) {
    turn.state.index0 += 1
    turn.state.before = turn.state.current
    turn.state.current = item
  }

  /// Lets go of what `changed` was given, which may hold the loop, and keeps nothing of it from now on.
  func end() {
    turn.state.hasEnded = true
    turn.state.lastChanged = nil
  }

  func count(_ evaluation: inout Evaluation) throws(TemplateError) -> Int? { try total(&evaluation) }

  func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    "<LoopContext \(turn.state.index0 + 1)/\(try total(&evaluation))>"
  }

  func attribute(_ name: String, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    let index0 = turn.state.index0
    switch name {
    case "index": return .int(index0 + 1)
    case "index0": return .int(index0)
    case "first": return .bool(index0 == 0)
    case "last": return .bool(try turns.peek(&evaluation) == nil)
    case "length": return .int(try total(&evaluation))
    case "revindex": return .int(try total(&evaluation) - index0)
    case "revindex0": return .int(try total(&evaluation) - index0 - 1)
    case "depth": return .int(level + 1)
    case "depth0": return .int(level)
    case "previtem": return turn.state.before ?? .undefined("There is no item before the first one")
    case "nextitem": return try turns.peek(&evaluation) ?? .undefined("There is no item after the last one")
    case "cycle":
      return .object(
        NativeFunction(name: "cycle", typeName: "bound method") { (arguments, _) throws(TemplateError) in
          guard !arguments.positional.isEmpty, arguments.keywords.isEmpty else {
            throw TemplateError(.type, "loop.cycle expects the items to go through")
          }
          return arguments.positional[index0 % arguments.positional.count]
        })
    case "changed":
      return .object(
        NativeFunction(name: "changed", typeName: "bound method", over: value) { (arguments, evaluation) throws(TemplateError) in
          let given = Value.tuple(arguments.positional)
          let last = self.turn.state.lastChanged
          let isSame = try last?.isEqual(to: given, &evaluation) ?? false
          if !self.turn.state.hasEnded { self.turn.state.lastChanged = given }
          return .bool(!isSame)
        })
    default: return nil
    }
  }

  func call(_ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    let value = try arguments.bound(to: ["iterable"], of: "loop", required: 1)[0] ?? .none
    guard turns.node.isRecursiveLoop else { throw TemplateError(.type, "Only a loop marked recursive can be called") }
    let text = try turns.node.render(value, level: level + 1, in: outer, &evaluation)
    return evaluation.blockValue(text)
  }

  private func total(_ evaluation: inout Evaluation) throws(TemplateError) -> Int {
    if let length = turn.state.length { return length }
    let total = try turns.countRest(&evaluation) + turn.state.index0 + 1
    turn.state.length = total
    return total
  }
}

extension ForNode {
  fileprivate var isRecursiveLoop: Bool { isRecursive }
}
