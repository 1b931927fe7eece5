import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// What a tap is given, with templates over the source's config.
///
/// Unlike elsewhere in manifests, text that has no template stays text, and a template that is a member of the config alone has that
/// member's own type: a password of digits is no number. What is null is left out.
struct ConfigTemplate: Sendable {
  private indirect enum Part: Sendable {
    case constant(JSONValue)
    /// A member of the config, by its path.
    case member([String])
    case template(InterpolatedString)
    case list([Part])
    case mapping([(String, Part)])
  }

  private let root: Part
  private let node: ManifestNode

  init(_ node: ManifestNode) throws {
    self.node = node
    root = try Self.compile(node, depth: 0)
  }

  /// The values.
  /// - Throws: ``ConnectorError`` if a template cannot be evaluated.
  func values(_ config: JSONObject, _ runtime: RuntimeEnvironment) throws -> JSONObject {
    let context = EvaluationContext(config: Value(.object(config)), runtime: runtime.templates)
    return try Self.value(of: root, .object(config), context).object ?? [:]
  }

  /// The config with what a tap has changed in its own one, where that came from a member of the config.
  /// - Returns: also the paths of changes that belong to no member.
  func applying(_ new: JSONObject, over old: JSONObject, to config: JSONObject) -> (JSONObject, lost: [String]) {
    var result = JSONValue.object(config)
    var lost: [String] = []
    func apply(_ part: Part?, _ old: JSONValue?, _ new: JSONValue?, _ path: [String]) {
      guard old != new else { return }
      switch part {
      case .member(let member)?: Self.set(new, at: member[...], in: &result)
      case .mapping(let members)? where new?.object != nil:
        let parts = Dictionary(members, uniquingKeysWith: { $1 })
        for key in Set((new?.object ?? [:]).keys).union((old?.object ?? [:]).keys).sorted() {
          apply(parts[key], old?[key], new?[key], path + [key])
        }
      default: lost.append(path.joined(separator: "."))
      }
    }
    apply(root, .object(old), .object(new), [])
    return (result.object ?? config, lost)
  }

  /// The specification of the config that the values are taken from, as far as they are members of it.
  /// - Parameter settings: the JSON schema of the values.
  func specification(of settings: JSONObject) -> JSONObject {
    var result: JSONValue = ["$schema": settings["$schema"] ?? "http://json-schema.org/draft-07/schema#", "type": "object"]
    func add(_ part: Part, _ schema: JSONValue?, isRequired: Bool) {
      switch part {
      case .member(let path): Self.add(schema ?? [:], at: path[...], isRequired: isRequired, to: &result)
      case .mapping(let members):
        let required = schema?["required"]?.array ?? []
        for (key, inner) in members {
          add(inner, schema?["properties"]?[key], isRequired: isRequired && required.contains(.string(key)))
        }
      case .constant, .template, .list: break
      }
    }
    add(root, .object(settings), isRequired: true)
    result["additionalProperties"] = true
    return result.object ?? [:]
  }

  private static func add(_ schema: JSONValue, at path: ArraySlice<String>, isRequired: Bool, to object: inout JSONValue) {
    guard let key = path.first else { return }
    var inner = object["properties"]?[key] ?? (path.count == 1 ? schema : ["type": "object"])
    if path.count > 1 { add(schema, at: path.dropFirst(), isRequired: isRequired, to: &inner) }
    var properties = object["properties"] ?? [:]
    properties[key] = inner
    object["properties"] = properties
    guard isRequired else { return }
    let required = object["required"]?.array ?? []
    if !required.contains(.string(key)) { object["required"] = .array(required + [.string(key)]) }
  }

  private static func set(_ new: JSONValue?, at path: ArraySlice<String>, in value: inout JSONValue) {
    guard let key = path.first else { return }
    if path.count == 1 {
      value[key] = new
      return
    }
    var inner = value[key] ?? [:]
    set(new, at: path.dropFirst(), in: &inner)
    value[key] = inner
  }

  private static func compile(_ node: ManifestNode, depth: Int) throws -> Part {
    if depth > ManifestNode.deepestWalk { throw ConnectorError(.config, "This value is nested too deeply", at: node) }
    switch node.content {
    case .string(let text):
      guard text.contains("{{") || text.contains("{%") else { return .constant(.string(text)) }
      if let path = path(in: text) { return .member(path) }
      return .template(InterpolatedString(text, parameters: nil, fallback: nil, types: .any, mark: node.mark))
    case .sequence(let nodes): return .list(try nodes.map { try compile($0, depth: depth + 1) })
    case .mapping(let mapping): return .mapping(try mapping.map { ($0, try compile($1, depth: depth + 1)) })
    default: return .constant(node.value)
    }
  }

  /// The path of `{{ config['a']['b'] }}` and `{{ config.a.b }}`; nil for any other template.
  static func path(in text: String) -> [String]? {
    var rest = text[...].drop(while: \.isWhitespace)
    guard rest.hasPrefix("{{") else { return nil }
    rest = rest.dropFirst(2).drop(while: \.isWhitespace)
    guard rest.hasPrefix("config") else { return nil }
    rest = rest.dropFirst("config".count)
    var path: [String] = []
    while let first = rest.first {
      if first == "." {
        let name = rest.dropFirst().prefix { $0.isLetter || $0.isNumber || $0 == "_" }
        guard let start = name.first, !start.isNumber else { return nil }
        path.append(String(name))
        rest = rest.dropFirst(1 + name.count)
      } else if first == "[" {
        let inner = rest.dropFirst()
        guard let quote = inner.first, quote == "'" || quote == "\"" else { return nil }
        let name = inner.dropFirst().prefix { $0 != quote && $0 != "\\" }
        rest = inner.dropFirst(1 + name.count)
        guard rest.hasPrefix("\(quote)]") else { return nil }
        path.append(String(name))
        rest = rest.dropFirst(2)
      } else {
        rest = rest.drop(while: \.isWhitespace)
        guard rest.hasPrefix("}}"), rest.dropFirst(2).allSatisfy(\.isWhitespace), !path.isEmpty else { return nil }
        return path
      }
    }
    return nil
  }

  private static func value(of part: Part, _ config: JSONValue, _ context: EvaluationContext) throws -> JSONValue {
    switch part {
    case .constant(let value): return value
    case .member(let path): return path.reduce(config) { value, key in value[key] ?? .null }
    case .template(let template): return JSONValue(try template.evaluate(context))
    case .list(let parts): return .array(try parts.map { try value(of: $0, config, context) })
    case .mapping(let members):
      var object: JSONObject = [:]
      for (key, part) in members {
        let value = try value(of: part, config, context)
        if !value.isNull { object[key] = value }
      }
      return .object(object)
    }
  }
}
