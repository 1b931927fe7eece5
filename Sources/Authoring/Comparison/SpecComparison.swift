import Essentials
import JSON

/// Compares two specifications by the question whether a config that was saved with the old one still fits the new one.
///
/// Keywords that JSON schema validates by, and what says where values are in a config, can break configs; all others are notes.
struct SpecComparison {
  private(set) var changes: [Change] = []

  /// The parts of a SPEC message that connections depend on.
  private static let parts = ["connectionSpecification", "advanced_auth", "supported_destination_sync_modes"]

  init(old: JSONObject, new: JSONObject) {
    func part(_ spec: JSONObject) -> JSONObject { spec.filter { Self.parts.contains($0.key) && $0.value != .null } }
    compare(part(old), part(new), at: "", isNames: false)
    let others = old.filter { !Self.parts.contains($0.key) } as JSONObject
    if !SameJSON.holds(.object(others), .object(new.filter { !Self.parts.contains($0.key) })) {
      add(.patch, "The specification's notes beside the config's schema changed")
    }
  }

  // MARK: Keywords

  private static let nameKeywords: Set = ["$defs", "definitions", "patternProperties", "properties"]
  private static let constraints: Set = [
    "additionalProperties", "const", "enum", "exclusiveMaximum", "exclusiveMinimum", "format", "maxContains", "maxItems",
    "maxLength", "maxProperties", "maximum", "minContains", "minItems", "minLength", "minProperties", "minimum", "multipleOf",
    "pattern", "required", "type", "uniqueItems",
  ]
  private static let structures: Set = ["$ref", "allOf", "anyOf", "items", "oneOf"]
  /// Keywords whose effect is not looked into: any change of them may refuse configs.
  private static let opaque: Set = [
    "additionalItems", "contains", "dependencies", "dependentRequired", "dependentSchemas", "else", "if", "not", "prefixItems",
    "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
  ]
  /// What says where values are found in configs and in answers.
  private static let locations: Set = [
    "connectionSpecification", "advanced_auth", "supported_destination_sync_modes", "auth_flow_type",
    "complete_oauth_output_specification", "complete_oauth_server_input_specification",
    "complete_oauth_server_output_specification", "oauth_config_specification",
    "oauth_user_input_from_connector_config_specification", "path_in_connector_config", "path_in_oauth_response",
    "predicate_key", "predicate_value",
  ]
  /// How a new consent is asked for, which saved configs do not depend on.
  private static let consent: Set = ["oauth_connector_input_specification"]
  private static let secret = "airbyte_secret"
  /// What a keyword means where it is absent.
  private static let absences: [String: [JSONValue]] = [
    "additionalItems": [true, [:]], "additionalProperties": [true, [:]], "exclusiveMaximum": [false], "exclusiveMinimum": [false],
    "items": [true, [:]], "minContains": [1], "minItems": [0], "minLength": [0], "minProperties": [0], "patternProperties": [[:]],
    "properties": [[:]], "required": [[]], "uniqueItems": [false],
  ]
  private static let upperBounds: Set = ["exclusiveMaximum", "maxContains", "maxItems", "maxLength", "maxProperties", "maximum"]
  private static let lowerBounds: Set = ["exclusiveMinimum", "minContains", "minItems", "minLength", "minProperties", "minimum"]

  static func isNote(_ keyword: String) -> Bool {
    ![nameKeywords, constraints, structures, opaque, locations, consent, [secret, "default"]].contains { $0.contains(keyword) }
  }

  static func isAbsence(_ keyword: String, _ value: JSONValue) -> Bool {
    absences[keyword]?.contains { SameJSON.holds($0, value) } ?? false
  }

  // MARK: Comparing

  private mutating func add(_ level: Change.Level, _ message: String) { changes.append(Change(level, .spec, message)) }

  /// - Parameter isNames: whether the keys are names of fields, and not keywords.
  private mutating func compare(
    _ old: JSONObject, _ new: JSONObject, at path: String, isNames: Bool, isPatterns: Bool = false
  ) {
    let isRequiredCompared = !isNames && compareRequired(old["required"], new["required"], at: path)
    for (key, value) in old where !(isRequiredCompared && key == "required") {
      let place = Self.place(path, key)
      if let other = new[key] {
        if !SameJSON.holds(value, other) { changed(key, value, other, at: place, isName: isNames) }
      } else {
        removed(key, value, at: place, isName: isNames)
      }
    }
    for (key, value) in new where old[key] == nil && !(isRequiredCompared && key == "required") {
      added(key, value, at: Self.place(path, key), isName: isNames, isPattern: isPatterns)
    }
  }

  private mutating func removed(_ key: String, _ value: JSONValue, at place: String, isName: Bool) {
    if isName { return add(.major, "`\(place)` was removed") }
    if key == Self.secret { return compareSecret(value, nil, at: place) }
    if Self.consent.contains(key) || Self.isNote(key) || key == "default" || Self.isAbsence(key, value) {
      return add(.patch, "`\(place)` was removed")
    }
    if Self.constraints.contains(key) || Self.opaque.contains(key) {
      return add(.minor, "`\(place)` was removed, so that more configs are valid")
    }
    add(.major, "`\(place)` was removed")
  }

  private mutating func added(_ key: String, _ value: JSONValue, at place: String, isName: Bool, isPattern: Bool) {
    if isPattern || (!isName && key == "patternProperties" && !Self.isAbsence(key, value)) {
      return add(.major, "`\(place)` was added, which fields of saved configs may not match")
    }
    if isName || Self.nameKeywords.contains(key) { return add(.minor, "`\(place)` was added") }
    if key == Self.secret { return compareSecret(nil, value, at: place) }
    if Self.isNote(key) || key == "default" || Self.isAbsence(key, value) { return add(.patch, "`\(place)` was added") }
    if Self.constraints.contains(key) { return add(.major, "`\(place)` was added, so that fewer configs are valid") }
    if Self.structures.contains(key) || Self.opaque.contains(key) {
      return add(.major, "`\(place)` was added, so that saved configs may not be valid")
    }
    add(.minor, "`\(place)` was added")
  }

  private mutating func changed(_ key: String, _ old: JSONValue, _ new: JSONValue, at place: String, isName: Bool) {
    guard !isName else { return compare(old, new, at: place, key: nil) }
    if key == Self.secret { return compareSecret(old, new, at: place) }
    if Self.consent.contains(key) || Self.isNote(key) || key == "default" { return add(.patch, "`\(place)` changed") }
    if key == "type" { return compareTypes(old, new, at: place) }
    if Self.opaque.contains(key), !Self.isAbsence(key, new) {
      return add(.major, "`\(place)` changed, so that saved configs may not be valid")
    }
    if Self.absences[key] != nil {
      if Self.isAbsence(key, new), !["items", "patternProperties", "properties"].contains(key) {
        return add(.minor, "`\(place)` was relaxed to \(Self.short(new))")
      }
      if case (.bool, .bool) = (old, new) { return add(.major, "`\(place)` was tightened to \(Self.short(new))") }
      if old == false, ["additionalItems", "additionalProperties", "items"].contains(key) {
        return add(.minor, "`\(place)` was relaxed to \(Self.short(new))")
      }
    }
    if let before = Self.number(old), let after = Self.number(new) {
      if key == "multipleOf" {
        let quotient = after > 0 ? before / after : 0.5
        let isRelaxed = abs(quotient - quotient.rounded()) < 1e-9
        return bounded(isRelaxed, old, new, at: place)
      }
      if Self.upperBounds.contains(key) { return bounded(after > before, old, new, at: place) }
      if Self.lowerBounds.contains(key) { return bounded(after < before, old, new, at: place) }
    }
    compare(old, new, at: place, key: key)
  }

  private mutating func bounded(_ isRelaxed: Bool, _ old: JSONValue, _ new: JSONValue, at place: String) {
    add(
      isRelaxed ? .minor : .major,
      "`\(place)` was \(isRelaxed ? "relaxed" : "tightened") from \(Self.short(old)) to \(Self.short(new))")
  }

  private mutating func compare(_ old: JSONValue, _ new: JSONValue, at place: String, key: String?) {
    switch (old, new) {
    case (.object(let old), .object(let new)):
      compare(
        old, new, at: place, isNames: key.map(Self.nameKeywords.contains) ?? false, isPatterns: key == "patternProperties")
    case (.array(let old), .array(let new)): compare(old, new, at: place, key: key)
    default: add(.major, "`\(place)` changed from \(Self.short(old)) to \(Self.short(new))")
    }
  }

  private mutating func compare(_ old: [JSONValue], _ new: [JSONValue], at place: String, key: String?) {
    switch key {
    case "oneOf"?, "anyOf"?: compareBranches(SpecBranches(old: old, new: new), at: place, isExclusive: key == "oneOf")
    case "enum"?, "supported_destination_sync_modes"?:
      for value in old where !new.contains(where: { SameJSON.holds($0, value) }) {
        add(.major, "`\(place)` no longer allows \(Self.short(value))")
      }
      for value in new where !old.contains(where: { SameJSON.holds($0, value) }) {
        add(.minor, "`\(place)` also allows \(Self.short(value))")
      }
    default:
      for (number, (before, after)) in zip(old, new).enumerated() where !SameJSON.holds(before, after) {
        compare(before, after, at: "\(place)[\(number)]", key: nil)
      }
      if old.count != new.count { add(.major, "`\(place)` has \(new.count) elements, and had \(old.count)") }
    }
  }

  private mutating func compareBranches(_ branches: SpecBranches, at place: String, isExclusive: Bool) {
    for (number, branch) in branches.old.enumerated() {
      let inner = "\(place)[\(number)]"
      guard let partner = branches.partners[number] else {
        add(.major, "`\(inner)` was removed")
        continue
      }
      if !SameJSON.holds(branch, branches.new[partner]) { compare(branch, branches.new[partner], at: inner, key: nil) }
      if isExclusive, branches.overlapsMore(number, partner) {
        add(.major, "`\(inner)` may now hold for configs of another branch, which `oneOf` does not allow")
      }
    }
    for number in branches.new.indices where !branches.partners.values.contains(number) {
      if isExclusive, !branches.isApart(number) {
        add(
          .major,
          "`\(place)[\(number)]` was added, and may hold for saved configs of another branch, which `oneOf` does not allow")
      } else {
        add(.minor, "`\(place)[\(number)]` was added")
      }
    }
  }

  private mutating func compareRequired(_ old: JSONValue?, _ new: JSONValue?, at path: String) -> Bool {
    guard old != nil || new != nil, let before = Self.names(old), let after = Self.names(new) else { return false }
    for name in after where !before.contains(name) { add(.major, "`\(Self.place(path, name))` is required now") }
    for name in before where !after.contains(name) { add(.minor, "`\(Self.place(path, name))` is not required any more") }
    return true
  }

  private mutating func compareTypes(_ old: JSONValue, _ new: JSONValue, at place: String) {
    var lost = Self.types(old).subtracting(Self.types(new))
    var won = Self.types(new).subtracting(Self.types(old))
    if lost.contains("integer"), Self.types(new).contains("number") {
      lost.remove("integer")
      won.remove("number")
      add(.minor, "`\(place)` allows all numbers, and not only integers")
    }
    if !lost.isEmpty { add(.major, "`\(place)` no longer allows \(lost.sorted().joined(separator: ", "))") }
    if !won.isEmpty { add(.minor, "`\(place)` also allows \(won.sorted().joined(separator: ", "))") }
  }

  private mutating func compareSecret(_ old: JSONValue?, _ new: JSONValue?, at place: String) {
    func isSet(_ value: JSONValue?) -> Bool {
      value == true || value?.string?.trimmed(.whitespaces).lowercased() == "true"
    }
    switch (isSet(old), isSet(new)) {
    case (true, false): add(.major, "`\(place)` is gone: values that were saved as secrets may be shown, or not be found")
    case (false, true): add(.minor, "`\(place)` is set now: the field has become a secret")
    default: add(.patch, "`\(place)` is written in another way")
    }
  }

  // MARK: Values

  private static func place(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

  static func names(_ value: JSONValue?) -> [String]? {
    guard let value else { return [] }
    guard let list = value.array, list.allSatisfy({ $0.string != nil }) else { return nil }
    return list.compactMap(\.string)
  }

  static func types(_ value: JSONValue) -> Set<String> {
    Set(value.array?.map { $0.string ?? $0.jsonText } ?? [value.string ?? value.jsonText])
  }

  private static func number(_ value: JSONValue) -> Double? {
    switch value {
    case .int(let number): Double(number)
    case .double(let number): number
    case .number(let digits): Double(digits)
    default: nil
    }
  }

  private static func short(_ value: JSONValue) -> String {
    let text = value.jsonText
    return text.count > 60 ? text.prefix(60) + "…" : text
  }
}

/// Equality of JSON values: members in any order, and numbers by their values.
enum SameJSON {
  static func holds(_ left: JSONValue, _ right: JSONValue) -> Bool {
    switch (left, right) {
    case (.object(let left), .object(let right)):
      left.count == right.count && left.allSatisfy { key, value in right[key].map { holds(value, $0) } ?? false }
    case (.array(let left), .array(let right)): left.count == right.count && zip(left, right).allSatisfy(holds)
    case (.int(let left), .double(let right)), (.double(let right), .int(let left)): Double(left) == right
    default: left == right
    }
  }
}
