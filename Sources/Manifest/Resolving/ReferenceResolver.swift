import JSONSchema
import YAML

/// Replaces references by what they name, as the reference implementation does.
///
/// A reference is any string that begins with `#/`, alone or as the value of a `$ref` key, whose sibling keys win over those of the
/// mapping that it names. What is named is looked up in the manifest as it was written, and resolved in turn. Whatever is named
/// more than once is resolved once, and shared.
struct ReferenceResolver {
  /// Missing targets; the resolver continues past them so that an author sees them all.
  private(set) var diagnostics: [Diagnostic] = []

  private let root: ManifestValue
  private var done: [ObjectIdentifier: Resolved] = [:]
  /// The references being followed, outermost first.
  private var trail: [Step] = []
  /// The path of the current value, in the manifest as written.
  private var path: [PathElement] = []

  private struct Step {
    let text: String
    let mark: SourceMark?
  }

  /// A resolved value with the size that it has where nothing is shared.
  private struct Resolved {
    let value: ManifestValue
    var levels = 0
    var weight = 1

    mutating func containScalar() {
      levels = max(levels, 1)
      weight &+= 1
    }

    mutating func contain(_ inner: Resolved) {
      levels = max(levels, inner.levels + 1)
      let (sum, overflow) = weight.addingReportingOverflow(inner.weight)
      weight = overflow ? .max : sum
    }
  }

  /// Fields whose values belong to a connector's config, where a string is never a reference.
  private static let literalFields: Set<String> = ["config_overrides"]
  private static let maximumLevels = 900
  private static let maximumWeight = 5_000_000
  private static let maximumDiagnostics = 100

  private init(_ root: ManifestValue) { self.root = root }

  /// The manifest with all references resolved.
  /// - Throws: ``ManifestError`` with every reference that leads nowhere, or with one that leads back to itself.
  static func resolve(_ root: ManifestValue) throws(ManifestError) -> ManifestValue {
    let (value, missing) = try resolveAll(root)
    guard missing.isEmpty else { throw ManifestError(missing) }
    return value
  }

  /// The manifest with its references resolved, but for those that lead nowhere, which stay as they are, and the findings about them.
  /// - Throws: ``ManifestError`` for a reference that leads back to itself.
  static func resolveAll(_ root: ManifestValue) throws(ManifestError) -> (value: ManifestValue, missing: [Diagnostic]) {
    var resolver = ReferenceResolver(root)
    let resolved = try resolver.resolve(root, level: 0)
    return (resolved.value, resolver.diagnostics)
  }

  private mutating func resolve(_ value: ManifestValue, level: Int) throws(ManifestError) -> Resolved {
    switch value.content {
    case .string(let text): return text.hasPrefix("#/") ? try follow(text, value, level) : Resolved(value: value)
    case .null, .bool, .int, .double, .number, .timestamp: return Resolved(value: value)
    case .sequence, .mapping: break
    }
    let identity = ObjectIdentifier(value)
    if let known = done[identity] { return known }
    guard level < Self.maximumLevels else {
      throw error("lists and mappings are nested more than \(Self.maximumLevels) levels deep", value)
    }
    let result =
      if let mapping = value.mapping {
        try resolve(mapping, of: value, level)
      } else {
        try resolveElements(of: value, level)
      }
    guard result.levels <= Self.maximumLevels else {
      throw error("references nest lists and mappings more than \(Self.maximumLevels) levels deep", value)
    }
    guard result.weight <= Self.maximumWeight else {
      throw error("references repeat so much that more than \(Self.maximumWeight) values result", value)
    }
    done[identity] = result
    return result
  }

  /// Whether a value is neither a collection nor a reference, so that there is nothing to do.
  private static func isPlain(_ value: ManifestValue) -> Bool {
    switch value.content {
    case .string(let text): !text.hasPrefix("#/")
    case .sequence, .mapping: false
    case .null, .bool, .int, .double, .number, .timestamp: true
    }
  }

  private mutating func resolveElements(of value: ManifestValue, _ level: Int) throws(ManifestError) -> Resolved {
    guard case .sequence(let elements) = value.content else { return Resolved(value: value) }
    var size = Resolved(value: value)
    var changed: [ManifestValue]?
    for (index, element) in elements.enumerated() {
      if Self.isPlain(element) {
        size.containScalar()
        continue
      }
      path.append(.index(index))
      defer { path.removeLast() }
      let inner = try resolve(element, level: level + 1)
      size.contain(inner)
      if inner.value !== element, changed == nil { changed = elements }
      changed?[index] = inner.value
    }
    guard let changed else { return size }
    let value = ManifestValue(.sequence(changed), mark: value.mark, reference: value.reference)
    return Resolved(value: value, levels: size.levels, weight: size.weight)
  }

  private mutating func resolve(
    _ mapping: ManifestMapping, of value: ManifestValue, _ level: Int
  ) throws(ManifestError) -> Resolved {
    var size = Resolved(value: value)
    var changed: [ManifestEntry]?
    let referencePlace = mapping.place(of: "$ref")
    for (index, entry) in mapping.entries.enumerated() where index != referencePlace {
      if Self.isPlain(entry.value) || Self.literalFields.contains(entry.key) {
        size.containScalar()
        continue
      }
      path.append(.key(entry.key))
      defer { path.removeLast() }
      let inner = try resolve(entry.value, level: level + 1)
      size.contain(inner)
      if inner.value !== entry.value, changed == nil { changed = mapping.entries }
      changed?[index] = entry.with(inner.value)
    }
    if let referencePlace {
      let reference = mapping.entries[referencePlace]
      path.append(.key(reference.key))
      defer { path.removeLast() }
      let target = try resolve(reference.value, level: level + 1)
      var own = changed ?? mapping.entries
      own.remove(at: referencePlace)
      return merge(own, into: target, of: value, size, reference.value.mark)
    }
    guard let changed else { return size }
    let value = ManifestValue(.mapping(ManifestMapping(changed)), mark: value.mark, reference: value.reference)
    return Resolved(value: value, levels: size.levels, weight: size.weight)
  }

  /// The referenced value with the keys beside the reference laid over it; a value that is not a mapping replaces them.
  private func merge(
    _ own: [ManifestEntry], into target: Resolved, of value: ManifestValue, _ size: Resolved, _ mark: SourceMark?
  ) -> Resolved {
    guard let mapping = target.value.mapping, !own.isEmpty else {
      return Resolved(value: target.value.brought(by: mark), levels: target.levels, weight: target.weight)
    }
    var entries = mapping.entries
    var added: [ManifestEntry] = []
    for entry in own {
      if let place = mapping.place(of: entry.key), entries[place].isText == entry.isText {
        entries[place] = entry
      } else {
        added.append(entry)
      }
    }
    var merged = Resolved(
      value: ManifestValue(.mapping(ManifestMapping(entries + added)), mark: value.mark, reference: mark))
    merged.levels = max(size.levels, target.levels)
    let (sum, overflow) = size.weight.addingReportingOverflow(target.weight)
    merged.weight = overflow ? .max : sum
    return merged
  }

  private mutating func follow(_ text: String, _ value: ManifestValue, _ level: Int) throws(ManifestError) -> Resolved {
    guard !trail.contains(where: { $0.text == text }) else { throw circle(text, value) }
    let outer = path
    let target: ManifestValue
    switch ReferenceLookup.find(text, in: root, explaining: diagnostics.count < Self.maximumDiagnostics) {
    case .found(let value, let place): (target, path) = (value, place)
    case .missing(nil): return Resolved(value: value)
    case .missing(let reason?):
      let finding = Diagnostic(
        .error, rule: "reference", reason.sentence, at: value.mark, path: outer.dotted, related: reason.related,
        remedy: reason.remedy)
      if !diagnostics.contains(finding) { diagnostics.append(finding) }
      return Resolved(value: value)
    }
    trail.append(Step(text: text, mark: value.mark))
    defer {
      trail.removeLast()
      path = outer
    }
    guard level < Self.maximumLevels else { throw error("the chain of references is too long", value) }
    let resolved = try resolve(target, level: level + 1)
    return Resolved(value: resolved.value.brought(by: value.mark), levels: resolved.levels, weight: resolved.weight)
  }

  private func circle(_ text: String, _ value: ManifestValue) -> ManifestError {
    let steps = trail.drop { $0.text != text }
    let related = steps.map { Diagnostic.Related("the cycle goes through '\($0.text)'", at: $0.mark) }
    return ManifestError(
      Diagnostic(
        .error, rule: "reference", "'\(text)' leads back to itself", at: value.mark, path: path.dotted, related: related)
    )
  }

  private func error(_ sentence: String, _ value: ManifestValue) -> ManifestError {
    ManifestError(Diagnostic(.error, rule: "limit", sentence, at: value.mark, path: path.dotted))
  }
}
