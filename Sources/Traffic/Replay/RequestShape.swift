import ConnectorModel
import Essentials
import JSON

/// What a request asks, apart from how it is written: without the order of its parameters and members, and without headers.
package struct RequestShape: Sendable {
  /// A body by its meaning.
  package enum Body: Sendable {
    case none
    /// There is one, and nobody knows which.
    case unknown
    case json(JSONValue)
    /// The fields of a form, in the order of their names.
    case form([Field])
    case bytes(Data)
  }

  /// A parameter or a field.
  package struct Field: Sendable, Hashable, Comparable {
    package let name: String
    package let value: String

    package static func < (left: Field, right: Field) -> Bool { (left.name, left.value) < (right.name, right.value) }
  }

  package let method: String
  /// Scheme, host, port and path.
  package let place: String
  /// In the order of their names.
  package let query: [Field]
  package let body: Body

  package init(_ request: HTTPRequest) {
    self.init(
      method: request.method, url: request.url, mimeType: request.header("Content-Type") ?? "",
      body: request.body.map { Data($0) } ?? Data(), hasUnknownBody: false)
  }

  package init(_ request: HAREntry.Request, hasUnknownBody: Bool = false) {
    self.init(
      method: request.method, url: request.url,
      mimeType: request.body?.mimeType ?? request.headers.value(of: "Content-Type") ?? "",
      body: request.body?.data ?? Data(), hasUnknownBody: hasUnknownBody)
  }

  package init(method: String, url: String, mimeType: String, body: Data, hasUnknownBody: Bool) {
    let address = RequestURL(url)
    let scheme = address.scheme?.lowercased() ?? "http"
    var host = address.userAndPlace?.place.lowercased() ?? ""
    for (usual, port) in [("http", ":80"), ("https", ":443")] where scheme == usual && host.hasSuffix(port) {
      host.removeLast(port.count)
    }
    self.method = method.uppercased()
    place = "\(scheme)://\(host)\(address.path.isEmpty ? "/" : address.path)"
    query = Self.fields(address.query ?? "")
    self.body = hasUnknownBody ? .unknown : Self.body(body, mimeType.lowercased())
  }

  private static func fields(_ text: Substring) -> [Field] {
    QueryText(text).fields.map { Field(name: $0.name, value: $0.value ?? "") }.sorted()
  }

  private static func body(_ data: Data, _ mimeType: String) -> Body {
    if data.isEmpty { return .none }
    if mimeType.contains("form-urlencoded"), let text = String(validating: data, as: UTF8.self) {
      return .form(fields(text[...]))
    }
    guard let first = data.first(where: { $0 > 0x20 }), mimeType.contains("json") || "{[".utf8.contains(first),
      let json = try? JSONValue(parsing: data)
    else { return .bytes(data) }
    return .json(json)
  }
}

extension JSONValue {
  /// The same text for values that mean the same: members in the order of their names, whole numbers as integers.
  package var canonicalText: String { canonical.jsonText }

  private var canonical: JSONValue {
    switch self {
    case .array(let elements): .array(elements.map(\.canonical))
    case .object(let members):
      .object(
        JSONObject(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.canonical) }, uniquingKeysWith: { $1 }))
    case .double(let number): Int(exactly: number).map { .int($0) } ?? self
    default: self
    }
  }
}
