import Foundation
import JSON
import JSONSchema
import Testing
import YAML

@testable import Components
@testable import Engine
@testable import Manifest

@Suite("The bundled component schema")
struct ComponentSchemaTests {
  @Test func hasAllDefinitions() {
    #expect(ComponentSchema.definitionNames.count == 139)
    #expect(Set(ComponentSchema.definitionNames).count == 139)
  }

  @Test func describesEachDefinitionAndEachProperty() {
    var silent: [String] = []
    var described = 0
    SchemaStructure.walk(ComponentSchema.document) { path, schema in
      let parts = path.split(separator: "/")
      guard parts.count >= 2, ["properties", "definitions"].contains(parts[parts.count - 2]) else { return }
      if case .string(let text)? = schema["description"], !text.isEmpty { described += 1 } else { silent.append(path) }
    }
    #expect(silent == [])
    #expect(described == 801)
  }

  @Test func titlesEachDefinition() {
    for (name, definition) in ComponentSchema.definitions {
      guard case .object(let members) = definition, case .string(let title)? = members["title"] else {
        Issue.record("\(name) has no title")
        continue
      }
      #expect(!title.isEmpty)
    }
  }

  /// Runs take the schema for sound without looking.
  @Test func isSound() throws {
    let schema = try JSONSchema(compiling: ComponentSchema.document)
    #expect(schema.unresolvedReferences == [])
  }

  @Test func deprecatedPartsSayWhatToUseInstead() {
    var deprecated: [String] = []
    SchemaStructure.walk(ComponentSchema.document) { path, schema in
      guard schema["deprecated"] == .bool(true) else { return }
      deprecated.append(path)
      guard !path.hasSuffix("LegacySessionTokenAuthenticator") else { return }
      #expect(schema["deprecation_message"] != nil, "\(path)")
    }
    #expect(deprecated.count == 7)
  }

  @Test func resolvesEachReference() {
    var references: [String] = []
    SchemaStructure.walk(ComponentSchema.document) { _, schema in
      if case .string(let reference)? = schema["$ref"] { references.append(reference) }
    }
    #expect(references.count == 310)
    #expect(references.filter { ComponentSchema.resolve($0) == nil } == [])
    #expect(ComponentSchema.resolve("#/definitions/Nowhere") == nil)
    #expect(ComponentSchema.resolve("elsewhere.yaml#/definitions/Spec") == nil)
  }

  /// Definitions whose `type` is not their name: the two ways to send a session token have short names.
  private static let shortTypes = [
    "SessionTokenRequestApiKeyAuthenticator": "ApiKey",
    "SessionTokenRequestBearerAuthenticator": "Bearer",
  ]

  /// Definitions without a `type`: parts of a component that can be told by their place.
  private static let untyped: Set<String> = [
    "AuthFlow", "CombineMode", "ComplexFieldType", "HttpRequestRegexMatcher", "OAuthConfigSpecification",
    "PrimaryKey", "Rate", "RequestBodyGraphQlQuery", "SchemaNormalization", "Schemas", "StreamGroup", "TypesMap", "ValueType",
  ]

  @Test func typesAreNamedAsTheirDefinitions() {
    for name in ComponentSchema.definitionNames {
      guard case .object(let type)? = ComponentSchema.properties(of: name)?["type"] else {
        #expect(Self.untyped.contains(name), "\(name) has no type")
        continue
      }
      #expect(!Self.untyped.contains(name), "\(name) has a type")
      #expect(type["enum"] == .array([.string(Self.shortTypes[name] ?? name)]), "\(name)")
    }
  }

  @Test func looksUpDefinitions() {
    #expect(ComponentSchema.definition("DpathExtractor") != nil)
    #expect(ComponentSchema.definition("dpathextractor") == nil)
    #expect(
      ComponentSchema.properties(of: "DpathExtractor").map { Array($0.keys) } == [
        "type", "field_path", "record_expander", "$parameters",
      ])
    #expect(ComponentSchema.properties(of: "ValueType") == [:])
    #expect(ComponentSchema.properties(of: "Nothing") == nil)
    #expect(ComponentSchema.requiredProperties(of: "DpathExtractor") == ["type", "field_path"])
    #expect(ComponentSchema.requiredProperties(of: "ValueType") == [])
    #expect(ComponentSchema.requiredProperties(of: "Nothing") == nil)
  }

  /// The embedded JSON is what the YAML file says, without the keywords with `x-`.
  @Test func embedsTheFile() throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../schemas/declarative_component_schema.yaml").standardizedFileURL
    let document = try YAMLDocument(parsing: Array(Data(contentsOf: file)), file: file.path)
    #expect(document.warnings.isEmpty)
    let written = SchemaStructure.withoutVendorKeywords(JSONValue(schemaNode: document.root))
    #expect(SchemaStructure.differences(ComponentSchema.document, written) == [])
  }

  @Test(.enabled(if: ReferenceSchema.path != nil, "set AIRBYTE_CDK_SCHEMA or AIRBYTE_CDK_PYTHON to compare"))
  func demandsWhatTheReferenceDemands() throws {
    let path = try #require(ReferenceSchema.path)
    let document = try YAMLDocument(parsing: Array(Data(contentsOf: URL(fileURLWithPath: path))), file: path)
    let reference = SchemaStructure.facts(of: JSONValue(schemaNode: document.root))
    #expect(SchemaStructure.differences(SchemaStructure.facts(of: ComponentSchema.document), reference) == [])
  }
}

/// Where the reference's component schema is on this machine, if anywhere.
private enum ReferenceSchema {
  static let path: String? = {
    let environment = ProcessInfo.processInfo.environment
    if let path = environment["AIRBYTE_CDK_SCHEMA"], !path.isEmpty { return path }
    guard let python = environment["AIRBYTE_CDK_PYTHON"], !python.isEmpty else { return nil }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: python)
    process.arguments = ["-c", "import importlib.util as u; print(u.find_spec('airbyte_cdk').submodule_search_locations[0])"]
    let output = Pipe()
    process.standardOutput = output
    do {
      try process.run()
      let package = try output.fileHandleForReading.readToEnd().map { String(decoding: $0, as: UTF8.self) } ?? ""
      process.waitUntilExit()
      guard process.terminationStatus == 0, !package.isEmpty else { return nil }
      let folder = package.trimmingCharacters(in: .whitespacesAndNewlines)
      return "\(folder)/sources/declarative/declarative_component_schema.yaml"
    } catch {
      return nil
    }
  }()
}
