import ConnectorModel
import HTTP
import JSON
import Jinja
import Manifest

/// Finds out for each part of a request what in the manifest made it. Nothing is evaluated again: a template may ask for the time, or
/// for chance.
package struct RequestExplainer {
  private typealias Part = RequestExplanation.Part
  private typealias Variable = RequestExplanation.Variable

  private let request: HTTPRequest
  private let requester: ManifestNode
  private let making: RequestMaking
  private let surroundings: RequestSurroundings
  private let readings: TemplateReadings

  /// - Parameter readings: what is known of the manifest's templates; of use to all requests of a run.
  /// - Returns: nil for a request that kept nothing of what it was made from.
  package static func explanation(
    of request: HTTPRequest, _ readings: TemplateReadings = TemplateReadings()
  ) -> RequestExplanation? {
    guard let origin = request.origin, let making = origin.making else { return nil }
    let surroundings = RequestSurroundings(origin, making)
    let explainer = RequestExplainer(
      request: request, requester: origin.requester.node, making: making, surroundings: surroundings, readings: readings)
    return RequestExplanation(
      parts: explainer.address() + explainer.parameters() + explainer.headers() + explainer.body())
  }

  // MARK: Parts

  private func address() -> [Part] {
    var parts: [Part] = []
    if let method = requester["http_method"], !method.isNull {
      parts.append(part(.method, "", method, named: "http_method"))
    } else {
      parts.append(Part(kind: .method, name: "", source: "the default"))
    }
    if making.followsLink {
      var part = Part(kind: .address, name: "", source: "the address that the page before gave")
      if let strategy = surroundings.paginator?["pagination_strategy"] { pointed(&part, to: strategy, template: "cursor_value") }
      return parts + [part]
    }
    for property in ["url", "url_base", "path", "token_refresh_endpoint"] {
      guard let node = requester[property], node.string?.isEmpty == false else { continue }
      parts.append(part(.address, property, node, named: property))
    }
    return parts
  }

  private func parameters() -> [Part] {
    var known: Set<String> = []
    return QueryText(RequestURL(request.url).query ?? "").fields.compactMap { field in
      guard known.insert(field.name).inserted else { return nil }
      if let part = added(.parameter, field.name, to: "request_parameter")
        ?? given(.parameter, field.name, by: ["request_parameters"])
      {
        return part
      }
      let source = making.followsLink ? "the address that the page before gave" : "the address"
      return Part(kind: .parameter, name: field.name, source: source)
    }
  }

  private func headers() -> [Part] {
    request.headers.map { header in
      added(.header, header.name, to: "header")
        ?? given(.header, header.name, by: ["request_headers", "refresh_request_headers"])
        ?? signed(header.name) ?? Part(kind: .header, name: header.name, source: "the default")
    }
  }

  /// What an authenticator puts into a request that is complete otherwise.
  private func signed(_ name: String) -> Part? {
    let defaults: Set<String> = ["accept", "content-type", "accept-encoding", "user-agent", "content-length"]
    guard !defaults.contains(name.lowercased()), let authenticator = requester["authenticator"] else { return nil }
    return part(of: authenticator, .header, name)
  }

  private func body() -> [Part] {
    guard let body = request.body else { return [] }
    let places = ["request_body_json", "request_body_data", "request_body", "refresh_request_body"]
    let kind = request.header("Content-Type")?.lowercased() ?? ""
    var names: [String]?
    if kind.hasPrefix("application/x-www-form-urlencoded") {
      names = QueryText(String(decoding: body, as: UTF8.self)).fields.map(\.name)
    } else if let object = (try? JSONValue(parsing: body))?.object {
      names = Array(object.keys)
    }
    guard let names else {
      let node = places.lazy.compactMap { property in content(property) }.first
      return [node.map { part(.body, "", $0, named: "the body") } ?? Part(kind: .body, name: "", source: "a component")]
    }
    return names.map { name in
      added(.field, name, to: "body_json") ?? added(.field, name, to: "body_data") ?? given(.field, name, by: places)
        ?? direct(name) ?? Part(kind: .field, name: name, source: "a component")
    }
  }

  // MARK: Who made a part

  /// What a property of the requester has for a field.
  private func given(_ kind: Part.Kind, _ name: String, by properties: [String]) -> Part? {
    for property in properties {
      guard let content = content(property) else { continue }
      if content.isMapping {
        let isHeader = kind == .header
        let entry = (content.entries ?? []).first {
          isHeader ? HeaderName.isSame($0.key, name) : $0.key == name
        }
        if let entry { return part(kind, name, entry.node, named: property) }
        // A key may be a template, too.
        if let templated = (content.entries ?? []).first(where: { $0.key.contains("{{") }) {
          return part(kind, name, templated.node, named: property)
        }
      } else if content.string?.isEmpty == false {
        return part(kind, name, content, named: property)
      }
    }
    return nil
  }

  /// What a property has for a request: the value of a body that names its kind.
  private func content(_ property: String) -> ManifestNode? {
    guard let node = requester[property], !node.isNull else { return nil }
    return property == "request_body" ? node["value"] : node
  }

  /// What an authenticator has under the name of a field itself: `client_id`.
  private func direct(_ name: String) -> Part? {
    guard let node = requester[name] ?? named(name), !node.isNull, !node.isMapping else { return nil }
    return part(.field, name, node, named: node.key ?? name)
  }

  /// The property whose name in requests another property sets: `client_id` for `client_id_name: key`.
  private func named(_ name: String) -> ManifestNode? {
    ["client_id", "client_secret", "refresh_token", "grant_type"].lazy.filter { requester["\($0)_name"]?.string == name }
      .compactMap { requester[$0] }.first
  }

  private func added(_ kind: Part.Kind, _ name: String, to place: String) -> Part? {
    func isMeant(_ addition: RequestAddition) -> Bool {
      guard addition.place == place else { return false }
      if kind == .header { return HeaderName.isSame(addition.name, name) }
      return addition.name == name || addition.place == "body_json" && addition.name.hasPrefix(name + ".")
    }
    if let addition = making.additions.first(where: isMeant), let node = addition.node {
      let cause = surroundings.cause(of: node)
      return Part(
        kind: kind, name: name, source: cause.source, place: cause.place, template: cause.template,
        variables: cause.variables + (cause.template.map { variables(in: $0, of: requester) } ?? []))
    }
    guard making.credentials.contains(where: isMeant) else { return nil }
    return requester["authenticator"].map { part(of: $0, kind, name) }
      ?? Part(kind: kind, name: name, source: "the authenticator")
  }

  private func part(of authenticator: ManifestNode, _ kind: Part.Kind, _ name: String) -> Part {
    var part = Part(kind: kind, name: name, source: authenticator["type"]?.string ?? "the authenticator")
    part.place = authenticator.mark.map { "\($0)" }
    for property in ["api_token", "username", "password", "header_value"] {
      guard let text = authenticator[property]?.string, text.contains("{{") else { continue }
      part.template = part.template.map { "\($0) \(text)" } ?? text
      part.variables += variables(in: text, of: authenticator)
    }
    return part
  }

  private func part(_ kind: Part.Kind, _ name: String, _ node: ManifestNode, named property: String) -> Part {
    var part = Part(kind: kind, name: name, source: property, place: node.mark.map { "\($0)" })
    part.template = node.string ?? node.value.jsonText
    part.variables = variables(in: part.template ?? "", of: requester)
    return part
  }

  private func pointed(_ part: inout Part, to node: ManifestNode, template: String) {
    part.place = node.mark.map { "\($0)" }
    part.template = node[template]?.string
    if let token = surroundings.token { part.variables.append(token) }
  }

  // MARK: Variables

  private func variables(in template: String, of node: ManifestNode) -> [Variable] {
    guard template.contains("{{") || template.contains("{%") else { return [] }
    var found: [Variable] = []
    for reading in readings.readings(of: making.context.names, in: template) {
      guard let variable = surroundings.variable(reading.name, reading.steps, of: node),
        !found.contains(where: { $0.name == variable.name })
      else { continue }
      found.append(variable)
    }
    return found
  }
}
