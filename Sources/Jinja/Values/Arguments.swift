/// The arguments of a call.
package struct Arguments: Sendable {
  package var positional: [Value]
  package var keywords: [(name: String, value: Value)]

  package init(_ positional: [Value] = [], keywords: [(name: String, value: Value)] = []) {
    self.positional = positional
    self.keywords = keywords
  }

  package static let none = Arguments()

  package var isEmpty: Bool { positional.isEmpty && keywords.isEmpty }

  package func keyword(_ name: String) -> Value? { keywords.first { $0.name == name }?.value }

  /// The arguments in the order of a function's parameters, by place or by name; nil if one is not given.
  ///
  /// Throws a type error, as Python does, for too many, unknown, repeated or missing ones. `required` counts the parameters
  /// without a default, `positionalOnly` those that have no name.
  package func bound(
    to parameters: [String], of function: String, required: Int = 0, positionalOnly: Int = 0
  ) throws(TemplateError) -> [Value?] {
    guard positional.count <= parameters.count else {
      throw TemplateError(.type, "\(function) takes at most \(parameters.count) arguments, \(positional.count) are given")
    }
    var result = [Value?](repeating: nil, count: parameters.count)
    for (place, value) in positional.enumerated() { result[place] = value }
    for (name, value) in keywords {
      guard let place = parameters.firstIndex(of: name), place >= positionalOnly else {
        throw TemplateError(.type, "\(function) has no parameter '\(name)'")
      }
      guard result[place] == nil else { throw TemplateError(.type, "\(function) is given '\(name)' twice") }
      result[place] = value
    }
    for place in 0..<min(required, parameters.count) where result[place] == nil {
      throw TemplateError(.type, "\(function) is not given '\(parameters[place])'")
    }
    return result
  }
}
