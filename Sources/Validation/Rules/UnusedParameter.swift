import Manifest
import OrderedCollections
import YAML

/// A parameter that neither a template nor a property takes up does nothing.
struct UnusedParameter: Rule {
  static let name = "unused-parameter"
  static let summary = "Nothing within a component uses one of its `$parameters`."

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
    var words: Set<String> = []
    var seen: Set<String> = []
    for place in subject.templates where place.text.contains("parameters") && seen.insert(place.text).inserted {
      // A name that a template makes may be any.
      if Self.readsAnyParameter(place.text) { return }
      words.formUnion(TemplateWords.all(of: place.text))
    }
    for key in order {
      guard let (parameter, isUsed) = parameters[key], !isUsed else { continue }
      if words.contains(parameter.name) { continue }
      findings.warn("nothing uses the parameter `\(parameter.name)`", at: parameter.node, mark: parameter.node.keyMark)
    }
  }

  /// Whether a template has `parameters[…]` with something other than a text in the brackets.
  private static func readsAnyParameter(_ text: String) -> Bool {
    text.contains("parameters[") && !text.contains(/parameters\[\s*['"]/)
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
