import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Says where in a request a value goes.
package struct RequestOption: Component {
  /// The part of a request that takes the value.
  package enum Place: String, Sendable {
    case requestParameter = "request_parameter"
    case header
    case bodyData = "body_data"
    case bodyJSON = "body_json"
  }

  package let place: Place
  /// One key, or the keys that lead into a JSON body; a template that fails does so where a value goes there.
  private let path: Result<[String], any Error>
  /// Where the manifest has it; nil for a header that another component names.
  private let node: ManifestNode?

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    self.node = node.node
    let placeNode = try node.required("inject_into")
    guard let place = Place(rawValue: placeNode.string ?? "") else {
      throw ConnectorError(
        .system, "`inject_into` should be request_parameter, header, body_data or body_json", at: placeNode)
    }
    self.place = place
    let evaluation = EvaluationContext(config: scope.templateConfig)
    func path(_ keys: [ManifestNode]) -> Result<[String], any Error> {
      Result { try keys.map { try InterpolatedString($0, parameters: scope.optionParameters).string(evaluation) } }
    }
    // As in the reference, an empty name, or a path without keys, does not count.
    let fieldName = node["field_name"].flatMap { $0.string == "" ? nil : $0 }
    let fieldPath = node["field_path"].flatMap { $0.sequence?.isEmpty == true ? nil : $0 }
    switch (fieldName, fieldPath) {
    case (let name?, nil): self.path = path([name])
    case (nil, let names?):
      guard place == .bodyJSON else {
        throw ConnectorError(.system, "`field_path` works with `inject_into: body_json` only; use `field_name` here", at: names)
      }
      self.path = path(try node.nodes("field_path"))
    case (nil, nil):
      throw ConnectorError(
        .system, "`RequestOption` needs `field_name` or `field_path`", at: node["field_name"] ?? node["field_path"] ?? node.node,
        cause: .missing(["field_name", "field_path"]))
    default: throw ConnectorError(.system, "`RequestOption` takes `field_name` or `field_path`, not both", at: node.node)
    }
  }

  /// A header, for components that name one directly.
  package init(header: InterpolatedString, config: TemplateConfig) {
    place = .header
    node = nil
    path = Result { [try header.string(EvaluationContext(config: config))] }
  }

  /// What the value is called in the request; nil if a template of it fails.
  package var name: String? { (try? path.get())?.joined(separator: ".") }

  /// Puts `value` into its place, replacing what is there.
  /// - Throws: ``ConnectorError`` if a template of the place fails.
  func inject(_ value: JSONValue, into parts: inout RequestParts) throws {
    let path = try path.get()
    if let node {
      parts.additions.append(RequestAddition(place: place.rawValue, name: path.joined(separator: "."), node: node))
    }
    switch place {
    case .requestParameter: Self.set(value, at: path[...], in: &parts.parameters)
    case .header: Self.set(value, at: path[...], in: &parts.headers)
    case .bodyData:
      guard case .object(var fields) = parts.bodyData else { return }
      Self.set(value, at: path[...], in: &fields)
      parts.bodyData = .object(fields)
    case .bodyJSON: Self.set(value, at: path[...], in: &parts.bodyJSON)
    }
  }

  private static func set(_ value: JSONValue, at path: ArraySlice<String>, in object: inout JSONObject) {
    guard let key = path.first else { return }
    if path.count == 1 {
      object[key] = value
    } else {
      var inner: JSONObject = if case .object(let present)? = object[key] { present } else { [:] }
      set(value, at: path.dropFirst(), in: &inner)
      object[key] = .object(inner)
    }
  }
}

extension BuildScope {
  /// Builds a request option whose templates see `parameters`.
  package func build(optional node: ManifestNode?, seeing parameters: JSONObject) throws -> RequestOption? {
    try seeing(parameters).build(optional: node)
  }
}
