import ConnectorModel

/// What an author says of a connector, on the command line or when asked. What is left out is looked up or stays open.
package struct GivenAnswers: Sendable {
  package enum Authentication: String, Sendable, CaseIterable {
    case none, bearer, basic
    case key = "api-key"
    case oauth, session
  }

  /// A value for all streams, or, in front of `=`, for one of them.
  package struct PerStream: Sendable, Equatable {
    private var all: String?
    private var single: [String: String] = [:]

    package init() {}

    /// - Parameters:
    ///   - texts: each `value` or `stream=value`.
    ///   - streams: the names that can stand in front.
    package init(_ texts: [String], streams: [String]) {
      for text in texts {
        if let sign = text.firstIndex(of: "="), streams.contains(String(text[..<sign])) {
          single[String(text[..<sign])] = String(text[text.index(after: sign)...])
        } else {
          all = text
        }
      }
    }

    package subscript(stream: String) -> String? { single[stream] ?? all }
    package mutating func set(_ value: String, for stream: String) { single[stream] = value }
  }

  package var name = ""
  package var address = ""
  package var documentation: String?
  package var authentication: Authentication?
  /// Where an API key goes: the name of a header, or `query:name`, or `cookie:name`.
  package var keyPlace: String?
  /// What stands before an API key, such as `Token `.
  package var keyPrefix: String?
  package var tokenAddress: String?
  package var consentAddress: String?
  package var scopes: [String] = []
  package var grant: AuthenticationDescription.OAuthDescription.Grant?
  package var endpoints: [EndpointNotation] = []
  package var recordPaths = PerStream()
  package var primaryKeys = PerStream()
  package var cursors = PerStream()
  package var pagings = PerStream()

  package init() {}

  /// - Throws: ``ConnectorError`` that says what is missing or cannot be used, and which option gives it.
  package func description() throws(ConnectorError) -> ConnectorDescription {
    var description = ConnectorDescription(
      name: name.trimmed, documentation: documentation, baseAddress: try Self.address(address),
      authentication: try authenticationDescription())
    guard !description.name.isEmpty else {
      throw ConnectorError(.config, "The connector needs a name: give it as the first argument, as in `new Bookshop`")
    }
    if authentication == .session {
      description.notes.append(
        Note(.authentication, "The address of the login and the place of its token are a guess: put those of the API here."))
    }
    for endpoint in endpoints { try description.streams.append(stream(endpoint, among: description.streams)) }
    guard !description.streams.isEmpty else {
      throw ConnectorError(
        .config, "The connector needs an endpoint: give one or more with --endpoint, as in --endpoint /v1/authors")
    }
    ParentInference.complete(&description)
    return description
  }

  /// - Throws: ``ConnectorError`` for what is no address.
  package static func address(_ text: String) throws(ConnectorError) -> String {
    var address = text.trimmed
    guard !address.isEmpty else {
      throw ConnectorError(
        .config, "The address of the API is missing: give it with --url, as in --url https://api.example.com/v1")
    }
    if !address.contains("://") { address = "https://" + address }
    while address.hasSuffix("/") { address.removeLast() }
    guard address.hasPrefix("https://") || address.hasPrefix("http://"), ConnectorFiles.host(of: address) != nil,
      !address.contains(where: { $0.isWhitespace || $0 == "?" || $0 == "#" })
    else {
      throw ConnectorError(
        .config, "The address `\(text)` cannot be used: it should look like https://api.example.com/v1, without parameters")
    }
    return address
  }

  /// How requests are authenticated, as far as that was said.
  /// - Throws: ``ConnectorError`` that says which option is missing.
  package func authenticationDescription() throws(ConnectorError) -> AuthenticationDescription {
    switch authentication ?? Authentication.none {
    case .none: return .none
    case .bearer: return .bearer
    case .basic: return .basic(hasPassword: true)
    case .key: return .keys([Self.key(keyPlace ?? "X-API-Key", prefix: keyPrefix ?? "")])
    case .oauth:
      guard let tokenAddress, !tokenAddress.isEmpty else {
        throw ConnectorError(
          .config, "OAuth needs the address where tokens are issued: give it with --token-url, as in --token-url https://…/token")
      }
      let grant = grant ?? (consentAddress == nil ? .clientCredentials : .refreshToken)
      return .oauth(.init(grant, tokenAddress: tokenAddress, consentAddress: consentAddress, scopes: scopes))
    case .session:
      return .session(.init(path: "/login", tokenPath: ["token"]))
    }
  }

  static func key(_ text: String, prefix: String) -> AuthenticationDescription.APIKey {
    for (head, place) in [("query:", AuthenticationDescription.APIKey.Place.query), ("cookie:", .cookie), ("header:", .header)]
    where text.lowercased().hasPrefix(head) {
      return .init(place, String(text.dropFirst(head.count)).trimmed, prefix: prefix)
    }
    return .init(.header, text.trimmed, prefix: prefix)
  }

  private func stream(
    _ endpoint: EndpointNotation, among streams: [StreamDescription]
  ) throws(ConnectorError) -> StreamDescription {
    var name = endpoint.name
    var number = 1
    while streams.contains(where: { $0.name == name }) {
      number += 1
      name = "\(endpoint.name)_\(number)"
    }
    var stream = StreamDescription(name: name, method: endpoint.method, path: endpoint.path, parameters: endpoint.parameters)
    if let path = recordPaths[name] { stream.recordPath = Self.path(path) }
    if let key = primaryKeys[name] { stream.primaryKey = Self.fields(key) }
    if let cursor = cursors[name] { stream.cursor = try CursorNotation.parse(cursor) }
    if let paging = pagings[name] { stream.paging = try PagingNotation.parse(paging) }
    return stream
  }

  /// The fields of a primary key with commas; none for `none`.
  package static func fields(_ text: String) -> [String] {
    text.lowercased() == "none" ? [] : text.split(separator: ",").map { String($0).trimmed }
  }

  /// The keys of a path with dots; `.` is the whole answer.
  package static func path(_ text: String) -> [String] { text.split(separator: ".").map { String($0).trimmed } }
}
