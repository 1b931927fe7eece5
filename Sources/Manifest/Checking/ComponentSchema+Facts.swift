/// Facts about components and their properties, which the bundled schema states by keywords with `x-`. Its head describes them.
extension ComponentSchema {
  // MARK: Types

  /// The type of a component that is written without one in a property; nil where it needs one.
  package static func defaultType(in property: String, of component: String) -> String? {
    BundledFacts.defaultTypes["\(component).\(property)"]
  }

  /// The same for a component that has a `class_name`.
  package static func customType(in property: String, of component: String) -> String? {
    BundledFacts.customTypes["\(component).\(property)"]
  }

  /// The version of the reference that dropped a type, the last one that had it, and what to use instead; nil for any other type.
  static func droppedType(_ type: String) -> (version: String, last: String, remedy: String)? { BundledFacts.droppedTypes[type] }

  // MARK: Templates

  /// What every template can read.
  package static let commonVariables = ["config", "parameters"]

  /// The variables that templates in a property can read; nil where the property has no templates.
  package static func templateVariables(in property: String, of component: String) -> [String]? {
    guard let names = BundledFacts.templates["\(component).\(property)"] else { return nil }
    let aliases = names.contains("stream_slice") ? ["stream_interval", "stream_partition"] : []
    return commonVariables + names.filter { !commonVariables.contains($0) } + aliases.filter { !names.contains($0) }
  }

  /// The variables that they can read in addition inside another component, by its type.
  package static func templateVariablesWithin(_ property: String, of component: String) -> [String: [String]] {
    BundledFacts.templatesWithin["\(component).\(property)"] ?? [:]
  }

  // MARK: Values

  /// Whether the value of a property is data, with neither components nor templates in it.
  package static func isOpaque(_ property: String, of component: String) -> Bool {
    BundledFacts.opaque.contains("\(component).\(property)")
  }

  /// The names of all properties whose value is data.
  package static let opaqueNames = Set(BundledFacts.opaque.compactMap { $0.split(separator: ".").last.map(String.init) })

  /// Whether the components in a property are built during a read, if at all.
  package static func isDeferred(_ property: String, of component: String) -> Bool {
    BundledFacts.deferred.contains("\(component).\(property)")
  }

  /// Whether requests go to the address in a property.
  package static func isAddress(_ property: String, of component: String) -> Bool {
    BundledFacts.addresses.contains("\(component).\(property)")
  }

  // MARK: Names

  /// What a property is called now that had a name in an earlier version; nil where there was none of that name.
  package static func presentName(of former: String, in component: String) -> String? {
    BundledFacts.formerNames["\(component).\(former)"]
  }

  /// The names that a property had in earlier versions.
  package static func formerNames(of property: String, in component: String) -> [String] {
    BundledFacts.formerNames.compactMap { key, present in
      present == property && key.hasPrefix("\(component).") ? String(key.dropFirst(component.count + 1)) : nil
    }.sorted()
  }
}
