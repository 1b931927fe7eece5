import Essentials
import JSON
import Manifest
import YAML

/// Makes a ``DescribedAPI`` of a document.
package struct APIReader {
  private let document: OpenAPIDocument
  private var isOld: Bool { document.version == .two }

  package static func read(_ document: OpenAPIDocument) -> DescribedAPI { APIReader(document: document).api() }

  private static let methods = ["get", "put", "post", "delete", "options", "head", "patch", "trace"]

  private func api() -> DescribedAPI {
    let root = document.root
    let info = document.resolved(root["info"])
    var api = DescribedAPI(
      title: info?["title"]?.text ?? "", version: info?["version"]?.text ?? "", summary: info?["description"]?.text,
      documentation: root["externalDocs"]?["url"]?.text)
    let servers = isOld ? oldServers() : (root["servers"]?.elements ?? []).compactMap(server)
    api.servers = servers
    let schemes = isOld ? root["securityDefinitions"] : root["components"]?["securitySchemes"]
    api.securitySchemes = (schemes?.entries ?? []).map { scheme($0.key, document.resolved($0.node)) }
    api.security = requirements(root["security"]) ?? []
    for (path, written) in root["paths"]?.entries ?? [] where path.hasPrefix("/") {
      let item = document.resolved(written)
      for (method, node) in item.entries where Self.methods.contains(method.lowercased()) && node.isMapping {
        // Some documents keep each operation in a file of its own.
        api.operations.append(operation(method.uppercased(), path, document.resolved(node), at: node.mark, in: item))
      }
    }
    return api
  }

  // MARK: Servers

  private func server(_ node: DocumentNode) -> DescribedAPI.Server? {
    guard let url = node["url"]?.text else { return nil }
    let variables = (node["variables"]?.entries ?? []).map { name, variable in
      DescribedAPI.Server.Variable(
        name: name, value: variable["default"]?.text, choices: (variable["enum"]?.elements ?? []).compactMap(\.text),
        note: variable["description"]?.text)
    }
    return .init(url: url, variables: variables, note: node["description"]?.text, mark: node["url"]?.value.mark)
  }

  private func oldServers() -> [DescribedAPI.Server] {
    let root = document.root
    let base = root["basePath"]?.text ?? ""
    guard let host = root["host"]?.text else {
      return base.isEmpty ? [] : [.init(url: base, mark: root["basePath"]?.mark)]
    }
    let schemes = (root["schemes"]?.elements ?? []).compactMap(\.text)
    let scheme = schemes.contains("https") ? "https" : schemes.first ?? "https"
    return [.init(url: "\(scheme)://\(host)\(base)", mark: root["host"]?.mark)]
  }

  // MARK: Security

  private func requirements(_ node: DocumentNode?) -> [[String]]? {
    guard let node, node.isList else { return nil }
    return node.elements.map { $0.entries.map(\.key) }
  }

  private func scheme(_ id: String, _ node: DocumentNode) -> DescribedAPI.SecurityScheme {
    let kind: DescribedAPI.SecurityScheme.Kind
    switch node["type"]?.text?.lowercased() {
    case "apikey"?:
      let place = DescribedAPI.SecurityScheme.Place(rawValue: node["in"]?.text?.lowercased() ?? "header") ?? .header
      kind = .apiKey(place: place, name: node["name"]?.text ?? id)
    case "basic"?: kind = .basic
    case "http"?:
      switch node["scheme"]?.text?.lowercased() {
      case "basic"?: kind = .basic
      case "bearer"?: kind = .bearer
      case let other: kind = .other(other ?? "http")
      }
    case "oauth2"?: kind = .oauth2(flows(node))
    case let other: kind = .other(other ?? "a scheme without a type")
    }
    return .init(id: id, kind: kind, note: node["description"]?.text, mark: node.mark)
  }

  private func flows(_ node: DocumentNode) -> [DescribedAPI.SecurityScheme.Flow] {
    func flow(_ name: String, _ node: DocumentNode) -> DescribedAPI.SecurityScheme.Flow {
      .init(
        name: name, authorizationURL: node["authorizationUrl"]?.text, tokenURL: node["tokenUrl"]?.text,
        refreshURL: node["refreshUrl"]?.text, scopes: (node["scopes"]?.entries ?? []).map(\.key))
    }
    guard isOld else { return (node["flows"]?.entries ?? []).map { flow($0.key, $0.node) } }
    let names = ["application": "clientCredentials", "accessCode": "authorizationCode"]
    let name = node["flow"]?.text ?? "implicit"
    return [flow(names[name] ?? name, node)]
  }

  // MARK: Operations

  private func operation(
    _ method: String, _ path: String, _ node: DocumentNode, at mark: SourceMark?, in item: DocumentNode
  ) -> DescribedAPI.Operation {
    var operation = DescribedAPI.Operation(method: method, path: path)
    operation.id = node["operationId"]?.text
    operation.summary = node["summary"]?.text
    operation.note = node["description"]?.text
    operation.isDeprecated = node["deprecated"]?.bool ?? false
    operation.security = requirements(node["security"])
    operation.mark = mark
    // Those of the operation come before those of its path.
    for parameter in (node["parameters"]?.elements ?? []) + (item["parameters"]?.elements ?? []) {
      for read in parameters(document.resolved(parameter)) where operation.parameter(read.name, in: read.place) == nil {
        operation.parameters.append(read)
      }
    }
    operation.response = response(node["responses"], produces: node["produces"] ?? document.root["produces"])
    return operation
  }

  /// A parameter, and for an object in brackets (`deepObject`) also each of its members: `created[gte]`.
  private func parameters(_ node: DocumentNode) -> [DescribedAPI.Parameter] {
    guard let whole = parameter(node) else { return [] }
    guard whole.place == .query, node["style"]?.text == "deepObject", let schema = whole.schema else { return [whole] }
    let reader = SchemaReader(document: document)
    let members = reader.properties(of: schema).map { name, property in
      DescribedAPI.Parameter(
        name: "\(whole.name)[\(name)]", place: .query, note: reader.shape(property).note ?? whole.note, schema: property,
        mark: whole.mark)
    }
    return [whole] + members
  }

  private func parameter(_ node: DocumentNode) -> DescribedAPI.Parameter? {
    guard let name = node["name"]?.text, let place = node["in"]?.text else { return nil }
    let known = DescribedAPI.Parameter.Place(rawValue: place) ?? .body
    // In version 3, a parameter may have a media type with a schema.
    let content = node["content"]?.entries.first?.node["schema"]
    let schema = isOld ? node["schema"] ?? node : node["schema"] ?? content
    let example = node["example"] ?? node["x-example"] ?? document.resolved(node["examples"]?.entries.first?.node)?["value"]
    return .init(
      name: name, place: known, isRequired: node["required"]?.bool ?? (known == .path),
      isDeprecated: node["deprecated"]?.bool ?? false, note: node["description"]?.text, schema: schema, example: example?.json,
      mark: node.value.mark)
  }

  /// The answer of success: 200, or the lowest other one, or the one for everything.
  private func response(_ node: DocumentNode?, produces: DocumentNode?) -> DescribedAPI.Response? {
    let all = node?.entries ?? []
    let good =
      all.first { $0.key == "200" } ?? all.filter { $0.key.hasPrefix("2") }.min { $0.key < $1.key }
      ?? all.first { $0.key == "default" }
    guard let good else { return nil }
    let found = document.resolved(good.node)
    var response = DescribedAPI.Response(status: good.key, mark: good.node.mark)
    response.headers = Set((found["headers"]?.entries ?? []).map { $0.key.lowercased() })
    if isOld {
      let types = (produces?.elements ?? []).compactMap(\.text)
      guard types.isEmpty || types.contains(where: Self.isJSON) else { return response }
      response.schema = found["schema"]
      response.example = found["examples"]?.entries.first { Self.isJSON($0.key) }?.node.json
    } else {
      let media = (found["content"]?.entries ?? []).filter { Self.isJSON($0.key) }
      let best = media.first { $0.key.hasPrefix("application/json") } ?? media.first
      response.schema = best?.node["schema"]
      response.example =
        best?.node["example"]?.json ?? document.resolved(best?.node["examples"]?.entries.first?.node)?["value"]?.json
    }
    return response
  }

  private static func isJSON(_ type: String) -> Bool {
    let plain = type.lowercased().split(separator: ";").first.map { $0.trimmed(.whitespaces) } ?? ""
    return plain == "application/json" || plain.hasSuffix("+json") || plain == "*/*" || plain == "text/json"
      || plain == "application/*"
  }
}
