import AirbyteProtocol
import ConnectorModel
import JSON

/// Begins a connector from a collection of Postman's, version 2: its requests by GET, and those by POST with an example that has records.
package struct PostmanOrigin {
  private struct Item {
    var name: String
    var request: JSONValue
    var examples: [JSONValue]
    var auth: JSONValue?
  }

  private let file: String
  private let variables: [String: String]
  private var items: [Item] = []
  private var problems: [String] = []

  /// - Parameter file: the name of the file, for what is said.
  /// - Throws: ``ConnectorError`` if it is no collection, or has no request to read by.
  package static func read(_ collection: JSONValue, file: String) throws(ConnectorError) -> Origin {
    guard collection["info"]?["schema"]?.string?.contains("collection") == true || collection["item"]?.array != nil else {
      throw ConnectorError(
        .config, "The file \(file) is no collection of Postman's: export it as Collection v2.1, which has `info` and `item`")
    }
    var origin = PostmanOrigin(collection, file: file)
    return try origin.read(collection)
  }

  private init(_ collection: JSONValue, file: String) {
    self.file = file
    var variables: [String: String] = [:]
    for variable in collection["variable"]?.array ?? [] {
      if let key = variable["key"]?.string ?? variable["id"]?.string, let value = variable["value"]?.string, !value.isEmpty {
        variables[key] = value
      }
    }
    self.variables = variables
    collect(collection["item"]?.array ?? [], auth: collection["auth"], depth: 0)
  }

  private mutating func collect(_ items: [JSONValue], auth: JSONValue?, depth: Int) {
    guard depth < 20 else { return }
    for item in items {
      let own = item["auth"].flatMap { $0 == .null ? nil : $0 } ?? auth
      if let inner = item["item"]?.array {
        collect(inner, auth: own, depth: depth + 1)
      } else if let request = item["request"] {
        self.items.append(
          Item(
            name: item["name"]?.string ?? "", request: request, examples: item["response"]?.array ?? [],
            auth: request["auth"].flatMap { $0 == .null ? nil : $0 } ?? own))
      }
    }
  }

  private mutating func read(_ collection: JSONValue) throws(ConnectorError) -> Origin {
    var found: [(item: Item, reading: RequestReading)] = []
    var fields: [ConfigField] = []
    for item in items {
      guard let request = request(of: item, &fields) else { continue }
      do throws(ConnectorError) {
        let reading = try RequestReading(request)
        let example = answer(of: item, url: request.url, named: reading.stream.name)
        let endsWithIdentifier = reading.path.split(separator: "/").last?.hasPrefix("{") ?? true
        guard example.map({ $0.isList }) ?? (request.method == "GET" && !endsWithIdentifier) else { continue }
        found.append((item, reading))
      } catch {
        problems.append("The request `\(item.name)` was left out: \(error.message)")
      }
    }
    guard let first = found.first else {
      throw ConnectorError(
        .config,
        "The collection \(file) has no request that reads a list: it should have requests by GET, or examples with records")
    }
    let origin = first.reading.origin
    let own = found.filter { $0.reading.origin == origin }
    let base = PathSplit.base(of: own.map(\.reading.path))
    var description = ConnectorDescription(
      name: collection["info"]?["name"]?.string ?? ConnectorNames.name(ofHost: origin),
      summary: text(collection["info"]?["description"]), origin: "the Postman collection \(file)",
      baseAddress: origin + base, configFields: fields)
    for (item, reading) in own where description.authentication == .none {
      description.authentication = authentication(item.auth) ?? reading.authentication
    }
    for field in own.flatMap(\.reading.secretFields) where !description.configFields.contains(where: { $0.key == field.key }) {
      description.configFields.append(field)
    }
    for (item, reading) in own {
      var stream = reading.stream
      stream.path = String(reading.path.dropFirst(base.count))
      stream.summary = text(item.request["description"]).map { String($0.prefix(300)) }
      let name = stream.name
      guard !description.streams.contains(where: { $0.path == stream.path && $0.method == stream.method }) else { continue }
      var number = 1
      while description.streams.contains(where: { $0.name == stream.name }) {
        number += 1
        stream.name = "\(name)_\(number)"
      }
      stream.parameters = stream.parameters.map(Self.withConfig)
      if let answer = answer(of: item, url: request(of: item, &fields)?.url ?? "", named: stream.name)?.answer {
        StreamInference().complete(&stream, from: answer)
      } else {
        StreamInference.placeKnownParameters(of: &stream)
        stream.notes.append(
          Note(.records, "The collection has no example of an answer, so that records, keys and pages are not known."))
      }
      description.streams.append(stream)
    }
    ParentInference.complete(&description)
    return Origin(description, problems: problems)
  }

  // MARK: Requests

  private func request(of item: Item, _ fields: inout [ConfigField]) -> GivenRequest? {
    let request = item.request
    let url = request["url"]
    guard var address = url?.string ?? url?["raw"]?.string else { return nil }
    // Parameters that are turned off are in the text all the same in some versions.
    if let query = url?["query"]?.array {
      let used = query.filter { $0["disabled"]?.bool != true }.compactMap { field -> String? in
        guard let name = field["key"]?.string else { return nil }
        return "\(PercentEncoding.quotePlus(name))=\(Self.quoted(field["value"]?.string ?? ""))"
      }
      address = address.split(separator: "?").first.map(String.init) ?? address
      if !used.isEmpty { address += "?" + used.joined(separator: "&") }
    }
    var given = GivenRequest(method: request["method"]?.string?.uppercased() ?? "GET", url: "")
    given.url = filled(address, &fields)
    given.url = Self.pathVariables(given.url)
    if !given.url.contains("://") { given.url = "https://" + given.url }
    for header in request["header"]?.array ?? [] where header["disabled"]?.bool != true {
      if let name = header["key"]?.string, let value = header["value"]?.string {
        given.headers.append((name, filled(value, &fields)))
      }
    }
    switch request["body"]?["mode"]?.string {
    case "raw"?: given.body = request["body"]?["raw"]?.string
    case "graphql"?:
      let graphQL = request["body"]?["graphql"]
      var body: JSONObject = ["query": graphQL?["query"] ?? ""]
      if let text = graphQL?["variables"]?.string, let values = try? JSONValue(parsing: Array(text.utf8)) {
        body["variables"] = values
      }
      given.body = JSONValue.object(body).jsonText
    case "urlencoded"?:
      given.body = (request["body"]?["urlencoded"]?.array ?? []).compactMap { field in
        field["key"]?.string.map { "\(PercentEncoding.quotePlus($0))=\(PercentEncoding.quotePlus(field["value"]?.string ?? ""))" }
      }
      .joined(separator: "&")
    default: break
    }
    return given
  }

  /// Variables stay as they are, for now.
  private static func quoted(_ text: String) -> String { text.contains("{{") ? text : PercentEncoding.quotePlus(text) }

  /// `{{name}}` with its value, or else as `{name}`, a field of the config.
  private func filled(_ text: String, _ fields: inout [ConfigField]) -> String {
    var result = ""
    var rest = text[...]
    while let start = rest.firstRange(of: "{{"), let end = rest[start.upperBound...].firstRange(of: "}}") {
      let name = String(rest[start.upperBound..<end.lowerBound]).trimmed
      result += rest[..<start.lowerBound]
      if let value = variables[name] {
        result += value
      } else {
        let key = ConnectorNames.snake(name)
        if !key.isEmpty, !["api_key", "token", "access_token", "bearer_token", "api_token"].contains(key),
          !fields.contains(where: { $0.key == key })
        {
          fields.append(ConfigField(key, explanation: "The variable \(name) of the Postman collection."))
        }
        result += "{\(key)}"
      }
      rest = rest[end.upperBound...]
    }
    return result + rest
  }

  /// `/authors/:id/books` as `/authors/{author_id}/books`.
  private static func pathVariables(_ url: String) -> String {
    let parts = url.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    var segments = parts[0].split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    for number in segments.indices where segments[number].hasPrefix(":") && segments[number].count > 1 {
      let name = ConnectorNames.snake(String(segments[number].dropFirst()))
      let before = number > 0 ? KeyInference.singular(ConnectorNames.snake(segments[number - 1])) : ""
      segments[number] = "{\(name == "id" && !before.isEmpty ? "\(before)_id" : name)}"
    }
    return ([segments.joined(separator: "/")] + parts.dropFirst()).joined(separator: "?")
  }

  /// A parameter whose value is a variable comes from the config.
  private static func withConfig(_ parameter: RequestParameter) -> RequestParameter {
    guard case .literal(.string(let text)) = parameter.value, text.hasPrefix("{"), text.hasSuffix("}"),
      case let key = String(text.dropFirst().dropLast()), !key.isEmpty, !key.contains("{"), TemplateText.isName(key)
    else { return parameter }
    return RequestParameter(parameter.place, .config(key))
  }

  private func text(_ value: JSONValue?) -> String? {
    let text = (value?.string ?? value?["content"]?.string)?.trimmed
    guard let text, !text.isEmpty else { return nil }
    // The first paragraph says what it is.
    return text.split(separator: "\n").first.map { String($0).trimmed }
  }

  // MARK: Examples and authentication

  private func answer(of item: Item, url: String, named name: String) -> (answer: SeenAnswer, isList: Bool)? {
    for example in item.examples {
      guard (200..<300).contains(example["code"]?.int ?? 200), let text = example["body"]?.string,
        let body = try? JSONValue(parsing: Array(text.utf8))
      else { continue }
      let headers = (example["header"]?.array ?? []).compactMap { header -> HTTPHeaders.Header? in
        guard let name = header["key"]?.string, let value = header["value"]?.string else { return nil }
        return (name, value)
      }
      return (SeenAnswer(url: url, headers: HTTPHeaders(headers), body: body), SeenRecords(in: body, of: name).isList)
    }
    return nil
  }

  private func authentication(_ auth: JSONValue?) -> AuthenticationDescription? {
    guard let auth, let type = auth["type"]?.string else { return nil }
    func value(_ name: String) -> String? {
      // Version 2.0 has an object, 2.1 a list.
      let settings = auth[type]
      return settings?[name]?.string ?? settings?.array?.first { $0["key"]?.string == name }?["value"]?.string
    }
    switch type {
    case "bearer": return .bearer
    case "basic": return .basic(hasPassword: true)
    case "apikey":
      let isQuery = value("in") == "query"
      return .keys([.init(isQuery ? .query : .header, value("key") ?? "X-API-Key")])
    case "oauth2":
      guard let token = value("accessTokenUrl"), token.contains("://") else { return .bearer }
      let grant: AuthenticationDescription.OAuthDescription.Grant =
        value("grant_type") == "client_credentials" ? .clientCredentials : .refreshToken
      return .oauth(
        .init(
          grant, tokenAddress: token, consentAddress: grant == .refreshToken ? value("authUrl") : nil,
          scopes: (value("scope") ?? "").split(separator: " ").map(String.init)))
    default: return nil
    }
  }
}
