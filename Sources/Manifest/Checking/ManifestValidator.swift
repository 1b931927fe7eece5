import JSON
import JSONSchema

/// Checks resolved manifests against the component schema.
package struct ManifestValidator: Sendable {
  private let schema: JSONSchema
  private let document: JSONValue

  /// - Parameter schema: the component schema (`ComponentSchema.document`).
  /// - Throws: `JSONSchemaError` where it is not a schema.
  package init(schema document: JSONValue) throws(JSONSchemaError) {
    self.document = document
    schema = try JSONSchema(compiling: document)
  }

  /// By the component schema of this version, which a test shows to be valid.
  package init() throws(JSONSchemaError) {
    document = ComponentSchema.document
    schema = try Self.bundled.get()
  }

  /// The component schema, compiled once for all manifests that a process loads.
  private static let bundled = Result { () throws(JSONSchemaError) in try JSONSchema(sound: ComponentSchema.document) }

  /// What is wrong with a manifest whose references are resolved and types and parameters propagated; empty if it is valid.
  package func validate(_ root: ManifestValue) -> [Diagnostic] { examine(root, passingOverReferences: false).findings }

  /// The same, and all places that are not valid.
  /// - Parameter passingOverReferences: ignores values that are references which led nowhere.
  package func examine(
    _ root: ManifestValue, passingOverReferences: Bool
  ) -> (findings: [Diagnostic], places: [[PathElement]]) {
    var conversion = ManifestJSON()
    let json = conversion.convert(root)
    var errors = schema.validate(json)
    if errors.isEmpty, conversion.hasTimestamps { errors = timestampErrors(root) }
    if errors.isEmpty { return ([], []) }
    let findings = SchemaFindings(root: ManifestNode(root), schema: document, passesOverReferences: passingOverReferences)
    return (findings.diagnostics(errors), errors.map(\.instancePath))
  }

  /// The reference does not count a date that is not in quotes as any JSON type: it is valid only where any type is. No place of
  /// the schema takes both a list and a boolean without taking everything, so what replaces the date is tried as each.
  private func timestampErrors(_ root: ManifestValue) -> [ValidationError] {
    for stand: JSONValue in [.array([]), .bool(true)] {
      var conversion = ManifestJSON(timestampsAs: stand)
      let errors = schema.validate(conversion.convert(root))
      if !errors.isEmpty { return errors }
    }
    return []
  }
}
