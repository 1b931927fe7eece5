import JSON

/// The specification of the runtime itself, which serves any manifest that a config brings along.
package enum GeneralSpec {
  package static let message: JSONObject = [
    "documentationUrl": "https://docs.airbyte.com/integrations/sources/low-code",
    "connectionSpecification": [
      "$schema": "http://json-schema.org/draft-07/schema#",
      "title": "A low-code connector",
      "type": "object",
      "required": ["__injected_declarative_manifest"],
      "additionalProperties": true,
      "properties": [
        "__injected_declarative_manifest": [
          "title": "Manifest",
          "type": "object",
          "description": "The connector's manifest. The other properties of the config are the connector's own.",
        ]
      ],
    ],
  ]
}
