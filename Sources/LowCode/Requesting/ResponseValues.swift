import JSON
import Jinja

/// A response's headers as templates see them: a mapping that does not care about the case of names.
final class HeadersMapping: LazyMapping {
  private let headers: HTTPHeaders
  private let links: Value?

  /// `links` are the response's `Link` header, parsed; if they are given, they are under `link`.
  init(_ response: HTTPResponse, links: Value? = nil) {
    headers = response.headers
    self.links = links
  }

  var isPlain: Bool { false }
  var count: Int { headers.count }
  var keys: [String] { headers.map(\.name) }

  subscript(key: String) -> Value? {
    if let links {
      return key == "link" ? links : headers.first { $0.name == key }.map { .string($0.value) }
    }
    return headers[key].map { .string($0) }
  }
}

extension HTTPResponse {
  /// The body as templates see it: its JSON value, or an empty object.
  var templateValue: Value { json.map { Value($0) } ?? .emptyDict }
  var headersValue: Value { .mapping(HeadersMapping(self)) }
}

extension Value {
  static var emptyDict: Value { Value(JSONValue.object([:])) }
}
