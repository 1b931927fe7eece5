import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest

/// A template and a resolver that together make streams, as many as there turn out to be.
package struct DynamicDeclarativeStream: Component {
  private let node: ManifestNode
  private let resolver: any ComponentsResolver
  /// Whether `$parameters` from above win over those that a component of the template has itself.
  private let usesParentParameters: Bool

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    self.node = node.node
    var stream = scope.stream
    stream.name = try node.optionalString("name") ?? ""
    var source = try node.required("components_resolver")
    if source["retriever"]?["requester"] != nil {
      // As in the reference, what lists the streams is requested once.
      source = source.setting(ManifestValue(.bool(true)), at: ["retriever", "requester", "use_cache"])
    }
    resolver = try scope.entering(stream).build(source)
    usesParentParameters = try node.bool("use_parent_parameters", default: true)
  }

  /// The streams, ready to be built; `names` are those that exist already.
  /// - Throws: ``ConnectorError`` if a stream has no name, or one that another generated stream has.
  package func streams(notNamed names: inout NameSet) async throws -> [ManifestNode] {
    guard let template = node["stream_template"] else { return [] }
    var streams: [ManifestNode] = []
    try await resolver.resolve(template) { filled in
      let stream = try finished(filled)
      guard let name = stream["name"]?.string else {
        throw ConnectorError(
          .system, "A generated stream needs a name that is a text, not \(stream["name"]?.value.jsonText ?? "none")", at: filled)
      }
      guard names.insert(name) else {
        var error = ConnectorError(
          resolver.readsConfig ? .config : .system,
          "Two of the generated streams are called `\(name)`"
            + (resolver.readsConfig ? ": check the config for duplicate entries" : ""), at: filled)
        error.isTraced = true
        throw error
      }
      streams.append(stream)
    }
    return streams
  }

  /// The stream with types and parameters in place.
  private func finished(_ filled: ManifestNode) throws -> ManifestNode {
    let propagated: ManifestValue
    do {
      propagated = try ParameterPropagation.propagate(filled.stored, outerParametersWin: usesParentParameters)
    } catch {
      throw ConnectorError(wrapping: error)
    }
    return ManifestNode(propagated, at: ManifestPath(start: filled.path))
  }
}
