import ConnectorModel
import JSON
import Manifest

extension ConnectorGraph {
  /// The graph of a manifest that is valid; no config is needed.
  package init(of manifest: LoadedManifest, title: String) {
    self.init()
    self.title = title
    var finder = GraphFinder()
    finder.find(in: manifest)
    (streams, apis, edges) = (finder.streams, finder.apis, finder.edges)
  }
}

/// Goes through a manifest's streams and their parents.
private struct GraphFinder {
  var streams: [ConnectorGraph.Stream] = []
  var apis: [ConnectorGraph.API] = []
  var edges: [ConnectorGraph.Edge] = []
  private var places: [String: Int] = [:]
  private var apiPlaces: [APIKey: Int] = [:]

  private struct APIKey: Hashable {
    let address: String
    let authenticator: String
  }

  mutating func find(in manifest: LoadedManifest) {
    var found: [(place: Int, node: ManifestNode)] = []
    for node in manifest.streams {
      if let inner = node["streams"]?.sequence {
        for stream in inner { found.append((add(stream, .stream, condition: node["condition"]?.string), stream)) }
      } else {
        found.append((add(node, .stream), node))
      }
    }
    for node in manifest.dynamicStreams {
      guard let template = node["stream_template"] else { continue }
      let place = add(template, .dynamic, named: node["name"]?.string)
      found.append((place, template))
    }
    // All of them have names before parents are looked for among them.
    for (place, node) in found { findParents(of: place, node, depth: 0) }
  }

  private mutating func add(
    _ node: ManifestNode, _ kind: ConnectorGraph.Stream.Kind, named name: String? = nil, condition: String? = nil
  ) -> Int {
    let described = Self.described(node)
    var stream = ConnectorGraph.Stream(name: name ?? node["name"]?.string ?? described["name"]?.string ?? "")
    stream.kind = kind
    stream.condition = condition
    stream.place = node.mark.map { "\($0)" }
    let retriever = described["retriever"]
    if let requester = retriever?["requester"] ?? retriever?["creation_requester"] {
      let (address, path) = Self.address(of: requester)
      let method = requester["http_method"]?.string ?? "GET"
      let job = retriever?["creation_requester"] == nil ? "" : " (a job)"
      stream.request = "\(method) \(path)\(job)"
      stream.api = api(address, requester["authenticator"])
    } else {
      stream.request = Self.name(of: retriever) ?? ""
    }
    stream.partitions = Self.partitions(of: retriever?["partition_router"])
    stream.cursor = Self.cursor(of: described["incremental_sync"])
    stream.pages = Self.pages(of: retriever?["paginator"])
    streams.append(stream)
    if places[stream.name] == nil { places[stream.name] = streams.count - 1 }
    return streams.count - 1
  }

  /// The deepest lineage that is followed.
  private static let longestLineage = 32

  private mutating func findParents(of child: Int, _ node: ManifestNode, depth: Int) {
    guard depth < Self.longestLineage, let router = Self.described(node)["retriever"]?["partition_router"] else { return }
    for config in Self.parents(in: router) {
      guard let parent = config["stream"] else { continue }
      let name = parent["name"]?.string ?? ""
      let known = places[name]
      let place = known ?? add(parent, .parent)
      let label = [config["parent_key"]?.string, config["partition_field"]?.string].compactMap { $0 }
      let edge = ConnectorGraph.Edge(
        parent: place, child: child, label: Set(label).count == 1 ? label[0] : label.joined(separator: " → "))
      if place != child, !edges.contains(where: { $0.parent == place && $0.child == child && $0.label == edge.label }) {
        edges.append(edge)
      }
      if known == nil { findParents(of: place, parent, depth: depth + 1) }
    }
  }

  /// The stream that says how another one is read, where several do.
  private static func described(_ node: ManifestNode) -> ManifestNode {
    node["incremental_stream"] ?? node["full_refresh_stream"] ?? node
  }

  private static let routers = ["stream_slicers", "underlying_partition_router", "partition_routers"]

  private static func parents(in router: ManifestNode) -> [ManifestNode] {
    if let elements = router.sequence { return elements.flatMap(parents) }
    return (router["parent_stream_configs"]?.sequence ?? []) + routers.compactMap { router[$0] }.flatMap(parents)
  }

  private mutating func api(_ address: String, _ authenticator: ManifestNode?) -> Int {
    // The same credentials may be written out for each stream.
    let key = APIKey(address: address, authenticator: authenticator?.value.jsonText ?? "")
    if let known = apiPlaces[key] { return known }
    apis.append(
      ConnectorGraph.API(
        address: address, authenticator: Self.name(of: authenticator) ?? "no authenticator",
        place: authenticator?.mark.map { "\($0)" }))
    apiPlaces[key] = apis.count - 1
    return apis.count - 1
  }

  // MARK: Words

  private static func name(of component: ManifestNode?) -> String? {
    guard let component, !component.isNull else { return nil }
    return component["class_name"]?.string?.split(separator: ".").last.map { String($0) } ?? component["type"]?.string
  }

  /// The beginning of an address that streams have in common, and the rest.
  private static func address(of requester: ManifestNode) -> (base: String, path: String) {
    let base = tidy(requester["url_base"]?.string ?? "")
    let path = tidy(requester["path"]?.string ?? "")
    if !base.isEmpty { return (base, path.isEmpty ? "/" : path.hasPrefix("/") ? path : "/" + path) }
    let url = tidy(requester["url"]?.string ?? "")
    let start = url.firstRange(of: "://")?.upperBound ?? (url.hasPrefix("{") ? url.firstIndex(of: "}") : nil) ?? url.startIndex
    let end = url[start...].firstIndex(of: "/") ?? url.endIndex
    let rest = url[end...] + (path.isEmpty ? "" : path.hasPrefix("/") ? path : "/" + path)
    return (String(url[..<end]), rest.isEmpty ? "/" : String(rest))
  }

  /// An address with templates as short as what they read: `{base_url}/orders/{id}`.
  private static func tidy(_ text: String) -> String {
    var rest = withoutStatements(text.split(whereSeparator: \.isNewline).joined())[...]
    var result = ""
    while let open = rest.firstRange(of: "{{") {
      result += rest[..<open.lowerBound]
      let close = rest[open.upperBound...].firstRange(of: "}}")
      let inner = rest[open.upperBound..<(close?.lowerBound ?? rest.endIndex)]
      result += "{\(word(in: inner))}"
      rest = rest[(close?.upperBound ?? rest.endIndex)...]
    }
    return (result + rest).trimming
  }

  /// What is left of a template without its `{% … %}`.
  private static func withoutStatements(_ text: String) -> String {
    var text = text
    while let open = text.firstRange(of: "{%"), let close = text[open.upperBound...].firstRange(of: "%}") {
      text.removeSubrange(open.lowerBound..<close.upperBound)
    }
    return text
  }

  /// What an expression reads, in a word.
  private static func word(in expression: Substring) -> String {
    let read = expression.split(separator: "|").first ?? expression
    let parts = read.split { !($0.isLetter || $0.isNumber || $0 == "_" || $0 == "-") }.map { String($0) }
    let roots: Set<String> = ["config", "stream_partition", "stream_slice", "stream_interval", "parameters", "next_page_token"]
    let place = parts.firstIndex { roots.contains($0) }
    guard let place else { return parts.first ?? "…" }
    return parts.dropFirst(place + 1).first { !["get", "partition", "or"].contains($0) } ?? parts[place]
  }

  private static func partitions(of router: ManifestNode?) -> String? {
    guard let router, !router.isNull else { return nil }
    if let elements = router.sequence { return elements.compactMap(partitions).joined(separator: " × ") }
    switch router["type"]?.string {
    case "ListPartitionRouter":
      let field = router["cursor_field"]?.string ?? "value"
      guard let values = router["values"]?.sequence else { return "each \(field) of \(tidy(router["values"]?.string ?? ""))" }
      let texts = values.compactMap { $0.string ?? $0.value.jsonText }
      let list = texts.joined(separator: ", ")
      return list.count <= 24 ? "each \(field) of \(list)" : "each of \(values.count) values of \(field)"
    case "SubstreamPartitionRouter":
      let names = (router["parent_stream_configs"]?.sequence ?? []).compactMap { $0["stream"]?["name"]?.string }
      return "each record of \(names.joined(separator: ", "))"
    case "CartesianProductStreamSlicer":
      return (router["stream_slicers"]?.sequence ?? []).compactMap(partitions).joined(separator: " × ")
    case "GroupingPartitionRouter":
      let inner = partitions(of: router["underlying_partition_router"]) ?? ""
      return "groups of \(router["group_size"]?.value.jsonText ?? "several"): \(inner)"
    case "UnionPartitionRouter":
      return (router["partition_routers"]?.sequence ?? []).compactMap(partitions).joined(separator: " and ")
    default: return name(of: router)
    }
  }

  private static func cursor(of sync: ManifestNode?) -> String? {
    guard let sync, !sync.isNull else { return nil }
    let field = sync["cursor_field"]?.string.map(tidy)
    switch sync["type"]?.string {
    case "DatetimeBasedCursor":
      return [field ?? "", sync["step"]?.string.map { "steps of \(tidy($0))" }].compactMap { $0 }.joined(separator: ", ")
    case "IncrementingCountCursor": return "\(field ?? ""), counted"
    default: return [name(of: sync), field].compactMap { $0 }.joined(separator: " ")
    }
  }

  private static func pages(of paginator: ManifestNode?) -> String? {
    guard let strategy = paginator?["pagination_strategy"] else {
      return paginator?["class_name"] == nil ? nil : name(of: paginator)
    }
    let size = strategy["page_size"].flatMap { $0.string.map(tidy) ?? $0.value.jsonText }
    let kind =
      switch strategy["type"]?.string {
      case "OffsetIncrement": "offset"
      case "PageIncrement": "page number"
      case "CursorPagination": "cursor"
      default: name(of: strategy) ?? "pages"
      }
    return size.map { "\($0) a page, by \(kind)" } ?? "pages by \(kind)"
  }
}

extension String {
  fileprivate var trimming: String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
