import JSON

/// The streams of an API, as far as its document shows them.
package struct FoundAPI: Sendable {
  package var api: DescribedAPI
  package var base: FoundBase
  package var authentication: FoundAuthentication
  /// What a config has to say, besides credentials and the address.
  package var inputs: [FoundInput] = []
  package var streams: [FoundStream] = []
  /// Sentences about what was left out.
  package var notes: [String] = []
}

/// The address that paths are below.
package struct FoundBase: Sendable {
  /// Without a slash at the end; `{name}` is an input.
  package var address: String
  package var inputs: [FoundInput] = []
  package var notes: [String] = []
}

/// A value that a user gives.
package struct FoundInput: Sendable, Equatable {
  /// The key in a config.
  package var key: String
  /// A type of JSON schema.
  package var type = "string"
  package var note: String?
  package var isSecret = false
  package var isRequired = true
  package var value: JSONValue?
  package var choices: [JSONValue] = []
  package var example: JSONValue?
  package var pattern: String?
}

/// How requests prove who sends them.
package struct FoundAuthentication: Sendable {
  package enum Kind: Sendable, Equatable {
    case none
    case basic(hasPassword: Bool)
    case bearer
    /// Keys, each with what is written before it.
    case keys([Key])
    /// A flow of OAuth 2.0 with the address of its tokens.
    case oauth2(DescribedAPI.SecurityScheme.Flow, tokenURL: String)
  }

  package struct Key: Sendable, Equatable {
    package var place: DescribedAPI.SecurityScheme.Place
    package var name: String
    package var prefix: String
  }

  package var kind: Kind
  /// The names of the schemes in the document.
  package var schemes: [String] = []
  package var notes: [String] = []
}

/// One stream.
package struct FoundStream: Sendable {
  package var name: String
  package var operation: DescribedAPI.Operation
  /// Where the records are in the answer.
  package var recordPath: [String]
  /// The schema of a record in the document.
  package var record: DocumentNode
  /// A JSON schema of a record, draft 7.
  package var schema: JSONObject
  /// Names of top-level fields; empty if none is known.
  package var primaryKey: [String]
  package var pages: FoundPages?
  package var cursor: FoundCursor?
  /// What fills the parameters of the path, in the order of the path.
  package var pathValues: [FoundPathValue] = []
  /// What every request sends.
  package var parameters: [FoundParameter] = []
  package var notes: [FoundNote] = []

  package var path: String { operation.path }
}

/// A value in a path.
package struct FoundPathValue: Sendable {
  package var name: String
  package var source: Source

  package enum Source: Sendable, Equatable {
    /// The field of another stream's records.
    case parent(stream: String, key: String)
    /// What the path of another stream, a parent of the parent's, is filled with from its own parent.
    case ancestor(of: String)
    case input(String)
    case constant(JSONValue)
  }
}

/// A parameter that each request sends.
package struct FoundParameter: Sendable {
  package var name: String
  package var place: DescribedAPI.Parameter.Place
  package var value: Value

  package enum Value: Sendable, Equatable {
    case constant(JSONValue)
    case input(String)
  }
}

/// How pages follow each other.
package struct FoundPages: Sendable, Equatable {
  package enum Kind: Sendable, Equatable {
    /// A header `Link`.
    case linkHeader
    /// The address of the next page in the answer.
    case nextAddress(path: [String])
    /// A token in the answer that a parameter takes.
    case token(path: [String], parameter: String)
    /// A field of the last record that a parameter takes.
    case lastRecord(field: String, parameter: String)
    case page(parameter: String, first: Int)
    case offset(parameter: String)
  }

  package var kind: Kind
  /// The parameter that takes the size of pages, and the size to ask for.
  package var sizeParameter: String?
  package var size: Int?
  /// The size where nothing is asked for.
  package var usualSize: Int?
  /// Where the answer says whether there is more.
  package var moreFlag: [String]?
}

/// The field that shows what has changed, and the parameters that filter by it.
package struct FoundCursor: Sendable, Equatable {
  package var field: String
  /// Formats of its values in records, the usual one first.
  package var formats: [String]
  /// The format of the parameters.
  package var requestFormat: String
  package var start: String
  package var end: String?
  package var granularity: String
}

/// A sentence about what could not be decided, and what it is about.
package struct FoundNote: Sendable, Equatable {
  package enum Topic: Sendable, Equatable {
    case stream, request, records, primaryKey, pages, cursor, path, schema
  }

  package var topic: Topic
  package var text: String
}
