import JSON
import Manifest
import YAML

/// What rules look at: a manifest as written and as resolved, with its components and templates listed.
package struct Subject: Sendable {
  /// The manifest as it was written, its references not followed.
  package let written: ManifestNode
  /// The manifest with references followed, types and parameters in place; it may break the schema.
  package let root: ManifestNode
  package let components: [ComponentVisit]
  package let templates: [TemplatePlace]
  private let owned: [ObjectIdentifier: [TemplatePlace]]
  /// The schema of the config; nil if the manifest has none.
  package let specification: ManifestNode?
  /// The text, for edits of it; nil if it is not UTF-8.
  let text: SourceText?
  /// The files beside the manifest.
  let files: ManifestFiles
  /// Whether a custom component of a class can be built.
  let hasClass: @Sendable (String) -> Bool

  init(
    written: ManifestNode, root: ManifestNode, files: ManifestFiles = .ofStandardInput,
    hasClass: @escaping @Sendable (String) -> Bool = { _ in false }
  ) {
    self.written = written
    self.root = root
    self.files = files
    self.hasClass = hasClass
    let walk = ComponentWalk.walk(root)
    components = walk.components
    templates = walk.templates
    owned = Dictionary(grouping: templates) { ObjectIdentifier($0.owner) }
    let specification = root["spec"]?["connection_specification"]
    self.specification = specification?.entries == nil ? nil : specification
    text = (written.mark?.file).flatMap { SourceText($0) }
  }

  /// The components of the given types, in the order of the manifest.
  package func components(_ types: String...) -> [ComponentVisit] { components.filter { types.contains($0.type) } }

  /// The templates of a component, without those of components within it.
  func templates(of visit: ComponentVisit) -> [TemplatePlace] { owned[ObjectIdentifier(visit)] ?? [] }
}
