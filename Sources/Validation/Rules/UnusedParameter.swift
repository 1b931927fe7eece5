import LowCode

/// A parameter that neither a template nor a property takes up does nothing.
struct UnusedParameter: Rule {
  static let name = "unused-parameter"
  static let summary = "Nothing within a component takes up one of its `$parameters`."

  func check(_ subject: Subject, _ findings: inout FindingList) {
    // A definition that streams share is used where one of them uses it.
    var parameters: [Key: (parameter: Parameter, isUsed: Bool)] = [:]
    var order: [Key] = []
    for visit in subject.components {
      for (key, value) in visit.node["$parameters"]?.entries ?? [] {
        guard let mark = value.keyMark else { continue }
        let place = Key(line: mark.line, column: mark.column)
        if parameters[place]?.isUsed == true { continue }
        if parameters[place] == nil {
          order.append(place)
          parameters[place] = (Parameter(name: key, node: value), false)
        }
        if takes(visit, key, value) { parameters[place]?.isUsed = true }
      }
    }
    var texts: Set<String> = []
    for place in subject.templates where place.text.contains("parameters") { texts.insert(place.text) }
    for key in order {
      guard let (parameter, isUsed) = parameters[key], !isUsed else { continue }
      if texts.contains(where: {
        $0.contains(parameter.name) || $0.contains("parameters[") && !$0.contains(/parameters\[\s*['"]/)
      }) {
        continue
      }
      findings.warn("nothing takes up the parameter `\(parameter.name)`", at: parameter.node, mark: parameter.node.keyMark)
    }
  }

  private struct Key: Hashable {
    let line: Int
    let column: Int
  }

  private struct Parameter {
    let name: String
    let node: ManifestNode
  }

  /// Whether the component's own property is set by the parameter, or custom code may read it.
  private func takes(_ visit: ComponentVisit, _ key: String, _ value: ManifestNode) -> Bool {
    if visit.isCustom { return true }
    guard visit.properties[key] != nil, let own = visit.node[key] else { return false }
    return visit.isParameter(key, own)
  }
}
