import JSON

/// What a schema itself has to look like.
enum Metaschema {
  private static let draft7URI = "http://json-schema.org/draft-07/schema"

  static let draft7 = compiled(draft7Text, .draft7)
  static let draft2020 = compiled(draft2020Text, .draft7)

  /// The document behind the address of a known edition.
  static func document(for uri: String) -> JSONValue? {
    uri == draft7URI ? draft7?.document : nil
  }

  private static func compiled(_ text: String, _ dialect: Dialect) -> (schema: JSONSchema, document: JSONValue)? {
    guard let document = try? JSONValue(parsing: text),
      let schema = try? JSONSchema(unchecked: document, dialect: dialect, checksFormats: true, isSound: false)
    else { return nil }
    return (schema, document)
  }

  private static let shared = """
    "format": {"type": "string"}, "title": {"type": "string"}, "description": {"type": "string"},
    "$comment": {"type": "string"}, "$schema": {"type": "string"}, "readOnly": {"type": "boolean"},
    "examples": {"type": "array"}, "multipleOf": {"type": "number", "exclusiveMinimum": 0},
    "maximum": {"type": "number"}, "exclusiveMaximum": {"type": "number"},
    "minimum": {"type": "number"}, "exclusiveMinimum": {"type": "number"},
    "maxLength": {"$ref": "#/definitions/count"}, "minLength": {"$ref": "#/definitions/count"},
    "pattern": {"type": "string", "format": "regex"},
    "maxItems": {"$ref": "#/definitions/count"}, "minItems": {"$ref": "#/definitions/count"},
    "uniqueItems": {"type": "boolean"}, "contains": {"$ref": "#"},
    "maxProperties": {"$ref": "#/definitions/count"}, "minProperties": {"$ref": "#/definitions/count"},
    "required": {"$ref": "#/definitions/names"}, "additionalProperties": {"$ref": "#"},
    "definitions": {"$ref": "#/definitions/schemas"}, "properties": {"$ref": "#/definitions/schemas"},
    "patternProperties": {
      "type": "object", "additionalProperties": {"$ref": "#"}, "propertyNames": {"format": "regex"}
    },
    "dependencies": {
      "type": "object", "additionalProperties": {"anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/names"}]}
    },
    "propertyNames": {"$ref": "#"}, "enum": {"type": "array"},
    "type": {
      "anyOf": [
        {"$ref": "#/definitions/type"},
        {"type": "array", "items": {"$ref": "#/definitions/type"}, "minItems": 1, "uniqueItems": true}
      ]
    },
    "contentMediaType": {"type": "string"}, "contentEncoding": {"type": "string"},
    "if": {"$ref": "#"}, "then": {"$ref": "#"}, "else": {"$ref": "#"},
    "allOf": {"$ref": "#/definitions/list"}, "anyOf": {"$ref": "#/definitions/list"},
    "oneOf": {"$ref": "#/definitions/list"}, "not": {"$ref": "#"}
    """

  private static let definitions = """
    "definitions": {
      "list": {"type": "array", "minItems": 1, "items": {"$ref": "#"}},
      "schemas": {"type": "object", "additionalProperties": {"$ref": "#"}},
      "count": {"type": "integer", "minimum": 0},
      "type": {"enum": ["array", "boolean", "integer", "null", "number", "object", "string"]},
      "names": {"type": "array", "items": {"type": "string"}, "uniqueItems": true}
    }
    """

  private static let draft7Text = """
    {"$schema": "\(draft7URI)#", "$id": "\(draft7URI)#", "type": ["object", "boolean"], \(definitions), "properties": {
      "$id": {"type": "string"}, "$ref": {"type": "string"}, "additionalItems": {"$ref": "#"},
      "items": {"anyOf": [{"$ref": "#"}, {"$ref": "#/definitions/list"}]}, \(shared)
    }}
    """

  /// Said in draft-07's words, since each part extends all the others in the original.
  private static let draft2020Text = """
    {"type": ["object", "boolean"], \(definitions), "properties": {
      "$id": {"type": "string", "pattern": "^[^#]*#?$"}, "$ref": {"type": "string"}, "$dynamicRef": {"type": "string"},
      "$anchor": {"type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"},
      "$dynamicAnchor": {"type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$"},
      "$defs": {"$ref": "#/definitions/schemas"}, "$vocabulary": {"type": "object"},
      "prefixItems": {"$ref": "#/definitions/list"}, "items": {"$ref": "#"},
      "dependentSchemas": {"$ref": "#/definitions/schemas"},
      "dependentRequired": {"type": "object", "additionalProperties": {"$ref": "#/definitions/names"}},
      "minContains": {"$ref": "#/definitions/count"}, "maxContains": {"$ref": "#/definitions/count"},
      "unevaluatedItems": {"$ref": "#"}, "unevaluatedProperties": {"$ref": "#"},
      "deprecated": {"type": "boolean"}, "writeOnly": {"type": "boolean"}, "contentSchema": {"$ref": "#"}, \(shared)
    }}
    """
}
