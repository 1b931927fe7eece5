extension Parser {
  /// An expression, with inline conditions.
  mutating func expression() throws(TemplateError) -> Expression {
    try enter()
    defer { leave() }
    var result = try or()
    while isName("if") {
      let position = advance().position
      let test = try or()
      let otherwise = skip(name: "else") ? try expression() : nil
      result = try Expression(.conditional(test: test, then: result, otherwise: otherwise), at: position)
    }
    return result
  }

  /// One expression, or several by commas, which make a tuple.
  mutating func tuple(
    withConditional: Bool = true, endingBefore end: String? = nil, inParentheses: Bool = false
  ) throws(TemplateError) -> Expression {
    let position = current.position
    var items: [Expression] = []
    var isTuple = false
    while true {
      if !items.isEmpty { try expect(.comma) }
      if isTupleEnd(end) { break }
      items.append(withConditional ? try expression() : try or())
      guard isOperator(.comma) else { break }
      isTuple = true
    }
    if !isTuple {
      if let only = items.first { return only }
      if !inParentheses { throw unexpected("an expression") }
    }
    return try Expression(.tuple(items), at: position)
  }

  private func isTupleEnd(_ end: String?) -> Bool {
    switch current.kind {
    case .variableEnd, .blockEnd, .op(.rightParenthesis): true
    default: end.map(isName) ?? false
    }
  }

  /// What an assignment binds: names, tuples of names, and where allowed an attribute of a namespace.
  mutating func target(endingBefore end: String? = nil, withNamespace: Bool = false) throws(TemplateError) -> Target {
    var parts: [Target] = []
    var isTuple = false
    while true {
      if !parts.isEmpty { try expect(.comma) }
      if isTupleEnd(end) { break }
      parts.append(try singleTarget(withNamespace: withNamespace))
      guard isOperator(.comma) else { break }
      isTuple = true
    }
    if !isTuple {
      guard let only = parts.first else { throw unexpected("a name to assign to") }
      return only
    }
    return .tuple(parts)
  }

  private mutating func singleTarget(withNamespace: Bool) throws(TemplateError) -> Target {
    if isOperator(.leftParenthesis) {
      try enter()
      defer { leave() }
      advance()
      var parts: [Target] = []
      var isTuple = isOperator(.rightParenthesis)
      while !isOperator(.rightParenthesis) {
        parts.append(try singleTarget(withNamespace: false))
        guard skip(.comma) else { break }
        isTuple = true
      }
      try expect(.rightParenthesis)
      return isTuple ? .tuple(parts) : parts.first ?? .tuple([])
    }
    guard current.kind == .name else { throw unexpected("a name to assign to") }
    let token = advance()
    if ["true", "false", "none", "True", "False", "None"].contains(token.text) {
      throw failure("'\(token.text)' cannot be assigned to", at: token.position)
    }
    if withNamespace, skip(.dot) { return .namespace(token.text, attribute: try expectName()) }
    return .name(token.text)
  }

  // MARK: Operators, from the loosest to the tightest

  private mutating func or() throws(TemplateError) -> Expression {
    var left = try and()
    while isName("or") {
      let position = advance().position
      left = try Expression(.or(left, try and()), at: position)
    }
    return left
  }

  private mutating func and() throws(TemplateError) -> Expression {
    var left = try not()
    while isName("and") {
      let position = advance().position
      left = try Expression(.and(left, try not()), at: position)
    }
    return left
  }

  private mutating func not() throws(TemplateError) -> Expression {
    guard isName("not") else { return try comparison() }
    try enter()
    defer { leave() }
    let position = advance().position
    return try Expression(.not(try not()), at: position)
  }

  private mutating func comparison() throws(TemplateError) -> Expression {
    let first = try sum()
    let position = current.position
    var rest: [(operation: Comparison, operand: Expression)] = []
    while let operation = comparisonOperator() { rest.append((operation, try sum())) }
    return rest.isEmpty ? first : try Expression(.compare(first, rest), at: position)
  }

  private mutating func comparisonOperator() -> Comparison? {
    if skip(name: "in") { return .contained }
    if isName("not"), next.kind == .name, next.text == "in" {
      advance()
      advance()
      return .notContained
    }
    guard case .op(let token) = current.kind, let comparison = Comparison(rawValue: token.rawValue) else { return nil }
    advance()
    return comparison
  }

  private mutating func sum() throws(TemplateError) -> Expression {
    var left = try concatenation()
    while isOperator(.add) || isOperator(.subtract) {
      let token = advance()
      let operation: BinaryOperator = token.kind == .op(.add) ? .add : .subtract
      left = try Expression(.binary(operation, left, try concatenation()), at: token.position)
    }
    return left
  }

  private mutating func concatenation() throws(TemplateError) -> Expression {
    let first = try product()
    guard isOperator(.tilde) else { return first }
    let position = current.position
    var parts = [first]
    while skip(.tilde) { parts.append(try product()) }
    return try Expression(.concatenation(parts), at: position)
  }

  private mutating func product() throws(TemplateError) -> Expression {
    var left = try power()
    while case .op(let token) = current.kind, let operation = BinaryOperator(rawValue: token.rawValue),
      operation == .multiply || operation == .divide || operation == .floorDivide || operation == .modulo
    {
      let position = advance().position
      left = try Expression(.binary(operation, left, try power()), at: position)
    }
    return left
  }

  /// Powers group to the left here, unlike in Python.
  private mutating func power() throws(TemplateError) -> Expression {
    var left = try unary()
    while isOperator(.power) {
      let position = advance().position
      left = try Expression(.binary(.power, left, try unary()), at: position)
    }
    return left
  }

  private mutating func unary(withFilters: Bool = true) throws(TemplateError) -> Expression {
    var node: Expression
    if isOperator(.subtract) || isOperator(.add) {
      try enter()
      defer { leave() }
      let token = advance()
      let operation: UnaryOperator = token.kind == .op(.subtract) ? .negate : .plus
      node = try Expression(.unary(operation, try unary(withFilters: false)), at: token.position)
    } else {
      node = try primary()
    }
    node = try postfix(node)
    return withFilters ? try filtersAndTests(on: node) : node
  }

  private mutating func primary() throws(TemplateError) -> Expression {
    let token = current
    switch token.kind {
    case .name:
      advance()
      switch token.text {
      case "true", "True": return try Expression(.constant(.bool(true)), at: token.position)
      case "false", "False": return try Expression(.constant(.bool(false)), at: token.position)
      case "none", "None": return try Expression(.constant(.none), at: token.position)
      default: return try Expression(.name(token.text), at: token.position)
      }
    case .string:
      var text = advance().text
      while current.kind == .string { text += advance().text }
      return try Expression(.constant(.string(text)), at: token.position)
    case .number:
      advance()
      return try Expression(.constant(token.number ?? .none), at: token.position)
    case .op(.leftParenthesis):
      advance()
      let inner = try tuple(inParentheses: true)
      try expect(.rightParenthesis)
      return inner
    case .op(.leftBracket): return try list()
    case .op(.leftBrace): return try dict()
    default: throw unexpected("an expression")
    }
  }

  private mutating func list() throws(TemplateError) -> Expression {
    let position = advance().position
    var items: [Expression] = []
    while !isOperator(.rightBracket) {
      if !items.isEmpty { try expect(.comma) }
      if isOperator(.rightBracket) { break }
      items.append(try expression())
    }
    advance()
    return try Expression(.list(items), at: position)
  }

  private mutating func dict() throws(TemplateError) -> Expression {
    let position = advance().position
    var items: [(key: Expression, value: Expression)] = []
    while !isOperator(.rightBrace) {
      if !items.isEmpty { try expect(.comma) }
      if isOperator(.rightBrace) { break }
      let key = try expression()
      try expect(.colon)
      items.append((key, try expression()))
    }
    advance()
    return try Expression(.dict(items), at: position)
  }

  // MARK: What follows an operand

  private mutating func postfix(_ start: Expression) throws(TemplateError) -> Expression {
    var node = start
    while true {
      switch current.kind {
      case .op(.dot): node = try attribute(of: node)
      case .op(.leftBracket): node = try subscripted(node)
      case .op(.leftParenthesis):
        let position = current.position
        node = try Expression(.call(node, try arguments()), at: position)
      default: return node
      }
    }
  }

  private mutating func filtersAndTests(on start: Expression) throws(TemplateError) -> Expression {
    var node = start
    while true {
      if isOperator(.pipe) {
        node = try filters(on: node, startInline: false) ?? node
      } else if isName("is") {
        node = try test(node)
      } else if isOperator(.leftParenthesis) {
        let position = current.position
        node = try Expression(.call(node, try arguments()), at: position)
      } else {
        return node
      }
    }
  }

  private mutating func attribute(of node: Expression) throws(TemplateError) -> Expression {
    let position = advance().position
    let token = advance()
    switch token.kind {
    case .name: return try Expression(.attribute(node, token.text), at: position)
    case .number:
      guard let number = token.number, !number.isFloat else { break }
      return try Expression(.item(node, try Expression(.constant(number), at: token.position)), at: position)
    default: break
    }
    throw failure("Expected a name or a number after the dot, found \(token.summary)", at: token.position)
  }

  private mutating func subscripted(_ node: Expression) throws(TemplateError) -> Expression {
    let position = advance().position
    var items: [Expression] = []
    while !isOperator(.rightBracket) {
      if !items.isEmpty { try expect(.comma) }
      items.append(try subscriptItem())
    }
    advance()
    if items.count == 1, let only = items.first { return try Expression(.item(node, only), at: position) }
    return try Expression(.item(node, try Expression(.tuple(items), at: position)), at: position)
  }

  private mutating func subscriptItem() throws(TemplateError) -> Expression {
    let position = current.position
    var start: Expression?
    if !isOperator(.colon) {
      start = try expression()
      if !isOperator(.colon), let start { return start }
    }
    advance()
    let ends: [Token.Operator] = [.rightBracket, .comma]
    var stop: Expression?
    var step: Expression?
    if !isOperator(.colon), !ends.contains(where: isOperator) { stop = try expression() }
    if skip(.colon), !ends.contains(where: isOperator) { step = try expression() }
    return try Expression(.slice(start, stop, step), at: position)
  }

  private mutating func arguments() throws(TemplateError) -> CallSyntax {
    let position = current.position
    try expect(.leftParenthesis)
    var call = CallSyntax()
    var names: Set<String> = []
    var needsComma = false
    while !isOperator(.rightParenthesis) {
      if needsComma {
        try expect(.comma)
        if isOperator(.rightParenthesis) { break }
      }
      needsComma = true
      var isAllowed = call.unpackedMapping == nil
      if skip(.multiply) {
        isAllowed = isAllowed && call.unpackedList == nil
        call.unpackedList = try expression()
      } else if skip(.power) {
        call.unpackedMapping = try expression()
      } else if current.kind == .name, next.kind == .op(.assign) {
        let name = advance().text
        advance()
        let isNew = names.insert(name).inserted
        isAllowed = isAllowed && isNew
        call.keywords.append((name, try expression()))
      } else {
        isAllowed = isAllowed && call.unpackedList == nil && call.keywords.isEmpty
        call.positional.append(try expression())
      }
      if !isAllowed { throw failure("The arguments of a call are in the wrong order or repeated", at: position) }
    }
    advance()
    return call
  }

  /// The filters that follow, each by a pipe; with `startInline` the first one comes without.
  mutating func filters(on start: Expression?, startInline: Bool) throws(TemplateError) -> Expression? {
    var node = start
    var inline = startInline
    while inline || isOperator(.pipe) {
      if !inline { advance() }
      inline = false
      let position = current.position
      let name = try dottedName()
      let call = isOperator(.leftParenthesis) ? try arguments() : CallSyntax()
      node = try Expression(.filter(node, name, call), at: position)
    }
    return node
  }

  private mutating func dottedName() throws(TemplateError) -> String {
    var name = try expectName()
    while skip(.dot) { name += "." + (try expectName()) }
    return name
  }

  private mutating func test(_ node: Expression) throws(TemplateError) -> Expression {
    let position = advance().position
    let isNegated = skip(name: "not")
    let name = try dottedName()
    var call = CallSyntax()
    switch current.kind {
    case .op(.leftParenthesis): call = try arguments()
    case .name, .string, .number, .op(.leftBracket), .op(.leftBrace):
      if isName("else") || isName("or") || isName("and") { break }
      if isName("is") { throw failure("Tests cannot be chained with 'is'") }
      try enter()
      defer { leave() }
      call.positional = [try postfix(try primary())]
    default: break
    }
    let result = try Expression(.test(node, name, call), at: position)
    return isNegated ? try Expression(.not(result), at: position) : result
  }
}
