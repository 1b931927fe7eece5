import JSON

extension Environment {
  private mutating func addTest(
    _ names: String..., parameters: [String] = [],
    _ body: @escaping @Sendable (Value, [Value], inout Evaluation) throws(TemplateError) -> Bool
  ) {
    let name = names[0]
    for alias in names {
      let test: Test = { (value, arguments, evaluation) throws(TemplateError) -> Bool in
        if parameters.isEmpty, arguments.isEmpty { return try body(value, [], &evaluation) }
        let bound = try arguments.bound(to: parameters, of: name, required: parameters.count)
        return try body(value, bound.compactMap { $0 }, &evaluation)
      }
      tests[alias] = test
    }
  }

  mutating func addTests() {
    addTest("defined") { (value, _, _) in !value.isUndefined }
    addTest("undefined") { (value, _, _) in value.isUndefined }
    addTest("none") { (value, _, _) in value.isNone }
    addTest("boolean") { (value, _, _) in if case .bool = value { true } else { false } }
    addTest("true") { (value, _, _) in if case .bool(true) = value { true } else { false } }
    addTest("false") { (value, _, _) in if case .bool(false) = value { true } else { false } }
    addTest("integer") { (value, _, _) in
      switch value {
      case .int, .bigInt: true
      default: false
      }
    }
    addTest("float") { (value, _, _) in value.isFloat }
    addTest("number") { (value, _, _) in value.number != nil }
    addTest("string") { (value, _, _) in value.text != nil }
    addTest("mapping") { (value, _, _) in value.isMapping }
    addTest("sequence") { (value, _, _) in
      switch value {
      case .string, .markup, .bytes, .list, .tuple, .dict, .mapping, .json, .undefined: true
      case .object(let object): object is GroupObject
      default: false
      }
    }
    addTest("iterable") { (value, _, _) in value.isIterable }
    addTest("callable") { (value, _, _) in
      switch value {
      case .object(let object): object.isCallable
      case .undefined: true
      default: false
      }
    }
    addTest("escaped") { (value, _, _) in value.isMarkup }
    addTest("lower") { (value, _, e) throws(TemplateError) in try value.countedText(&e).isPythonLower }
    addTest("upper") { (value, _, e) throws(TemplateError) in try value.countedText(&e).isPythonUpper }
    addTest("filter") { (value, _, e) throws(TemplateError) in
      _ = try e.key(value)
      return value.text.map { e.environment.filters[$0] != nil } ?? false
    }
    addTest("test") { (value, _, e) throws(TemplateError) in
      _ = try e.key(value)
      return value.text.map { e.environment.tests[$0] != nil } ?? false
    }
    addTest("odd") { (value, _, e) throws(TemplateError) in
      try BinaryOperator.modulo.apply(value, .int(2), &e).isEqual(to: .int(1), &e)
    }
    addTest("even") { (value, _, e) throws(TemplateError) in
      try BinaryOperator.modulo.apply(value, .int(2), &e).isEqual(to: .int(0), &e)
    }
    addTest("divisibleby", parameters: ["num"]) { (value, arguments, e) throws(TemplateError) in
      try BinaryOperator.modulo.apply(value, arguments[0], &e).isEqual(to: .int(0), &e)
    }
    addTest("sameas", parameters: ["other"]) { (value, arguments, e) throws(TemplateError) in
      if let text = value.text { try e.charge(looking: text.utf8.count) }
      return value.isSame(as: arguments[0])
    }
    addTest("in", parameters: ["seq"]) { (value, arguments, e) throws(TemplateError) in
      try arguments[0].contains(value, &e)
    }
    addTest("==", "eq", "equalto", parameters: ["other"]) { (value, arguments, e) throws(TemplateError) in
      try value.isEqual(to: arguments[0], &e)
    }
    addTest("!=", "ne", parameters: ["other"]) { (value, arguments, e) throws(TemplateError) in
      !(try value.isEqual(to: arguments[0], &e))
    }
    let orders: [([String], PythonOrder)] = [
      ([">", "gt", "greaterthan"], .greater), ([">=", "ge"], .greaterOrEqual), (["<", "lt", "lessthan"], .less),
      (["<=", "le"], .lessOrEqual),
    ]
    for (names, order) in orders {
      for name in names {
        addTest(name, parameters: ["other"]) { (value, arguments, e) throws(TemplateError) in
          try value.compare(order, to: arguments[0], &e)
        }
      }
    }
  }
}

extension Value {
  /// Python's `is`, as far as it can be decided here: the same object, or the same scalar.
  fileprivate func isSame(as other: Value) -> Bool {
    switch (self, other) {
    case (.list(let left), .list(let right)): left === right
    case (.dict(let left), .dict(let right)): left === right
    case (.object(let left), .object(let right)): left === right
    case (.undefined(let left), .undefined(let right)): left === right
    case (.none, .none): true
    case (.bool(let left), .bool(let right)): left == right
    case (.int(let left), .int(let right)): left == right
    case (.float(let left), .float(let right)): left == right
    case (.string(let left), .string(let right)): left.sameScalars(as: right)
    case (.tuple(let left), .tuple(let right)): left.isEmpty && right.isEmpty
    default: false
    }
  }
}
