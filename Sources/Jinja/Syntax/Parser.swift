import Python

/// Reads the tokens of a template into statements. Expressions are read in an extension beside it.
struct Parser {
  private let tokens: [Token]
  private var index = 0
  private var nesting = 0
  private var openTags: [String] = []

  init(_ source: String) throws(TemplateError) {
    var lexer = Lexer(source)
    tokens = try lexer.tokenize()
  }

  /// The whole template.
  mutating func parse() throws(TemplateError) -> [Statement] {
    try statements(until: [])
  }

  // MARK: Tokens

  var current: Token { tokens[min(index, tokens.count - 1)] }
  var next: Token { tokens[min(index + 1, tokens.count - 1)] }

  @discardableResult
  mutating func advance() -> Token {
    let token = current
    index += 1
    return token
  }

  func isName(_ name: String) -> Bool { current.kind == .name && current.text == name }
  func isOperator(_ operation: Token.Operator) -> Bool { current.kind == .op(operation) }

  mutating func skip(name: String) -> Bool {
    guard isName(name) else { return false }
    index += 1
    return true
  }

  mutating func skip(_ operation: Token.Operator) -> Bool {
    guard isOperator(operation) else { return false }
    index += 1
    return true
  }

  mutating func expect(_ operation: Token.Operator) throws(TemplateError) {
    guard skip(operation) else { throw unexpected("'\(operation.rawValue)'") }
  }

  mutating func expectName() throws(TemplateError) -> String {
    guard current.kind == .name else { throw unexpected("a name") }
    return advance().text
  }

  mutating func expect(name: String) throws(TemplateError) {
    guard skip(name: name) else { throw unexpected("'\(name)'") }
  }

  private mutating func expectBlockEnd() throws(TemplateError) {
    guard current.kind == .blockEnd else { throw unexpected("'%}'") }
    index += 1
  }

  func unexpected(_ wanted: String) -> TemplateError {
    TemplateError(.syntax, "Expected \(wanted), found \(current.summary)", at: current.position)
  }

  func failure(_ message: String, at position: TemplatePosition? = nil) -> TemplateError {
    TemplateError(.syntax, message, at: position ?? current.position)
  }

  /// Counts a level of nesting; to be paired with ``leave()`` where nothing is thrown.
  mutating func enter() throws(TemplateError) {
    nesting += 1
    if nesting > Limits.nesting {
      throw TemplateError(.limit, "The template is nested more than \(Limits.nesting) levels deep", at: current.position)
    }
  }

  mutating func leave() { nesting -= 1 }

  // MARK: Statements

  private mutating func statements(until ends: [String]) throws(TemplateError) -> [Statement] {
    try enter()
    defer { leave() }
    var body: [Statement] = []
    var pieces: [OutputPiece] = []
    var start = current.position

    func flush() {
      if !pieces.isEmpty { body.append(Statement(kind: .output(pieces), position: start)) }
      pieces = []
    }

    while current.kind != .end {
      if pieces.isEmpty { start = current.position }
      switch current.kind {
      case .data:
        pieces.append(.text(advance().text))
      case .variableBegin:
        advance()
        pieces.append(.expression(try tuple()))
        guard current.kind == .variableEnd else { throw unexpected("'}}'") }
        advance()
      case .blockBegin:
        flush()
        advance()
        if current.kind == .name, ends.contains(current.text) { return body }
        body.append(try statement(ends))
        try expectBlockEnd()
      default:
        throw unexpected("text or a tag")
      }
    }
    flush()
    if !ends.isEmpty {
      let tag = openTags.last.map { " '\($0)'" } ?? ""
      throw TemplateError(
        .syntax, "The template ends inside the tag\(tag): \(ends.joined(separator: " or ")) is missing", at: current.position,
        cause: openTags.last.map(TemplateError.Cause.openTag))
    }
    return body
  }

  /// A statement's body, from the end of its tag to one of `ends`, which becomes the current token.
  private mutating func body(until ends: String...) throws(TemplateError) -> [Statement] {
    _ = skip(.colon)
    try expectBlockEnd()
    return try statements(until: ends)
  }

  private mutating func closedBody(_ end: String) throws(TemplateError) -> [Statement] {
    let body = try body(until: end)
    advance()
    return body
  }

  private mutating func statement(_ ends: [String]) throws(TemplateError) -> Statement {
    let position = current.position
    guard current.kind == .name else { throw unexpected("the name of a tag") }
    let tag = current.text
    openTags.append(tag)
    defer { openTags.removeLast() }
    let kind: Statement.Kind
    switch tag {
    case "if": kind = try conditional()
    case "for": kind = try loop()
    case "set": kind = try assignment()
    case "with": kind = try with()
    case "macro": kind = try macro()
    case "call": kind = try callBlock()
    case "filter":
      advance()
      let filter = try filters(on: nil, startInline: true)
      guard let filter else { throw unexpected("a filter") }
      kind = .filterBlock(filter: filter, body: try closedBody("endfilter"))
    case "autoescape":
      advance()
      let condition = try expression()
      kind = .autoescape(condition, body: try closedBody("endautoescape"))
    case "print": kind = try printTag()
    case "block": kind = try block()
    case "extends", "include", "import", "from": kind = try loading(tag)
    default:
      let expected = ends.isEmpty ? "" : ". The open tag needs \(ends.joined(separator: " or "))"
      throw failure("Unknown tag '\(tag)'.\(expected)", at: position)
    }
    return Statement(kind: kind, position: position)
  }

  private mutating func conditional() throws(TemplateError) -> Statement.Kind {
    var branches: [(test: Expression, body: [Statement])] = []
    var otherwise: [Statement] = []
    repeat {
      advance()
      let test = try tuple(withConditional: false)
      branches.append((test, try body(until: "elif", "else", "endif")))
    } while isName("elif")
    if advance().text == "else" { otherwise = try closedBody("endif") }
    return .conditional(branches: branches, otherwise: otherwise)
  }

  private mutating func loop() throws(TemplateError) -> Statement.Kind {
    advance()
    let target = try self.target(endingBefore: "in")
    try expect(name: "in")
    let iterated = try tuple(withConditional: false, endingBefore: "recursive")
    let test = skip(name: "if") ? try expression() : nil
    let isRecursive = skip(name: "recursive")
    let main = try body(until: "endfor", "else")
    let otherwise = advance().text == "else" ? try closedBody("endfor") : []
    return .loop(
      LoopSyntax(
        target: target, iterated: iterated, test: test, isRecursive: isRecursive, body: main, otherwise: otherwise))
  }

  private mutating func assignment() throws(TemplateError) -> Statement.Kind {
    advance()
    let target = try self.target(withNamespace: true)
    if skip(.assign) { return .assign(target, try tuple()) }
    let filter = try filters(on: nil, startInline: false)
    return .assignBlock(target, filter: filter, body: try closedBody("endset"))
  }

  private mutating func with() throws(TemplateError) -> Statement.Kind {
    advance()
    var bindings: [(target: Target, value: Expression)] = []
    while current.kind != .blockEnd, current.kind != .end {
      if !bindings.isEmpty { try expect(.comma) }
      let target = try self.target()
      try expect(.assign)
      bindings.append((target, try expression()))
    }
    return .with(bindings, body: try closedBody("endwith"))
  }

  private mutating func macro() throws(TemplateError) -> Statement.Kind {
    advance()
    let name = try expectName()
    let parameters = try signature()
    return .macro(name: name, parameters: parameters, body: try closedBody("endmacro"))
  }

  private mutating func callBlock() throws(TemplateError) -> Statement.Kind {
    let position = advance().position
    let parameters = isOperator(.leftParenthesis) ? try signature() : []
    let call = try expression()
    guard case .call = call.kind else { throw failure("A call tag needs a call", at: position) }
    return .callBlock(call: call, parameters: parameters, body: try closedBody("endcall"))
  }

  private mutating func signature() throws(TemplateError) -> [ParameterSyntax] {
    var parameters: [ParameterSyntax] = []
    var names: Set<String> = []
    try expect(.leftParenthesis)
    while !isOperator(.rightParenthesis) {
      if !parameters.isEmpty { try expect(.comma) }
      let name = try expectName()
      var parameter = ParameterSyntax(name: name)
      if skip(.assign) {
        parameter.standard = try expression()
      } else if parameters.last?.standard != nil {
        throw failure("A parameter without a default follows one with a default")
      }
      if !names.insert(name).inserted { throw failure("The parameter '\(name)' appears twice") }
      parameters.append(parameter)
    }
    advance()
    return parameters
  }

  private mutating func printTag() throws(TemplateError) -> Statement.Kind {
    advance()
    var pieces: [OutputPiece] = []
    while current.kind != .blockEnd {
      if !pieces.isEmpty { try expect(.comma) }
      pieces.append(.expression(try expression()))
    }
    return .output(pieces)
  }

  private mutating func block() throws(TemplateError) -> Statement.Kind {
    advance()
    let name = try expectName()
    let isScoped = skip(name: "scoped")
    let isRequired = skip(name: "required")
    if isOperator(.subtract) { throw failure("A block's name cannot contain hyphens") }
    let body = try closedBody("endblock")
    if isRequired, !body.allSatisfy(\.isBlank) { throw failure("A required block can contain only white space") }
    _ = skip(name: name)
    return .block(name: name, isScoped: isScoped, body: body)
  }

  private mutating func loading(_ tag: String) throws(TemplateError) -> Statement.Kind {
    advance()
    let template = try expression()
    var names: [String] = []
    switch tag {
    case "import":
      try expect(name: "as")
      names.append(try expectName())
    case "from":
      try expect(name: "import")
      repeat {
        if isName("with") || isName("without"), next.text == "context" { break }
        let name = try expectName()
        if name.hasPrefix("_") { throw failure("A name with a leading underscore cannot be imported") }
        names.append(skip(name: "as") ? try expectName() : name)
      } while skip(.comma)
    case "include":
      if isName("ignore"), next.text == "missing" {
        advance()
        advance()
      }
    default: break
    }
    if tag != "extends", isName("with") || isName("without"), next.text == "context" {
      advance()
      advance()
    }
    return .loading(tag: tag, template: template, names: names)
  }
}

extension Statement {
  /// Whether it is only white space.
  fileprivate var isBlank: Bool {
    guard case .output(let pieces) = kind else { return false }
    return pieces.allSatisfy { piece in
      guard case .text(let text) = piece else { return false }
      return text.unicodeScalars.allSatisfy(\.isPythonSpace)
    }
  }
}
