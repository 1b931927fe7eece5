import Engine
import JSON

/// The specification of a combined source, put together from those of its parts.
enum CombinedSpec {
  /// What a part with a key asks for is an object of the config; what the others ask for is beside each other.
  static func joined(_ parts: [CombinedSource.Part]) async throws -> JSONObject {
    var properties: JSONObject = [:]
    var required: [JSONValue] = []
    var documentation: JSONValue?
    for part in parts {
      let spec = try await part.source.spec()
      documentation = documentation ?? spec["documentationUrl"]
      var own = spec["connectionSpecification"]?.object ?? [:]
      if let key = part.configKey {
        own["$schema"] = nil
        if own["title"] == nil { own["title"] = .string(part.names.key) }
        properties[key] = .object(own)
        if !required.contains(.string(key)) { required.append(.string(key)) }
      } else {
        for (name, value) in own["properties"]?.object ?? [:] where properties[name] == nil { properties[name] = value }
        for name in own["required"]?.array ?? [] where !required.contains(name) { required.append(name) }
      }
    }
    let specification: JSONObject = [
      "$schema": "http://json-schema.org/draft-07/schema#", "type": "object", "properties": .object(properties),
      "required": .array(required), "additionalProperties": true,
    ]
    var spec: JSONObject = ["connectionSpecification": .object(specification)]
    spec["documentationUrl"] = documentation
    return spec
  }
}
