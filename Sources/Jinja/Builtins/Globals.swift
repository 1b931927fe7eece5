extension Environment {
  mutating func addGlobals() {
    globals["dict"] = .object(
      NativeFunction(name: "dict", typeName: "type") { (arguments, evaluation) throws(TemplateError) in
        .dict(try makeDict(arguments, of: "dict", &evaluation))
      })
    globals["namespace"] = .object(
      NativeFunction(name: "jinja2.utils.Namespace", typeName: "type") { (arguments, evaluation) throws(TemplateError) in
        .object(Namespace(try makeDict(arguments, of: "namespace", &evaluation)))
      })
    globals["cycler"] = .object(
      NativeFunction(name: "jinja2.utils.Cycler", typeName: "type") { (arguments, _) throws(TemplateError) in
        guard arguments.keywords.isEmpty else { throw TemplateError(.type, "cycler takes its items by position") }
        guard !arguments.positional.isEmpty else { throw TemplateError(.runtime, "cycler expects at least one item") }
        return .object(Cycler(arguments.positional))
      })
    globals["joiner"] = .object(
      NativeFunction(name: "jinja2.utils.Joiner", typeName: "type") { (arguments, _) throws(TemplateError) in
        .object(Joiner(try arguments.bound(to: ["sep"], of: "joiner")[0] ?? .string(", ")))
      })
  }
}

private func makeDict(
  _ arguments: Arguments, of function: String, _ evaluation: inout Evaluation
) throws(TemplateError) -> DictObject {
  guard arguments.positional.count <= 1 else { throw TemplateError(.type, "\(function) takes at most 1 argument") }
  let dict = DictObject()
  if let source = arguments.positional.first { try dict.merge(source, &evaluation) }
  for (name, value) in arguments.keywords { try dict.set(DictKey(string: name), value, &evaluation) }
  return dict
}

/// What `namespace()` makes: the one thing whose attributes a template can set.
final class Namespace: TemplateObject {
  private let attributes: DictObject

  init(_ attributes: DictObject) { self.attributes = attributes }

  var typeName: String { "Namespace" }
  var depth: Int { attributes.depth + 1 }

  func set(_ name: String, _ value: Value, _ evaluation: inout Evaluation) throws(TemplateError) {
    try attributes.set(DictKey(string: name), value, &evaluation)
  }

  func attribute(_ name: String, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? { attributes[name] }

  func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String {
    "<Namespace \(try Value.dict(attributes).representation(&evaluation))>"
  }
}

/// Goes through its items over and over.
private final class Cycler: TemplateObject {
  private let items: Tuple
  private let place = Confined(0)

  init(_ items: [Value]) { self.items = Tuple(items) }

  var typeName: String { "Cycler" }
  func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String { "<jinja2.utils.Cycler object at 0x7f0000000000>" }
  var depth: Int { items.depth + 1 }

  func attribute(_ name: String, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    switch name {
    case "current": return items[place.state]
    case "items": return .tuple(items)
    case "pos": return .int(place.state)
    case "next", "reset":
      return .object(
        NativeFunction(name: name, typeName: "bound method", over: .tuple(items)) { (arguments, _) throws(TemplateError) in
          guard arguments.isEmpty else { throw TemplateError(.type, "cycler.\(name) takes no arguments") }
          let place = self.place.state
          self.place.state = name == "reset" ? 0 : (place + 1) % self.items.count
          return name == "reset" ? .none : self.items[place]
        })
    default: return nil
    }
  }
}

/// Gives nothing at its first call, its separator from then on.
private final class Joiner: TemplateObject {
  private let separator: Value
  private let isUsed = Confined(false)

  init(_ separator: Value) { self.separator = separator }

  var typeName: String { "Joiner" }
  var depth: Int { Jinja.depth(over: separator) }
  func text(_ evaluation: inout Evaluation) throws(TemplateError) -> String { "<jinja2.utils.Joiner object at 0x7f0000000000>" }
  var isCallable: Bool { true }

  func attribute(_ name: String, _ evaluation: inout Evaluation) throws(TemplateError) -> Value? {
    switch name {
    case "sep": separator
    case "used": .bool(isUsed.state)
    default: nil
    }
  }

  func call(_ arguments: Arguments, _ evaluation: inout Evaluation) throws(TemplateError) -> Value {
    guard arguments.isEmpty else { throw TemplateError(.type, "A joiner takes no arguments") }
    defer { isUsed.state = true }
    return isUsed.state ? separator : .string("")
  }
}
