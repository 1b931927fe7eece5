import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest
import Secrets

/// Gathers what a consent is given: from the config, from variables of the environment, and from whoever sits before a terminal.
package struct InputCollection: Sendable {
  private let declaration: ConsentDeclaration
  private let specification: JSONValue?
  private let environment: [String: String]
  /// Asks for a value; nil where nobody can be asked.
  private let ask: Asking?

  /// Asks a person for a value; nil if there is none.
  package typealias Asking = @Sendable (_ what: String, _ isSecret: Bool) async -> String?

  package static let clientIDVariable = "AIRBYTE_LOWCODE_CLIENT_ID"
  package static let clientSecretVariable = "AIRBYTE_LOWCODE_CLIENT_SECRET"

  package init(
    _ declaration: ConsentDeclaration, specification: JSONValue?, environment: [String: String],
    ask: Asking?
  ) {
    (self.declaration, self.specification, self.environment, self.ask) = (declaration, specification, environment, ask)
  }

  /// What the consent is given.
  /// - Parameter needsSecret: whether the application's secret is asked for where nobody gave it.
  /// - Throws: ``ConnectorError`` that names everything that is missing, and where to put it.
  package func inputs(_ config: JSONObject, needsSecret: Bool, hiding secrets: any Secrets) async throws -> ConsentInputs {
    var missing: [Missing] = []
    let user = self.user(config, &missing)
    var id = given(declaration.clientIDName, "client_id", config) ?? environment[Self.clientIDVariable]
    if id?.isEmpty ?? true { id = await ask?("Client id", false) }
    var secret = given(declaration.clientSecretName, "client_secret", config) ?? environment[Self.clientSecretVariable]
    if secret?.isEmpty ?? true, needsSecret { secret = await ask?("Client secret", true) }
    if id?.isEmpty ?? true {
      missing.append(self.missing(declaration.clientIDName, "client_id", Self.clientIDVariable))
    }
    if secret?.isEmpty ?? true, needsSecret {
      missing.append(self.missing(declaration.clientSecretName, "client_secret", Self.clientSecretVariable))
    }
    guard missing.isEmpty, let id else {
      throw ConnectorError(
        .config, "To sign in, \(missing.map(\.sentence).joined(separator: "; "))", cause: .missing(missing.map(\.name)))
    }
    if let secret { secrets.hide(secret) }
    return ConsentInputs(clientID: id, clientSecret: secret?.isEmpty == true ? nil : secret, user: user)
  }

  /// Where the config has a part of the client: at the place that the manifest names, else under its usual name.
  package static func clientPath(_ names: [String], _ places: OAuthPlaces) -> [String]? {
    names.lazy.compactMap { name in places.client.first { $0.name == name && !$0.path.isEmpty }?.path }.first
  }

  private func given(_ name: String, _ usual: String, _ config: JSONObject) -> String? {
    let names = [name, usual]
    let declared = Self.clientPath(names, declaration.places).map { [$0] } ?? []
    let paths = declared + names.flatMap { [[$0], ["credentials", $0]] }
    return paths.lazy.compactMap { OAuthPlaces.value(in: config, at: $0) }.first.flatMap { $0.string ?? $0.jsonText }
  }

  /// What is missing, and where to put it.
  private struct Missing {
    let name: String
    let sentence: String

    init(_ name: String, at path: [String], orVariable variable: String? = nil) {
      self.name = name
      let other = variable.map { ", or into the variable \($0)" } ?? ""
      sentence = "`\(name)` is missing: put it into the config at `\(path.joined(separator: "."))`\(other)"
    }
  }

  private func missing(_ name: String, _ usual: String, _ variable: String) -> Missing {
    Missing(name, at: Self.clientPath([name, usual], declaration.places) ?? [name], orVariable: variable)
  }

  private func user(_ config: JSONObject, _ missing: inout [Missing]) -> JSONObject {
    var user: JSONObject = [:]
    for place in declaration.places.inputs {
      let path = place.path.isEmpty ? [place.name] : place.path
      let schema = Self.schema(at: path[...], in: specification)
      let known = OAuthPlaces.value(in: config, at: path)
      if let value = known ?? schema?["default"] ?? place.node["default"]?.value, value != .null {
        user[place.name] = value
        continue
      }
      let isFlag = (place.node["type"]?.string ?? schema?["type"]?.string) == "boolean"
      let isRead = declaration.reads([place.name]) && !isFlag
      if declaration.requiredInputs.contains(place.name) || isRead {
        missing.append(Missing(place.name, at: path))
      }
    }
    return user
  }

  /// What a schema says of a property, also one of an alternative.
  private static func schema(at path: ArraySlice<String>, in schema: JSONValue?) -> JSONValue? {
    guard let key = path.first else { return schema }
    let alternatives = ["oneOf", "anyOf", "allOf"].flatMap { schema?[$0]?.array ?? [] }
    for candidate in [schema ?? .null] + alternatives {
      if let property = candidate["properties"]?[key] { return self.schema(at: path.dropFirst(), in: property) }
    }
    return nil
  }
}
