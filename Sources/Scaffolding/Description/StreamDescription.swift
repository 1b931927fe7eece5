import JSON

/// One stream: how its records are requested, where they are in the answer, and what is known of them.
package struct StreamDescription: Sendable, Equatable {
  /// In snake case, such as `order_items`.
  package var name: String
  package var summary: String?
  /// `GET` or `POST`; the declarative language has no other.
  package var method: String
  /// Below the base address, beginning with a slash. `{name}` is the parameter of that name whose place is the path.
  package var path: String
  /// What every request sends, besides what paging and the cursor send.
  package var parameters: [RequestParameter]
  package var body: BodyDescription
  package var format: ResponseFormat
  /// Where the records are in the answer, key by key; `*` is every element of a list or object. Empty for an answer that is the list, or
  /// the only record.
  package var recordPath: [String]
  /// The names of top-level fields; empty if unknown.
  package var primaryKey: [String]
  package var cursor: CursorDescription?
  package var paging: PagingDescription?
  /// What the requests are made once for each of. Two of them make every combination.
  package var partitions: [PartitionDescription]
  /// A JSON schema of a record, draft 7, as Airbyte has them; nil if unknown.
  package var schema: JSONObject?
  /// Set where records come from a job that the API runs; then the description's own request is the one that creates the job.
  package var job: JobDescription?
  /// What could not be decided.
  package var notes: [Note]

  package init(
    name: String, summary: String? = nil, method: String = "GET", path: String, parameters: [RequestParameter] = [],
    body: BodyDescription = .none, format: ResponseFormat = .json, recordPath: [String] = [], primaryKey: [String] = [],
    cursor: CursorDescription? = nil, paging: PagingDescription? = nil, partitions: [PartitionDescription] = [],
    schema: JSONObject? = nil, job: JobDescription? = nil, notes: [Note] = []
  ) {
    self.name = name
    self.summary = summary
    self.method = method
    self.path = path
    self.parameters = parameters
    self.body = body
    self.format = format
    self.recordPath = recordPath
    self.primaryKey = primaryKey
    self.cursor = cursor
    self.paging = paging
    self.partitions = partitions
    self.schema = schema
    self.job = job
    self.notes = notes
  }
}

/// How the bytes of an answer become records.
package enum ResponseFormat: String, Sendable, Equatable, CaseIterable {
  case json, jsonl, csv, xml
}

/// Where a value is put into a request.
package struct RequestPlace: Sendable, Equatable {
  package enum Kind: String, Sendable, Equatable {
    /// A placeholder of the path.
    case path
    case query, header
    /// A field of a form in the body.
    case form
    /// A place in a JSON body.
    case json
  }

  package var kind: Kind
  /// The name, or the keys that lead to the place in a JSON body.
  package var names: [String]

  package init(_ kind: Kind, _ name: String) { self.init(kind, [name]) }

  package init(_ kind: Kind, _ names: [String]) {
    self.kind = kind
    self.names = names
  }
}

/// A value that each request of a stream sends.
package struct RequestParameter: Sendable, Equatable {
  package enum Value: Sendable, Equatable {
    case literal(JSONValue)
    /// The value of the config field with this key.
    case config(String)
    /// The value of the partition, by its field.
    case partition(String)
    /// A template of the declarative language.
    case template(String)
  }

  package var place: RequestPlace
  package var value: Value

  package init(_ place: RequestPlace, _ value: Value) {
    self.place = place
    self.value = value
  }
}

/// The body of a request without its parameters.
package enum BodyDescription: Sendable, Equatable {
  case none
  case json(JSONObject)
  case form(JSONObject)
  /// A query of GraphQL, which is sent with its variables: the parameters and options whose place is JSON and whose first key is
  /// `variables`.
  case graphQL(query: String)
}

/// What a stream's requests are made once for each of.
package enum PartitionDescription: Sendable, Equatable {
  /// Each record of another stream.
  ///
  /// - `stream`: the name of that stream.
  /// - `key`: the field of its records whose value is taken.
  /// - `field`: the name of that value for this stream, as in ``RequestParameter/Value/partition(_:)``.
  case parent(stream: String, key: String, field: String)
  /// Each of these values.
  case list([String], field: String)
  /// Each value of a config field of type `array`.
  case configList(key: String, field: String)

  package var field: String {
    switch self {
    case .parent(_, _, let field), .list(_, let field), .configList(_, let field): field
    }
  }
}

/// A job of the API: created, asked for until it is done, and its result downloaded.
package struct JobDescription: Sendable, Equatable {
  /// Where the answer to the creation has the identifier of the job.
  package var identifierPath: [String]
  /// The path that says how the job is; `{job}` is its identifier.
  package var statusRequestPath: String
  /// Where the answer to it has the status.
  package var statusPath: [String]
  package var running: [String]
  package var completed: [String]
  package var failed: [String]
  package var timeout: [String]
  /// Where the answer to the last look at the job has the address of the result; nil if `resultRequestPath` is known.
  package var resultAddressPath: [String]?
  /// The path of the result; `{job}` is the identifier.
  package var resultRequestPath: String?

  package init(
    identifierPath: [String], statusRequestPath: String, statusPath: [String], running: [String], completed: [String],
    failed: [String], timeout: [String] = [], resultAddressPath: [String]? = nil, resultRequestPath: String? = nil
  ) {
    self.identifierPath = identifierPath
    self.statusRequestPath = statusRequestPath
    self.statusPath = statusPath
    self.running = running
    self.completed = completed
    self.failed = failed
    self.timeout = timeout
    self.resultAddressPath = resultAddressPath
    self.resultRequestPath = resultRequestPath
  }
}
