/// The rules that manifests are checked by, beyond what makes them valid.
package enum RuleCatalog {
  package static let all: [any Rule.Type] = [
    BodyValueType.self,
    CursorFieldNotInSchema.self,
    CursorGranularity.self,
    CustomComponent.self,
    DateFormatMismatch.self,
    DeprecatedProperty.self,
    DuplicateStream.self,
    EndlessPages.self,
    InsecureURL.self,
    MissingSchema.self,
    MissingSchemaFile.self,
    MissingSpec.self,
    PageSizeMismatch.self,
    PrimaryKeyNotInSchema.self,
    PrimaryKeyType.self,
    RemoteReference.self,
    RenamedName.self,
    RepeatedFirstPage.self,
    SchemaKeyword.self,
    SchemaShape.self,
    SecretInURL.self,
    SpecDateFormat.self,
    SpecKeyword.self,
    SpecLayout.self,
    SpecOAuth.self,
    SpecOneOf.self,
    SpecOrder.self,
    SpecSchema.self,
    SpecShape.self,
    TemplateSyntax.self,
    TemplateVariable.self,
    UnaskedNextPage.self,
    UndeclaredConfigKey.self,
    UndeclaredParameter.self,
    UnknownCheckStream.self,
    UnknownKey.self,
    UnknownPartitionField.self,
    UnmarkedSecret.self,
    UnsentCursor.self,
    UntypedItems.self,
    UnusedDefinition.self,
    UnusedParameter.self,
  ]

  /// Names of warnings that are found while a manifest is read, and by what they are known.
  static let others: [(name: String, summary: String)] = [
    ("duplicate-key", "A key appears twice in a mapping, so that the first value is lost."),
    (UnknownIgnore.name, UnknownIgnore.summary), (UnusedIgnore.name, UnusedIgnore.summary),
  ]

  /// The names of all rules that can be silenced.
  package static let names: [String] = (all.map { $0.name } + others.map(\.name)).sorted()

  /// Warnings that a manifest gets only where it is compared with an OpenAPI document.
  package static let ofCompanions: [(name: String, summary: String)] = [
    ("openapi-deprecated", "The OpenAPI document calls a request or a parameter deprecated."),
    ("openapi-field", "The records of the OpenAPI document do not have a field of the primary key or of the cursor."),
    ("openapi-page-size", "A page size is beyond what the OpenAPI document allows."),
    ("openapi-parameter", "The OpenAPI document does not have a parameter that is sent."),
    ("openapi-path", "The OpenAPI document does not have a path, or not with its method."),
    ("openapi-record-path", "The answer in the OpenAPI document has no records where they are looked for."),
    ("openapi-required", "The OpenAPI document asks for a parameter that is not sent."),
    ("openapi-value", "The OpenAPI document does not allow the value of a parameter."),
  ]

  /// The names of all rules that can be silenced, those of companions included.
  package static let silenceable: [String] = (names + ofCompanions.map(\.name)).sorted()

  /// What becomes of a rule's findings in the profile `default`.
  package static func presence(of name: String) -> DefaultPresence { presences[name] ?? .shown }

  private static let presences: [String: DefaultPresence] = Dictionary(
    all.map { ($0.name, $0.presence) }, uniquingKeysWith: { first, _ in first })

  /// The names of errors, which no comment silences.
  static let errorNames: [String] = errors.map(\.0)

  /// What each rule is about, those of errors too; nil for a name that no rule has.
  package static func summary(of name: String) -> String? { summaries[name] }

  private static let summaries: [String: String] = Dictionary(
    all.map { ($0.name, $0.summary) } + (others + ofCompanions).map { ($0.name, $0.summary) } + errors,
    uniquingKeysWith: { first, _ in first })

  private static let errors: [(String, String)] = [
    ("build", "The components that the manifest describes cannot be built."),
    ("config", "The config does not fit the manifest."),
    ("file", "The file cannot be read."),
    ("limit", "The manifest is nested or repeated beyond what can be handled."),
    ("parameters", "`$parameters` cannot be applied."),
    ("reference", "A reference leads nowhere, or to itself."),
    ("required", "A property that must be there is missing."),
    ("schema", "A value does not fit the component schema."),
    ("shape", "The manifest is not a mapping, or contains a value that is not allowed in one."),
    ("type", "A value has another type than the component schema asks for."),
    ("unknown-property", "A component has a property that it must not have."),
    ("value", "A value is not one of those that are allowed."),
    ("yaml", "The text is not YAML."),
  ]
}
