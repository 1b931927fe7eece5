import JSON

import Components
import Engine
import Manifest

/// How a definition of the component schema is taken away from a case, to see whether the case needs it.
enum DefinitionRemoval: Equatable {
  /// The component is no longer there to be built.
  case component
  /// The objects of that type are taken out of the manifest.
  case objects
  /// The properties of this name are taken out of the manifest: they hold values of the definition.
  case property(String)

  init(of definition: String) {
    if let property = Self.properties[definition] {
      self = .property(property)
    } else {
      self = definition.hasPrefix("Custom") || Self.takenOut.contains(definition) ? .objects : .component
    }
  }

  /// Parts that their owners read themselves, by a property that holds them.
  private static let properties = [
    "AsyncJobStatusMap": "status_mapping",
    "AuthFlow": "advanced_auth",
    "CombineMode": "mode",
    "ComplexFieldType": "types_mapping",
    "ConcurrencyLevel": "concurrency_level",
    "CustomPaginationStrategy": "paginator",
    "CustomValidationStrategy": "config_normalization_rules",
    "OAuthConfigSpecification": "oauth_config_specification",
    "PrimaryKey": "primary_key",
    "QuotaStatusSource": "quota_status_source",
    "RequestBodyGraphQL": "request_body",
    "RequestBodyGraphQlQuery": "request_body",
    "RequestBodyJsonObject": "request_body",
    "RequestBodyPlainText": "request_body",
    "RequestBodyUrlEncodedForm": "request_body",
    "SchemaNormalization": "schema_normalization",
    "Schemas": "schemas",
    "SessionTokenRequestApiKeyAuthenticator": "request_authentication",
    "SessionTokenRequestBearerAuthenticator": "request_authentication",
    "Spec": "spec",
    "StreamGroup": "stream_groups",
    "TokenQuota": "quotas",
    "TypesMap": "types_mapping",
    "ValueType": "value_type",
  ]

  /// The same, whose objects can be told by their type.
  private static let takenOut: Set = [
    "AddedFieldDefinition", "ComponentMappingDefinition", "ConditionalStreams", "MinMaxDatetime", "RequestPath",
  ]

  /// Lines that stand in the manifests of cases that have the definition, where they are not its type or its property.
  private static let marks = [
    "ComplexFieldType": ["field_type:"],
    "RequestBodyGraphQL": ["type: RequestBodyGraphQL"],
    "RequestBodyGraphQlQuery": ["type: RequestBodyGraphQL"],
    "RequestBodyJsonObject": ["type: RequestBodyJsonObject"],
    "RequestBodyPlainText": ["type: RequestBodyPlainText"],
    "RequestBodyUrlEncodedForm": ["type: RequestBodyUrlEncodedForm"],
    "SessionTokenRequestApiKeyAuthenticator": ["request_authentication:", "type: ApiKey"],
    "SessionTokenRequestBearerAuthenticator": ["request_authentication:", "type: Bearer"],
  ]

  /// Whether a manifest's text has the definition.
  func isIn(_ manifest: String, _ definition: String) -> Bool {
    let lines = manifest.split(separator: "\n").map { $0.drop { $0 == " " || $0 == "-" } }
    var marks = Self.marks[definition] ?? ["type: \(definition)"]
    if case .property(let name) = self, Self.marks[definition] == nil, !definition.hasPrefix("Custom") { marks = ["\(name):"] }
    return marks.allSatisfy { mark in lines.contains { mark.hasSuffix(":") ? $0.hasPrefix(mark) : $0 == mark } }
  }

  /// Takes the definition away from what a case is run on.
  func apply(to definition: String, in subject: inout ReadSubject) throws {
    switch self {
    case .component: subject.components = subject.components.without(definition)
    case .objects: subject.manifest = try Self.edited(subject.manifest) { $1["type"]?.string == definition }
    case .property(let name): subject.manifest = try Self.edited(subject.manifest) { key, _ in key == name }
    }
  }

  private static func edited(_ manifest: String, without isTaken: (String, JSONValue) -> Bool) throws -> String {
    var warnings: [Diagnostic] = []
    let value = try ManifestLoader.load(.text(Array(manifest.utf8), name: "manifest.yaml"), warnings: &warnings)
    return pruned(value.json, isTaken).jsonText
  }

  private static func pruned(_ value: JSONValue, _ isTaken: (String, JSONValue) -> Bool) -> JSONValue {
    switch value {
    case .object(let members):
      var kept = JSONObject()
      for (key, member) in members where !isTaken(key, member) { kept[key] = pruned(member, isTaken) }
      return .object(kept)
    case .array(let elements): return .array(elements.filter { !isTaken("", $0) }.map { pruned($0, isTaken) })
    default: return value
    }
  }
}
