/// The path of an operation, against which the paths of requests are held.
struct MockRoute: Sendable {
  private enum Step: Sendable {
    case literal(String)
    /// Texts with parameters between them: `{id}.json` is a parameter between an empty text and `.json`.
    case mixed(texts: [String], names: [String])
  }

  private let steps: [Step]
  /// How many steps are no parameters.
  let literals: Int
  var count: Int { steps.count }

  init(_ path: String) {
    steps = path.split(separator: "/").map { part in
      let names = PathSteps.parameters(in: String(part))
      guard !names.isEmpty else { return .literal(String(part)) }
      var texts: [String] = []
      var rest = String(part)
      for name in names {
        guard let range = rest.firstRange(of: "{\(name)}") else { break }
        texts.append(String(rest[..<range.lowerBound]))
        rest = String(rest[range.upperBound...])
      }
      return .mixed(texts: texts + [rest], names: names)
    }
    literals = steps.count { if case .literal = $0 { true } else { false } }
  }

  /// The parameters of a path that ends with this one; nil for any other path.
  func parameters(of path: [Substring]) -> [String: String]? {
    guard path.count >= steps.count else { return nil }
    var found: [String: String] = [:]
    for (step, part) in zip(steps, path.suffix(steps.count)) {
      switch step {
      case .literal(let text): if part != text { return nil }
      case .mixed(let texts, let names):
        guard part.hasPrefix(texts[0]) else { return nil }
        var rest = part.dropFirst(texts[0].count)
        for (index, name) in names.enumerated() {
          let next = texts.indices.contains(index + 1) ? texts[index + 1] : ""
          let end = next.isEmpty ? rest.endIndex : rest.firstRange(of: next)?.lowerBound
          guard let end, end > rest.startIndex else { return nil }
          found[name] = String(rest[..<end])
          rest = rest[end...].dropFirst(next.count)
        }
        guard rest.isEmpty else { return nil }
      }
    }
    return found
  }
}
