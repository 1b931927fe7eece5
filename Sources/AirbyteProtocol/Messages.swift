import JSON

/// Who has to act on a failure.
public enum FailureType: String, Sendable {
  /// The user: the config or the manifest is wrong.
  case config = "config_error"
  /// Nobody: it may work the next time.
  case transient = "transient_error"
  /// The developers.
  case system = "system_error"
}

/// The levels of LOG messages, most severe first.
public enum LogLevel: String, Sendable, CaseIterable {
  case fatal = "FATAL"
  case error = "ERROR"
  case warn = "WARN"
  case info = "INFO"
  case debug = "DEBUG"
  case trace = "TRACE"
}

/// The status of a stream, as in STREAM_STATUS traces.
public enum StreamStatus: String, Sendable {
  case started = "STARTED"
  case running = "RUNNING"
  case complete = "COMPLETE"
  case incomplete = "INCOMPLETE"
}

/// How a stream can be or is read.
public enum SyncMode: String, Sendable {
  case fullRefresh = "full_refresh"
  case incremental
}

/// A stream's name and namespace. Two streams are the same if these have the same code points: looking the same is not enough.
public struct StreamDescriptor: Sendable, Hashable {
  public var name: String
  public var namespace: String?

  /// A stream of a name.
  public init(name: String, namespace: String? = nil) {
    self.name = name
    self.namespace = namespace
  }

  public static func == (left: StreamDescriptor, right: StreamDescriptor) -> Bool {
    guard left.name.sameScalars(as: right.name) else { return false }
    guard let own = left.namespace, let other = right.namespace else { return left.namespace == nil && right.namespace == nil }
    return own.sameScalars(as: other)
  }

  public var json: JSONValue {
    var object: JSONObject = ["name": .string(name)]
    if let namespace { object["namespace"] = .string(namespace) }
    return .object(object)
  }
}

/// What `discover` says of one stream.
public struct AirbyteStream: Sendable {
  public var name: String
  /// The JSON schema of the records.
  public var jsonSchema: JSONObject
  /// How the stream can be read.
  public var supportedSyncModes: [SyncMode]
  /// Whether the connector says which field the cursor is.
  public var sourceDefinedCursor: Bool?
  /// The path of the cursor field.
  public var defaultCursorField: [String]?
  /// The paths of the fields that make the primary key.
  public var sourceDefinedPrimaryKey: [[String]]?
  public var namespace: String?
  /// Whether a read that broke off can be continued.
  public var isResumable: Bool?
  /// Whether the records have files.
  public var isFileBased: Bool?

  /// A stream without a cursor.
  public init(name: String, jsonSchema: JSONObject, supportedSyncModes: [SyncMode]) {
    self.name = name
    self.jsonSchema = jsonSchema
    self.supportedSyncModes = supportedSyncModes
  }

  /// The stream as the protocol writes it, keys in the protocol's order, absent ones left out.
  public var json: JSONValue {
    var object: JSONObject = [
      "name": .string(name),
      "json_schema": .object(jsonSchema),
      "supported_sync_modes": .array(supportedSyncModes.map { .string($0.rawValue) }),
    ]
    if let sourceDefinedCursor { object["source_defined_cursor"] = .bool(sourceDefinedCursor) }
    if let defaultCursorField { object["default_cursor_field"] = .array(defaultCursorField.map { .string($0) }) }
    if let sourceDefinedPrimaryKey {
      object["source_defined_primary_key"] = .array(sourceDefinedPrimaryKey.map { .array($0.map { .string($0) }) })
    }
    if let namespace { object["namespace"] = .string(namespace) }
    if let isResumable { object["is_resumable"] = .bool(isResumable) }
    if let isFileBased { object["is_file_based"] = .bool(isFileBased) }
    return .object(object)
  }
}

/// A message on the connector's standard output, records apart: those are written by the encoder of pages.
package enum Message: Sendable {
  case spec(JSONObject)
  case connectionStatus(succeeded: Bool, message: String?)
  case catalog([AirbyteStream])
  case state(StreamDescriptor, JSONObject, recordCount: Int)
  /// The states of all streams, with what they share.
  case globalState(SourceState, recordCount: Int)
  /// With values that belong to it, for machines.
  case log(LogLevel, String, data: JSONObject? = nil)
  /// `emittedAt` in milliseconds since the epoch, with a fraction.
  case status(StreamDescriptor, StreamStatus, rateLimited: Bool, emittedAt: Double)
  case error(ErrorTrace, emittedAt: Double)
  case control(config: JSONObject, emittedAt: Double)

  /// The message as the protocol writes it, keys in the protocol's order, absent ones left out.
  package var json: JSONValue {
    switch self {
    case .spec(let spec):
      ["type": "SPEC", "spec": .object(spec)]
    case .connectionStatus(let succeeded, let message):
      .object([
        "type": "CONNECTION_STATUS",
        "connectionStatus": .object(
          Self.compact([("status", .string(succeeded ? "SUCCEEDED" : "FAILED")), ("message", message.map { .string($0) })])),
      ])
    case .catalog(let streams):
      ["type": "CATALOG", "catalog": ["streams": .array(streams.map(\.json))]]
    case .state(let stream, let state, let recordCount):
      [
        "type": "STATE",
        "state": [
          "type": "STREAM",
          "stream": ["stream_descriptor": stream.json, "stream_state": .object(state)],
          "sourceStats": ["recordCount": .double(Double(recordCount))],
        ],
      ]
    case .globalState(let state, let recordCount):
      .object([
        "type": "STATE",
        "state": .object([
          "type": "GLOBAL", "global": state.global, "sourceStats": ["recordCount": .double(Double(recordCount))],
        ]),
      ])
    case .log(let level, let text, let data):
      [
        "type": "LOG",
        "log": .object(
          Self.compact([("level", .string(level.rawValue)), ("message", .string(text)), ("data", data.map { .object($0) })])),
      ]
    case .status(let stream, let status, let rateLimited, let emittedAt):
      [
        "type": "TRACE",
        "trace": [
          "type": "STREAM_STATUS",
          "emitted_at": .double(emittedAt),
          "stream_status": .object(
            Self.compact([
              ("stream_descriptor", stream.json), ("status", .string(status.rawValue)),
              ("reasons", rateLimited ? [["type": "RATE_LIMITED"]] : nil),
            ])),
        ],
      ]
    case .error(let error, let emittedAt):
      [
        "type": "TRACE",
        "trace": ["type": "ERROR", "emitted_at": .int(Int(emittedAt)), "error": error.json],
      ]
    case .control(let config, let emittedAt):
      [
        "type": "CONTROL",
        "control": [
          "type": "CONNECTOR_CONFIG", "emitted_at": .double(emittedAt), "connectorConfig": ["config": .object(config)],
        ],
      ]
    }
  }

  static func compact(_ members: [(String, JSONValue?)]) -> JSONObject {
    var object: JSONObject = [:]
    for (key, value) in members { object[key] = value }
    return object
  }
}

/// What a TRACE of kind ERROR says.
public struct ErrorTrace: Sendable {
  /// What is wrong, for the user.
  public var message: String
  /// The exact cause, for developers.
  public var internalMessage: String?
  /// A stack trace, where there is one.
  public var stackTrace: String?
  /// Who has to act.
  public var failureType: FailureType
  /// The stream that failed; nil if it is not about one.
  public var stream: StreamDescriptor?

  public init(
    message: String, internalMessage: String? = nil, stackTrace: String? = nil, failureType: FailureType,
    stream: StreamDescriptor? = nil
  ) {
    self.message = message
    self.internalMessage = internalMessage
    self.stackTrace = stackTrace
    self.failureType = failureType
    self.stream = stream
  }

  var json: JSONValue {
    .object(
      Message.compact([
        ("message", .string(message)), ("internal_message", internalMessage.map { .string($0) }),
        ("stack_trace", stackTrace.map { .string($0) }), ("failure_type", .string(failureType.rawValue)),
        ("stream_descriptor", stream?.json),
      ]))
  }
}
