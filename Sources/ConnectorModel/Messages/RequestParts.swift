import AirbyteProtocol
import JSON
import OrderedCollections

/// What one component adds to a request, place by place.
public struct RequestParts: Sendable {
  /// Query parameters; a list repeats its parameter.
  public var parameters: JSONObject = [:]
  /// The names of parameters that count even where the address of a page brings others of that name along.
  package var lastingParameters: Set<String> = []
  /// Headers.
  public var headers: JSONObject = [:]
  /// A text, or an object with the fields of a form.
  public var bodyData: JSONValue = .object([:])
  /// Members of a JSON body.
  public var bodyJSON: JSONObject = [:]
  /// What of it was put there by options of the manifest, in order.
  package var additions: [RequestAddition] = []
  /// Where the response's body goes, instead of into memory.
  package var store: (any BodyStore)?
  /// See ``HTTPRequest/checkEnd``.
  package var checkEnd: (@Sendable (HTTPResponse) async throws -> Void)?

  /// Adds nothing.
  public init() {}

  /// Adds the parts of another component.
  /// - Throws: ``ConnectorError`` if both set the same key (in a JSON body: to different values).
  public mutating func merge(_ other: RequestParts) throws {
    store = other.store ?? store
    checkEnd = other.checkEnd ?? checkEnd
    lastingParameters.formUnion(other.lastingParameters)
    additions += other.additions
    try Self.merge(other.parameters, into: &parameters, place: "query")
    try Self.merge(other.headers, into: &headers, place: "headers")
    try Self.merge(other.bodyJSON, into: &bodyJSON, place: "JSON body", allowingEqual: true)
    switch (bodyData, other.bodyData) {
    case (.object(var fields), .object(let others)):
      try Self.merge(others, into: &fields, place: "body")
      bodyData = .object(fields)
    case (.object([:]), let text): bodyData = text
    case (_, .object([:])): break
    default:
      throw ConnectorError(.system, "A request body that is a text cannot be joined with another body")
    }
  }

  /// All that it adds, part by part.
  package func allAdditions() -> [RequestAddition] {
    func members(_ object: JSONObject, _ place: String) -> [RequestAddition] {
      object.keys.map { RequestAddition(place: place, name: $0, node: nil) }
    }
    return members(parameters, "request_parameter") + members(headers, "header")
      + members(bodyData.object ?? [:], "body_data") + members(bodyJSON, "body_json")
  }

  /// The header or parameter of credentials that has no more than the word for its kind; nil if there is none.
  package var emptyCredential: String? {
    func isEmpty(_ value: JSONValue) -> Bool {
      guard case .string(let text) = value else { return value == .null }
      // What `:` is in base64 is a name and a password of nothing.
      return text.utf8.count <= 12
        && (text.isEmpty || text.utf8.last == UInt8(ascii: " ") || text == "Basic Og==" || text == "Bearer")
    }
    return (headers.first { isEmpty($0.value) } ?? parameters.first { isEmpty($0.value) })?.key
  }

  private static func merge(
    _ source: JSONObject, into target: inout JSONObject, place: String, allowingEqual: Bool = false, path: [String] = []
  ) throws {
    for (key, value) in source {
      guard let present = target[key] else {
        target[key] = value
        continue
      }
      if allowingEqual, case .object(var inner) = present, case .object(let added) = value {
        try merge(added, into: &inner, place: place, allowingEqual: true, path: path + [key])
        target[key] = .object(inner)
      } else if !allowingEqual || present != value {
        throw ConnectorError(
          .system, "Two components set `\((path + [key]).joined(separator: "."))` in the \(place) of the same request")
      }
    }
  }
}

/// Adds to the requests of a stream: cursors and partition routers do.
public protocol RequestOptionsProvider: Sendable {
  func requestParts(for slice: StreamSlice, token: PageToken?) async throws -> RequestParts
}

/// Adds nothing.
package struct NoRequestOptions: RequestOptionsProvider {
  package init() {}

  package func requestParts(for slice: StreamSlice, token: PageToken?) throws -> RequestParts { RequestParts() }
}
