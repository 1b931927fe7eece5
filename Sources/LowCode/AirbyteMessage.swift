import AirbyteProtocol
import ConnectorModel
import JSON

/// A message of a read, in the order in which the connector writes them.
public enum AirbyteMessage: Sendable {
  /// A record of a stream.
  case record(RecordMessage)
  /// A state, from which a later read continues. Every record that it covers came before it.
  case state(StateMessage)
  /// The states of all streams with what they share, and how many records came since the last one. APIs that a manifest describes have
  /// none; sources of other kinds may.
  case globalState(SourceState, recordCount: Int)
  /// A stream began, has its first record, ended, or waits for the API.
  case streamStatus(StreamStatusMessage)
  /// Something went wrong. With a stream, the others are still read.
  case error(ErrorTrace)
  /// A line of the log, without secrets.
  case log(LogMessage)
  /// The config changed: this is the whole of it, to be kept for the next run.
  case control(config: JSONObject)

  /// The message as values of this API; nil where it is none of a read.
  init?(_ message: Message) {
    switch message {
    case .spec, .connectionStatus, .catalog: return nil
    case .state(let stream, let state, let count):
      self = .state(StateMessage(stream, state: state, recordCount: count))
    case .globalState(let state, let count): self = .globalState(state, recordCount: count)
    case .log(let level, let text, let data): self = .log(LogMessage(level: level, text: text, data: data))
    case .status(let stream, let status, let rateLimited, _):
      self = .streamStatus(StreamStatusMessage(stream, status: status, isRateLimited: rateLimited))
    case .error(let trace, _): self = .error(trace)
    case .control(let config, _): self = .control(config: config)
    }
  }
}

/// A record of a stream.
///
/// It is a view into the page that it came with, and keeps that page in memory: to keep many records for long, keep their ``data``.
public struct RecordMessage: Sendable {
  /// The stream's name.
  public let stream: String
  /// When the record was read, in milliseconds since 1970-01-01T00:00:00Z.
  public let emittedAt: Int
  /// The stream's namespace, such as the schema of a table; nil if it has none.
  public let namespace: String?
  private let record: Record

  init(_ record: Record, of stream: StreamDescriptor, at time: Int) {
    self.stream = stream.name
    namespace = stream.namespace
    self.record = record
    emittedAt = time
  }

  /// All fields, made anew with each call.
  public var data: JSONObject { record.fields }

  /// A top-level field; nil if the record has none of that name. Cheaper than ``data``.
  public subscript(field: String) -> JSONValue? { record[field: field] }

  /// Where the record's file was stored, as the protocol's `file_reference`; nil if the stream has no files.
  public var fileReference: JSONValue? { record.file?.message }
}

/// A state of a stream.
public struct StateMessage: Sendable, Hashable {
  /// The stream's name.
  public let stream: String
  /// What the stream's cursor keeps.
  public let state: JSONObject
  /// How many records of the stream came since its last state.
  public let recordCount: Int
  /// The stream's namespace, such as the schema of a table; nil if it has none.
  public let namespace: String?

  init(_ stream: StreamDescriptor, state: JSONObject, recordCount: Int) {
    self.stream = stream.name
    namespace = stream.namespace
    self.state = state
    self.recordCount = recordCount
  }
}

/// A stream's status.
public struct StreamStatusMessage: Sendable, Hashable {
  /// The stream's name.
  public let stream: String
  /// Its status.
  public let status: StreamStatus
  /// Whether the API limits the rate of requests just now.
  public let isRateLimited: Bool
  /// The stream's namespace, such as the schema of a table; nil if it has none.
  public let namespace: String?

  init(_ stream: StreamDescriptor, status: StreamStatus, isRateLimited: Bool) {
    self.stream = stream.name
    namespace = stream.namespace
    self.status = status
    self.isRateLimited = isRateLimited
  }
}

/// A line of the log.
public struct LogMessage: Sendable, Hashable {
  /// How severe it is.
  public let level: LogLevel
  /// The line, without secrets.
  public let text: String
  /// Values that belong to it, for machines.
  public let data: JSONObject?

  init(level: LogLevel, text: String, data: JSONObject?) {
    self.level = level
    self.text = text
    self.data = data
  }
}
