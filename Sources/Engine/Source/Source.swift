import AirbyteProtocol
import ConnectorModel
import JSON

/// What data is read from: an API as a manifest describes it, a Singer tap, a program, several of these together, or code in Swift.
///
/// A source has its config already. It is made with an empty one where only its ``spec()`` is asked for.
///
/// What a source cannot do, it throws as a ``ConnectorError``: a sentence, and who has to act.
public protocol Source: Sendable {
  /// What the config looks like, as a SPEC message carries it: `connectionSpecification` is the JSON schema of the config.
  func spec() async throws -> JSONObject
  /// Tries whether the source can be read.
  /// - Returns: whether it works, and if not, why. A config that does not fit is such a reason.
  /// - Throws: ``ConnectorError`` if it cannot even be tried.
  func check() async throws -> ConnectionStatus
  /// The streams that can be read, with the schemas of their records.
  func discover() async throws -> [AirbyteStream]
  /// The streams among which a read chooses. Without a method of its own, those that ``discover()`` finds.
  func listed() async throws -> [AirbyteStream]
  /// Whether the source may keep something for all of its streams together, in a GLOBAL state. Without a word of its own it does not.
  var sharesState: Bool { get }
  /// Reads streams and gives their records and states to `output`, which writes them in order.
  ///
  /// A stream that fails is ended as not complete and does not stop the others; what is thrown ends the whole read.
  func read(_ request: ReadRequest, to output: SourceOutput) async throws
}

extension Source {
  public func listed() async throws -> [AirbyteStream] { try await discover() }
  public var sharesState: Bool { false }
}

/// What a read is asked for.
public struct ReadRequest: Sendable {
  /// The streams, and how each is read.
  public var streams: [ConfiguredStream]
  /// What the read continues from.
  public var state: SourceState
  /// How many records of each stream are wanted; nil for all. ``StreamOutput`` keeps to it.
  public var limit: Int?
  /// The range of time that streams are read in; nil for what the state says.
  package var window: TimeWindow?
  /// Who looks at the records of a declarative source.
  package var inspector: (any ReadInspector)?

  /// A read of all records of some streams.
  public init(_ streams: [ConfiguredStream], from state: SourceState = SourceState(), limit: Int? = nil) {
    self.streams = streams
    self.state = state
    self.limit = limit
  }

  /// The state of a stream that is read incrementally; nil if it is read from its beginning.
  public func state(of stream: ConfiguredStream) -> JSONObject? {
    stream.syncMode == .incremental ? state.streams[stream.descriptor] : nil
  }
}

/// The result of a check.
public struct ConnectionStatus: Sendable, Hashable {
  /// Whether the connection works.
  public let isSuccess: Bool
  /// Why it does not.
  public let message: String?

  /// A result; a message belongs to a failure.
  public init(isSuccess: Bool, message: String? = nil) {
    self.isSuccess = isSuccess
    self.message = message
  }

  /// The connection works.
  public static let success = ConnectionStatus(isSuccess: true)

  /// The connection does not work.
  public static func failure(_ message: String) -> ConnectionStatus { ConnectionStatus(isSuccess: false, message: message) }
}
