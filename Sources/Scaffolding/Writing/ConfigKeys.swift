import JSON

/// The fields of a connector's config, in the order in which a form has them, and how templates read them.
struct ConfigKeys: Sendable {
  /// The field that says where the first read of an incremental stream begins.
  static let startDate = "start_date"
  /// The form of its values.
  static let startDateFormat = "%Y-%m-%dT%H:%M:%SZ"

  let fields: [ConfigField]

  init(_ description: ConnectorDescription) {
    var fields: [ConfigField] = []
    func add(_ field: ConfigField) { if !fields.contains(where: { $0.key == field.key }) { fields.append(field) } }
    description.authentication.fields.forEach(add)
    description.configFields.forEach(add)
    if description.streams.contains(where: { $0.cursor != nil }) { add(Self.startDateField) }
    // What an address or a path has a place for and nothing else gives.
    for name in TemplateText.placeholders(of: description.baseAddress) { add(ConfigField(name)) }
    if case .oauth(let oauth) = description.authentication {
      for name in TemplateText.placeholders(of: oauth.tokenAddress + (oauth.consentAddress ?? "")) { add(ConfigField(name)) }
    }
    for stream in description.streams {
      for name in TemplateText.placeholders(of: stream.path) where !stream.gives(name, among: description.streams) {
        add(ConfigField(name))
      }
      for parameter in stream.parameters {
        if case .config(let key) = parameter.value { add(ConfigField(key)) }
      }
      for case .configList(let key, _) in stream.partitions { add(ConfigField(key, type: "array")) }
    }
    self.fields = fields
  }

  private static let startDateField = ConfigField(
    startDate, title: "Start date", explanation: "Records that changed before this moment are not read.",
    example: "2024-01-01T00:00:00Z", format: "date-time", pattern: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$")

  /// What reads a field, without braces.
  func expression(_ key: String) -> String {
    let name = TemplateText.literal(key)
    guard let field = fields.first(where: { $0.key == key }), !field.isRequired else { return "config[\(name)]" }
    guard let value = field.defaultValue else { return "config.get(\(name))" }
    return "config.get(\(name), \(value.string.map(TemplateText.literal) ?? value.jsonText))"
  }

  func template(_ key: String) -> String { TemplateText.expression(expression(key)) }

  /// An address with the values of the config in it.
  func filled(_ address: String) -> String { TemplateText.filled(address, template) }
}

extension StreamDescription {
  /// Whether a placeholder of the path has a value that is not the config's.
  func gives(_ name: String, among streams: [StreamDescription]) -> Bool {
    if job != nil, name == "job" { return true }
    if parameters.contains(where: { $0.place == RequestPlace(.path, name) }) { return true }
    return PartitionPath.steps(to: name, from: self, among: streams) != nil
  }
}

/// Where a stream finds the value of a partition: its own, or one of the streams that its parents come from.
enum PartitionPath {
  /// The steps to a field, the last of which is the field itself; the others are `parent_slice`. Nil if no partition has it.
  static func steps(to field: String, from stream: StreamDescription, among streams: [StreamDescription]) -> [String]? {
    var visited: Set<String> = []
    return steps(to: field, from: stream, among: streams, &visited)
  }

  private static func steps(
    to field: String, from stream: StreamDescription, among streams: [StreamDescription], _ visited: inout Set<String>
  ) -> [String]? {
    guard visited.insert(stream.name).inserted else { return nil }
    if stream.partitions.contains(where: { $0.field == field }) { return [field] }
    for case .parent(let name, _, _) in stream.partitions {
      guard let parent = streams.first(where: { $0.name == name }),
        let rest = steps(to: field, from: parent, among: streams, &visited)
      else { continue }
      return ["parent_slice"] + rest
    }
    return nil
  }

  static func expression(_ steps: [String]) -> String {
    steps.reduce("stream_partition") { TemplateText.isName($1) ? "\($0).\($1)" : "\($0)[\(TemplateText.literal($1))]" }
  }
}
