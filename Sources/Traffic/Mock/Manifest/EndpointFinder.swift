import Components
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// Walks through a manifest and finds every kind of request that it makes.
struct EndpointFinder {
  private let config: TemplateConfig
  private(set) var endpoints: [Endpoint] = []
  private var known: Set<String> = []

  /// What surrounds a node on the walk.
  private struct Place {
    var stream: ManifestNode?
    var retriever: ManifestNode?
    var requester: ManifestNode?
    var purpose = Endpoint.Purpose.records
  }

  init(config: TemplateConfig) { self.config = config }

  mutating func find(in root: ManifestNode) {
    for key in ["streams", "dynamic_streams", "check"] {
      if let node = root[key] { walk(node, Place()) }
    }
  }

  /// Takes in the requests of a stream that a template made.
  mutating func find(inStream node: ManifestNode) { walk(node, Place()) }

  private mutating func walk(_ node: ManifestNode, _ place: Place) {
    if let elements = node.sequence {
      for element in elements { walk(element, place) }
      return
    }
    guard let mapping = node.mapping else { return }
    var place = place
    let type = node["type"]?.string ?? ""
    switch type {
    case "DeclarativeStream", "StateDelegatingStream": place = Place(stream: node)
    case "DynamicSchemaLoader": place.purpose = .fields(loader: node)
    case "PropertiesFromEndpoint":
      place.purpose = .properties(path: (node["property_field_path"]?.sequence ?? []).compactMap { constant($0, node) })
    case "HttpComponentsResolver":
      place.purpose = .components(templates: Self.texts(of: node).joined(separator: "\n"))
    case "OAuthAuthenticator": addToken(node, place)
    case "LegacySessionTokenAuthenticator": addLegacySession(node, place)
    case "SessionTokenAuthenticator":
      if let login = node["login_requester"] {
        let path = (node["session_token_path"]?.sequence ?? []).compactMap { constant($0, node) }
        addRequester(login, place, .session(path: path), decoder: node["decoder"])
      }
    default: break
    }
    if type.hasSuffix("Authenticator"), type != "OAuthAuthenticator", node["token_refresh_endpoint"] != nil {
      addToken(node, place)
    }
    if node["requester"] != nil, node["record_selector"] != nil || type.hasSuffix("Retriever") {
      place.retriever = node
    } else if type == "AsyncRetriever" || node["creation_requester"] != nil {
      place.retriever = node
    }
    for (key, value) in mapping {
      switch key {
      case "requester":
        if type == "FileUploader" || node["download_target_extractor"] != nil, node["record_selector"] == nil {
          addRequester(value, place, .file)
        } else {
          addRequester(value, place, place.purpose)
        }
      case "creation_requester": addRequester(value, place, .jobCreation)
      case "polling_requester": addRequester(value, place, .jobPolling)
      case "download_target_requester": addRequester(value, place, .jobTargets)
      case "download_requester": addRequester(value, place, .jobDownload)
      case "abort_requester", "delete_requester": addRequester(value, place, .acknowledgement)
      case "$parameters", "connection_specification", "schema": continue
      default: break
      }
      if key.hasSuffix("requester") { place.requester = value }
      walk(value, place)
    }
  }

  // MARK: Requests

  private mutating func addRequester(
    _ node: ManifestNode, _ place: Place, _ purpose: Endpoint.Purpose, decoder: ManifestNode? = nil
  ) {
    guard node.isMapping else { return }
    let base = node["url_base"]?.string ?? ""
    let start = base.isEmpty ? node["url"]?.string ?? "" : base
    let path = node["path"]?.string ?? ""
    var (address, query) = self.address(start, path, node)
    if address.pieces.isEmpty { address = TemplatePattern(template: "{{ anything }}") { _ in nil } }
    for (name, pattern) in fields(node["request_parameters"], node) { query[name] = pattern }
    var form = fields(node["request_body_data"], node)
    var json = leaves(node["request_body_json"], node)
    var text = node["request_body_data"]?.string.map { pattern($0, node) }
    if let body = node["request_body"], let value = body["value"] {
      switch body["type"]?.string {
      case "RequestBodyPlainText": text = value.string.map { pattern($0, node) }
      case "RequestBodyUrlEncodedForm": form = fields(value, node)
      default: json = leaves(value, node)
      }
    }
    add(
      Endpoint(
        purpose: purpose, requester: node, retriever: place.retriever, stream: place.stream,
        streamName: place.stream?["name"]?.string ?? "", method: (node["http_method"]?.string ?? "GET").uppercased(),
        address: address, query: query, headers: fields(node["request_headers"], node), form: form, json: json, text: text,
        authenticator: node["authenticator"], options: options(place, node["authenticator"])))
  }

  /// The names of the parameters that a requester's surroundings add.
  private func options(_ place: Place, _ authenticator: ManifestNode?) -> Set<String> {
    var names: Set<String> = []
    func collect(_ node: ManifestNode?) {
      guard let node else { return }
      if node["inject_into"]?.string == "request_parameter", let name = node["field_name"] {
        if let text = constant(name, node) { names.insert(text) }
      }
      for element in node.sequence ?? [] { collect(element) }
      for (key, value) in node.mapping ?? [:] where key != "stream" && key != "requester" && key != "schema" { collect(value) }
    }
    let retriever = place.retriever
    for part in [
      retriever?["paginator"], retriever?["partition_router"], retriever?["download_paginator"],
      place.stream?["incremental_sync"],
      authenticator,
    ] { collect(part) }
    return names
  }

  private mutating func addToken(_ node: ManifestNode, _ place: Place) {
    guard let url = node["token_refresh_endpoint"]?.string, !url.isEmpty else { return }
    let (address, query) = address(url, "", node)
    add(
      Endpoint(
        purpose: .token, requester: node, retriever: nil, stream: nil, streamName: "", method: "POST", address: address,
        query: query, headers: [:], form: [:], json: [], text: nil, authenticator: nil, options: []))
  }

  private mutating func addLegacySession(_ node: ManifestNode, _ place: Place) {
    guard let base = node["api_url"]?.string ?? place.requester?["url_base"]?.string ?? place.requester?["url"]?.string else {
      return
    }
    let key = node["session_token_response_key"]?.string ?? "id"
    let paths: [(String, String, Endpoint.Purpose)] = [
      (node["login_url"]?.string ?? "", "POST", .session(path: [key])),
      (node["validate_session_url"]?.string ?? "", "GET", .acknowledgement),
    ]
    for (path, method, purpose) in paths {
      let (address, query) = address(base, path, place.requester ?? node)
      add(
        Endpoint(
          purpose: purpose, requester: node, retriever: nil, stream: nil, streamName: "", method: method, address: address,
          query: query, headers: [:], form: [:], json: [], text: nil, authenticator: nil, options: []))
    }
  }

  private mutating func add(_ endpoint: Endpoint) {
    let parts: [ManifestNode?] = [
      endpoint.requester, endpoint.retriever?["record_selector"], endpoint.retriever?["paginator"],
      endpoint.retriever?["decoder"],
    ]
    let key = "\(endpoint.purpose.name) \(endpoint.streamName) \(parts.map { $0?.value.jsonText ?? "" }.joined(separator: "\n"))"
    if known.insert(key).inserted { endpoints.append(endpoint) }
  }

  // MARK: Patterns

  private func address(_ start: String, _ path: String, _ node: ManifestNode) -> (TemplatePattern, [String: TemplatePattern]) {
    // A path that is a complete URL stands for itself.
    let isComplete = path.hasPrefix("http://") || path.hasPrefix("https://")
    var (base, rest) = isComplete ? (path, "") : (start, path.drop { $0 == "/" })
    if !rest.isEmpty, !base.isEmpty, !base.hasSuffix("/") { base += "/" }
    var query: [String: TemplatePattern] = [:]
    func cut(_ text: inout Substring) {
      guard let mark = Self.queryMark(in: text) else { return }
      for field in Self.fields(of: text[mark...].dropFirst()) {
        let parts = field.split(separator: "=", maxSplits: 1)
        query[parts.count == 2 ? String(parts[0]) : ""] = pattern(String(parts.last ?? ""), node)
      }
      text = text[..<mark]
    }
    cut(&rest)
    var first = base[...]
    cut(&first)
    let whole = pattern(String(first), node).appending(pattern(String(rest), node))
    return (whole.withoutQuery.plain, query)
  }

  /// The question mark that begins a query, and is not in an expression.
  private static func queryMark(in text: Substring) -> Substring.Index? {
    var depth = 0
    for index in text.indices {
      switch text[index] {
      case "{": depth += 1
      case "}": depth -= 1
      case "?" where depth == 0: return index
      default: break
      }
    }
    return nil
  }

  /// The fields of a query that is a template.
  private static func fields(of text: Substring) -> [Substring] { text.contains("{%") ? [] : text.split(separator: "&") }

  private func pattern(_ template: String, _ node: ManifestNode) -> TemplatePattern {
    TemplatePattern(template: template) { constant(text: $0, node) }
  }

  /// What a template gives in every request; nil if it depends on the request.
  private func constant(text: String, _ node: ManifestNode) -> String? {
    let parameters = node["$parameters"]?.value.object ?? [:]
    let template = InterpolatedString(text, parameters: parameters)
    guard template.undeclaredVariables.isSubset(of: ["config", "parameters"]) else { return nil }
    return try? template.string(EvaluationContext(config: config))
  }

  private func constant(_ template: ManifestNode, _ node: ManifestNode) -> String? {
    template.string.flatMap { constant(text: $0, node) } ?? template.int.map(String.init)
  }

  private func fields(_ node: ManifestNode?, _ component: ManifestNode) -> [String: TemplatePattern] {
    var fields: [String: TemplatePattern] = [:]
    for (name, value) in node?.mapping ?? [:] {
      if let text = value.string {
        let pattern = pattern(text, component)
        if pattern.constant != "" { fields[name] = pattern }
      } else if let number = value.int {
        fields[name] = TemplatePattern(literal: String(number))
      }
    }
    return fields
  }

  private func leaves(_ node: ManifestNode?, _ component: ManifestNode) -> [(path: [String], pattern: TemplatePattern)] {
    guard let node else { return [] }
    var leaves: [(path: [String], pattern: TemplatePattern)] = []
    func collect(_ node: ManifestNode, _ path: [String]) {
      for (key, value) in node.mapping ?? [:] where key != "$parameters" { collect(value, path + [key]) }
      for (index, value) in (node.sequence ?? []).enumerated() { collect(value, path + [String(index)]) }
      if let text = node.string, !path.isEmpty { leaves.append((path, pattern(text, component))) }
    }
    collect(node, [])
    return leaves
  }

  /// All texts below a node.
  static func texts(of node: ManifestNode?) -> [String] {
    guard let node else { return [] }
    if let text = node.string { return [text] }
    return (node.sequence ?? []).flatMap(texts) + (node.mapping ?? [:]).values.flatMap(texts)
  }
}

extension TemplatePattern {
  /// Without what a constant brought of a query.
  fileprivate var withoutQuery: TemplatePattern {
    var kept = TemplatePattern(literal: "")
    for piece in pieces {
      if case .literal(let text) = piece, let mark = text.firstIndex(of: "?") {
        return kept.appending(TemplatePattern(literal: String(text[..<mark])))
      }
      kept = kept.appending(TemplatePattern(pieces: [piece]))
    }
    return kept
  }

  /// Without escapes and dotted steps, as requests have been taken apart.
  fileprivate var plain: TemplatePattern {
    TemplatePattern(
      pieces: pieces.map { piece in
        if case .literal(let text) = piece {
          .literal(MockRequest.singleSlashes(PercentEncoding.decoded(text) ?? text))
        } else {
          piece
        }
      })
  }
}

extension Endpoint.Purpose {
  fileprivate var name: String {
    switch self {
    case .records: "records"
    case .fields: "fields"
    case .components: "components"
    case .properties: "properties"
    case .token: "token"
    case .session: "session"
    case .jobCreation: "creation"
    case .jobPolling: "polling"
    case .jobTargets: "targets"
    case .jobDownload: "download"
    case .acknowledgement: "acknowledgement"
    case .file: "file"
    }
  }
}
