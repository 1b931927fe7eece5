import Components
import ConnectorModel
import JSON

/// How a read was divided: what the index of its parts holds, and what is needed to put the states together.
package struct Division: Sendable {
  package static let format = "airbyte-lowcode division"
  package static let version = 1
  package static let indexName = "index.json"

  /// One part.
  package struct Part: Sendable, Equatable {
    package var number: Int
    package var file: String
    package var slices: Int
    /// The streams that it reads whole.
    package var wholeStreams: [String]
    /// How long it takes: in seconds where that was recorded, else in slices.
    package var weight: Double
  }

  /// How a stream was divided.
  package enum Kind: Sendable {
    case divided(CursorDividing)
    /// It is read whole, in one part, for this reason.
    case whole(String)
  }

  package struct Stream: Sendable {
    package var name: String
    package var kind: Kind
    /// Whether the manifest has it: where it does not, one part says so, and nothing of it is awaited.
    package var isKnown = true
    package var slices = 0
    /// The state that the read began from, after migrations.
    package var state: JSONObject = [:]
    /// When its slices were listed, in microseconds since 1970.
    package var time: Int64 = 0
    package var parents = ParentCheckpoints()
    /// Partitions of which there is nothing to read now, each with the place of the slice that it came before.
    package var idle: [(place: Int, partition: JSONObject)] = []
  }

  package var id: String
  package var workers: Int
  package var fingerprints: Fingerprints
  package var parts: [Part]
  package var streams: [Stream]
  /// The states that were given, of all streams.
  package var states: ByName<JSONObject>
  /// Whether only a range of time is read, so that there is no state to continue from.
  package var isLimited = false

  /// The name of a part's file.
  package static func fileName(_ number: Int, of count: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, max(4, String(count - 1).count) - digits.count)) + digits + ".json"
  }

  // MARK: JSON

  package var json: JSONObject {
    var json: JSONObject = [
      "format": .string(Self.format), "version": .int(Self.version), "division": .string(id), "workers": .int(workers),
    ]
    json.merge(fingerprints.json) { $1 }
    json["parts"] = .array(
      parts.map { part in
        [
          "number": .int(part.number), "file": .string(part.file), "slices": .int(part.slices),
          "whole_streams": .array(part.wholeStreams.map { .string($0) }),
          "weight": .double((part.weight * 1_000).rounded() / 1_000),
        ]
      })
    if isLimited { json["limited"] = true }
    json["streams"] = .array(streams.map { .object($0.json) })
    json["states"] = .object(JSONObject(states.sorted { $0.key < $1.key }.map { ($0.key, .object($0.value)) }) { $1 })
    return json
  }

  /// - Parameter path: for messages.
  /// - Throws: ``ConnectorError`` if it is not the index of a division.
  package init(_ json: JSONObject, at path: String) throws {
    try ReadPart.check(json, isA: Self.format, Self.version, at: path, "the index of a read in parts")
    guard let id = json["division"]?.string, let workers = json["workers"]?.int, let fingerprints = Fingerprints(json),
      let parts = json["parts"]?.array, let streams = json["streams"]?.array
    else { throw ReadPart.damaged(path) }
    self.id = id
    self.workers = workers
    self.fingerprints = fingerprints
    self.parts = try parts.map { part in
      guard let number = part["number"]?.int, let file = part["file"]?.string, let slices = part["slices"]?.int else {
        throw ReadPart.damaged(path)
      }
      return Part(
        number: number, file: file, slices: slices, wholeStreams: part["whole_streams"]?.array?.compactMap(\.string) ?? [],
        weight: part["weight"]?.double ?? 0)
    }
    self.streams = try streams.map { json in
      guard let stream = Stream(json) else { throw ReadPart.damaged(path) }
      return stream
    }
    states = (json["states"]?.object ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value.object }
    isLimited = json["limited"]?.bool == true
  }

  package init(
    id: String, workers: Int, fingerprints: Fingerprints, parts: [Part], streams: [Stream], states: ByName<JSONObject>
  ) {
    self.id = id
    self.workers = workers
    self.fingerprints = fingerprints
    self.parts = parts
    self.streams = streams
    self.states = states
  }
}

extension Division.Stream {
  /// The word for how it was divided.
  package var word: String {
    switch kind {
    case .divided(.marks): "slices"
    case .divided(.windows): "windows"
    case .divided(.partitions): "partitions"
    case .whole: "whole"
    }
  }

  /// The rules of its cursor; nil if it has none, or is read whole.
  var rules: CursorMergeRules? {
    switch kind {
    case .divided(.windows(let rules)), .divided(.partitions(let rules, _)): rules
    case .divided(.marks), .whole: nil
    }
  }

  package var json: JSONObject {
    var json: JSONObject = ["name": .string(name), "division": .string(word)]
    if case .whole(let reason) = kind {
      json["reason"] = .string(reason)
      if !isKnown { json["known"] = false }
      return json
    }
    json["slices"] = .int(slices)
    if let rules { json["cursor"] = .object(rules.json) }
    if case .divided(.partitions(_, let sharesCursor)) = kind {
      json["shares_cursor"] = .bool(sharesCursor)
      json["parents"] = parents.json
      json["idle"] = .array(idle.map { [.int($0.place), .object($0.partition)] })
    }
    json["time"] = .int(Int(time))
    json["state"] = .object(state)
    return json
  }

  init?(_ json: JSONValue) {
    guard let name = json["name"]?.string, let word = json["division"]?.string else { return nil }
    let rules = CursorMergeRules(json["cursor"])
    switch (word, rules) {
    case ("whole", _): kind = .whole(json["reason"]?.string ?? "")
    case ("slices", _): kind = .divided(.marks)
    case ("windows", let rules?): kind = .divided(.windows(rules))
    case ("partitions", let rules?):
      kind = .divided(.partitions(rules, sharesCursor: json["shares_cursor"]?.bool ?? false))
      guard let parents = ParentCheckpoints(json["parents"]) else { return nil }
      self.parents = parents
    default: return nil
    }
    self.name = name
    isKnown = json["known"] != false
    slices = json["slices"]?.int ?? 0
    state = json["state"]?.object ?? [:]
    time = Int64(json["time"]?.int ?? 0)
    for entry in json["idle"]?.array ?? [] {
      guard let place = entry[0]?.int, let partition = entry[1]?.object else { return nil }
      idle.append((place, partition))
    }
  }
}
