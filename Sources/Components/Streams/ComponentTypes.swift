import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Python
import PythonTime
import Secrets
import YAML

/// Gives the values of a generated stream the types of their places, as the reference's models do, or refuses them.
///
/// A number that was evaluated becomes a text if the schema needs one, a text of digits a number. A date is not a text, and where
/// something has to be, null is nothing. Of several types that a place may have the first one that fits counts.
package enum ComponentTypes {
  /// How deep values are followed.
  private static let maximumDepth = 400

  /// Why a value does not fit.
  private struct Mismatch: Error {
    var reason: String
    var mark: SourceMark?
    /// The keys that lead to the value, the last one first.
    var path: [String] = []

    init(_ value: ManifestValue, _ reason: String) {
      self.reason = reason
      mark = value.mark
    }

    func below(_ key: String) -> Mismatch {
      var outer = self
      outer.path.append(key)
      return outer
    }
  }

  /// - Throws: ``ConnectorError`` if the reference refuses the component.
  package static func fitted(_ component: ManifestNode) throws(ConnectorError) -> ManifestNode {
    guard let type = component["type"]?.string, let schema = ComponentSchema.definition(type) else { return component }
    do {
      return ManifestNode(try fit(component.stored, schema), at: ManifestPath(start: component.path))
    } catch {
      let place = ([component.path] + error.path.reversed()).joined(separator: ".")
      throw ConnectorError(
        .system, "The generated stream `\(component["name"]?.string ?? "")` is not valid: \(error.reason)",
        at: error.mark ?? component.mark, path: place)
    }
  }

  private static func fit(_ value: ManifestValue, _ schema: JSONValue, _ depth: Int = 0) throws(Mismatch) -> ManifestValue {
    guard depth < maximumDepth else { throw Mismatch(value, "It is nested too deeply") }
    if let reference = schema["$ref"]?.string {
      guard let target = ComponentSchema.resolve(reference) else { return value }
      return try fit(value, target, depth + 1)
    }
    if let branches = schema["anyOf"]?.array { return try fit(value, anyOf: branches, depth) }
    if let types = schema["type"]?.array?.compactMap(\.string) {
      return try fit(value, anyOf: types.map { Self.schema(schema, type: $0) }, depth)
    }
    let type = schema["type"]?.string ?? (schema["properties"] == nil ? nil : "object")
    guard type != nil || schema["enum"] != nil else { return value }
    if case .null = value.content { throw Mismatch(value, "A value is missing here: it is null") }
    if let allowed = schema["enum"]?.array {
      guard allowed.contains(value.json) else {
        throw Mismatch(value, "It should be one of \(JSONValue.array(allowed).jsonText), not \(value.json.jsonText)")
      }
      return value
    }
    switch type {
    case "object": return try mapping(value, schema, depth)
    case "array": return try list(value, schema, depth)
    case "string": return try text(value)
    case "boolean": return try flag(value)
    default: return try bounded(type == "integer" ? integer(value) : number(value), schema)
    }
  }

  /// The first of several types that fits; where none does, what the one has against it that the value's own `type` names.
  private static func fit(
    _ value: ManifestValue, anyOf branches: [JSONValue], _ depth: Int
  ) throws(Mismatch) -> ManifestValue {
    var found: Mismatch?
    for branch in branches {
      do {
        return try fit(value, branch, depth + 1)
      } catch {
        let isNamed = error.path.last != "type"
        if found == nil || (isNamed && found?.path.last == "type") { found = error }
      }
    }
    if let found, found.path.last == "type", let type = value.mapping?["type"]?.string {
      throw Mismatch(value, "A `\(type)` is not allowed here").below("type")
    }
    throw found ?? Mismatch(value, "Nothing fits here")
  }

  private static func schema(_ schema: JSONValue, type: String) -> JSONValue {
    var object = schema.object ?? [:]
    object["type"] = .string(type)
    return .object(object)
  }

  // MARK: Mappings and lists

  private static func mapping(_ value: ManifestValue, _ schema: JSONValue, _ depth: Int) throws(Mismatch) -> ManifestValue {
    let value = try asMapping(value)
    let entries = value.mapping?.entries ?? []
    guard let properties = schema["properties"]?.object else {
      guard let members = schema["additionalProperties"], members.object?.isEmpty == false else { return value }
      return try replacing(entries, of: value) { entry throws(Mismatch) in try fit(entry.value, members, depth + 1) }
    }
    let required = schema["required"]?.array?.compactMap(\.string) ?? []
    // The type comes first: it shows quickly that another kind of component is meant.
    for name in ["type"] + required where required.contains(name) {
      guard let member = value.mapping?[name] else { throw Mismatch(value, "`\(name)` is missing").below(name) }
      if name == "type", let own = properties[name] {
        do { _ = try fit(member, own, depth + 1) } catch { throw error.below(name) }
      }
    }
    return try replacing(entries, of: value) { entry throws(Mismatch) in
      guard let own = properties[entry.key] else { return entry.value }
      if case .null = entry.value.content, !required.contains(entry.key) { return entry.value }
      return try fit(entry.value, own, depth + 1)
    }
  }

  private static func replacing(
    _ entries: [ManifestEntry], of value: ManifestValue, _ change: (ManifestEntry) throws(Mismatch) -> ManifestValue
  ) throws(Mismatch) -> ManifestValue {
    var isChanged = false
    var result: [ManifestEntry] = []
    for entry in entries {
      do {
        let fitted = try change(entry)
        if fitted !== entry.value { isChanged = true }
        result.append(entry.with(fitted))
      } catch {
        throw error.below(entry.key)
      }
    }
    return isChanged ? value.with(.mapping(ManifestMapping(result))) : value
  }

  /// What Python's `dict()` takes: a list of pairs, too, and anything that is empty.
  private static func asMapping(_ value: ManifestValue) throws(Mismatch) -> ManifestValue {
    switch value.content {
    case .mapping: return value
    case .string(""): return value.with(.mapping(ManifestMapping([])))
    case .sequence(let elements):
      var entries: [ManifestEntry] = []
      for element in elements {
        guard case .sequence(let pair) = element.content, pair.count == 2, let key = pair[0].string else {
          throw Mismatch(value, "A mapping is expected here, not a list")
        }
        entries.append(ManifestEntry(key: key, value: pair[1]))
      }
      return value.with(.mapping(ManifestMapping(entries)))
    default: throw Mismatch(value, "A mapping is expected here, not \(value.kindName)")
    }
  }

  private static func list(_ value: ManifestValue, _ schema: JSONValue, _ depth: Int) throws(Mismatch) -> ManifestValue {
    guard case .sequence(let elements) = value.content else {
      throw Mismatch(value, "A list is expected here, not \(value.kindName)")
    }
    if let least = schema["minItems"]?.int, elements.count < least {
      throw Mismatch(value, "At least \(least) elements are expected here")
    }
    var isChanged = false
    var result: [ManifestValue] = []
    for (index, element) in elements.enumerated() {
      do {
        let fitted = try schema["items"].map { items throws(Mismatch) in try fit(element, items, depth + 1) } ?? element
        if fitted !== element { isChanged = true }
        result.append(fitted)
      } catch {
        throw error.below("\(index)")
      }
    }
    if schema["uniqueItems"]?.bool == true, Set(result.map(\.json)).count < result.count {
      throw Mismatch(value, "An element appears here twice")
    }
    return isChanged ? value.with(.sequence(result)) : value
  }

  // MARK: Scalars

  private static func text(_ value: ManifestValue) throws(Mismatch) -> ManifestValue {
    switch value.content {
    case .string: return value
    case .int, .number, .double, .bool: return value.with(.string(PythonStrings.str(value.json)))
    case .timestamp(let timestamp):
      throw Mismatch(
        value,
        "A text is expected here, but YAML reads \(timestamp.isoText) as a date; give the mapping a `value_type` of string")
    default: throw Mismatch(value, "A text is expected here, not \(value.kindName)")
    }
  }

  private static func integer(_ value: ManifestValue) throws(Mismatch) -> ManifestValue {
    switch value.content {
    case .int, .number: return value
    case .bool(let flag): return value.with(.int(flag ? 1 : 0))
    case .double(let number):
      if let whole = Int(exactly: number.rounded(.towardZero)) { return value.with(.int(whole)) }
    case .string(let text):
      if let number = PythonNumberText.integer(text)?.int { return value.with(.int(number)) }
    default: break
    }
    throw Mismatch(value, "An integer is expected here, not \(value.json.jsonText)")
  }

  private static func number(_ value: ManifestValue) throws(Mismatch) -> ManifestValue {
    switch value.content {
    case .int, .number, .double: return value
    case .bool(let flag): return value.with(.double(flag ? 1 : 0))
    case .string(let text): if let number = PythonNumberText.float(text) { return value.with(.double(number)) }
    default: break
    }
    throw Mismatch(value, "A number is expected here, not \(value.json.jsonText)")
  }

  private static func bounded(_ value: ManifestValue, _ schema: JSONValue) throws(Mismatch) -> ManifestValue {
    let number = ManifestNode(value).double ?? 0
    if let least = schema["minimum"]?.double, number < least { throw Mismatch(value, "It should be at least \(least)") }
    if let bound = schema["exclusiveMinimum"]?.double, number <= bound {
      throw Mismatch(value, "It should be greater than \(bound)")
    }
    return value
  }

  private static func flag(_ value: ManifestValue) throws(Mismatch) -> ManifestValue {
    switch value.content {
    case .bool: return value
    case .int(let number) where number == 0 || number == 1: return value.with(.bool(number == 1))
    case .double(let number) where number == 0 || number == 1: return value.with(.bool(number == 1))
    case .string(let text):
      if ["1", "on", "t", "true", "y", "yes"].contains(text.lowercased()) { return value.with(.bool(true)) }
      if ["0", "off", "f", "false", "n", "no"].contains(text.lowercased()) { return value.with(.bool(false)) }
    default: break
    }
    throw Mismatch(value, "true or false is expected here, not \(value.json.jsonText)")
  }
}
