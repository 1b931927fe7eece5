import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON
import Jinja
import Manifest
import Python
import Secrets

/// Matches the requests that a quota or a call rate applies to.
struct HttpRequestRegexMatcher: Component {
  /// How many calls a matching request counts as; nil if it does not say.
  let weight: Int?
  private let method: String?
  private let urlBase: String?
  private let pathPattern: PythonPattern?
  private let parameters: [String: String]
  private let headers: [String: String]

  init(from node: ComponentNode, in scope: BuildScope) throws {
    method = try node.optionalString("method").flatMap { $0.isEmpty ? nil : $0.uppercased() }
    urlBase = try node.optionalString("url_base").flatMap { text in
      let base = text.replacing(/\/+$/, with: "")
      return base.isEmpty ? nil : (try? RequestURL(base).canonical())?.description ?? base
    }
    pathPattern = try node["url_path_pattern"].flatMap { value -> PythonPattern? in
      guard let pattern = value.string, !pattern.isEmpty else { return nil }
      do throws(PatternError) {
        return try PythonPattern(pattern)
      } catch {
        throw ConnectorError(.config, "`url_path_pattern` is not a regular expression: \(error.reason)", at: value)
      }
    }
    func texts(_ property: String) -> [(String, String)] {
      (node[property]?.value.object ?? [:]).map { ($0.key, PythonStrings.str($0.value)) }
    }
    parameters = Dictionary(texts("params"), uniquingKeysWith: { $1 })
    headers = Dictionary(texts("headers").map { ($0.0.lowercased(), $0.1) }, uniquingKeysWith: { $1 })
    weight = try node["weight"].map { try InterpolatedNumber($0, of: node, in: scope).integer() }
    if let weight, weight < 1 {
      throw ConnectorError(.system, "`weight` should be at least 1, but is \(weight)", at: node.node)
    }
  }

  /// Whether `request` has everything that is asked for.
  /// - Throws: ``ConnectorError`` if the pattern takes too many steps.
  func matches(_ request: HTTPRequest) throws(ConnectorError) -> Bool {
    if let method, request.method != method { return false }
    let url = RequestURL(request.url)
    if let urlBase, urlBase != "\(url.scheme ?? "")://\(url.authority ?? "")" { return false }
    if let pathPattern {
      let path = String(url.path.replacing(/\/+$/, with: ""))
      do throws(PatternLimitExceeded) {
        guard try pathPattern.isFound(in: path) else { return false }
      } catch {
        throw ConnectorError(
          .config, "`url_path_pattern` takes too many steps on the path of a request: `\(error.pattern)`",
          internalMessage: "The pattern `\(error.pattern)` was given up on a path of \(path.count) characters")
      }
    }
    if !parameters.isEmpty {
      let query = QueryText(url.query ?? "")
      guard parameters.allSatisfy({ query.lastValue(of: $0.key) == $0.value }) else { return false }
    }
    return headers.allSatisfy { request.header($0.key) == $0.value }
  }
}
