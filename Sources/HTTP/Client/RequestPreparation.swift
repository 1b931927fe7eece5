import AirbyteProtocol
import ConnectorModel
import JSON
import Jinja
import Manifest
import Secrets

/// Turns an evaluated request into what goes over the wire, by the rules of Python's requests library.
package enum RequestPreparation {
  /// The methods that carry a body.
  private static let bodyMethods: Set<String> = ["GET", "POST", "PUT", "PATCH"]

  /// - Parameters:
  ///   - page: the URL of the answer that `url` comes from; nil if it is the manifest's.
  ///   - node: where the manifest has the address.
  /// - Throws: ``ConnectorError`` if the address can never be requested, or both a form and a JSON body are given.
  package static func request(
    method: String, url: String, parts: RequestParts, givenBy page: String? = nil, node: ManifestNode? = nil
  ) throws -> HTTPRequest {
    var request = HTTPRequest(method: method, url: "")
    do throws(AddressError) {
      request.url = try self.url(url, parameters: parts.parameters)
    } catch {
      throw unusable(url, error, givenBy: page, node)
    }
    for (name, value) in parts.headers { request.setHeader(name, FieldValue.header(value)) }
    for (name, value) in request.headers { try HeaderText.check(name, value) }
    if request.header("Accept") == nil { request.setHeader("Accept", "*/*") }
    guard bodyMethods.contains(method) else { return request }
    let hasData = parts.bodyData != .object([:])
    if !parts.bodyJSON.isEmpty, hasData {
      throw ConnectorError(.system, "A request takes a JSON body or body data, not both at the same time")
    }
    if !parts.bodyJSON.isEmpty {
      request.body = Array(PythonJSONWriter().string(.object(parts.bodyJSON)).utf8)
      if request.header("Content-Type") == nil { request.setHeader("Content-Type", "application/json") }
    } else if case .object(let fields) = parts.bodyData, hasData {
      request.body = Array(formEncoded(fields).utf8)
      if request.header("Content-Type") == nil { request.setHeader("Content-Type", "application/x-www-form-urlencoded") }
    } else if case .string(let text) = parts.bodyData {
      request.body = Array(text.utf8)
    }
    return request
  }

  private static func unusable(_ url: String, _ error: AddressError, givenBy page: String?, _ node: ManifestNode?)
    -> ConnectorError
  {
    let address = RequestURL(url).publicText
    if let page {
      return ConnectorError(
        .system,
        "`\(RequestURL(page).publicText)` names `\(address)` as its next page, which cannot be requested: \(error.reason)")
    }
    let message = "The address `\(address)` cannot be requested: \(error.reason)"
    return node.map { ConnectorError(.config, message, at: $0) } ?? ConnectorError(.config, message)
  }

  /// `url` with `parameters` in its query, quoted as it goes over the wire; those that the URL already has with the same value
  /// are not repeated.
  /// - Throws: ``AddressError`` if it can never be requested.
  package static func url(_ url: String, parameters: JSONObject) throws(AddressError) -> String {
    var url = RequestURL(url.utf8.first.map { (0x21..<0x80).contains($0) } == true ? url[...] : url.drop(while: \.isWhitespace))
    let scheme = url.scheme?.lowercased()
    guard scheme == "https" || scheme == "http" else {
      throw AddressError("it should begin with https:// or http://")
    }
    url = try url.canonical()
    let query = url.query ?? ""
    var added = parameters
    if !query.isEmpty {
      let present = QueryText(query)
      added = parameters.filter { name, value in present.firstValue(of: name) != PythonStrings.str(value) }
    }
    let joined = [PercentEncoding.requoted(query, as: .query), formEncoded(added)].filter { !$0.isEmpty }.joined(separator: "&")
    if url.path.utf8.contains(UInt8(ascii: ".")), url.path.contains("/.") { url.path = RequestURL.withoutDotSegments(url.path) }
    if url.path.utf8.first != UInt8(ascii: "/") { url.path = "/" + url.path }
    url.path = Substring(PercentEncoding.requoted(url.path, as: .path))
    url.query = joined.isEmpty ? nil : Substring(PercentEncoding.requoted(joined, as: .uri))
    url.fragment = url.fragment.flatMap { $0.isEmpty ? nil : Substring(PercentEncoding.requoted($0, as: .query)) }
    return url.description
  }

  /// Fields as `application/x-www-form-urlencoded`.
  package static func formEncoded(_ fields: JSONObject) -> String {
    var pairs: [String] = []
    for (key, value) in fields {
      for text in FieldValue.texts(value) { pairs.append(PercentEncoding.quotePlus(key) + "=" + PercentEncoding.quotePlus(text)) }
    }
    return pairs.joined(separator: "&")
  }
}
