import Essentials
import Manifest
import Validation

/// The path of a requester, in which templates stand for any text.
struct AddressPattern {
  enum Step: Equatable {
    case literal(String)
    /// A template alone, or with text around it.
    case template(before: String, after: String)
  }

  let steps: [Step]
  /// Whether a template decides where the API is, and with which path it begins.
  let hasOpenBase: Bool
  /// Fields that the address has in its query.
  let query: [(name: String, value: String)]
  /// As people read it, with `{}` for templates.
  let text: String

  private static let hole: Character = "\u{E000}"

  /// - Parameter visit: an `HttpRequester`.
  init?(_ visit: ComponentVisit) {
    guard let written = AddressMigration.joined(visit) else { return nil }
    let parameters = visit.node["$parameters"]
    var plain = Self.withHoles(written, parameters)
    var fields: [(name: String, value: String)] = []
    if let mark = plain.firstIndex(of: "?") {
      fields = plain[plain.index(after: mark)...].split(separator: "&").map { pair in
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return (parts[0], parts.count > 1 ? parts[1] : "")
      }
      plain = String(plain[..<mark])
    }
    query = fields.map { ($0.name, $0.value.replacing(String(Self.hole), with: "{{}}")) }
    var isOpen = false
    if let scheme = plain.firstRange(of: "://") {
      plain = String(plain[scheme.upperBound...])
      plain = plain.firstIndex(of: "/").map { String(plain[$0...]) } ?? ""
    } else if plain.first == Self.hole {
      isOpen = true
      plain = plain.firstIndex(of: "/").map { String(plain[$0...]) } ?? ""
    }
    hasOpenBase = isOpen
    steps = plain.split(separator: "/").map { part in
      guard let first = part.firstIndex(of: Self.hole), let last = part.lastIndex(of: Self.hole) else {
        return .literal(String(part))
      }
      return .template(before: String(part[..<first]), after: String(part[part.index(after: last)...]))
    }
    text = "/" + plain.split(separator: "/").joined(separator: "/").replacing(String(Self.hole), with: "{}")
  }

  /// The text with one character for each template, and the values of `$parameters` where a template is nothing else.
  private static func withHoles(_ text: String, _ parameters: ManifestNode?) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
      result += rest[..<start.lowerBound]
      let inner = rest[start.upperBound..<end.lowerBound].trimmed(.whitespaces)
      result += parameter(inner).flatMap { parameters?[$0]?.string } ?? String(hole)
      rest = rest[end.upperBound...]
    }
    return result + rest
  }

  private static func parameter(_ expression: String) -> String? {
    guard expression.hasPrefix("parameters") else { return nil }
    let name = expression.dropFirst("parameters".count).trimmed(.of("[]'\". "))
    return name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" } ? name : nil
  }
}

/// Finds the operation that a requester's address means.
struct OperationMatcher {
  private let candidates: [(steps: [AddressPattern.Step], text: String, operation: DescribedAPI.Operation)]

  init(_ api: DescribedAPI) {
    let bases = Set(api.servers.map { Self.path(of: $0.url) }).sorted()
    candidates = api.operations.flatMap { operation in
      (bases.contains("") ? bases : bases + [""]).map { base in
        let path = base + operation.path
        return (Self.steps(path), path, operation)
      }
    }
  }

  private static func path(of url: String) -> String {
    var path = url[...]
    if let scheme = path.firstRange(of: "://") {
      path = path[scheme.upperBound...]
      path = path.firstIndex(of: "/").map { path[$0...] } ?? ""
    } else if path.hasPrefix("{") {
      path = path.firstIndex(of: "/").map { path[$0...] } ?? ""
    }
    while path.hasSuffix("/") { path = path.dropLast() }
    return String(path)
  }

  private static func steps(_ path: String) -> [AddressPattern.Step] {
    path.split(separator: "/").map { part in
      guard let open = part.firstIndex(of: "{"), let close = part.lastIndex(of: "}") else { return .literal(String(part)) }
      return .template(before: String(part[..<open]), after: String(part[part.index(after: close)...]))
    }
  }

  enum Match {
    case found(DescribedAPI.Operation)
    /// The path with the methods that it has.
    case otherMethods(String, [String])
    /// The path that was probably meant, if one is near.
    case unknown(String?)
    /// Too much of the address is a template.
    case open
  }

  func match(_ pattern: AddressPattern, method: String) -> Match {
    if pattern.steps.isEmpty || !pattern.steps.contains(where: { if case .literal = $0 { true } else { false } }) { return .open }
    let scored = candidates.compactMap { candidate in
      Self.score(pattern, candidate.steps).map { (candidate.operation, $0) }
    }
    guard let best = scored.map(\.1).max() else {
      let texts = candidates.map { Self.plain($0.text) }
      let near = NameSuggestion.nearest(to: Self.plain(pattern.text), among: texts)
      return .unknown(near.flatMap { text in texts.firstIndex(of: text).map { candidates[$0].text } })
    }
    let operations = scored.filter { $0.1 == best }.map(\.0)
    if let operation = operations.first(where: { $0.method == method }) { return .found(operation) }
    var methods: [String] = []
    for operation in operations where operation.path == operations[0].path && !methods.contains(operation.method) {
      methods.append(operation.method)
    }
    return .otherMethods(operations[0].path, methods)
  }

  /// A path with all parameters alike.
  private static func plain(_ path: String) -> String {
    path.split(separator: "/").map { $0.contains("{") ? "{}" : String($0) }.joined(separator: "/")
  }

  /// How well an address fits a path; nil if it does not.
  private static func score(_ pattern: AddressPattern, _ steps: [AddressPattern.Step]) -> Int? {
    var own = pattern.steps[...]
    var other = steps[...]
    if own.count != other.count {
      // What begins with a template may have more before it, or less.
      guard pattern.hasOpenBase else { return nil }
      if own.count > other.count { own = own.suffix(other.count) } else { other = other.suffix(own.count) }
      guard !own.isEmpty else { return nil }
    }
    var score = 0
    for (mine, its) in zip(own, other) {
      switch (mine, its) {
      case (.literal(let one), .literal(let two)):
        guard one == two else { return nil }
        score += 3
      case (.template(_, let one), .template(_, let two)):
        guard one == two || one.isEmpty || two.isEmpty else { return nil }
        score += 3
      case (.literal(let text), .template(let before, let after)):
        guard text.hasPrefix(before), text.hasSuffix(after) else { return nil }
        score += 1
      case (.template(let before, let after), .literal(let text)):
        guard text.hasPrefix(before), text.hasSuffix(after) else { return nil }
      }
    }
    return score * 100 + own.count
  }
}
