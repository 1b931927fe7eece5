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

  /// By the component schema of this version, of which a test shows that it is sound.
  package init() throws(JSONSchemaError) {
    document = ComponentSchema.document
    schema = try JSONSchema(sound: document)
  }

  /// What is wrong with a manifest whose references are resolved and types and parameters propagated; empty where it is valid.
  /// - Parameter passingOverReferences: says nothing of values that are references which led nowhere.
  func validate(_ root: ManifestValue, passingOverReferences: Bool = false) -> [Diagnostic] {
    var conversion = ManifestJSON()
    let json = conversion.convert(root)
    var errors = schema.validate(json)
    if errors.isEmpty, conversion.hasTimestamps { errors = timestampErrors(root) }
    if passingOverReferences { errors.removeAll { $0.instance.string?.hasPrefix("#/") == true } }
    if errors.isEmpty { return [] }
    return SchemaFindings(root: ManifestNode(root), schema: document).diagnostics(errors)
  }

  /// The reference holds a date that is not in quotes for no type of JSON: it is valid only where any type is. No place of the
  /// schema takes both a list and a boolean without taking everything, so what stands for the date is tried as each.
  private func timestampErrors(_ root: ManifestValue) -> [ValidationError] {
    for stand: JSONValue in [.array([]), .bool(true)] {
      var conversion = ManifestJSON(timestampsAs: stand)
      let errors = schema.validate(conversion.convert(root))
      if !errors.isEmpty { return errors }
    }
    return []
  }
}
