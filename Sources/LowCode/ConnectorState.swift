import AirbyteProtocol
import JSON

/// Where reads ended, by stream: what a read continues from.
///
/// ```swift
/// var state = try ConnectorState(json: saved)
/// for try await message in connector.read(.all, from: state) {
///   if case .state(let message) = message { state.add(message) }
/// }
/// save(state.json)
/// ```
public struct ConnectorState: Sendable, Hashable {
  /// The state of each stream, as its cursor keeps it.
  public var streams: [String: JSONObject]

  /// A state in which nothing was read.
  public init() { streams = [:] }

  /// The states of streams.
  public init(_ streams: [String: JSONObject]) { self.streams = streams }

  /// The states as a platform keeps them: a list of states, a STATE message, or several of them, one a line, of which the last one of
  /// each stream counts. An empty text is a state in which nothing was read.
  /// - Throws: ``InputShapeError`` that says which entry is wrong, or ``JSONError`` if the text is not JSON.
  public init(json text: String) throws {
    let text = text.trimming()
    guard !text.isEmpty else {
      streams = [:]
      return
    }
    do {
      streams = try InputState.streams(JSONValue(parsing: text))
    } catch let error as JSONError {
      let lines = text.split(whereSeparator: \.isNewline)
      guard lines.count > 1 else { throw error }
      var latest = LatestStates()
      for line in lines {
        guard let message = try? JSONValue(parsing: String(line)) else { throw error }
        latest.add(message)
      }
      streams = try InputState.streams(latest.list)
    }
  }

  /// Takes in a later state of a stream.
  public mutating func add(_ message: StateMessage) { streams[message.stream] = message.state }

  /// The states as a platform keeps them, a list that ``init(json:)`` reads.
  public var json: String { JSONValue.array(InputState.entries(of: streams)).jsonText }
}

extension String {
  fileprivate func trimming() -> String {
    String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
  }
}
