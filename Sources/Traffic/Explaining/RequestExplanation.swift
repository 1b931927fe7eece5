import ConnectorModel
import JSON

/// Why a request is as it is: what in the manifest made each of its parts, and from what.
package struct RequestExplanation: Sendable, Equatable {
  /// What a variable comes from that is a value of the config.
  package static let configSource = "the config"

  /// A part of a request.
  package struct Part: Sendable, Equatable {
    package enum Kind: String, Sendable {
      case method, address, parameter, header, field, body
    }

    package var kind: Kind
    /// Empty for a part of which there is one alone.
    package var name: String
    /// What made it, in a few words.
    package var source: String
    /// Where that is in the manifest: `file:line:column`.
    package var place: String?
    /// The text that was evaluated.
    package var template: String?
    package var variables: [Variable] = []
  }

  /// Something that a template read, or that a component put into a request.
  package struct Variable: Sendable, Equatable {
    package var name: String
    /// Nil if there was none.
    package var value: JSONValue?
    /// Where the value comes from, in a few words.
    package var source: String
    package var place: String?
  }

  package var parts: [Part]

  package init(parts: [Part]) { self.parts = parts }
}

extension RequestExplanation {
  /// As recordings and the answers of commands hold it.
  package var json: JSONValue {
    .array(
      parts.map { part in
        var json: JSONObject = ["part": .string(part.kind.rawValue)]
        if !part.name.isEmpty { json["name"] = .string(part.name) }
        json["by"] = .string(part.source)
        if let place = part.place { json["place"] = .string(place) }
        if let template = part.template { json["template"] = .string(template) }
        if !part.variables.isEmpty { json["variables"] = .array(part.variables.map(\.json)) }
        return .object(json)
      })
  }

  /// - Returns: nil for anything that is no explanation.
  package init?(json: JSONValue?) {
    guard let elements = json?.array else { return nil }
    parts = elements.compactMap { element in
      guard let kind = element["part"]?.string.flatMap(Part.Kind.init), let source = element["by"]?.string else { return nil }
      return Part(
        kind: kind, name: element["name"]?.string ?? "", source: source, place: element["place"]?.string,
        template: element["template"]?.string, variables: (element["variables"]?.array ?? []).compactMap { Variable(json: $0) })
    }
  }
}

extension RequestExplanation.Variable {
  fileprivate var json: JSONValue {
    var json: JSONObject = ["name": .string(name)]
    if let value { json["value"] = value }
    json["by"] = .string(source)
    if let place { json["place"] = .string(place) }
    return .object(json)
  }

  fileprivate init?(json: JSONValue) {
    guard let name = json["name"]?.string, let source = json["by"]?.string else { return nil }
    self.init(name: name, value: json["value"], source: source, place: json["place"]?.string)
  }
}
