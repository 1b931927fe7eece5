import Authoring
import JSON
import JSONSchema
import Jinja
import Manifest
import Templating
import Validation

/// The names that a template may use at a place of a manifest, as far as the text shows them.
struct TemplateVocabulary {
  private let reading: SchemaReading
  private let node: Int
  private var outline: Outline { reading.outline }

  /// A name, and what it is in a few words.
  struct Name {
    let name: String
    var detail = ""
    /// Where it is written down; nil for what no text of the manifest brings about.
    var node: Int?
  }

  /// - Parameter node: the scalar that the template is in.
  init(of node: Int, in reading: SchemaReading) {
    self.reading = reading
    self.node = node
  }

  /// Whether texts of the place are filled in; so it is taken to be where nothing is known of the place.
  var isTemplatePlace: Bool {
    guard let property = reading.property(node) else { return !reading.isData(node) }
    return property.owner.hasPrefix("Custom") || variables != nil
  }

  /// The variables that the place has; nil if none is filled in there.
  private var variables: [String]? {
    guard let property = reading.property(node) else { return nil }
    guard let names = ComponentSchema.templateVariables(in: property.key, of: property.owner) else { return nil }
    var within: [String] = []
    let further = ComponentSchema.templateVariablesWithin(property.key, of: property.owner)
    if !further.isEmpty {
      var current = outline.nodes[node].parent
      while let ancestor = current {
        if let type = reading.component(ancestor)?.name { within += further[type] ?? [] }
        current = outline.nodes[ancestor].parent
      }
    }
    return names + within
  }

  /// What can be written in a place of a template.
  func names(for kind: TemplateCompletion.Kind) -> [Name] {
    switch kind {
    case .name:
      let known = variables ?? TemplateGuide.variables.map(\.name)
      return known.map { Name(name: $0, detail: "variable") }
        + Environment.lowCode.globals.keys.sorted().map { Name(name: $0, detail: "macro") }
    case .filter: return Environment.lowCode.filters.keys.sorted().map { Name(name: $0, detail: "filter") }
    case .test: return Environment.lowCode.tests.keys.sorted().map { Name(name: $0, detail: "test") }
    case .tag: return TemplateCompletion.tags.map { Name(name: $0, detail: "tag") }
    case .member(let path): return members(of: path)
    }
  }

  /// The members of a variable that the text shows.
  func members(of path: [String]) -> [Name] {
    switch path.first {
    case "config"?: return properties(of: path.dropFirst(), in: outline.node(at: Self.specification))
    case "parameters"? where path.count == 1: return parameters
    case "record"?, "last_record"?: return properties(of: path.dropFirst(), in: recordSchema)
    case "stream_interval"? where path.count == 1: return interval
    case "stream_partition"? where path.count == 1: return partition
    case "stream_slice"? where path.count == 1: return interval + partition
    case "next_page_token"? where path.count == 1: return [Name(name: "next_page_token", detail: "the token of the page")]
    default: return []
    }
  }

  static let specification: [PathElement] = [.key("spec"), .key("connection_specification")]

  // MARK: Schemas

  /// The properties of a JSON schema, those of its alternatives too.
  private func properties(of path: ArraySlice<String>, in schema: Int?) -> [Name] {
    guard let schema, let node = resolved(schema) else { return [] }
    guard let first = path.first else {
      var names: [Name] = []
      for branch in branches(of: node) {
        guard let properties = outline.member("properties", of: branch).flatMap(resolved) else { continue }
        for property in outline.members(of: properties) {
          guard let key = outline.key(of: property)?.text, !names.contains(where: { $0.name == key }) else { continue }
          let inner = resolved(property) ?? property
          let title = outline.string("title", of: inner) ?? outline.string("type", of: inner) ?? ""
          names.append(Name(name: key, detail: title, node: property))
        }
      }
      return names
    }
    for branch in branches(of: node) {
      guard let property = outline.member("properties", of: branch).flatMap(resolved).flatMap({ outline.member(first, of: $0) })
      else {
        continue
      }
      return properties(of: path.dropFirst(), in: property)
    }
    return []
  }

  private func branches(of node: Int, depth: Int = 0) -> [Int] {
    guard depth < 5 else { return [node] }
    let inner = ["oneOf", "anyOf", "allOf"].compactMap { outline.member($0, of: node) }.flatMap { outline.elements(of: $0) }
    return [node] + inner.compactMap { resolved($0) }.flatMap { branches(of: $0, depth: depth + 1) }
  }

  /// A node, or what its reference leads to.
  private func resolved(_ node: Int) -> Int? {
    var current = node
    for _ in 0..<8 {
      let reference = outline.isScalar(current) ? outline.string(current) : outline.string("$ref", of: current)
      guard let reference, reference.hasPrefix("#/"), let target = outline.target(of: reference) else { return current }
      current = target
    }
    return nil
  }

  /// A member of a mapping, or of what its reference brings.
  private func inherited(_ key: String, of node: Int) -> Int? {
    if let own = outline.member(key, of: node) { return resolved(own) }
    guard let base = resolved(node), base != node else { return nil }
    return outline.member(key, of: base).flatMap(resolved)
  }

  // MARK: Surroundings

  private var stream: Int? {
    var current: Int? = node
    while let ancestor = current {
      if reading.component(ancestor)?.name == "DeclarativeStream", outline.nodes[ancestor].kind == .mapping { return ancestor }
      current = outline.nodes[ancestor].parent
    }
    return nil
  }

  private var recordSchema: Int? {
    stream.flatMap { inherited("schema_loader", of: $0) }.flatMap { inherited("schema", of: $0) }
  }

  private var parameters: [Name] {
    var names: [Name] = []
    var current: Int? = node
    while let ancestor = current {
      for parameter in outline.member("$parameters", of: ancestor).map({ outline.members(of: $0) }) ?? [] {
        guard let key = outline.key(of: parameter)?.text, !names.contains(where: { $0.name == key }) else { continue }
        names.append(Name(name: key, detail: "parameter", node: parameter))
      }
      current = outline.nodes[ancestor].parent
    }
    return names
  }

  private var interval: [Name] {
    guard let sync = stream.flatMap({ inherited("incremental_sync", of: $0) }) else {
      return ["start_time", "end_time"].map { Name(name: $0, detail: "bound of the window") }
    }
    return [("partition_field_start", "start_time"), ("partition_field_end", "end_time")].map { key, usual in
      let given = inherited(key, of: sync)
      return Name(name: given.flatMap(outline.string) ?? usual, detail: "bound of the window", node: given)
    }
  }

  private var partition: [Name] {
    guard let retriever = stream.flatMap({ inherited("retriever", of: $0) }),
      let router = inherited("partition_router", of: retriever)
    else { return [] }
    let routers = outline.nodes[router].kind == .sequence ? outline.elements(of: router).compactMap(resolved) : [router]
    return routers.flatMap { router -> [Name] in
      let parents = inherited("parent_stream_configs", of: router).map { outline.elements(of: $0).compactMap(resolved) } ?? []
      let fields =
        parents.compactMap { inherited("partition_field", of: $0) } + [inherited("cursor_field", of: router)].compactMap { $0 }
      return fields.compactMap { field in
        outline.string(field).map { Name(name: $0, detail: "field of the partition", node: field) }
      }
    }
  }

  /// The fields of the records, as their schema in the text has them.
  var fields: [Name] { properties(of: [], in: recordSchema) }
}
