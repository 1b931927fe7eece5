import JSON
import Manifest

/// The JSON schema of manifests as their authors write them, for editors.
///
/// The component schema describes manifests after references were followed and types and parameters passed down. Before that, a
/// `$ref` can be anything, some places have a type that components may leave out, and what a component lacks may come from the
/// `$parameters` around it. So each definition is there twice: under its own name, and as `…Within`, where nothing is required, for
/// what is within a component that has `$parameters`, or a `$ref` that may bring some.
package enum EditorSchema {
  package static let document: JSONValue = {
    let source = ComponentSchema.document
    var root = source.object ?? [:]
    root["required"] = .array(without(source["required"], "type"))
    var properties: JSONObject = [:]
    for (key, value) in source["properties"]?.object ?? [:] {
      let isData = key == "type" || key == "version" || ComponentSchema.isOpaque(key, of: "DeclarativeSource")
      properties[key] = isData ? value : property(value, Place(owner: "DeclarativeSource", field: key))
    }
    var shelf = source["properties"]?["definitions"]?.object ?? [:]
    shelf["additionalProperties"] = reference("Part")
    properties["definitions"] = .object(shelf)
    properties["$parameters"] = ["type": "object"]
    root["properties"] = .object(properties)
    root["definitions"] = .object(definitions)
    return .object(root)
  }()

  /// Where a part of the schema is.
  private struct Place {
    let owner: String
    let field: String
    /// Whether parameters may be in force there.
    var isWithin = false
  }

  private static let definitions: JSONObject = {
    var definitions: JSONObject = [
      "Reference": [
        "description": "A value that is elsewhere in the manifest, as in `$ref: '#/definitions/name'`.",
        "anyOf": [
          ["type": "object", "required": ["$ref"], "properties": ["$ref": ["type": "string"]]],
          ["type": "string", "pattern": "^#/"],
        ],
      ],
      "Typed": ["anyOf": [["required": ["type"]], ["required": ["$ref"]]]],
    ]
    let components = ComponentSchema.definitionNames.filter(isComponent)
    // `definitions` can contain anything; what has the type of a component is completed as one.
    definitions["Part"] = [
      "anyOf": .array([[:]] + components.map { ["allOf": [reference($0), reference("Typed")]] })
    ]
    for (name, definition) in ComponentSchema.definitions {
      definitions[name] = whole(definition, Place(owner: name, field: ""))
      definitions["\(name)Within"] = whole(definition, Place(owner: name, field: "", isWithin: true))
    }
    return definitions
  }()

  private static func isComponent(_ name: String) -> Bool { ComponentSchema.definition(name)?["properties"] != nil }

  private static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/definitions/\(name)")] }

  private static func without(_ names: JSONValue?, _ name: String) -> [JSONValue] {
    (names?.array ?? []).filter { $0.string != name }
  }

  // MARK: Components

  private static func whole(_ definition: JSONValue, _ place: Place) -> JSONValue {
    guard var result = definition.object, let known = result.removeValue(forKey: "properties")?.object else {
      return part(definition, place)
    }
    let required = without(result.removeValue(forKey: "required"), "type")
    var properties: JSONObject = [:]
    for (key, value) in known {
      let isPlain = key == "type" || key == "$parameters"
      properties[key] = isPlain ? value : property(value, Place(owner: place.owner, field: key, isWithin: place.isWithin))
    }
    properties["$ref"] = ["type": "string"]
    if place.isWithin {
      result["properties"] = .object(properties)
      return .object(result)
    }
    var strict: JSONObject = ["properties": .object(properties)]
    if !required.isEmpty { strict["required"] = .array(required) }
    result["if"] = ["anyOf": [["required": ["$ref"]], ["required": ["$parameters"]]]]
    result["then"] = reference("\(place.owner)Within")
    result["else"] = .object(strict)
    return .object(result)
  }

  // MARK: Places

  /// What says something to people, and stays where it is.
  private static let annotations = [
    "title", "description", "examples", "default", "interpolation_context", "deprecated", "deprecation_message",
  ]

  /// A property, or the elements of a list: what it may be, or a reference.
  private static func property(_ schema: JSONValue, _ place: Place) -> JSONValue {
    let made = part(schema, place)
    guard var inner = made.object, schema["$ref"] == nil, schema["anyOf"] == nil, schema["oneOf"] == nil,
      let type = schema["type"], type != "object"
    else { return made }
    var outer: JSONObject = [:]
    for key in annotations { if let value = inner.removeValue(forKey: key) { outer[key] = value } }
    outer["anyOf"] = [.object(inner), reference("Reference")]
    return .object(outer)
  }

  private static func part(_ schema: JSONValue, _ place: Place) -> JSONValue {
    guard var result = schema.object else { return schema }
    if let name = schema["$ref"]?.string?.split(separator: "/").last.map({ String($0) }) { return component(name, place) }
    for keyword in ["anyOf", "oneOf"] {
      guard let choices = result.removeValue(forKey: keyword)?.array else { continue }
      result["anyOf"] = .array(choices.map { part($0, place) } + [reference("Reference")])
      return .object(result)
    }
    if let items = schema["items"] { result["items"] = property(items, place) }
    if let values = schema["additionalProperties"], values.object != nil {
      result["additionalProperties"] = property(values, place)
    }
    return .object(result)
  }

  /// A component in its place, where it may leave out its type or not.
  private static func component(_ name: String, _ place: Place) -> JSONValue {
    guard let definition = ComponentSchema.definition(name) else { return reference(name) }
    if place.isWithin { return reference("\(name)Within") }
    let isTyped = definition["required"]?.array?.contains { $0.string == "type" } ?? false
    let usual = [
      ComponentSchema.defaultType(in: place.field, of: place.owner), ComponentSchema.customType(in: place.field, of: place.owner),
    ]
    guard isComponent(name), isTyped, !usual.contains(name) else { return reference(name) }
    return ["allOf": [reference(name), reference("Typed")]]
  }
}
