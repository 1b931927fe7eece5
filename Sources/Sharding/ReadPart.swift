import AirbyteProtocol
import Components
import ConnectorModel
import Engine
import JSON

/// One part of a read: a file that holds all that `read --part` needs beside the manifest and the config.
package struct ReadPart: Sendable {
  package static let format = "airbyte-lowcode part"
  package static let version = 1

  /// What is read of one stream.
  package struct Stream: Sendable {
    package var configured: ConfiguredStream
    /// What it continues from, as far as it is needed; nil for its beginning.
    package var state: JSONObject?
    /// The slices to read, in the order of their places; nil for the whole stream.
    package var slices: [PartSlice]?
    /// The names of the bounds of windows; empty where the stream has none.
    package var bounds: [String] = []

    package var name: String { configured.descriptor.name }
    package var hasWindows: Bool { !bounds.isEmpty }
  }

  package var division: String
  package var number: Int
  /// How many parts there are.
  package var count: Int
  package var share: RunShare
  package var fingerprints: Fingerprints
  package var streams: [Stream]

  package var catalog: [ConfiguredStream] { streams.map(\.configured) }
  package var states: ByName<JSONObject> {
    ByName(streams.compactMap { stream in stream.state.map { (stream.name, $0) } }, uniquingKeysWith: { $1 })
  }

  // MARK: Reading it

  /// What every part file begins with, which an index has too.
  /// - Throws: ``ConnectorError`` that says what the file is instead.
  static func check(_ json: JSONObject, isA format: String, _ version: Int, at path: String, _ what: String) throws {
    guard json["format"]?.string == format else {
      throw ConnectorError(.config, "\(path) is not \(what): it should be a file that `shard` wrote")
    }
    guard json["version"]?.int == version else {
      throw ConnectorError(
        .config,
        "\(path) has the format \(json["version"]?.jsonText ?? "of an unknown version"), and this version reads \(version): divide the read "
          + "again with `shard`")
    }
  }

  /// - Parameter path: for messages.
  /// - Throws: ``ConnectorError`` if it is not the file of a part.
  package init(_ json: JSONObject, at path: String) throws {
    try Self.check(json, isA: Self.format, Self.version, at: path, "a part of a read")
    if let digest = json[Self.digestKey]?.string, digest != Self.digest(of: json) {
      throw ConnectorError(
        .config, "\(path) was changed since `shard` wrote it, so that nobody could say what it reads: take it from there again")
    }
    guard let division = json["division"]?.string, let number = json["number"]?.int, let count = json["of"]?.int,
      let share = RunShare(json["share"]?["number"]?.int ?? 0, of: json["share"]?["of"]?.int ?? 0),
      let fingerprints = Fingerprints(json), let streams = json["streams"]?.array
    else { throw Self.damaged(path) }
    self.division = division
    self.number = number
    self.count = count
    self.share = share
    self.fingerprints = fingerprints
    self.streams = try streams.map { json in
      guard let stream = Stream(json) else { throw Self.damaged(path) }
      return stream
    }
  }

  /// Under this name a part has the digest of all else that is in it.
  static let digestKey = "content"

  /// The digest of a part's content.
  static func digest(of json: JSONObject?) -> String {
    var content = json ?? [:]
    content[digestKey] = nil
    return Fingerprints.digest(JSONValue.object(content).jsonText)
  }

  static func damaged(_ path: String) -> ConnectorError {
    ConnectorError(.config, "\(path) is damaged: divide the read again with `shard`")
  }

  /// - Parameter isMadeUp: whether the config was made up, which gives another one at another time.
  /// - Throws: ``ConnectorError`` if the part is of another read.
  package func check(_ connector: Connector, at path: String, isMadeUp: Bool = false) throws {
    let own = Fingerprints(of: connector, catalog: [])
    func refuse(_ what: String) -> ConnectorError {
      ConnectorError(
        .config,
        "\(path) is a part of a read with another \(what): give the \(what) that was divided, or divide the read again with `shard`"
      )
    }
    if own.manifest != fingerprints.manifest { throw refuse("manifest") }
    if own.config != fingerprints.config, !isMadeUp { throw refuse("config") }
  }

  /// What a stream is read by; nil for its own cursor, where it is read whole.
  /// - Parameters:
  ///   - states: what an earlier attempt printed of the part.
  ///   - path: the file of the part, for messages.
  /// - Throws: ``ConnectorError`` if the state is not one of this part.
  package func cursor(
    for stream: DeclarativeStream, continuing states: ByName<JSONObject>, at path: String, in runtime: RuntimeEnvironment
  ) throws -> (any Cursor)? {
    guard let own = streams.first(where: { $0.name.sameScalars(as: stream.name) }), let slices = own.slices else { return nil }
    guard let cursor = stream.cursor as? any DivisibleCursor else {
      throw ConnectorError(
        .config, "Stream `\(stream.name)` cannot be divided, as \(path) has it: divide the read again with `shard`")
    }
    var state = PartState(division: division, number: number, time: runtime.now())
    if let earlier = states[stream.name], !earlier.isEmpty {
      guard let known = PartState(earlier, of: slices, hasWindows: own.hasWindows), known.division == division,
        known.number == number
      else {
        throw ConnectorError(
          .config,
          "The state of stream `\(stream.name)` is not of \(path): give what `read --part` printed for this part, or leave --state out"
        )
      }
      state.positions = known.positions
    }
    return PartCursor(cursor, slices: slices, hasWindows: own.hasWindows, state: state, now: runtime.now)
  }

  /// The states that the streams begin with.
  /// - Parameter earlier: what an earlier attempt printed of the part: streams that are read whole continue from it.
  package func states(continuing earlier: ByName<JSONObject>) throws -> ByName<JSONObject> {
    var states = states
    for stream in streams where stream.slices == nil {
      if let known = earlier[stream.name] { states[stream.name] = known }
    }
    return states
  }
}

extension ReadPart.Stream {
  /// - Returns: nil for something else.
  init?(_ json: JSONValue) {
    guard let name = json["name"]?.string, let mode = json["sync_mode"]?.string.flatMap(SyncMode.init) else { return nil }
    let cursorField = json["cursor_field"]?.array?.compactMap(\.string)
    configured = ConfiguredStream(
      descriptor: StreamDescriptor(name: name, namespace: json["namespace"]?.string), syncMode: mode, cursorField: cursorField,
      jsonSchema: json["properties"].map { ["properties": $0] } ?? [:])
    state = json["state"]?.object
    if json["whole"] == true { return }
    bounds = json["bounds"]?.array?.compactMap(\.string) ?? []
    guard let lines = json["slices"]?.array else { return nil }
    var slices: [PartSlice] = []
    slices.reserveCapacity(lines.count)
    for line in lines {
      guard let slice = PartSlice(line, bounds: bounds), slice.place > slices.last?.place ?? -1 else { return nil }
      slices.append(slice)
    }
    self.slices = slices
  }

  /// The stream without its state and slices.
  static func json(_ configured: ConfiguredStream, keepsProperties: Bool) -> JSONObject {
    var json: JSONObject = ["name": .string(configured.descriptor.name)]
    if let namespace = configured.descriptor.namespace { json["namespace"] = .string(namespace) }
    json["sync_mode"] = .string(configured.syncMode.rawValue)
    if let field = configured.cursorField { json["cursor_field"] = .array(field.map { .string($0) }) }
    if keepsProperties, let properties = configured.jsonSchema["properties"] { json["properties"] = properties }
    return json
  }
}
