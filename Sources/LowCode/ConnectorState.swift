import AirbyteProtocol
import JSON

/// Where reads ended, by stream: what a read continues from.
///
/// ```swift
/// var state = try ConnectorState(json: saved)
/// for try await message in connector.read(.all, from: state) {
///   switch message {
///   case .state(let message): state.add(message)
///   case .globalState(let whole, _): state.add(whole)
///   default: break
///   }
/// }
/// save(state.json)
/// ```
public struct ConnectorState: Sendable, Hashable {
  /// Everything that is kept: the states of streams, also of those with a namespace, and what a source keeps for all of them.
  public var whole: SourceState

  /// The state of each stream without a namespace, as its cursor keeps it.
  public var streams: [String: JSONObject] {
    get { whole.byName }
    set {
      whole.streams = whole.streams.filter { $0.key.namespace != nil }
      for (name, state) in newValue { whole.streams[StreamDescriptor(name: name)] = state }
    }
  }

  /// A state in which nothing was read.
  public init() { whole = SourceState() }

  /// The states of streams.
  public init(_ streams: [String: JSONObject]) { whole = SourceState(streams) }

  /// The state of a source of any kind, such as a tap's own state as ``SourceState/foreign``.
  public init(_ whole: SourceState) { self.whole = whole }

  /// The states as a platform keeps them: a list of states, a STATE message, or several of them, one a line, of which the last one of
  /// each stream counts. An empty text is a state in which nothing was read.
  /// - Throws: ``InputShapeError`` that says which entry is wrong, or ``JSONError`` if the text is not JSON.
  public init(json text: String) throws {
    self.init()
    let text = text.trimming()
    guard !text.isEmpty else { return }
    do {
      whole = try Self.state(JSONValue(parsing: text))
    } catch let error as JSONError {
      let lines = text.split(whereSeparator: \.isNewline)
      guard lines.count > 1 else { throw error }
      var latest = LatestStates()
      for line in lines {
        guard let message = try? JSONValue(parsing: String(line)) else { throw error }
        latest.add(message)
      }
      whole = try Self.state(latest.list)
    }
  }

  private static func state(_ value: JSONValue) throws -> SourceState {
    // An object that is no state of the protocol's is more likely a mistake than a tap's own.
    if value.object?["type"] == nil, value.array == nil { return SourceState(try InputState.streams(value)) }
    return try SourceState(parsing: value)
  }

  /// Takes in a later state of a stream.
  public mutating func add(_ message: StateMessage) {
    whole.streams[StreamDescriptor(name: message.stream, namespace: message.namespace)] = message.state
  }

  /// Takes in a later state of all streams, as a GLOBAL message has it.
  public mutating func add(_ state: SourceState) { whole = state }

  /// The states as a platform keeps them, a list that ``init(json:)`` reads.
  public var json: String { JSONValue.array(whole.entries).jsonText }
}

extension String {
  fileprivate func trimming() -> String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
