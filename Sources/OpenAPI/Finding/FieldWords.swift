/// Takes names apart: `updatedAt`, `updated_at` and `updated-at` are the same words.
package enum FieldWords {
  /// The words of a name, in lower case.
  static func words(of name: String) -> [String] {
    var words: [String] = []
    var word = ""
    var last: Character?
    for character in name {
      if !(character.isLetter || character.isNumber) {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        if character.isUppercase, let last, last.isLowercase || last.isNumber {
          if !word.isEmpty { words.append(word) }
          word = ""
        }
        word += character.lowercased()
      }
      last = character
    }
    if !word.isEmpty { words.append(word) }
    return words
  }

  /// The name in snake case.
  static func snake(_ name: String) -> String { words(of: name).joined(separator: "_") }

  /// The words without what is between them, by which names are compared.
  static func key(_ name: String) -> String { words(of: name).joined() }

  /// One of many: `categories` is many of `category`.
  package static func singular(_ name: String) -> String {
    if name.hasSuffix("ies"), name.count > 4 { return name.dropLast(3) + "y" }
    for ending in ["sses", "shes", "ches", "xes"] where name.hasSuffix(ending) { return String(name.dropLast(2)) }
    if name.hasSuffix("s"), !name.hasSuffix("ss"), !name.hasSuffix("us"), name.count > 2 { return String(name.dropLast()) }
    return name
  }
}

/// A path as its steps.
struct PathSteps: Equatable {
  /// One step of a path.
  enum Step: Equatable {
    case literal(String)
    /// A step that has parameters in it, with their names.
    case parameter([String])
  }

  let steps: [Step]

  init(_ path: String) {
    steps = path.split(separator: "/").map { part in
      let names = Self.parameters(in: String(part))
      return names.isEmpty ? .literal(String(part)) : .parameter(names)
    }
  }

  /// The names in braces, in order.
  static func parameters(in text: String) -> [String] {
    text.split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { part in
      part.firstIndex(of: "}").map { String(part[..<$0]) }
    }
  }

  /// The literal steps without versions, and without what is the same in all addresses of an API.
  var names: [String] {
    let all = steps.compactMap { step -> String? in
      guard case .literal(let text) = step else { return nil }
      return Self.isGeneral(text) ? nil : Self.withoutSuffix(text)
    }
    let telling = all.filter { !Self.listWords.contains($0.lowercased()) }
    return telling.isEmpty ? all : telling
  }

  /// Steps that only say that a list is asked for.
  static let listWords: Set<String> = ["json", "list", "all", "index", "listall"]
  /// Steps that say how records are found, and not what they are.
  static let verbs: Set<String> = ["find", "search", "get", "query", "filter", "lookup", "browse", "recent", "latest", "active"]

  static func withoutSuffix(_ step: String) -> String {
    for suffix in [".json", ".JSON"] where step.hasSuffix(suffix) { return String(step.dropLast(suffix.count)) }
    return step
  }

  private static func isGeneral(_ step: String) -> Bool {
    let lower = step.lowercased()
    if ["api", "apis", "rest", "public"].contains(lower) { return true }
    // `v1`, `v1beta1`, `2010-04-01`, `1.0`.
    if lower.first == "v", let second = lower.dropFirst().first, second.isNumber { return true }
    return lower.allSatisfy { $0.isNumber || $0 == "-" || $0 == "." }
  }
}
