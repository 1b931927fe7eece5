extension ConnectorFiles {
  /// The files for a description.
  package init(_ description: ConnectorDescription) {
    let config = ConfigKeys(description)
    let checked = description.streams.first { $0.name == description.checkedStreamName }
    self.init(
      names: ConnectorNames(description.name), summary: description.summary, documentation: description.documentation,
      hosts: Self.hosts(description), fields: config.fields,
      streams: description.streams.map { stream in
        Stream(
          name: stream.name, request: "\(stream.method) \(stream.path)", primaryKey: stream.primaryKey,
          cursorField: stream.cursor?.field, hasPartitions: !stream.partitions.isEmpty, isJob: stream.job != nil)
      },
      checkedStream: description.checkedStreamName,
      checkedPath: checked.flatMap { Self.plainPath($0, description) },
      hasSignIn: AuthenticationWriter(
        authentication: description.authentication, config: config, baseAddress: description.baseAddress
      ).flow != nil)
  }

  /// The path of the check's request, where nothing else is asked before and nothing in it varies.
  private static func plainPath(_ stream: StreamDescription, _ description: ConnectorDescription) -> String? {
    switch description.authentication {
    case .none, .oauth, .session: return nil
    case .basic, .bearer, .keys: break
    }
    guard stream.partitions.isEmpty, stream.job == nil, let path = path(of: description.baseAddress) else { return nil }
    let whole = path + stream.path
    return TemplateText.placeholders(of: whole).isEmpty && !whole.contains("?") ? whole : nil
  }

  private static func path(of address: String) -> String? {
    guard let scheme = address.firstRange(of: "://") else { return nil }
    return address[scheme.upperBound...].firstIndex(of: "/").map { String(address[$0...]) } ?? ""
  }

  /// The hosts of the addresses that are known.
  private static func hosts(_ description: ConnectorDescription) -> [String] {
    var addresses = [description.baseAddress]
    if case .oauth(let oauth) = description.authentication { addresses.append(oauth.tokenAddress) }
    var hosts: [String] = []
    for address in addresses {
      let host = Self.host(of: address) ?? "*"
      if !hosts.contains(host) { hosts.append(host) }
    }
    return hosts
  }

  /// The host of an address, with `${field}` for the fields of the config in it.
  package static func host(of address: String) -> String? {
    guard let scheme = address.firstRange(of: "://") else { return nil }
    let authority = address[scheme.upperBound...].prefix { $0 != "/" && $0 != "?" }
    let host = authority.split(separator: "@").last?.split(separator: ":").first.map(String.init) ?? ""
    return host.isEmpty ? nil : TemplateText.filled(host) { "${\($0)}" }
  }
}

extension ConnectorFolder {
  /// The whole folder of a connector that is described.
  package init(_ description: ConnectorDescription) {
    self.init([.init("manifest.yaml", ManifestWriter(description).text)] + ConnectorFiles(description).files)
  }
}
