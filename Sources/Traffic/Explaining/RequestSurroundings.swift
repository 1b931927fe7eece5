import ConnectorModel
import JSON
import JSONSchema
import Jinja
import Manifest

/// What is around a requester in its manifest, and where the variables of its templates come from.
struct RequestSurroundings {
  private let origin: RequestOrigin
  private let making: RequestMaking
  private let retriever: ManifestNode?
  private let stream: ManifestNode?

  init(_ origin: RequestOrigin, _ making: RequestMaking) {
    self.origin = origin
    self.making = making
    let steps = origin.requester.node.elements
    let place = steps.lastIndex { if case .key("retriever") = $0 { true } else { false } }
    let manifest = origin.requester.manifest
    retriever = place.flatMap { manifest?.descendant(steps[...$0]) }
    stream = place.flatMap { manifest?.descendant(steps[..<$0]) }
  }

  var paginator: ManifestNode? { retriever?["paginator"] }

  /// The page's token, if there is one.
  var token: RequestExplanation.Variable? {
    guard let value = making.context.value(of: .nextPageToken), let token = Self.json(value)?["next_page_token"] else {
      return nil
    }
    return RequestExplanation.Variable(
      name: "next_page_token", value: token, source: "the paginator", place: Self.place(paginator?["pagination_strategy"]))
  }

  // MARK: What components add

  /// What an addition is: in words, where it is decided, the template that it is of, and the values that it is.
  struct Cause {
    var source: String
    var place: String?
    var template: String?
    var variables: [RequestExplanation.Variable] = []
  }

  /// The cause of what a request option puts into requests.
  func cause(of option: ManifestNode) -> Cause {
    let around = self.around(option)
    let strategy = around?["pagination_strategy"]
    switch option.key ?? "" {
    case "page_token_option":
      let variables = [token].compactMap { $0 }
      let template = strategy?["cursor_value"]?.string
      return Cause(
        source: variables.isEmpty ? "the first page of \(Self.type(strategy))" : "the page token of \(Self.type(strategy))",
        place: Self.place(strategy ?? option), template: variables.isEmpty ? nil : template, variables: variables)
    case "page_size_option":
      let size = strategy?["page_size"]
      return Cause(
        source: "the page size of \(Self.type(strategy))", place: Self.place(size ?? option),
        template: size?.string ?? size?.value.jsonText)
    case "start_time_option", "end_time_option":
      let isStart = option.key == "start_time_option"
      let bound = isStart ? "lower" : "upper"
      let field =
        around?[isStart ? "partition_field_start" : "partition_field_end"]?.string ?? (isStart ? "start_time" : "end_time")
      return Cause(
        source: "the \(bound) bound of the window of \(Self.type(around))", place: Self.place(around ?? option),
        variables: [
          .init(
            name: "stream_interval.\(field)", value: origin.slice.merged[field], source: "the cursor", place: Self.place(around))
        ])
    case "request_option":
      guard let around, let field = (around["partition_field"] ?? around["cursor_field"])?.string else { break }
      let variable = RequestExplanation.Variable(
        name: "stream_partition.\(field)", value: origin.slice.merged[field], source: partitionSource(around),
        place: Self.place(around["parent_key"] ?? around["values"]))
      return Cause(source: "the partition", place: Self.place(option), variables: [variable])
    default: break
    }
    return Cause(source: option.key ?? "a component", place: Self.place(option))
  }

  /// The component that a node belongs to.
  private func around(_ node: ManifestNode) -> ManifestNode? {
    origin.requester.manifest?.descendant(node.elements.dropLast())
  }

  private func partitionSource(_ node: ManifestNode) -> String {
    guard let parent = node["stream"]?["name"]?.string else { return "one of the values of \(Self.type(node))" }
    return "`\(node["parent_key"]?.string ?? "")` of a record of the stream `\(parent)`"
  }

  // MARK: Variables

  /// - Parameters:
  ///   - steps: what is read of the variable.
  ///   - node: the component whose parameters templates see.
  /// - Returns: nil where nothing can be said of it.
  func variable(_ name: String, _ steps: [String], of node: ManifestNode) -> RequestExplanation.Variable? {
    let text = ([name] + steps).joined(separator: ".")
    switch name {
    case "config":
      return .init(
        name: text, value: Self.value(Self.json(making.context.config.value), steps), source: RequestExplanation.configSource)
    case "parameters":
      let parameter = steps.first.flatMap { node["$parameters"]?[$0] }
      return .init(
        name: text, value: parameter.flatMap { Self.value($0.value, Array(steps.dropFirst())) }, source: "$parameters",
        place: Self.place(parameter))
    case "next_page_token": return token
    case "stream_slice", "stream_interval", "stream_partition":
      guard let key = steps.first(where: { !["partition", "cursor_slice", "extra_fields"].contains($0) }) else { return nil }
      let (source, node) = sliceSource(key)
      let value = origin.slice.merged[key] ?? origin.slice.extraFields[key]
      return .init(name: text, value: value, source: source, place: Self.place(node))
    default:
      guard let value = origin.slice.extraFields[name] else { return nil }
      return .init(name: text, value: Self.value(value, steps), source: "the partition")
    }
  }

  /// Who puts a key into slices.
  private func sliceSource(_ key: String) -> (String, ManifestNode?) {
    if let sync = stream?["incremental_sync"], origin.slice.cursorSlice[key] != nil {
      let isEnd = key == sync["partition_field_end"]?.string ?? "end_time"
      return ("the \(isEnd ? "upper" : "lower") bound of the window of \(Self.type(sync))", sync)
    }
    guard let router = retriever?["partition_router"] else { return ("the slice", nil) }
    if let found = Self.find(key, in: router) { return (partitionSource(found), found["parent_key"] ?? found["values"] ?? found) }
    return ("the partition", router)
  }

  /// What in a partition router gives a key.
  private static func find(_ key: String, in node: ManifestNode) -> ManifestNode? {
    if let elements = node.sequence { return elements.lazy.compactMap { find(key, in: $0) }.first }
    if node["partition_field"]?.string == key || node["cursor_field"]?.string == key { return node }
    for property in ["parent_stream_configs", "stream_slicers", "underlying_partition_router", "partition_routers"] {
      if let found = node[property].flatMap({ find(key, in: $0) }) { return found }
    }
    return nil
  }

  private static func value(_ value: JSONValue?, _ steps: [String]) -> JSONValue? {
    steps.reduce(value) { value, step in
      if let value, let elements = value.array {
        let index = Int(step.drop { $0 == "[" }.prefix { $0.isNumber })
        return index.flatMap { elements.indices.contains($0) ? elements[$0] : nil }
      }
      return value?[step]
    }
  }

  private static func json(_ value: Value) -> JSONValue? { try? value.json() }
  private static func place(_ node: ManifestNode?) -> String? { node?.mark.map { "\($0)" } }
  private static func type(_ node: ManifestNode?) -> String { node?["type"]?.string ?? "a component" }
}
