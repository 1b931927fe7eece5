import ConnectorModel
import JSON
import Manifest

/// A custom component of a manifest, and what its surroundings give it besides its own properties.
struct PlannedComponent: Sendable {
  let node: ManifestNode
  /// What the stream around it is called, or the requests that it is for; empty if there are none.
  let surroundings: String
  /// Arguments by name, as the reference hands them to the component's class; parts of the graph as their definitions.
  let arguments: JSONObject
  /// The decoder that it is, or that it is given: the components of one retriever share one.
  let decoder: String?

  var key: ComponentKey { ComponentKey(node, in: surroundings) }

  /// As in `CustomAuthenticator`.
  var role: String { node["type"]?.string ?? "" }
}

/// Which of a manifest's custom components one is. Streams that are made from one template share the places of their parts.
struct ComponentKey: Hashable, Sendable {
  let path: String
  private let surroundings: String

  init(_ node: ManifestNode, in surroundings: String) {
    path = node.path
    self.surroundings = surroundings
  }
}

/// Finds the custom components in parts of a manifest. What is in a custom component is its own matter.
struct BuildPlan {
  private(set) var components: [PlannedComponent] = []
  /// The custom components that are made elsewhere.
  private(set) var others: [ManifestNode] = []
  private let isElsewhere: (String) -> Bool

  /// - Parameters:
  ///   - nodes: streams, or other components.
  ///   - isElsewhere: whether a class is made elsewhere, in Swift say. What is in it may still be a custom component.
  init(_ nodes: [ManifestNode], except isElsewhere: @escaping (String) -> Bool = { _ in false }) {
    self.isElsewhere = isElsewhere
    for node in nodes { visit(node, "", Surroundings(), depth: 0) }
  }

  /// What the components around a node give to those in it.
  private struct Surroundings {
    var stream: ManifestNode?
    var retriever: ManifestNode?
    var requester: ManifestNode?
    var decoder: Decoder?
    /// What requests are called that are not for the stream's own records.
    var purpose: String?

    var name: JSONValue? { purpose.map { .string($0) } ?? stream?["name"].map(\.value) }

    /// The decoder that a component has at a property.
    func decoder(_ property: String, of owner: ManifestNode) -> Decoder {
      Decoder(node: owner[property], identity: identity(ofDecoderAt: "\(owner.path).\(property)"))
    }

    func identity(ofDecoderAt path: String) -> String { "\(path) of \(name?.string ?? "")" }
  }

  /// What reads the bodies of responses for several components.
  private struct Decoder {
    /// Nil for the usual one.
    let node: ManifestNode?
    let identity: String
  }

  /// - Parameter key: the property of the component around it that the node is, or is in.
  private mutating func visit(_ node: ManifestNode, _ key: String, _ around: Surroundings, depth: Int) {
    guard depth < ManifestNode.deepestWalk else { return }
    if let elements = node.sequence {
      for element in elements { visit(element, key, around, depth: depth + 1) }
      return
    }
    guard let entries = node.entries else { return }
    let type = node["type"]?.string ?? ""
    if type.hasPrefix("Custom"), let name = node["class_name"] {
      guard !isElsewhere(name.string ?? "") else {
        others.append(node)
        return visitParts(of: node, entries, type, around, depth: depth)
      }
      components.append(
        PlannedComponent(
          node: node, surroundings: around.name?.string ?? "", arguments: Self.arguments(of: node, type, key, in: around),
          decoder: type == "CustomDecoder" ? around.identity(ofDecoderAt: node.path) : around.decoder?.identity))
      return
    }
    var around = around
    switch type {
    case "DeclarativeStream", "StateDelegatingStream": around = Surroundings(stream: node)
    case "SimpleRetriever", "AsyncRetriever":
      (around.retriever, around.requester, around.decoder) = (node, nil, around.decoder("decoder", of: node))
    case "SessionTokenAuthenticator": around.decoder = around.decoder("decoder", of: node)
    case "HttpRequester": around.requester = node
    case "DynamicDeclarativeStream": around.purpose = node["name"]?.string
    default: break
    }
    visitParts(of: node, entries, type, around, depth: depth)
  }

  private mutating func visitParts(
    of node: ManifestNode, _ entries: [(key: String, node: ManifestNode)], _ type: String, _ around: Surroundings, depth: Int
  ) {
    for (key, value) in entries
    where key != "$parameters" && !ComponentSchema.isDeferred(key, of: type) && !ComponentSchema.isOpaque(key, of: type) {
      var inner = around
      if let purpose = Self.purpose(of: key, in: type, around) { inner.purpose = purpose }
      if type == "AsyncRetriever", ["download_requester", "download_extractor", "download_paginator"].contains(key) {
        inner.decoder = around.decoder("download_decoder", of: node)
      }
      visit(value, key, inner, depth: depth + 1)
    }
  }

  /// What the component around a custom one gives to it. A role that is given nothing has all its fields for itself.
  private static func arguments(
    of node: ManifestNode, _ type: String, _ key: String, in around: Surroundings
  ) -> JSONObject {
    var arguments: JSONObject = [:]
    func give(_ name: String, _ value: JSONValue?) {
      if let value, value != .null { arguments[name] = value }
    }
    switch type {
    case "CustomAuthenticator":
      give("name", around.name)
      give("url_base", (around.requester?["url"] ?? around.requester?["url_base"])?.value)
      give("decoder", around.decoder?.node?.value)
    case "CustomRequester":
      give("name", around.name)
      give("decoder", around.decoder?.node?.value)
    case "CustomRecordExtractor":
      if ["status_extractor", "download_target_extractor"].contains(key) { give("name", around.name) }
      give("decoder", around.decoder?.node?.value)
    case "CustomPaginationStrategy":
      give("decoder", around.decoder?.node?.value)
      give("extractor_model", around.retriever?["record_selector"]?["extractor"]?.value)
    case "CustomPartitionRouter": give("stream_name", around.stream?["name"]?.value)
    case "CustomStateMigration": give("stream", around.stream?.value)
    case "CustomRetriever": give("stream", around.purpose == nil ? around.stream?.value : stream(of: node, around))
    default: break
    }
    return arguments
  }

  /// A stream around a retriever that is not a stream's own: it has no partitions, state or schema.
  private static func stream(of retriever: ManifestNode, _ around: Surroundings) -> JSONValue {
    let schemaLoader: JSONValue = ["type": "InlineSchemaLoader", "schema": [:]]
    return [
      "type": "DeclarativeStream", "name": around.name ?? "", "retriever": retriever.value, "schema_loader": schemaLoader,
    ]
  }

  /// What the reference calls the requests of a property; nil for those that go by the name of what is around.
  private static func purpose(of key: String, in type: String, _ around: Surroundings) -> String? {
    let name = around.name?.string ?? ""
    return switch (type, key) {
    case ("AsyncRetriever", "creation_requester"): "job creation - \(name)"
    case ("AsyncRetriever", "polling_requester"): "job polling - \(name)"
    case ("AsyncRetriever", "download_requester"): "job download - \(name)"
    case ("AsyncRetriever", "download_target_requester"): "job extract_url - \(name)"
    case ("AsyncRetriever", "abort_requester"): "job abort - \(name)"
    case ("AsyncRetriever", "delete_requester"): "job delete - \(name)"
    case ("SessionTokenAuthenticator", "login_requester"): "\(name)_login_requester"
    case ("FileUploader", "requester"): "File Uploader"
    case ("DynamicSchemaLoader", "retriever"), ("PropertiesFromEndpoint", "retriever"): "dynamic_properties"
    case ("RecordExpander", "truncated_list_retriever"): "record_expander_truncated_list"
    case ("HttpComponentsResolver", "retriever"): name.isEmpty ? "__http_components_resolver" : name
    default: nil
    }
  }
}
