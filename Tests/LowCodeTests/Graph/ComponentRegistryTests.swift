import Testing

@testable import Components
@testable import ConnectorModel
@testable import Manifest

@Suite struct ComponentRegistryTests {
  /// Definitions that are no components of their own: values, enumerations and parts that their owners read.
  private static let parts: Set<String> = [
    "AuthFlow", "CombineMode", "ComplexFieldType", "PrimaryKey", "SchemaNormalization", "Schemas", "ValueType",
    "RequestBodyGraphQL", "RequestBodyGraphQlQuery", "RequestBodyJsonObject", "RequestBodyPlainText", "RequestBodyUrlEncodedForm",
    "OAuthConfigSpecification", "SessionTokenRequestApiKeyAuthenticator", "SessionTokenRequestBearerAuthenticator",
  ]

  /// Definitions that this version cannot run: a stream that needs one fails alone and says so.
  private static let missing: Set<String> = []

  @Test func everyDefinitionIsAccountedFor() {
    let definitions = Set(ComponentSchema.definitionNames)
    let custom = definitions.filter { $0.hasPrefix("Custom") }
    let known = ComponentRegistry.standard.names
    #expect(known.subtracting(definitions).isEmpty, "Components without a definition")
    #expect(known.intersection(Self.missing).isEmpty, "Components that are said to be missing")
    #expect(definitions.subtracting(known).subtracting(custom).subtracting(Self.parts) == Self.missing)
  }
}
