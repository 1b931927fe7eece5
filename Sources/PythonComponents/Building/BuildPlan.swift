import ConnectorModel
import JSON
import Manifest

/// A custom component of a manifest, and what its surroundings give it besides its own properties.
struct PlannedComponent: Sendable {
  let node: ManifestNode
  /// Arguments by name, as the reference hands them to the component's class; parts of the graph as their definitions.
  let arguments: JSONObject

  /// As in `CustomAuthenticator`.
  var role: String { node["type"]?.string ?? "" }
}

/// Finds the custom components in parts of a manifest. What is in a custom component is its own matter.
struct BuildPlan {
  private(set) var components: [PlannedComponent] = []

  /// - Parameter nodes: streams, or other components.
  init(_ nodes: [ManifestNode]) { for node in nodes { visit(node, Surroundings(), depth: 0) } }

  /// What the components around a node give to those in it.
  private struct Surroundings {
    var stream: ManifestNode?
    var retriever: ManifestNode?
    var requester: ManifestNode?
  }

  private mutating func visit(_ node: ManifestNode, _ around: Surroundings, depth: Int) {
    guard depth < ManifestNode.deepestWalk else { return }
    if let elements = node.sequence {
      for element in elements { visit(element, around, depth: depth + 1) }
      return
    }
    guard let entries = node.entries else { return }
    let type = node["type"]?.string ?? ""
    if type.hasPrefix("Custom"), node["class_name"] != nil {
      components.append(PlannedComponent(node: node, arguments: Self.arguments(of: type, in: around)))
      return
    }
    var around = around
    switch type {
    case "DeclarativeStream", "StateDelegatingStream": around = Surroundings(stream: node)
    case "SimpleRetriever", "AsyncRetriever": (around.retriever, around.requester) = (node, nil)
    case "HttpRequester": around.requester = node
    default: break
    }
    for (key, value) in entries
    where key != "$parameters" && !ComponentSchema.isDeferred(key, of: type) && !ComponentSchema.isOpaque(key, of: type) {
      visit(value, around, depth: depth + 1)
    }
  }

  /// Everything is given that is known; the host leaves out what the class of the role is not given.
  private static func arguments(of type: String, in around: Surroundings) -> JSONObject {
    var arguments: JSONObject = [:]
    func give(_ name: String, _ node: ManifestNode?) {
      if let node, !node.isNull { arguments[name] = node.value }
    }
    give("name", around.stream?["name"])
    give("stream_name", around.stream?["name"])
    give("primary_key", around.stream?["primary_key"])
    give("decoder", around.retriever?["decoder"])
    give("extractor_model", around.retriever?["record_selector"]?["extractor"])
    give("url_base", around.requester?["url"] ?? around.requester?["url_base"] ?? around.retriever.flatMap(Self.address))
    // These look at the whole stream.
    if ["CustomStateMigration", "CustomRetriever"].contains(type) { give("stream", around.stream) }
    return arguments
  }

  /// The address of the requests that a retriever makes.
  private static func address(of retriever: ManifestNode) -> ManifestNode? {
    retriever["requester"]?["url"] ?? retriever["requester"]?["url_base"]
  }
}
