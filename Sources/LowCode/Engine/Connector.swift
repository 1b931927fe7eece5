import AirbyteProtocol
import JSON

/// A manifest and a config, ready for the commands of the protocol.
package struct Connector: Sendable {
  let manifest: Manifest
  let context: BuildContext
  private let states: [String: JSONObject]
  private let catalog: [String: ConfiguredStream]
  private let parents: Set<String>

  package init(manifest: Manifest, input: ConnectorInput, runtime: RuntimeEnvironment) {
    self.manifest = manifest
    var context = BuildContext(config: input.config, runtime: runtime, registry: .standard, updates: input.updates)
    context.manifestFolder = input.folder
    context.apiBudget = manifest.apiBudget
    self.context = context
    states = input.states
    parents = ParentStreams.names(of: manifest.streams)
    catalog = Dictionary(input.catalog.map { ($0.descriptor.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// The connector's specification, as a SPEC message carries it.
  /// - Throws: ``ConnectorError`` where the manifest has none.
  package func spec() throws -> Spec {
    guard let node = manifest.spec else {
      throw ConnectorError(.system, "The manifest has no `spec`, so nothing says what its config looks like.", at: manifest.root)
    }
    return try Spec(from: ComponentNode(node), in: context)
  }

  /// Builds the streams one by one, so that one that needs an unsupported component fails alone.
  package func streamsOrErrors() throws -> [(name: String, stream: Result<DeclarativeStream, ConnectorError>)] {
    try streamNodes().map { node in
      let name = node["name"]?.string ?? ""
      do {
        return (name, .success(try stream(node)))
      } catch let error as ConnectorError where error.isUnsupported {
        return (name, .failure(error))
      }
    }
  }

  func stream(_ node: ManifestNode) throws -> DeclarativeStream {
    var inner = context
    let name = node["name"]?.string ?? ""
    inner.streamState = states[name]
    inner.configuredStream = catalog[name]
    inner.isParentStream = parents.contains(name)
    return try inner.build(node)
  }

  func streamNodes() throws -> [ManifestNode] {
    if let dynamic = manifest.root["dynamic_streams"], dynamic.sequence?.isEmpty == false {
      throw ConnectorError.unsupported("dynamic_streams", at: dynamic)
    }
    return manifest.streams
  }
}
