import AirbyteProtocol
import ConnectorModel
import Essentials
import JSON

/// A request that somebody made, as a command of curl's, a recording or a collection has it.
struct GivenRequest: Sendable {
  var method: String
  var url: String
  var headers: [(name: String, value: String)] = []
  var body: String?

  func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}

/// What a given request shows: the stream, how it is authenticated, and the credentials in it.
struct RequestReading: Sendable {
  /// Scheme and host, without a path.
  let origin: String
  /// The path with a slash in front, without a query.
  let path: String
  /// Parameters, headers and body; its path is whole.
  var stream: StreamDescription
  let authentication: AuthenticationDescription
  /// The config fields of what else looks like a secret.
  let secretFields: [ConfigField]
  /// The values of the config fields that the authentication needs, and of those. They belong in no file.
  let credentials: JSONObject

  /// Headers that clients make themselves, or that matter to browsers alone.
  private static let ignored: Set<String> = [
    "accept-encoding", "accept-language", "authority", "cache-control", "connection", "content-length", "content-type", "cookie",
    "dnt", "host", "if-modified-since", "if-none-match", "origin", "pragma", "priority", "proxy-authorization", "referer", "te",
    "traceparent", "transfer-encoding", "upgrade-insecure-requests", "user-agent", "x-requested-with", "postman-token",
  ]
  private static let plainAccept: Set<String> = ["*/*", "application/json", "application/json, text/plain, */*", "text/html"]
  private static let keyHeaders: Set<String> = [
    "x-api-key", "api-key", "apikey", "x-apikey", "x-auth-token", "x-access-token", "x-auth-key", "x-token", "token",
    "private-token", "x-api-token", "api_key", "access-token", "auth-token",
  ]
  private static let keyParameters: Set<String> = [
    "api_key", "apikey", "api-key", "key", "access_token", "token", "auth_token", "api_token", "appid", "app_key", "apitoken",
  ]

  /// - Throws: ``ConnectorError`` for an address that is none, and for methods that the language does not have.
  init(_ request: GivenRequest) throws(ConnectorError) {
    let url = RequestURL(request.url)
    guard let scheme = url.scheme, ["http", "https"].contains(scheme.lowercased()), let place = url.userAndPlace?.place,
      !place.isEmpty
    else {
      throw ConnectorError(.config, "The address `\(url.publicText)` cannot be used: it should begin with https://")
    }
    guard ["GET", "POST"].contains(request.method) else {
      throw ConnectorError(
        .config, "The request is a \(request.method), and a declarative connector reads by GET and POST alone: give one of these")
    }
    origin = "\(scheme.lowercased())://\(place)"
    path = url.path.isEmpty ? "/" : String(url.path)
    var stream = StreamDescription(name: EndpointNotation.name(of: path), method: request.method, path: path)
    if stream.name.isEmpty { stream.name = "records" }
    var found: (authentication: AuthenticationDescription, credentials: JSONObject)?
    var secrets = SecretValues()
    if let user = url.userAndPlace?.user, !user.isEmpty { found = Self.basic(PercentEncoding.decoded(user) ?? String(user)) }
    for (name, value) in request.headers {
      let lower = name.lowercased()
      if lower == "authorization" {
        found = Self.authorization(value)
      } else if Self.keyHeaders.contains(lower) {
        found = found ?? (.keys([.init(.header, name)]), ["api_key": .string(value)])
      } else if lower == "accept" {
        if !Self.plainAccept.contains(value.lowercased()), !value.hasPrefix("text/html") {
          stream.parameters.append(RequestParameter(RequestPlace(.header, "Accept"), .literal(.string(value))))
        }
      } else if !Self.ignored.contains(lower), !lower.hasPrefix("sec-"), !lower.hasPrefix(":") {
        stream.parameters.append(secrets.parameter(RequestPlace(.header, name), .string(value)))
      }
    }
    for field in QueryText(url.query ?? "").fields where !field.name.isEmpty {
      if found == nil, Self.keyParameters.contains(field.name.lowercased()), let value = field.value, value.count >= 6 {
        found = (.keys([.init(.query, field.name)]), ["api_key": .string(value)])
      } else {
        stream.parameters.append(secrets.parameter(RequestPlace(.query, field.name), .string(field.value ?? "")))
      }
    }
    if request.method == "POST", let body = request.body, !body.isEmpty {
      Self.add(body, to: &stream, request.header("Content-Type"), &secrets)
    }
    if found == nil, request.header("Cookie") != nil {
      stream.notes.append(
        Note(
          .authentication,
          "The request carried cookies of a browser's session, which a connector does not have: find out how the API lets programs in."
        ))
    }
    self.stream = stream
    authentication = found?.authentication ?? .none
    secretFields = secrets.fields
    credentials = secrets.values.merging(found?.credentials ?? [:]) { $1 }
  }

  private static func authorization(_ value: String) -> (AuthenticationDescription, JSONObject) {
    let words = value.split(separator: " ", maxSplits: 1).map(String.init)
    guard words.count == 2 else { return (.keys([.init(.header, "Authorization")]), ["api_key": .string(value)]) }
    switch words[0].lowercased() {
    case "bearer": return (.bearer, ["api_token": .string(words[1])])
    case "basic":
      let decoded = Data(base64Encoded: words[1]).map { String(decoding: $0, as: UTF8.self) } ?? words[1]
      return basic(decoded)
    default: return (.keys([.init(.header, "Authorization", prefix: words[0] + " ")]), ["api_key": .string(words[1])])
    }
  }

  private static func basic(_ pair: String) -> (AuthenticationDescription, JSONObject) {
    let parts = pair.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, !parts[1].isEmpty else {
      return (.basic(hasPassword: false), ["api_key": .string(parts.first ?? "")])
    }
    return (.basic(hasPassword: true), ["username": .string(parts[0]), "password": .string(parts[1])])
  }

  private static func add(
    _ body: String, to stream: inout StreamDescription, _ type: String?, _ secrets: inout SecretValues
  ) {
    if let json = (try? JSONValue(parsing: Array(body.utf8)))?.object {
      guard let query = json["query"]?.string, query.contains("{") else {
        stream.body = .json(secrets.taken(from: json, as: .json, of: &stream))
        return
      }
      stream.body = .graphQL(query: query)
      var rest = json
      rest["query"] = nil
      for (key, value) in secrets.taken(from: rest, as: .json, of: &stream) {
        stream.parameters.append(RequestParameter(RequestPlace(.json, key), .literal(value)))
      }
    } else if type?.lowercased().contains("json") != true, body.contains("=") {
      let fields = QueryText(body).fields.map { ($0.name, JSONValue.string($0.value ?? "")) }
      stream.body = .form(secrets.taken(from: JSONObject(fields, uniquingKeysWith: { $1 }), as: .form, of: &stream))
    } else {
      stream.notes.append(Note(.request, "The request had a body that is neither JSON nor a form; it was left out."))
    }
  }
}

/// Divides paths into what all streams have in common and their own.
enum PathSplit {
  /// The part of a path that a base address has: up to the last segment that names a version, or `api` or `rest`.
  static func base(of path: String) -> String {
    let segments = path.split(separator: "/").map(String.init)
    let place = segments.dropLast().lastIndex { segment in
      EndpointNotation.isVersion(segment) && Int(segment) ?? 0 < 100 || ["api", "rest", "json"].contains(segment.lowercased())
    }
    return place.map { "/" + segments[...$0].joined(separator: "/") } ?? ""
  }

  /// What the bases of several paths have in common.
  static func base(of paths: [String]) -> String {
    var common = paths.first.map(base) ?? ""
    while !common.isEmpty, !paths.allSatisfy({ $0.hasPrefix(common + "/") }) {
      common = common.lastIndex(of: "/").map { String(common[..<$0]) } ?? ""
    }
    return common
  }

  /// A path with placeholders where it has identifiers: numbers, UUIDs, and long words of letters and digits.
  static func generalised(_ path: String) -> String {
    var segments = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    var names: Set<String> = []
    for number in segments.indices where isIdentifier(segments[number]) {
      let before = number > 0 ? KeyInference.singular(ConnectorNames.snake(segments[number - 1])) : ""
      guard !before.isEmpty else { continue }
      var name = "\(before)_id"
      while !names.insert(name).inserted { name += "_2" }
      segments[number] = "{\(name)}"
    }
    return segments.joined(separator: "/")
  }

  private static func isIdentifier(_ segment: String) -> Bool {
    guard !segment.isEmpty, !EndpointNotation.isVersion(segment) || Int(segment) != nil else { return false }
    if segment.allSatisfy({ $0.isASCII && $0.isNumber }) { return true }
    let plain = segment.filter { $0 != "-" && $0 != "_" }
    let digits = plain.count { $0.isNumber }
    return plain.count >= 12 && digits >= 3 && plain.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
  }
}
