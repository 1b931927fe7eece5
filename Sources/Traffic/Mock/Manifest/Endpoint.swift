import Components
import ConnectorModel
import JSON
import Jinja
import Manifest
import Templating

/// One kind of request that a manifest makes, with what the manifest says of it.
struct Endpoint: Sendable {
  /// What its answers are for.
  enum Purpose: Sendable {
    /// The records of a stream.
    case records
    /// The records that say which fields a stream has.
    case fields(loader: ManifestNode)
    /// The records that components are made of, with the templates that read them.
    case components(templates: String)
    /// The names of the properties that requests ask for.
    case properties(path: [String])
    /// A token of OAuth.
    case token
    /// A session's token.
    case session(path: [String])
    case jobCreation
    case jobPolling
    case jobTargets
    case jobDownload
    /// Something that only has to succeed.
    case acknowledgement
    /// The content of a file.
    case file
  }

  let purpose: Purpose
  /// The requester, or the authenticator that sends a request by itself.
  let requester: ManifestNode
  let retriever: ManifestNode?
  let stream: ManifestNode?
  let streamName: String
  let method: String
  /// Scheme, host and path.
  let address: TemplatePattern
  /// What is certain of the query, the headers and the body, by names.
  let query: [String: TemplatePattern]
  let headers: [String: TemplatePattern]
  let form: [String: TemplatePattern]
  let json: [(path: [String], pattern: TemplatePattern)]
  /// A body that is one text.
  let text: TemplatePattern?
  let authenticator: ManifestNode?
  /// The parameters that paginators, cursors, routers and authenticators may add.
  let options: Set<String>

  var isAuthentication: Bool {
    switch purpose {
    case .token, .session: true
    default: false
    }
  }
}

/// How well a request fits an endpoint, and what it says.
struct EndpointMatch: Sendable {
  let endpoint: Endpoint
  let score: Int
  /// What the request has in the places of its variables, by their names.
  let gaps: [String: String]
}

extension Endpoint {
  /// - Parameters:
  ///   - places: the addresses that count as the request's.
  ///   - address: this endpoint's, with its origin if the places have one.
  /// - Returns: nil if the request is not one of this kind.
  func match(_ request: MockRequest, at places: [String], of address: TemplatePattern) -> EndpointMatch? {
    guard method == request.method, var gaps = Self.gaps(of: address, in: places) else { return nil }
    var score = address.certainty * 4
    for (name, pattern) in query {
      if name.isEmpty {
        // A path that is written as a query.
        let bare = request.query.first { $0.value.isEmpty && take(pattern, $0.name, into: &gaps) }
        if bare == nil { return nil }
        score += pattern.certainty * 4
        continue
      }
      guard let value = request.parameter(name) else {
        // The link to a further page need not bring it along, nor a value that was empty.
        if pattern.certainty > 0 { score -= 3 }
        continue
      }
      guard take(pattern, value, into: &gaps) else {
        score -= 40
        continue
      }
      score += 5 + pattern.certainty
    }
    // What another endpoint of the same address explains better belongs to that one.
    for field in request.query where query[field.name] == nil && !field.value.isEmpty {
      score += options.contains(field.name) ? 3 : -2
    }
    for (name, pattern) in headers {
      if let value = request.header(name), take(pattern, value, into: &gaps) { score += 2 } else { score -= 2 }
    }
    let fields = Dictionary(request.form.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    for (name, pattern) in form {
      if let value = fields[name], take(pattern, value, into: &gaps) { score += 5 + pattern.certainty } else { score -= 20 }
    }
    for (path, pattern) in json {
      if let value = request.json?.value(at: path).map({ $0.string ?? $0.jsonText }), take(pattern, value, into: &gaps) {
        score += 5 + pattern.certainty
      } else {
        score -= 20
      }
    }
    if let text {
      if take(text, request.bodyText, into: &gaps) { score += 5 + text.certainty } else { score -= 20 }
    }
    return EndpointMatch(endpoint: self, score: score, gaps: gaps)
  }

  private static func gaps(of address: TemplatePattern, in places: [String]) -> [String: String]? {
    for place in places {
      // A step of a path has something in it.
      if let gaps = address.match(place), gaps.values.allSatisfy({ !$0.isEmpty }) { return gaps }
    }
    return nil
  }

  private func take(_ pattern: TemplatePattern, _ value: String, into gaps: inout [String: String]) -> Bool {
    guard let found = pattern.match(value) else { return false }
    gaps.merge(found) { first, _ in first }
    return true
  }
}
