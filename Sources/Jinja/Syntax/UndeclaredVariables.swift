/// Finds the names that a template takes from its context, as `jinja2.meta.find_undeclared_variables` does: each frame of the
/// template (its top, loops, macros, blocks) keeps how a name gets its value, and those that ask the context count.
struct UndeclaredVariables {
  private let globals: Set<String>
  private var found: Set<String> = []

  init(globals: Set<String>) { self.globals = globals }

  mutating func find(in statements: [Statement]) -> Set<String> {
    let top = FrameNames(parent: nil)
    if NameWalk.firstRead(of: ["self"], in: statements).contains("self") { top.declare("self") }
    top.visit(statements)
    enter(top)
    walk(statements, in: top)
    walkBlocks(statements)
    return found
  }

  private mutating func enter(_ frame: FrameNames) {
    for case (_, .resolve(let name)) in frame.loads where !globals.contains(name) { found.insert(name) }
  }

  private mutating func frame(in parent: FrameNames, _ statements: [Statement], _ fill: (FrameNames) -> Void = { _ in }) {
    let frame = FrameNames(parent: parent)
    fill(frame)
    frame.visit(statements)
    enter(frame)
    walk(statements, in: frame)
  }

  private mutating func walk(_ statements: [Statement], in frame: FrameNames) {
    for statement in statements {
      switch statement.kind {
      case .output, .assign, .block, .loading: break
      case .conditional(let branches, let otherwise):
        for branch in branches { walk(branch.body, in: frame) }
        walk(otherwise, in: frame)
      case .loop(let loop): walk(loop, in: frame)
      case .assignBlock(_, _, let body): self.frame(in: frame, body)
      case .with(let bindings, let body):
        self.frame(in: frame, body) { inner in
          for binding in bindings { binding.target.forEachName { inner.declare($0) } }
        }
      case .macro(_, let parameters, let body), .callBlock(_, let parameters, let body):
        let specials = NameWalk.firstRead(of: ["caller", "kwargs", "varargs"], in: body)
        self.frame(in: frame, body) { inner in
          for parameter in parameters { inner.declare(parameter.name) }
          for parameter in parameters { parameter.standard.map(inner.read) }
          // The names are analysed before the special ones are declared, which then replace what was found.
          let known = Set(parameters.map(\.name))
          inner.visit(body)
          for name in specials where !known.contains(name) { inner.declare(name) }
        }
      case .filterBlock(let filter, let body):
        self.frame(in: frame, body) { $0.readAfter = filter }
      case .autoescape(let condition, let body):
        self.frame(in: frame, body) { $0.read(condition) }
      }
    }
  }

  private mutating func walk(_ loop: LoopSyntax, in frame: FrameNames) {
    let usesLoop = loop.isRecursive || NameWalk.firstRead(of: ["loop"], in: loop.body).contains("loop")
    if let test = loop.test {
      let inner = FrameNames(parent: frame)
      loop.target.forEachName { inner.declare($0) }
      inner.read(test)
      enter(inner)
    }
    self.frame(in: frame, loop.body) { inner in
      if usesLoop { inner.declare("loop") }
      loop.target.forEachName { inner.declare($0) }
    }
    if !loop.otherwise.isEmpty { self.frame(in: frame, loop.otherwise) }
  }

  /// Blocks are independent of what is around them.
  private mutating func walkBlocks(_ statements: [Statement]) {
    for statement in statements {
      switch statement.kind {
      case .block(_, _, let body):
        let frame = FrameNames(parent: nil)
        for name in NameWalk.firstRead(of: ["self", "super"], in: body) { frame.declare(name) }
        frame.visit(body)
        enter(frame)
        walk(body, in: frame)
        walkBlocks(body)
      case .conditional(let branches, let otherwise):
        for branch in branches { walkBlocks(branch.body) }
        walkBlocks(otherwise)
      case .loop(let loop):
        walkBlocks(loop.body)
        walkBlocks(loop.otherwise)
      case .assignBlock(_, _, let body), .with(_, let body), .macro(_, _, let body), .callBlock(_, _, let body),
        .filterBlock(_, let body), .autoescape(_, let body):
        walkBlocks(body)
      case .output, .assign, .loading: break
      }
    }
  }
}

/// How the names of one frame get their values.
private final class FrameNames {
  enum Load {
    case parameter, undefined, alias
    case resolve(String)
  }

  let parent: FrameNames?
  /// The frame of which this one is a branch, whose names are also its own; what it holds itself is what the branch adds.
  private let base: FrameNames?
  private var references: Set<String> = []
  private(set) var loads: [String: Load] = [:]
  private var stores: Set<String> = []
  /// An expression that is visited after the frame's statements.
  var readAfter: Expression?

  init(parent: FrameNames?) {
    self.parent = parent
    base = nil
  }

  private init(branchOf base: FrameNames) {
    parent = base.parent
    self.base = base
  }

  private func knows(_ name: String) -> Bool {
    refers(to: name) || parent?.knows(name) ?? false
  }

  private func refers(to name: String) -> Bool { references.contains(name) || base?.refers(to: name) ?? false }

  private func isStored(_ name: String) -> Bool { stores.contains(name) || base?.isStored(name) ?? false }

  func declare(_ name: String) {
    stores.insert(name)
    references.insert(name)
    loads[name] = .parameter
  }

  private func store(_ name: String) {
    stores.insert(name)
    guard !refers(to: name) else { return }
    references.insert(name)
    loads[name] = parent?.knows(name) ?? false ? .alias : .undefined
  }

  func read(_ expression: Expression) {
    if case .name(let name) = expression.kind, !knows(name) {
      references.insert(name)
      loads[name] = .resolve(name)
    }
    Expression.forEachChild(of: expression.kind, read)
  }

  func visit(_ statements: [Statement]) {
    statements.forEach(visit)
    readAfter.map(read)
  }

  private func visit(_ statement: Statement) {
    switch statement.kind {
    case .output(let pieces):
      for case .expression(let expression) in pieces { read(expression) }
    case .conditional(let branches, let otherwise): visit(branches[...], otherwise)
    case .loop(let loop): read(loop.iterated)
    case .assign(let target, let value):
      read(value)
      bind(target)
    case .assignBlock(let target, _, _): bind(target)
    case .with(let bindings, _): for binding in bindings { read(binding.value) }
    case .macro(let name, _, _): store(name)
    case .callBlock(let call, _, _): read(call)
    case .filterBlock(let filter, _): read(filter)
    case .autoescape, .block: break
    case .loading(_, let template, let names):
      read(template)
      names.forEach(store)
    }
  }

  private func bind(_ target: Target) {
    switch target {
    case .name(let name): store(name)
    case .namespace(let name, _):
      if !knows(name) {
        references.insert(name)
        loads[name] = .resolve(name)
      }
    case .tuple(let parts): parts.forEach(bind)
    }
  }

  /// A name that only some branches bind may come from the context. Further branches are beside the first one, each with its test.
  private func visit(_ branches: ArraySlice<(test: Expression, body: [Statement])>, _ otherwise: [Statement]) {
    guard let first = branches.first else { return }
    read(first.test)
    let inFirst = FrameNames(branchOf: self)
    inFirst.visit(first.body)
    let inRest = FrameNames(branchOf: self)
    for branch in branches.dropFirst() { inRest.visit([branch], []) }
    let inOtherwise = FrameNames(branchOf: self)
    inOtherwise.visit(otherwise)
    update([inFirst, inRest, inOtherwise])
  }

  private func update(_ branches: [FrameNames]) {
    var fresh: Set<String> = []
    for branch in branches { fresh.formUnion(branch.stores.lazy.filter { !self.isStored($0) }) }
    for branch in branches {
      references.formUnion(branch.references)
      loads.merge(branch.loads) { _, new in new }
      stores.formUnion(branch.stores)
    }
    for name in fresh { loads[name] = parent?.knows(name) ?? false ? .alias : .resolve(name) }
  }
}
