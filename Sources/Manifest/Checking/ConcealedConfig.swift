import JSON
import Jinja
import Secrets

/// A user's config as sentences about it may show it.
///
/// A value is shown only if the spec declares it and does not mark it as a secret; all others are replaced, those too that the spec does
/// not reach. Without a spec that is everything. What a template or a component makes of such a config cannot give a secret away.
package struct ConcealedConfig: Sendable {
  /// The config with `****` instead of values that must not be shown, and of keys that only the config names.
  package let values: JSONObject
  /// The texts that were replaced, or as many of them as can be searched for in others.
  package let hidden: Set<String>
  /// Hides what was replaced in texts that are made from the config itself.
  package let mask: SecretMask
  /// Whether there is more to hide than the mask does.
  package var exceedsMask: Bool { hidden.count >= Concealment.maximumHidden }

  /// - Parameters:
  ///   - specification: the JSON schema of the config; nil if there is none, or none that is valid.
  ///   - names: words that are not secret as keys: those of the manifest.
  ///   - isSecret: says by the name of a property that its value is a secret, whatever the spec says.
  package init(
    _ config: JSONObject, specification: JSONValue?, names: Set<String> = [], isSecret: (String) -> Bool = { _ in false }
  ) {
    let declared = specification.map(Self.properties) ?? []
    var concealment = Concealment(names: names.union(declared), secretNames: declared.filter(isSecret))
    let concealed = concealment.conceal(.object(config), specification.map { [$0] } ?? [], depth: 0)
    let mask = SecretMask()
    if let specification, concealment.hidden.count < Concealment.maximumHidden {
      mask.hide(secretsOf: config, spec: specification)
    }
    for secret in concealment.hidden { mask.hide(secret) }
    self.mask = mask
    hidden = concealment.hidden
    values = Concealment.masked(concealed, by: mask).object ?? [:]
  }

  /// The names of all properties that a schema has, at any depth.
  package static func properties(of schema: JSONValue) -> Set<String> {
    var names: Set<String> = []
    var open = [schema]
    while let value = open.popLast() {
      switch value {
      case .array(let elements): open += elements
      case .object(let members):
        if let properties = members["properties"]?.object { names.formUnion(properties.keys) }
        open += members.values
      default: break
      }
    }
    return names
  }
}

/// Goes through a config beside its schema.
private struct Concealment {
  let names: Set<String>
  let secretNames: Set<String>
  /// The texts that were replaced.
  private(set) var hidden: Set<String> = []
  /// How much of the schema may still be read; what is beyond that hides everything.
  private var budget = 1_000_000

  /// More texts are not searched for in others.
  static let maximumHidden = 1_000
  private static let maximumDepth = 256
  /// With these, what a value is depends on more than is considered here.
  private static let opaque = [
    "$ref", "$dynamicRef", "patternProperties", "dependencies", "dependentSchemas", "not", "contains", "prefixItems",
  ]

  init(names: Set<String>, secretNames: Set<String>) {
    self.names = names
    self.secretNames = secretNames
  }

  /// - Parameter schemas: all that say something of the value; empty for one that nothing describes.
  mutating func conceal(_ value: JSONValue, _ schemas: [JSONValue], depth: Int) -> JSONValue {
    let schemas = alternatives(of: schemas)
    guard depth < Self.maximumDepth else { return .string(SecretMask.replacement) }
    guard !schemas.isEmpty, !schemas.contains(where: Self.hides) else { return hide(value, depth: depth) }
    switch value {
    case .object(let members):
      return .object(
        renamed(members) { key, member, concealment in
          let inner = concealment.secretNames.contains(key) ? [] : schemas.compactMap { $0["properties"]?[key] }
          return concealment.conceal(member, inner, depth: depth + 1)
        })
    case .array(let elements):
      let inner = schemas.compactMap { $0["items"] }
      return .array(elements.map { conceal($0, inner, depth: depth + 1) })
    default: return value
    }
  }

  private mutating func hide(_ value: JSONValue, depth: Int) -> JSONValue {
    guard depth < Self.maximumDepth else { return .string(SecretMask.replacement) }
    switch value {
    case .null, .bool: return value
    case .array(let elements): return .array(elements.map { hide($0, depth: depth + 1) })
    case .object(let members): return .object(renamed(members) { _, member, own in own.hide(member, depth: depth + 1) })
    default:
      if hidden.count < Self.maximumHidden { hidden.insert(PythonStrings.str(value)) }
      return .string(SecretMask.replacement)
    }
  }

  private mutating func renamed(
    _ members: JSONObject, _ conceal: (String, JSONValue, inout Concealment) -> JSONValue
  ) -> JSONObject {
    var result: JSONObject = [:]
    for (key, member) in members {
      result[names.contains(key) ? key : SecretMask.replacement] = conceal(key, member, &self)
    }
    return result
  }

  /// The schemas with their alternatives and parts.
  private mutating func alternatives(of schemas: [JSONValue]) -> [JSONValue] {
    var result = schemas
    var next = 0
    while next < result.count {
      budget -= 1
      guard budget > 0 else { return [] }
      let schema = result[next]
      next += 1
      for keyword in ["oneOf", "anyOf", "allOf"] { result += schema[keyword]?.array ?? [] }
      for keyword in ["if", "then", "else"] { if let branch = schema[keyword] { result.append(branch) } }
    }
    return result
  }

  private static func hides(_ schema: JSONValue) -> Bool {
    guard case .object(let members) = schema else { return true }
    if let mark = members["airbyte_secret"], mark != .bool(false) { return true }
    return opaque.contains { members[$0] != nil }
  }

  /// A value that may be shown, without what was hidden elsewhere.
  static func masked(_ value: JSONValue, by mask: SecretMask) -> JSONValue {
    switch value {
    case .string(let text): .string(mask.masked(text))
    case .array(let elements): .array(elements.map { masked($0, by: mask) })
    case .object(let members): .object(members.mapValues { masked($0, by: mask) })
    default: value
    }
  }
}
