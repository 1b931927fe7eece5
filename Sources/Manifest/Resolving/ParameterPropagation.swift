import JSONSchema

/// A place for components: the field of a component.
package struct ComponentPlace {
  let component: String
  let field: String
}

/// Gives components their default types, and hands `$parameters` down, as the reference implementation does.
///
/// Each component (a mapping with a `type`) gets the parameters of the components around it and its own, which win, both as
/// `$parameters` and as fields, if it does not have the field, or has it empty. Mappings without a type, and JSON schemas, end
/// the way down, with one exception: components that are direct values of an untyped mapping.
package struct ParameterPropagation {
  private typealias Parameters = ParameterList

  /// Whether a parameter from above wins over one of the component itself: so where a template is filled in.
  private let outerParametersWin: Bool
  private var path: [PathElement] = []
  private var levels = 0
  /// How many values were handed to components.
  private var handed = 0
  /// Results for values where no parameters are in force, by value and type given: they are the same in every place.
  private var done: [Key: ManifestValue] = [:]

  private struct Key: Hashable {
    let value: ObjectIdentifier
    let type: String?
  }

  /// What does not end within Python's bounds either.
  private static let maximumLevels = 900
  private static let maximumHanded = 2_000_000

  private init(outerParametersWin: Bool) { self.outerParametersWin = outerParametersWin }

  /// The manifest, or a component, with types and parameters.
  ///
  /// - Parameters:
  ///   - place: the place that the component has in the one around it; nil for a whole manifest.
  ///   - parameters: the parameters that are in force around it.
  /// - Throws: ``ManifestError`` if `$parameters` is not a mapping.
  package static func propagate(
    _ root: ManifestValue, in place: ComponentPlace? = nil, parameters: [ManifestEntry] = [], outerParametersWin: Bool = false
  ) throws(ManifestError) -> ManifestValue {
    var propagation = ParameterPropagation(outerParametersWin: outerParametersWin)
    return try propagation.component(root, place, ParameterList(parameters))
  }

  /// `value` as a component, where it is a mapping.
  private mutating func component(
    _ value: ManifestValue, _ place: ComponentPlace?, _ outer: Parameters
  ) throws(ManifestError) -> ManifestValue {
    guard let mapping = value.mapping else { return value }
    let type = Self.usualType(of: mapping, in: place)
    let key = Key(value: value.identity, type: type)
    if outer.isEmpty, let known = done[key] { return known.withReference(value.reference) }
    levels += 1
    defer { levels -= 1 }
    guard levels <= Self.maximumLevels else {
      throw error("components are nested more than \(Self.maximumLevels) levels deep", value)
    }
    let result = try propagated(mapping, of: value, type, place, outer)
    if outer.isEmpty { done[key] = result }
    return result
  }

  private mutating func propagated(
    _ mapping: ManifestMapping, of value: ManifestValue, _ type: String?, _ place: ComponentPlace?, _ outer: Parameters
  ) throws(ManifestError) -> ManifestValue {
    var entries = mapping.entries
    var isChanged = false
    if let type {
      entries.append(ManifestEntry(key: "type", value: ManifestValue(.string(type))))
      isChanged = true
    }
    var parameters = outer
    if let index = entries.firstIndex(where: { $0.key == "$parameters" }) {
      let own = entries.remove(at: index)
      isChanged = true
      guard let ownMapping = own.value.mapping else {
        throw error("`$parameters` should be a mapping, found \(own.value.kindName)", own.value)
      }
      parameters =
        outerParametersWin
        ? ParameterList(ownMapping.entries).merged(with: outer) : outer.merged(with: ParameterList(ownMapping.entries))
    }
    func made(_ entries: [ManifestEntry]) -> ManifestValue {
      ManifestValue(.mapping(ManifestMapping(entries)), mark: value.mark, reference: value.reference)
    }
    let typeValue = entries.first { $0.key == "type" }?.value
    if let typeValue, Self.isSchemaType(typeValue) { return isChanged ? made(entries) : value }
    guard typeValue != nil else {
      let nested = try nestedComponents(entries, place, parameters)
      return nested == nil && !isChanged ? value : made(nested ?? entries)
    }
    handed += parameters.count
    guard handed <= Self.maximumHanded else {
      throw error("`$parameters` are passed to so many components that more than \(Self.maximumHanded) values result", value)
    }
    isChanged = Self.apply(parameters, to: &entries) || isChanged
    try fields(&entries, &parameters, &isChanged)
    if !parameters.isEmpty {
      let scope = ManifestValue(.mapping(ManifestMapping(parameters.entries)), mark: mapping["$parameters"]?.mark)
      entries.append(ManifestEntry(key: "$parameters", value: scope))
      isChanged = true
    }
    return isChanged ? made(entries) : value
  }

  /// Sets the component's fields by the parameters; a field that is empty, zero or null counts as not set. Whether one changed.
  private static func apply(_ parameters: Parameters, to entries: inout [ManifestEntry]) -> Bool {
    var isChanged = false
    let index = parameters.count > 16 ? ManifestMapping(entries) : nil
    for parameter in parameters.entries {
      let place = index.map { $0.place(of: parameter.key) } ?? entries.firstIndex { $0.key == parameter.key }
      if let place {
        guard !entries[place].value.isTrue else { continue }
        entries[place] = parameter
      } else {
        entries.append(parameter)
      }
      isChanged = true
    }
    return isChanged
  }

  /// Goes down into the fields that are mappings, or lists with mappings in them.
  private mutating func fields(
    _ entries: inout [ManifestEntry], _ parameters: inout Parameters, _ isChanged: inout Bool
  ) throws(ManifestError) {
    let outerPath = path
    defer { path = outerPath }
    for place in entries.indices {
      let entry = entries[place]
      switch entry.value.content {
      case .mapping, .sequence: break
      default: continue
      }
      path = outerPath + [.key(entry.key)]
      // A parameter does not reach into the field of its own name: it would contain itself without end.
      var excluded: ManifestEntry?
      if !parameters.isEmpty { excluded = parameters.remove(entry.key) }
      let inner = ComponentPlace(component: Self.typeName(entries), field: entry.key)
      let field: ManifestValue
      if case .sequence(let elements) = entry.value.content {
        field = try list(elements, of: entry.value, inner, parameters)
        // In the reference, a list that a parameter brought here is the parameter's own, so that changes show in both.
        if let own = excluded, own.value === entry.value { excluded = own.with(field) }
      } else {
        field = try component(entry.value, inner, parameters)
      }
      if field !== entry.value {
        entries[place] = entry.with(field)
        isChanged = true
      }
      // As in the reference, which loses an empty one here.
      if let excluded, excluded.value.isTrue { parameters.append(excluded) }
    }
  }

  private mutating func list(
    _ elements: [ManifestValue], of value: ManifestValue, _ place: ComponentPlace?, _ parameters: Parameters
  ) throws(ManifestError) -> ManifestValue {
    let outerPath = path
    defer { path = outerPath }
    var changed: [ManifestValue]?
    for (index, element) in elements.enumerated() where element.mapping != nil {
      path = outerPath + [.index(index)]
      let result = try component(element, place, parameters)
      if result !== element, changed == nil { changed = elements }
      changed?[index] = result
    }
    return changed.map { ManifestValue(.sequence($0), mark: value.mark, reference: value.reference) } ?? value
  }

  /// An untyped mapping whose direct values that are components were processed; nil if there is none.
  private mutating func nestedComponents(
    _ entries: [ManifestEntry], _ place: ComponentPlace?, _ parameters: Parameters
  ) throws(ManifestError) -> [ManifestEntry]? {
    let outerPath = path
    defer { path = outerPath }
    var changed: [ManifestEntry]?
    for (index, entry) in entries.enumerated() where entry.value.mapping?["type"]?.isTrue == true {
      path = outerPath + [.key(entry.key)]
      let result = try component(entry.value, place, parameters)
      if result !== entry.value, changed == nil { changed = entries }
      changed?[index] = entry.with(result)
    }
    return changed
  }

  /// The type to give to a mapping in a place; nil where it has one, or the place has no usual one.
  private static func usualType(of mapping: ManifestMapping, in place: ComponentPlace?) -> String? {
    guard let place, mapping.place(of: "type") == nil else { return nil }
    return mapping.place(of: "class_name") == nil
      ? ComponentSchema.defaultType(in: place.field, of: place.component)
      : ComponentSchema.customType(in: place.field, of: place.component)
  }

  /// Whether a `type` is one of a JSON schema: `object`, a list of types, or a property that is named so.
  private static func isSchemaType(_ type: ManifestValue) -> Bool {
    switch type.content {
    case .string(let text): text == "object"
    case .sequence, .mapping: true
    default: false
    }
  }

  /// The component's type as the name of a place begins with it; a type may come from a parameter.
  private static func typeName(_ entries: [ManifestEntry]) -> String {
    entries.first { $0.key == "type" }?.value.string ?? ""
  }

  private func error(_ sentence: String, _ value: ManifestValue) -> ManifestError {
    ManifestError(Diagnostic(.error, rule: "parameters", sentence, at: value.mark, path: path.dotted))
  }
}
