import JSON
import YAML

/// What an OpenAPI document says of an API, in one form for all versions.
package struct DescribedAPI: Sendable {
  package var title: String
  package var version: String
  /// The first sentences of the document; nil if it has none.
  package var summary: String?
  package var documentation: String?
  package var servers: [Server] = []
  package var securitySchemes: [SecurityScheme] = []
  /// What requests need that say nothing of their own; an empty list for nothing.
  package var security: [[String]] = []
  package var operations: [Operation] = []

  /// Where the API is.
  package struct Server: Sendable {
    /// The address, with variables in braces.
    package var url: String
    package var variables: [Variable] = []
    package var note: String?
    package var mark: SourceMark?

    package struct Variable: Sendable {
      package var name: String
      package var value: String?
      package var choices: [String] = []
      package var note: String?
    }
  }

  /// A way of proving who asks.
  package struct SecurityScheme: Sendable {
    package var id: String
    package var kind: Kind
    package var note: String?
    package var mark: SourceMark?

    package enum Kind: Sendable, Equatable {
      case apiKey(place: Place, name: String)
      case basic
      case bearer
      case oauth2([Flow])
      /// What has no component, by its name in the document.
      case other(String)
    }

    package enum Place: String, Sendable { case header, query, cookie }

    /// A flow of OAuth 2.0, by its name in OpenAPI 3.
    package struct Flow: Sendable, Equatable {
      package var name: String
      package var authorizationURL: String?
      package var tokenURL: String?
      package var refreshURL: String?
      package var scopes: [String] = []
    }
  }

  /// A request that the API takes.
  package struct Operation: Sendable {
    /// In upper case.
    package var method: String
    /// With parameters in braces.
    package var path: String
    package var id: String?
    package var summary: String?
    package var note: String?
    package var isDeprecated = false
    package var parameters: [Parameter] = []
    /// The answer of success; nil if the document has none.
    package var response: Response?
    /// What the request needs; nil for what all do.
    package var security: [[String]]?
    package var mark: SourceMark?

    /// `GET /pets`.
    package var title: String { "\(method) \(path)" }
    package func parameter(_ name: String, in place: Parameter.Place) -> Parameter? {
      parameters.first { $0.name == name && $0.place == place }
    }
  }

  /// A value that a request carries.
  package struct Parameter: Sendable {
    package enum Place: String, Sendable { case query, path, header, cookie, body }

    package var name: String
    package var place: Place
    package var isRequired = false
    package var isDeprecated = false
    package var note: String?
    /// The schema; the parameter itself in version 2.0.
    package var schema: DocumentNode?
    package var example: JSONValue?
    package var mark: SourceMark?
  }

  /// An answer.
  package struct Response: Sendable {
    package var status: String
    /// The schema of its JSON; nil if it has none.
    package var schema: DocumentNode?
    /// A body that the document shows; nil if it shows none.
    package var example: JSONValue?
    /// The names of its headers, in lower case.
    package var headers: Set<String> = []
    package var mark: SourceMark?
  }
}
