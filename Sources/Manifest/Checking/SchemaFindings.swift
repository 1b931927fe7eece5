import JSON
import JSONSchema
import YAML

/// Turns the errors of a schema validation into findings: with the place in the text, and only for the alternative that was meant.
struct SchemaFindings {
  let root: ManifestNode
  let schema: JSONValue
  /// Whether values that are references which led nowhere are left out, because the references were reported.
  var passesOverReferences = false

  /// Nobody fixes more at once.
  private static let maximum = 100

  func diagnostics(_ errors: [ValidationError]) -> [Diagnostic] {
    var result: [Diagnostic] = []
    // A definition that many streams refer to is reported once, for the first of them.
    var seen: Set<String> = []
    for error in errors.flatMap({ meant($0, depth: 0) }) where result.count < Self.maximum {
      if passesOverReferences, error.instance.string?.hasPrefix("#/") == true { continue }
      let finding = diagnostic(error)
      let place = finding.mark.map { "\($0)" } ?? finding.path
      if seen.insert("\(place) \(finding.message)").inserted { result.append(finding) }
    }
    return result
  }

  /// Alternatives of alternatives are looked into so far.
  private static let deepestAlternative = 100
  /// So many references and alternatives lead to a component's definition at most.
  private static let deepestReference = 10

  /// The errors of the alternatives that the author meant; the error itself where that cannot be told.
  private func meant(_ error: ValidationError, depth: Int) -> [ValidationError] {
    guard error.keyword == "anyOf" || error.keyword == "oneOf", !error.context.isEmpty, depth < Self.deepestAlternative else {
      return [error]
    }
    let place = error.schemaPath.count
    var branches: [PathElement: [ValidationError]] = [:]
    for inner in error.context where inner.schemaPath.count > place {
      branches[inner.schemaPath[place], default: []].append(inner)
    }
    // A branch of another JSON type, or for a component of another type, was not meant.
    let fitting = branches.values.filter { inner in
      !inner.contains { $0.instancePath == error.instancePath && $0.keyword == "type" || isTypeMismatch($0, in: error) }
    }
    guard fitting.count == 1 else { return [error] }
    return fitting[0].flatMap { meant($0, depth: depth + 1) }
  }

  /// Whether `inner` says that the component at `error` has another `type`.
  private func isTypeMismatch(_ inner: ValidationError, in error: ValidationError) -> Bool {
    if inner.keyword == "enum" || inner.keyword == "const" { return inner.instancePath == error.instancePath + [.key("type")] }
    // Components name their type as required, so that a mapping without one fits none of them.
    return inner.keyword == "required" && inner.instancePath == error.instancePath && inner.instance["type"] == nil
      && missing(inner).contains("type")
  }

  private func diagnostic(_ error: ValidationError) -> Diagnostic {
    let node = node(at: error.instancePath)
    if let timestamp = timestamp(error, node) { return timestamp }
    switch error.keyword {
    case "anyOf", "oneOf": return alternatives(error, node)
    case "type":
      return finding("type", "\(name(node)) should be \(Self.list(types(error.keywordValue))), found \(found(node))", node)
    case "enum", "const": return enumeration(error, node)
    case "required": return required(error, node)
    case "additionalProperties": return unknownProperties(error, node)
    case "minItems": return finding("value", "\(name(node)) should have \(number(error)) or more items", node)
    case "maxItems": return finding("value", "\(name(node)) should have no more than \(number(error)) items", node)
    case "uniqueItems": return finding("value", "\(name(node)) should not have the same item twice", node)
    case "minimum": return finding("value", "\(name(node)) should be \(number(error)) or more, found \(found(node))", node)
    case "maximum": return finding("value", "\(name(node)) should be \(number(error)) or less, found \(found(node))", node)
    case "exclusiveMinimum":
      return finding("value", "\(name(node)) should be more than \(number(error)), found \(found(node))", node)
    default: return finding("schema", "\(name(node)) is not valid: \(error.message)", node)
    }
  }

  // MARK: - Each kind of finding

  private func alternatives(_ error: ValidationError, _ node: ManifestNode) -> Diagnostic {
    if error.instancePath.isEmpty { return finding("required", "a manifest needs `streams` or `dynamic_streams`", node) }
    let types = componentTypes(error)
    if let type = node["type"], node.stored.mapping != nil, !types.isEmpty {
      return unknownType(type, owner(node), types)
    }
    if node.stored.mapping != nil, !types.isEmpty {
      return finding("type", "\(name(node)) should be a component with a `type`: \(Self.list(types.map { "`\($0)`" }))", node)
    }
    var kinds = error.context.filter { $0.instancePath == error.instancePath && $0.keyword == "type" }
      .flatMap { self.types($0.keywordValue) }
    if kinds.contains("a mapping"), !types.isEmpty { kinds.removeAll { $0 == "a mapping" } }
    kinds = kinds.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    let components = types.count > 4 ? ["a component"] : types.map { "a component `\($0)`" }
    let expected = kinds + components
    guard !expected.isEmpty else {
      let forms = error.alternativeNames.map { ": \($0)" } ?? ""
      return finding("schema", "\(name(node)) fits none of the forms that it can have\(forms)", node)
    }
    return finding("type", "\(name(node)) should be \(Self.list(expected)), found \(found(node))", node)
  }

  private func unknownType(_ type: ManifestNode, _ place: String, _ allowed: [String]) -> Diagnostic {
    guard let text = type.string else {
      return finding("type", "the `type` of \(place) should be a string, found \(found(type))", type)
    }
    if let dropped = ComponentSchema.droppedType(text) {
      return finding(
        "type",
        "`\(text)` is no longer a part of the language: airbyte-cdk dropped it in \(dropped.version) (\(dropped.last) is the last version "
          + "that has it)", type, remedy: .advice(dropped.remedy))
    }
    let known = schema["definitions"]?.object?[text] != nil
    let near = NameSuggestion.nearest(to: text, among: allowed)
    let choice = "expected \(Self.list(allowed.map { "`\($0)`" }))"
    if known { return finding("type", "a `\(text)` is not allowed in \(place): \(choice)", type) }
    return finding(
      "type", "unknown type `\(text)` in \(place)\(near == nil ? ": \(choice)" : "")", type,
      remedy: near.map(Remedy.name))
  }

  private func enumeration(_ error: ValidationError, _ node: ManifestNode) -> Diagnostic {
    let allowed = error.keyword == "const" ? [error.keywordValue] : error.keywordValue.array ?? []
    let names = allowed.compactMap(\.string)
    if case .key("type")? = error.instancePath.last, names.count == allowed.count {
      let parent = self.node(at: Array(error.instancePath.dropLast()))
      return unknownType(node, owner(parent), names)
    }
    let near = node.string.flatMap { NameSuggestion.nearest(to: $0, among: names) }
    let choice = Self.list(allowed.map { Self.shown($0) })
    return finding(
      "value", "\(name(node)) should be \(choice), found \(Self.shown(node.value))", node,
      remedy: near.map(Remedy.value))
  }

  private func required(_ error: ValidationError, _ node: ManifestNode) -> Diagnostic {
    let missing = missing(error)
    let known = properties(of: node)
    // A parameter that came down is not a stranger that somebody wrote here.
    let strangers = (node.stored.mapping?.entries ?? []).filter { entry in
      known?[entry.key] == nil && entry.key != "$parameters" && node["$parameters"]?[entry.key]?.keyMark != entry.keyMark
    }
    var finding = finding("required", "\(subject(node)) needs \(Self.list(missing.map { "`\($0)`" }, "and"))", node)
    for name in missing {
      guard let near = NameSuggestion.nearest(to: name, among: strangers.map(\.key)) else { continue }
      finding.remedy = .rename(near, to: name)
      finding.mark = strangers.first { $0.key == near }?.keyMark ?? finding.mark
      return finding
    }
    finding.related += strangers.prefix(3).map { .init("`\($0.key)` is not a property of \(subject(node))", at: $0.keyMark) }
    return finding
  }

  private func unknownProperties(_ error: ValidationError, _ node: ManifestNode) -> Diagnostic {
    guard error.keywordValue == .bool(false), let known = properties(of: node), let mapping = node.stored.mapping,
      let stranger = mapping.entries.first(where: { known[$0.key] == nil })
    else { return finding("schema", "\(name(node)) is not valid: \(error.message)", node) }
    let near = NameSuggestion.nearest(to: stranger.key, among: known.keys)
    var diagnostic = finding(
      "unknown-property", "\(subject(node)) has no property `\(stranger.key)`", node[stranger.key] ?? node,
      remedy: near.map(Remedy.name))
    diagnostic.mark = stranger.keyMark ?? diagnostic.mark
    return diagnostic
  }

  private func timestamp(_ error: ValidationError, _ node: ManifestNode) -> Diagnostic? {
    guard case .timestamp(let timestamp) = node.stored.content else { return nil }
    return finding(
      "type", "\(name(node)) is \(node.kindName) in YAML, not text", node, remedy: "put it in quotes: \"\(timestamp.text)\"")
  }

  // MARK: - Words

  private func finding(_ rule: String, _ message: String, _ node: ManifestNode, remedy: Remedy? = nil) -> Diagnostic {
    Diagnostic(.error, rule: "\(rule)", message, at: node, remedy: remedy)
  }

  /// `page_size` of `OffsetIncrement`, as sentences begin.
  private func name(_ node: ManifestNode) -> String {
    guard let key = node.key else { return "the manifest" }
    return component(around: node).map { "`\(key)` of `\($0)`" } ?? "`\(key)`"
  }

  /// A component by its type, any other value by its place.
  private func subject(_ node: ManifestNode) -> String {
    if node.path.isEmpty { return "the manifest" }
    return node["type"]?.string.map { "`\($0)`" } ?? name(node)
  }

  /// The place of a component, for sentences about the component itself.
  private func owner(_ node: ManifestNode) -> String { node.key == nil ? "the manifest" : name(node) }

  /// The type of the component that a value belongs to.
  private func component(around node: ManifestNode) -> String? {
    let path = node.elements
    for end in path.indices.reversed() {
      let outer = self.node(at: Array(path[..<end]))
      // A property named `type` is not a component's type, so it has to be one of the schema's.
      if let type = outer["type"]?.string, schema["definitions"]?.object?[type] != nil { return type }
    }
    return nil
  }

  private func found(_ node: ManifestNode) -> String {
    switch node.stored.content {
    // A part of a secret that a config filled in would not be recognised.
    case .string(let text): text.count > 40 ? "a string of \(text.count) characters" : "the string '\(text)'"
    case .int, .number, .double, .bool: Self.shown(node.value)
    default: node.kindName
    }
  }

  private static func shown(_ value: JSONValue) -> String {
    if let text = value.string { return "'\(text)'" }
    return value.jsonText
  }

  private func number(_ error: ValidationError) -> String { Self.shown(error.keywordValue) }

  /// `a`, `a or b`, `a, b or c`.
  private static func list(_ words: [String], _ conjunction: String = "or") -> String {
    guard let last = words.last, words.count > 1 else { return words.first ?? "" }
    return "\(words.dropLast().joined(separator: ", ")) \(conjunction) \(last)"
  }

  private func types(_ keywordValue: JSONValue) -> [String] {
    let names = keywordValue.string.map { [$0] } ?? keywordValue.array?.compactMap(\.string) ?? []
    let words = [
      "null": "null", "boolean": "a boolean", "integer": "an integer", "number": "a number", "string": "a string",
      "array": "a list", "object": "a mapping",
    ]
    return names.map { words[$0] ?? $0 }
  }

  // MARK: - The schema and the manifest

  /// The types of the components that an `anyOf` or `oneOf` admits, also those that their own alternatives admit.
  private func componentTypes(_ error: ValidationError) -> [String] {
    var result: [String] = []
    func collect(_ schema: JSONValue, _ depth: Int) {
      guard depth < Self.deepestReference else { return }
      if let reference = schema["$ref"]?.string, let target = definition(reference) { return collect(target, depth + 1) }
      if let names = schema["properties"]?["type"]?["enum"]?.array?.compactMap(\.string) {
        result += names.filter { !result.contains($0) }
      }
      if schema["type"]?.string == "array" { return }
      for keyword in ["anyOf", "oneOf"] { for branch in schema[keyword]?.array ?? [] { collect(branch, depth + 1) } }
    }
    for branch in error.keywordValue.array ?? [] { collect(branch, 0) }
    return result
  }

  private func definition(_ reference: String) -> JSONValue? {
    guard reference.hasPrefix("#/definitions/") else { return nil }
    return schema["definitions"]?[String(reference.dropFirst("#/definitions/".count))]
  }

  /// The properties that the component at a node can have; nil if it is not a component.
  private func properties(of node: ManifestNode) -> JSONObject? {
    if node.path.isEmpty { return schema["properties"]?.object }
    return node["type"]?.string.flatMap { schema["definitions"]?[$0]?["properties"]?.object }
  }

  private func missing(_ error: ValidationError) -> [String] {
    (error.keywordValue.array ?? []).compactMap(\.string).filter { error.instance[$0] == nil }
  }

  private func node(at path: [PathElement]) -> ManifestNode {
    path.reduce(root) { node, element in
      switch element {
      case .key(let key): node[key] ?? node
      case .index(let index): node[index] ?? node
      }
    }
  }
}
