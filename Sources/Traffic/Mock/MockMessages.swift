import ConnectorModel
import Essentials
import JSON

/// A request as a mock sees it: taken apart, with everything decoded.
package struct MockRequest: Sendable {
  /// In upper case.
  package let method: String
  /// The whole URL, as it was asked for.
  package let url: String
  /// The decoded path, with the slash that it begins with.
  package let path: String
  /// The fields of the query, decoded, in their order.
  package let query: [(name: String, value: String)]
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]
  /// The body as JSON; nil if it is something else.
  package let json: JSONValue?
  /// The fields of a form in the body; none if the body is something else.
  package let form: [(name: String, value: String)]
  /// Whether the request came to a server that stands for all hosts, so that its URL names none of them.
  package var isLocal = false

  package init(method: String, url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.method = method.uppercased()
    self.url = url
    let parts = RequestURL(url)
    let encoded = parts.path.isEmpty ? "/" : String(parts.path)
    path = PercentEncoding.decoded(encoded) ?? encoded
    query = Self.fields(parts.query ?? "")
    self.headers = headers
    self.body = body
    let kind = headers.value(of: "Content-Type")?.lowercased() ?? ""
    let isForm = kind.hasPrefix("application/x-www-form-urlencoded")
    // Many a client calls JSON a form.
    json = body.isEmpty ? nil : try? JSONValue(parsing: body)
    form = isForm ? Self.fields(String(decoding: body, as: UTF8.self)) : []
  }

  package init(_ request: HTTPRequest) {
    self.init(method: request.method, url: request.url, headers: request.headers, body: request.body ?? [])
  }

  private static func fields(_ text: some StringProtocol) -> [(name: String, value: String)] {
    QueryText(text).fields.map { ($0.name, $0.value ?? "") }
  }

  package var bodyText: String { String(decoding: body, as: UTF8.self) }
  /// The scheme, the host and the port.
  package var origin: String {
    let parts = RequestURL(url)
    return "\(parts.scheme ?? "http")://\(parts.authority ?? "")"
  }
  /// The URL without its query.
  package var place: String { origin + path }

  /// A URL or a part of one without empty steps.
  static func singleSlashes(_ text: String) -> String {
    guard text.contains("//") else { return text }
    var result = ""
    for character in text where character != "/" || result.last != "/" { result.append(character) }
    return result
  }

  package func header(_ name: String) -> String? { headers.value(of: name) }
  /// The first value of a field of the query.
  package func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }

  /// The value of a cookie.
  package func cookie(_ name: String) -> String? { cookies.first { $0.name == name }?.value }

  package var cookies: [(name: String, value: String)] {
    (header("Cookie") ?? "").split(separator: ";").compactMap { pair in
      let parts = pair.split(separator: "=", maxSplits: 1)
      guard parts.count == 2 else { return nil }
      return (parts[0].trimmed(.whitespaces), String(parts[1]))
    }
  }
}

/// What a mock answers.
package struct MockAnswer: Sendable {
  package var status: Int
  /// The words behind the status; nil for the usual ones.
  package var reason: String?
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  /// How many seconds the answer waits.
  package var delay = 0.0
  /// What goes wrong on the way.
  package var damage: Damage?
  /// Whether the connection ends with the answer.
  package var closesConnection = false
  /// The length that the head names; nil for the real one.
  package var announcedLength: Int?
  /// Whether the head names no length.
  package var hidesLength = false
  /// The size of the chunks that the body is sent in; nil for a body in one piece.
  package var chunkSize: Int?
  /// How many records the answer may have and still be the page that it is; nil for any number.
  package var mostRecords: Int?

  /// What goes wrong with an answer between the API and its client.
  package enum Damage: Sendable, Equatable {
    /// The connection ends without a byte.
    case noAnswer
    /// These bytes come instead of an answer, and the connection ends.
    case bytes([UInt8])
    /// The connection ends within the head.
    case cutHead
    /// The connection ends after this part of the body, in thousandths.
    case cutBody(Int)
    /// The body comes in small parts, with this many seconds in between.
    case slow(Double)
  }

  package init(status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// An answer of JSON.
  package init(status: Int = 200, json: JSONValue, headers: [(name: String, value: String)] = []) {
    self.init(
      status: status, headers: [("Content-Type", "application/json")] + headers, body: Array(json.jsonText.utf8))
  }
}

/// Something that answers requests as an API would.
package protocol MockAPI: Sendable {
  /// - Returns: the answer; nil if the mock does not know what is asked for.
  func answer(_ request: MockRequest) async -> MockAnswer?
}

extension MockAPI {
  /// The answer, or a 404 that says what is not known.
  package func answerOrRefusal(_ request: MockRequest) async -> MockAnswer {
    await answer(request)
      ?? MockAnswer(status: 404, json: ["error": .string("The mock knows no answer to \(request.method) \(request.place)")])
  }
}

/// Several mocks, of which the first that knows an answer gives it.
package struct MockAPIs: MockAPI {
  let members: [any MockAPI]

  package init(_ members: [any MockAPI]) { self.members = members }

  package func answer(_ request: MockRequest) async -> MockAnswer? {
    for member in members {
      if let answer = await member.answer(request) { return answer }
    }
    return nil
  }
}
