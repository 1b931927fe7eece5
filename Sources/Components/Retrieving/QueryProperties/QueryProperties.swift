import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest

/// Names the properties that requests ask for, in chunks if the API takes only a limited number at a time.
package struct QueryProperties: Component {
  private enum List: Sendable {
    case fixed([String])
    case endpoint(PropertiesFromEndpoint)
  }

  /// The extra field of a slice that holds the properties of one request.
  static let field = "query_properties"

  private let list: List
  private let always: [String]
  private let chunking: PropertyChunking?
  private let selector: JsonSchemaPropertySelector?

  package init(from node: ComponentNode, in scope: BuildScope) throws {
    let properties = try node.required("property_list")
    list = properties.sequence == nil ? .endpoint(try scope.build(properties)) : .fixed(try node.strings("property_list"))
    always = try node.strings("always_include_properties")
    chunking = try scope.build(optional: node["property_chunking"])
    selector = try scope.build(optional: node["property_selector"])
  }

  /// All properties of an endpoint: what `fetch_properties_from_endpoint` of a requester means.
  private init(endpoint: PropertiesFromEndpoint) {
    list = .endpoint(endpoint)
    always = []
    chunking = nil
    selector = nil
  }

  /// The query properties of a requester's node, where it has some: in its parameters, or in a property of its own.
  package static func make(from requester: ManifestNode?, in scope: BuildScope) throws -> QueryProperties? {
    guard let requester = try requester.map({ try ComponentNode($0) }) else { return nil }
    if let first = parameters(of: requester).first { return try scope.build(first, as: QueryProperties.self) }
    if let fetched = requester["fetch_properties_from_endpoint"] { return QueryProperties(endpoint: try scope.build(fetched)) }
    return try scope.build(optional: requester["query_properties"], as: QueryProperties.self)
  }

  /// Whether a requester's node has query properties.
  static func areDeclared(by requester: ManifestNode?) -> Bool {
    guard let requester = requester.flatMap({ try? ComponentNode($0) }) else { return false }
    return requester["fetch_properties_from_endpoint"] != nil || requester["query_properties"] != nil
      || !parameters(of: requester).isEmpty
  }

  /// The parameters of a requester that are query properties.
  static func parameters(of requester: ComponentNode) -> [ManifestNode] {
    (requester["request_parameters"]?.mapping ?? [:]).values.filter(isQueryProperties)
  }

  /// Whether the value of a request parameter means query properties.
  static func isQueryProperties(_ node: ManifestNode) -> Bool { node["type"]?.string == typeName }

  /// The properties of each request for a page.
  package func chunks() async throws -> [[String]] {
    let selected = try await selector?.selected()
    let properties: [String] =
      switch list {
      case .fixed(let names): names
      case .endpoint(let endpoint): try await endpoint.properties()
      }
    if let chunking { return chunking.chunks(of: properties, always: always, selected: selected) }
    return [always + (selected.map { selected in properties.filter(selected.contains) } ?? properties)]
  }

  /// What puts the parts of records together; nil if there is one request a page.
  var merging: (any RecordMergeStrategy)? { chunking?.strategy }
}

extension StreamSlice {
  /// The slice of a request for some properties. As in the reference, it has no other extra fields.
  package func asking(for properties: [String]) -> StreamSlice {
    StreamSlice(
      partition: partition, cursorSlice: cursorSlice,
      extraFields: [QueryProperties.field: .array(properties.map { .string($0) })])
  }
}

/// Picks the properties that the user's catalog asks for.
struct JsonSchemaPropertySelector: Component {
  private let properties: JSONObject?
  private let transformations: [any RecordTransformation]

  init(from node: ComponentNode, in scope: BuildScope) throws {
    properties = scope.stream.configured.map { $0.jsonSchema["properties"]?.object ?? [:] }
    transformations = try node.nodes("transformations").map { try scope.build($0) }
  }

  /// The names; nil if nothing was asked for, so that all are needed.
  func selected() async throws -> Set<String>? {
    guard let properties else { return nil }
    var record = Record(properties)
    for transformation in transformations { try await transformation.change(&record, slice: .whole) }
    return Set(record.object.keys)
  }
}
