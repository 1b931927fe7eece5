import JSON
import Jinja

/// A response's headers as templates see them: a mapping that does not care about the case of names.
package final class HeadersMapping: LazyMapping {
  private let headers: HTTPHeaders
  private let links: Value?

  /// `links` are the response's `Link` header, parsed; if they are given, they are under `link`.
  package init(_ response: HTTPResponse, links: Value? = nil) {
    headers = response.headers
    self.links = links
  }

  package var isPlain: Bool { false }
  package var count: Int { headers.count }
  package var keys: [String] { headers.map(\.name) }

  package subscript(key: String) -> Value? {
    if let links {
      return key == "link" ? links : headers.first { $0.name == key }.map { .string($0.value) }
    }
    return headers[key].map { .string($0) }
  }
}

extension HTTPResponse {
  /// The body as templates see it: its JSON value, or an empty object.
  package var templateValue: Value { json.map { Value($0) } ?? .emptyDict }
  package var headersValue: Value { .mapping(HeadersMapping(self)) }
}

extension Value {
  package static var emptyDict: Value { Value(JSONValue.object([:])) }
}
