import JSON
import Jinja
import Manifest
import Templating

/// A text of a manifest that holds a template, and what it may use there.
package struct TemplatePlace: Sendable {
  package let node: ManifestNode
  package let text: String
  package let owner: ComponentVisit
  /// The property of the owner that it is in, at any depth.
  package let property: String
  /// The variables that the place has; nil where the schema does not say that the property is filled in.
  package let variables: Set<String>?
  /// The compiled template, or why it is not valid.
  package let template: Result<Template, TemplateError>

  init(
    _ node: ManifestNode, text: String, _ template: Result<Template, TemplateError>, owner: ComponentVisit, property: String
  ) {
    self.node = node
    self.text = text
    self.template = template
    self.owner = owner
    self.property = property
    variables = Self.variables(of: property, in: owner)
  }

  private static func variables(of property: String, in owner: ComponentVisit) -> Set<String>? {
    guard let names = ComponentSchema.templateVariables(in: property, of: owner.type) else { return nil }
    let further = ComponentSchema.templateVariablesWithin(property, of: owner.type).filter { owner.enclosing($0.key) != nil }
    return Set(names).union(further.values.joined())
  }

  /// Whether the schema says that the property is filled in.
  package var isInterpolated: Bool { variables != nil }

  static func compile(_ text: String) -> Result<Template, TemplateError> {
    do throws(TemplateError) { return .success(try Template(text, environment: .lowCode)) } catch { return .failure(error) }
  }

  /// The names that the template takes from its place; empty if it is not valid.
  package var undeclaredVariables: Set<String> { (try? template.get())?.undeclaredVariables ?? [] }

  /// Whether the value depends only on the config, or on nothing.
  package var dependsOnConfigAlone: Bool { undeclaredVariables.isSubset(of: ["config", "parameters"]) }
}

/// The names that templates know, wherever they stand.
enum TemplateNames {
  /// The variables that the schema describes at all, in its order.
  static let described: [String] = {
    let variables = ComponentSchema.document["interpolation"]?["variables"]?.array ?? []
    return variables.compactMap { $0["title"]?.string }
  }()

  /// The functions that templates have without a context.
  static let functions: [String] = Environment.lowCode.globals.keys.sorted()
}
