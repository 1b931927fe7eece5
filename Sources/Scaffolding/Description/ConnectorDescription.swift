import JSON

/// What is known of a connector before there is a manifest. Every origin fills it in, be it answers to questions, a look at the API, a
/// command of curl's, a recording or an OpenAPI document, and one writer makes the connector's folder of it.
///
/// Where a text may have placeholders, `{name}` stands for a value that is named elsewhere in the description.
package struct ConnectorDescription: Sendable, Equatable {
  /// As people write it, such as `Bookshop`. The names of files and of the image are made from it.
  package var name: String
  /// One or more sentences; nil if nothing is known.
  package var summary: String?
  /// The address of the API's documentation.
  package var documentation: String?
  /// Where the description comes from, such as `shop.yaml (OpenAPI 3.0.3)`; it is a comment at the head of the manifest.
  package var origin: String?
  /// The address that the paths of the streams begin at, without a slash at the end. `{key}` is the config field of that key.
  package var baseAddress: String
  package var authentication: AuthenticationDescription
  /// The fields of the config besides those that the authentication and the cursors bring along.
  package var configFields: [ConfigField]
  package var streams: [StreamDescription]
  /// The stream that a check reads; nil for the first one without partitions.
  package var checkedStream: String?
  /// What holds for all streams and could not be decided.
  package var notes: [Note]

  package init(
    name: String, summary: String? = nil, documentation: String? = nil, origin: String? = nil, baseAddress: String,
    authentication: AuthenticationDescription = .none, configFields: [ConfigField] = [], streams: [StreamDescription] = [],
    checkedStream: String? = nil, notes: [Note] = []
  ) {
    self.name = name
    self.summary = summary
    self.documentation = documentation
    self.origin = origin
    self.baseAddress = baseAddress
    self.authentication = authentication
    self.configFields = configFields
    self.streams = streams
    self.checkedStream = checkedStream
    self.notes = notes
  }
}

/// Something that the origin could not decide, or that an author should look at. It becomes a comment at its place.
package struct Note: Sendable, Equatable {
  /// The part of the manifest that a note is written above. For a note of the connector, only the first four mean anything.
  package enum Place: Sendable, Equatable, CaseIterable {
    case head, baseAddress, authentication, config
    /// The stream as a whole.
    case stream
    /// Its path, method, parameters and body.
    case request
    case records, primaryKey, paging, cursor, partitions, schema
  }

  package var place: Place
  /// A sentence without line breaks; the writer breaks it.
  package var text: String

  package init(_ place: Place, _ text: String) {
    self.place = place
    self.text = text
  }
}

/// A field that users of the connector fill in.
package struct ConfigField: Sendable, Equatable {
  package var key: String
  /// A type of JSON schema: `string`, `integer`, `number`, `boolean`, or `array` for a list of texts.
  package var type: String
  /// Nil to make it from the key.
  package var title: String?
  package var explanation: String?
  package var isSecret: Bool
  package var isRequired: Bool
  package var defaultValue: JSONValue?
  /// The only values that are allowed.
  package var values: [JSONValue]
  package var example: JSONValue?
  /// A format of JSON schema, such as `date-time`.
  package var format: String?
  package var pattern: String?

  package init(
    _ key: String, type: String = "string", title: String? = nil, explanation: String? = nil, isSecret: Bool = false,
    isRequired: Bool = true, defaultValue: JSONValue? = nil, values: [JSONValue] = [], example: JSONValue? = nil,
    format: String? = nil, pattern: String? = nil
  ) {
    self.key = key
    self.type = type
    self.title = title
    self.explanation = explanation
    self.isSecret = isSecret
    self.isRequired = isRequired
    self.defaultValue = defaultValue
    self.values = values
    self.example = example
    self.format = format
    self.pattern = pattern
  }
}
