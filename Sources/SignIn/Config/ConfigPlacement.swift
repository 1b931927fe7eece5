import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest

/// Puts what a sign-in gave into a config.
package enum ConfigPlacement {
  /// What a sign-in changes in a config: the tokens, the application that they belong to, and the choice that stands for OAuth.
  package static func changes(
    _ tokens: PlacedValues, _ inputs: ConsentInputs, _ declaration: ConsentDeclaration, in config: JSONObject
  ) -> PlacedValues {
    var changes: PlacedValues = []
    let places = declaration.places
    if let predicate = places.predicate, OAuthPlaces.value(in: config, at: predicate.path) == nil {
      changes.append((predicate.path, .string(predicate.value)))
    }
    let client = [
      ([declaration.clientIDName, "client_id"], inputs.clientID),
      ([declaration.clientSecretName, "client_secret"], inputs.clientSecret),
    ]
    for (names, value) in client {
      guard let value, let path = InputCollection.clientPath(names, places), OAuthPlaces.value(in: config, at: path) == nil else {
        continue
      }
      changes.append((path, .string(value)))
    }
    return changes + tokens
  }

  /// A config with values at their places.
  /// - Throws: ``ConnectorError`` if something else than an object is where values belong.
  package static func applied(_ changes: PlacedValues, to config: JSONObject) throws(ConnectorError) -> JSONObject {
    var config = config
    for (path, value) in changes { try set(value, at: path[...], of: path, in: &config) }
    return config
  }

  private static func set(
    _ value: JSONValue, at rest: ArraySlice<String>, of path: [String], in object: inout JSONObject
  ) throws(ConnectorError) {
    guard let key = rest.first else { return }
    guard rest.count > 1 else {
      object[key] = value
      return
    }
    var inner: JSONObject = [:]
    switch object[key] {
    case nil, .null?: break
    case .object(let members)?: inner = members
    case _?:
      let place = path[..<rest.startIndex].joined(separator: ".")
      let owner = place.isEmpty ? key : "\(place).\(key)"
      throw ConnectorError(
        .config, "`\(owner)` of the config is not an object, but `\(path.joined(separator: "."))` belongs inside it",
        remedy: "remove it from the config, or make it an object")
    }
    try set(value, at: rest.dropFirst(), of: path, in: &inner)
    object[key] = .object(inner)
  }
}
