import Essentials
import JSON
import Jinja

/// Finds the secrets of a config: every value at a path that the spec marks `airbyte_secret`, in whatever alternative.
struct SpecSecrets {
  /// The secrets, as the config has them.
  private(set) var values: [JSONValue] = []
  /// Those that are texts or numbers, by their paths in the config.
  private(set) var places: [String: JSONValue] = [:]
  /// Names of members below such a path that the spec does not give.
  private(set) var names: [String] = []
  /// The paths of secrets that are too short to be hidden, as in `credentials.pin`.
  private(set) var tooShort: [String] = []

  private let spec: JSONValue
  /// What is still to be looked at.
  private var open: [Place] = []
  /// What was looked at, by the places in the config and in the spec: a spec may refer to itself.
  private var seen: Set<String> = []

  /// How many pairs of a place in the config and one in the spec were looked at.
  var placeCount: Int { seen.count }

  private struct Place {
    /// Nil if the config leaves it out.
    var value: JSONValue?
    var path: String
    var schema: JSONValue
    /// Where the schema is in the spec.
    var pointer: String

    /// The same value by another schema.
    func under(_ steps: [String], _ schema: JSONValue) -> Place {
      let steps = steps.map { "/" + $0.replacing("~", with: "~0").replacing("/", with: "~1") }
      return Place(value: value, path: path, schema: schema, pointer: pointer + steps.joined())
    }

    /// A part of the value.
    func member(_ name: String, _ value: JSONValue?, under steps: [String], _ schema: JSONValue) -> Place {
      var place = under(steps, schema)
      place.value = value
      let name = name.replacing(".", with: "\\.")
      place.path = path.isEmpty ? name : path + "." + name
      return place
    }
  }

  private static let sameValue = ["if", "then", "else", "not"]
  private static let alternatives = ["oneOf", "anyOf", "allOf"]
  private static let conditional = ["dependencies", "dependentSchemas"]
  private static let forMembers = ["properties", "patternProperties", "additionalProperties", "unevaluatedProperties"]
  private static let forElements = ["items", "prefixItems", "additionalItems", "unevaluatedItems", "contains"]

  init(of config: JSONObject, spec: JSONValue) {
    self.spec = spec
    open = [Place(value: .object(config), path: "", schema: spec, pointer: "#")]
    while let place = open.popLast() {
      // What the config leaves out has no end where a spec refers to itself: there the place in the spec counts alone.
      let path = place.value == nil ? "\n" : place.path
      if seen.insert(path + "\n" + place.pointer).inserted { look(at: place) }
    }
  }

  private mutating func look(at place: Place) {
    guard case .object(let schema) = place.schema else { return }
    if schema["airbyte_secret"] == .bool(true) {
      if let value = place.value { add(value, place.path, schema, isGiven: true) }
      // What counts where the config has nothing.
      for keyword in ["default", "const"] { if let value = schema[keyword] { add(value, place.path, schema) } }
      schema["enum"]?.array?.forEach { add($0, place.path, schema) }
    }
    if let reference = schema["$ref"]?.string, let (target, pointer) = resolved(reference) {
      open.append(Place(value: place.value, path: place.path, schema: target, pointer: pointer))
    }
    for keyword in Self.sameValue { if let inner = schema[keyword] { open.append(place.under([keyword], inner)) } }
    for keyword in Self.alternatives {
      for (index, inner) in (schema[keyword]?.array ?? []).enumerated() {
        open.append(place.under([keyword, String(index)], inner))
      }
    }
    for keyword in Self.conditional {
      for (name, inner) in schema[keyword]?.object ?? [:] { open.append(place.under([keyword, name], inner)) }
    }
    lookAtMembers(schema, place)
    lookAtElements(schema, place)
    hideMisplaced(place, schema)
  }

  private mutating func lookAtMembers(_ schema: JSONObject, _ place: Place) {
    let members = place.value?.object ?? [:]
    let properties = schema["properties"]?.object ?? [:]
    for (name, inner) in properties {
      open.append(place.member(name, members[name], under: ["properties", name], inner))
    }
    for (pattern, inner) in schema["patternProperties"]?.object ?? [:] {
      // Whether the pattern fits does not matter: what may be secret is hidden.
      for (name, member) in members where properties[name] == nil {
        open.append(place.member(name, member, under: ["patternProperties", pattern], inner))
      }
    }
    for keyword in ["additionalProperties", "unevaluatedProperties"] {
      guard let inner = schema[keyword], inner.object != nil else { continue }
      for (name, member) in members where properties[name] == nil {
        open.append(place.member(name, member, under: [keyword], inner))
      }
    }
    if schema["propertyNames"]?["airbyte_secret"] == .bool(true) { names += members.keys }
    // A secret under a name that is not quite right is shown by what complains of it.
    guard !properties.isEmpty else { return }
    for (name, member) in members where properties[name] == nil && CredentialName.isCredential(name) { values.append(member) }
  }

  private mutating func lookAtElements(_ schema: JSONObject, _ place: Place) {
    guard let elements = place.value?.array else { return }
    for keyword in Self.forElements {
      guard let inner = schema[keyword] else { continue }
      let tuple = inner.array
      for (index, element) in elements.enumerated() {
        let name = String(index)
        if let tuple {
          guard tuple.indices.contains(index) else { break }
          open.append(place.member(name, element, under: [keyword, name], tuple[index]))
        } else {
          open.append(place.member(name, element, under: [keyword], inner))
        }
      }
    }
  }

  /// If a secret should be somewhere below, and the config has something of another shape, that may be the secret.
  private mutating func hideMisplaced(_ place: Place, _ schema: JSONObject) {
    guard let value = place.value, value != .null else { return }
    let wanted = (value.object == nil ? Self.forMembers : []) + (value.array == nil ? Self.forElements : [])
    if wanted.contains(where: { schema[$0].map(holdsSecret) ?? false }) { values.append(value) }
  }

  private func holdsSecret(_ schema: JSONValue) -> Bool {
    var open = [schema]
    var references: Set<String> = []
    while let value = open.popLast() {
      switch value {
      case .array(let elements): open += elements
      case .object(let members):
        if members["airbyte_secret"] == .bool(true) { return true }
        if let reference = members["$ref"]?.string, references.insert(reference).inserted, let target = resolved(reference) {
          open.append(target.schema)
        }
        open += members.values
      default: break
      }
    }
    return false
  }

  /// The schema that a reference within the spec leads to: a JSON pointer, or the name of an anchor.
  private func resolved(_ reference: String) -> (schema: JSONValue, pointer: String)? {
    guard reference.hasPrefix("#") else { return nil }
    guard reference == "#" || reference.hasPrefix("#/") else {
      return anchored(String(reference.dropFirst())).map { ($0, reference) }
    }
    var value = spec
    for step in reference.split(separator: "/").dropFirst() {
      let key = (step.withoutPercentEscapes ?? String(step)).replacing("~1", with: "/").replacing("~0", with: "~")
      switch value {
      case .object(let members):
        guard let member = members[key] else { return nil }
        value = member
      case .array(let elements):
        guard let index = Int(key), elements.indices.contains(index) else { return nil }
        value = elements[index]
      default: return nil
      }
    }
    return (value, reference)
  }

  private func anchored(_ name: String) -> JSONValue? {
    var open = [spec]
    while let value = open.popLast() {
      switch value {
      case .array(let elements): open += elements
      case .object(let members):
        if members["$anchor"]?.string == name || members["$id"]?.string == "#" + name { return value }
        open += members.values
      default: break
      }
    }
    return nil
  }

  private mutating func add(_ root: JSONValue, _ path: String, _ schema: JSONObject, isGiven: Bool = false) {
    let declared = schema["properties"]?.object ?? [:]
    var open = [(root, path)]
    while let (value, path) = open.popLast() {
      switch value {
      case .null, .bool: break
      case .array(let elements): open += elements.enumerated().map { ($0.element, "\(path).\($0.offset)") }
      case .object(let members):
        names += members.keys.filter { declared[$0] == nil }
        open += members.map { ($0.value, "\(path).\($0.key)") }
      default:
        // Blanks around a secret are not part of it.
        let length = PythonStrings.str(value).trimmed(.whitespacesAndNewlines).utf8.count
        if length > 0, length < SecretMask.shortest, !tooShort.contains(path) { tooShort.append(path) }
        values.append(value)
        if isGiven { places[path] = value }
      }
    }
  }
}

extension Secrets {
  /// Hides the secrets of a config.
  /// - Returns: the paths of those that are too short: hiding each of their letters everywhere would reveal them.
  @discardableResult
  package func hide(secretsOf config: JSONObject, spec: JSONValue) -> [String] {
    let found = SpecSecrets(of: config, spec: spec)
    found.values.forEach(hideLeaves)
    found.names.forEach(hide(_:))
    for (path, value) in found.places { note(PythonStrings.str(value), at: path) }
    return found.tooShort
  }

  private func hideLeaves(_ root: JSONValue) {
    var open = [root]
    while let value = open.popLast() {
      switch value {
      case .null, .bool: break
      case .array(let elements): open += elements
      case .object(let members): open += members.values
      default:
        // A number is shown as Python and as JSON write it.
        hide(PythonStrings.str(value))
        if value.string == nil { hide(value.jsonText) }
      }
    }
  }
}
