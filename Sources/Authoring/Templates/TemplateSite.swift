import AirbyteProtocol
import ConnectorModel
import JSON
import JSONSchema
import Jinja
import Manifest
import Templating

/// A place of a manifest where a template stands, and what the component around it makes of it.
package struct TemplateSite: Sendable {
  /// The text, or the mapping.
  package let node: ManifestNode
  package let kind: TemplateKind
  /// The types that a literal may have there.
  package let types: ValidTypes
  /// The variables that templates have there; nil in a custom component, which decides by itself.
  package let variables: Set<String>?
  /// The `$parameters` of the component.
  package let parameters: JSONObject
  /// The stream that it is in; nil elsewhere.
  package let stream: ManifestNode?

  /// - Parameter path: as findings name places, `streams[0].retriever.requester.path`; an element of a list may be named by its `name`.
  /// - Throws: ``ConnectorError`` for a path that leads nowhere, or to what is never filled in.
  package init(_ path: String, in manifest: LoadedManifest) throws {
    var node = manifest.root
    var component = manifest.root
    var property = ""
    var stream: ManifestNode?
    var around: [String] = []
    for step in try PlacePath(path).steps {
      let next = try step.follow(from: node)
      if let key = next.key, node.isMapping {
        if Self.isComponent(node) {
          (component, property) = (node, key)
          around.append(node["type"]?.string ?? "")
        }
      }
      if next["type"]?.string == "DeclarativeStream", stream == nil { stream = next }
      node = next
    }
    guard node.string != nil || node.isMapping || node.sequence != nil else {
      throw ConnectorError(.config, "`\(path)` is \(node.kindName), which is used as it is: a template is a text", at: node)
    }
    guard !property.isEmpty, !Self.isComponent(node) else {
      let example = (node.entries ?? []).first { !["type", "$parameters"].contains($0.key) }?.node.path
      throw ConnectorError(
        .config, "`\(path)` is a component: name one of its properties" + (example.map { ", as in `\($0)`" } ?? ""), at: node)
    }
    let type = component["type"]?.string ?? ""
    if type.hasPrefix("Custom") {
      variables = nil
    } else if let names = ComponentSchema.templateVariables(in: property, of: type) {
      let within = ComponentSchema.templateVariablesWithin(property, of: type).filter { around.contains($0.key) }
      variables = Set(names).union(within.values.joined())
    } else {
      throw ConnectorError(
        .config, "`\(property)` of `\(type)` is used as it is: the reference fills in no templates there", at: node)
    }
    self.node = node
    self.stream = stream
    parameters = component["$parameters"]?.value.object ?? [:]
    kind = Self.kind(of: node, property, in: component)
    types = Self.types(of: property, in: component)
  }

  private static func isComponent(_ node: ManifestNode) -> Bool {
    node["type"]?.string.map { $0 == "DeclarativeSource" || ComponentSchema.definition($0)?["properties"] != nil } ?? false
  }

  private static let conditions: Set<String> = ["condition", "stop_condition", "predicate"]

  private static func kind(of node: ManifestNode, _ property: String, in component: ManifestNode) -> TemplateKind {
    if conditions.contains(property) { return .boolean }
    if node.string != nil { return .string }
    let isJSON = property == "request_body_json" || component["type"]?.string == "RequestBodyJsonObject"
    return isJSON || !node.isMapping || (node.entries ?? []).contains { $0.node.isMapping || $0.node.sequence != nil }
      ? .nested : .mapping
  }

  private static func types(of property: String, in component: ManifestNode) -> ValidTypes {
    switch (property, component["value_type"]?.string) {
    case ("value", "string"): return .string
    case ("value", "integer"): return .int
    case ("value", "number"): return .float
    case ("value", "boolean"): return .bool
    default: break
    }
    switch property {
    case "request_parameters", "request_body_data": return .field
    case "request_headers": return .header
    case "value" where component["type"]?.string == "RequestBodyUrlEncodedForm": return .field
    default: return .any
    }
  }

  /// The names that templates take from their place.
  static func reads(_ node: ManifestNode) -> Set<String> {
    texts(of: node).reduce(into: []) { names, text in
      if let template = try? Template(text, environment: .lowCode) { names.formUnion(template.undeclaredVariables) }
    }
  }

  private static func texts(of node: ManifestNode) -> [String] {
    var texts: [String] = []
    node.walk { inner in
      if let text = inner.string { texts.append(text) }
      return .into
    }
    return texts
  }
}

/// A path into a manifest as people write it.
struct PlacePath {
  enum Step {
    case key(String)
    case index(Int)
    /// The element of a list that has this name.
    case named(String)

    func follow(from node: ManifestNode) throws -> ManifestNode {
      let place = node.path.isEmpty ? "the manifest" : "`\(node.path)`"
      switch self {
      case .key(let key):
        if let next = node[key] { return next }
        let near = NameSuggestion.nearest(to: key, among: (node.entries ?? []).map(\.key))
        throw ConnectorError(.config, "There is no `\(key)` in \(place)" + (near.map { "; did you mean `\($0)`?" } ?? ""))
      case .index(let index):
        if let next = node[index] { return next }
        throw ConnectorError(.config, "There is no element \(index) in \(place), which has \(node.count)")
      case .named(let name):
        let elements = node.sequence ?? []
        if let next = elements.first(where: { $0["name"]?.string == name }) ?? node[name] { return next }
        let near = NameSuggestion.nearest(to: name, among: elements.compactMap { $0["name"]?.string })
        throw ConnectorError(
          .config, "There is nothing named `\(name)` in \(place)" + (near.map { "; did you mean `\($0)`?" } ?? ""))
      }
    }
  }

  let steps: [Step]

  /// - Throws: ``ConnectorError`` for a text that is no path.
  init(_ text: String) throws {
    var steps: [Step] = []
    var rest = text[...]
    while let first = rest.first {
      if first == "[" {
        let inner = rest.dropFirst()
        let quote = inner.first.flatMap { "\"'".contains($0) ? String($0) : nil } ?? ""
        let content = inner.dropFirst(quote.count)
        guard let end = content.firstRange(of: quote + "]") else {
          throw ConnectorError(.config, "`\(text)` is not a path: the bracket in `\(rest)` is not closed")
        }
        let name = String(content[..<end.lowerBound])
        if let index = Int(name), quote.isEmpty {
          steps.append(.index(index))
        } else {
          steps.append(quote.isEmpty ? .named(name) : .key(name))
        }
        rest = content[end.upperBound...]
      } else {
        if first == "." { rest = rest.dropFirst() }
        let name = rest.prefix { $0 != "." && $0 != "[" }
        guard !name.isEmpty else {
          throw ConnectorError(.config, "`\(text)` is not a path, as `streams[0].retriever.requester.path` is")
        }
        steps.append(.key(String(name)))
        rest = rest.dropFirst(name.count)
      }
    }
    self.steps = steps
  }
}
