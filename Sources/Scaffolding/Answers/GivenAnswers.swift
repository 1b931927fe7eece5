import AirbyteProtocol
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
    guard let parts = try? AddressParts(address), parts.isReachable,
      !address.contains(where: { $0.isWhitespace || $0 == "?" || $0 == "#" })
    else {
      throw ConnectorError(
        .config,
        "The address `\(RequestURL(text).publicText)` cannot be used: it should look like https://api.example.com/v1, "
          + "without parameters")
    }
    guard !parts.hasUser else {
      throw ConnectorError(
        .config,
        "The address of the API has a name or a password in it, which the manifest would keep: leave them out, and say "
          + "`basic` when asked how it authenticates, or `--auth basic`")
    }
    return parts.text
  }

  /// How requests are authenticated, as far as that was said.
  /// - Throws: ``ConnectorError`` that says which option is missing.
  package func authenticationDescription() throws(ConnectorError) -> AuthenticationDescription {
    switch authentication ?? Authentication.none {
    case .none: return .none
    case .bearer: return .bearer
    case .basic: return .basic(hasPassword: true)
    case .key: return .keys([try Self.key(keyPlace ?? "X-API-Key", prefix: keyPrefix ?? "")])
    case .oauth:
      guard let tokenAddress, !tokenAddress.isEmpty else {
        throw ConnectorError(
          .config, "OAuth needs the address where tokens are issued: give it with --token-url, as in --token-url https://…/token")
      }
      for address in [tokenAddress, consentAddress].compactMap({ $0 }) where (try? AddressParts(address))?.isReachable != true {
        throw ConnectorError(
          .config, "The address `\(address)` cannot be used: it should look like https://auth.example.com/token")
      }
      let grant = grant ?? (consentAddress == nil ? .clientCredentials : .refreshToken)
      return .oauth(.init(grant, tokenAddress: tokenAddress, consentAddress: consentAddress, scopes: scopes))
    case .session:
      return .session(.init(path: "/login", tokenPath: ["token"]))
    }
  }

  /// - Throws: ``ConnectorError`` for a name that a request cannot have.
  static func key(_ text: String, prefix: String) throws(ConnectorError) -> AuthenticationDescription.APIKey {
    var (place, name) = (AuthenticationDescription.APIKey.Place.header, text.trimmed)
    for (head, other) in [("query:", AuthenticationDescription.APIKey.Place.query), ("cookie:", .cookie), ("header:", .header)]
    where text.lowercased().hasPrefix(head) {
      (place, name) = (other, String(text.dropFirst(head.count)).trimmed)
    }
    // What names of headers and cookies are made of (RFC 9110 §5.6.2).
    let isToken = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"()<>@,;:\\\"/[]?={}".utf8.contains($0) }
    guard !name.isEmpty, isToken || place == .query && !name.contains(where: \.isWhitespace) else {
      throw ConnectorError(
        .config,
        "The place of the key `\(text)` cannot be used: it should be the name of a header, such as X-API-Key, or "
          + "query:NAME, or cookie:NAME")
    }
    return .init(place, name, prefix: prefix)
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
    if let path = recordPaths[name] { stream.recordPath = try Self.path(path) }
    if let key = primaryKeys[name] { stream.primaryKey = try Self.fields(key) }
    if let cursor = cursors[name] { stream.cursor = try CursorNotation.parse(cursor) }
    if let paging = pagings[name] { stream.paging = try PagingNotation.parse(paging) }
    return stream
  }

  /// The fields of a primary key with commas; none for `none`.
  /// - Throws: ``ConnectorError`` for a field without a name.
  package static func fields(_ text: String) throws(ConnectorError) -> [String] {
    if text.trimmed.lowercased() == "none" { return [] }
    let fields = text.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmed }
    guard fields.allSatisfy({ !$0.isEmpty }) else {
      throw ConnectorError(
        .config, "The primary key `\(text)` cannot be used: it should be a field, several with commas, or none, as in `id`")
    }
    return fields
  }

  /// The keys of a path with dots; `.` is the whole answer.
  /// - Throws: ``ConnectorError`` for a key without a name.
  package static func path(_ text: String) throws(ConnectorError) -> [String] {
    if text.trimmed == "." { return [] }
    let keys = text.split(separator: ".", omittingEmptySubsequences: false).map { String($0).trimmed }
    guard keys.allSatisfy({ !$0.isEmpty && !$0.contains("=") }) else {
      throw ConnectorError(
        .config,
        "The place of records `\(text)` cannot be used: it should be keys with dots, as in `data.items`, or `.` for the "
          + "whole answer; for one stream, its name stands in front, as in `authors=data.items`")
    }
    return keys
  }
}
