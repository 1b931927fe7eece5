import AirbyteProtocol
import Bytes
import ConnectorModel
import JSON

/// A read in parts: the index, and what the file of each part holds.
package struct DividedRead: Sendable {
  package private(set) var division: Division
  private let streams: [ListedStream]
  private let states: ByName<JSONObject>
  private let keepsProperties: Bool
  /// By stream and part, the places of slices; nil where the part has nothing of the stream.
  private var places: [[[Int]?]]

  init(
    streams: [ListedStream], parts: Int, workers: Int, fingerprints: Fingerprints, states: ByName<JSONObject>,
    keepsProperties: Bool, isLimited: Bool = false
  ) {
    self.streams = streams
    self.states = states
    self.keepsProperties = keepsProperties
    places = streams.map { _ in Array(repeating: nil, count: parts) }
    let files = (0..<parts).map {
      Division.Part(number: $0, file: Division.fileName($0, of: parts), slices: 0, wholeStreams: [], weight: 0)
    }
    division = Division(
      id: "", workers: workers, fingerprints: fingerprints, parts: files, streams: streams.map(\.summary), states: states)
    division.isLimited = isLimited
  }

  /// Gives slices of a stream to a part; they come in the order of their places.
  mutating func give(_ stream: Int, _ slices: Range<Int>, to part: Int) {
    if places[stream][part] == nil { places[stream][part] = [] }
    places[stream][part]?.append(contentsOf: slices)
    division.parts[part].slices += slices.count
    if !streams[stream].isDivided { division.parts[part].wholeStreams.append(streams[stream].name) }
  }

  /// Names the division by what it is: the same division has the same name.
  mutating func seal(loads: [Double]) {
    for (part, load) in loads.enumerated() { division.parts[part].weight = load }
    let digest = MessageDigest(.sha256)
    digest.update(JSONValue.object(division.fingerprints.json).jsonText)
    digest.update("\n\(ReadPart.version) \(division.workers) \(division.parts.count)\n")
    for (index, stream) in streams.enumerated() {
      var summary = stream.summary
      summary.time = 0
      digest.update(JSONValue.object(summary.json).jsonText)
      stream.list.forEachPiece { digest.update($0) }
      for (part, places) in places[index].enumerated() {
        if let places { digest.update("\(part) \(PartRanges.json(places).jsonText)\n") }
      }
    }
    division.id = String(digest.finalize().hexadecimal.prefix(32))
  }

  /// The file of a part.
  package func file(of part: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    var head: JSONObject = [
      "format": .string(ReadPart.format), "version": .int(ReadPart.version), "division": .string(division.id),
      "number": .int(part), "of": .int(division.parts.count),
      "share": ["number": .int(part % division.workers), "of": .int(division.workers)],
    ]
    head.merge(division.fingerprints.json) { $1 }
    let beginning = JSONValue.object(head).jsonText.utf8.dropLast()
    var isFirst = true
    bytes += #","streams":["#.utf8
    for (index, stream) in streams.enumerated() {
      guard let places = places[index][part] else { continue }
      bytes += (isFirst ? "\n" : ",\n").utf8
      isFirst = false
      append(stream, places, to: &bytes)
    }
    bytes += (isFirst ? "]}\n" : "\n]}\n").utf8
    let digest = ReadPart.digest(of: try? JSONValue(parsing: Array(beginning) + bytes).object)
    return Array(beginning) + Array(#","\#(ReadPart.digestKey)":"\#(digest)""#.utf8) + bytes
  }

  private func append(_ stream: ListedStream, _ places: [Int], to bytes: inout [UInt8]) {
    var head = ReadPart.Stream.json(stream.configured, keepsProperties: keepsProperties)
    guard stream.isDivided else {
      if let state = stream.state { head["state"] = .object(state) }
      head["whole"] = true
      bytes += JSONValue.object(head).jsonText.utf8
      return
    }
    if let state = stream.state { head["state"] = .object(needed(state, of: stream, places)) }
    if !stream.bounds.isEmpty { head["bounds"] = .array(stream.bounds.map { .string($0) }) }
    bytes += JSONValue.object(head).jsonText.utf8.dropLast()
    bytes += #","slices":["#.utf8
    for (index, place) in places.enumerated() {
      bytes += (index == 0 ? "\n" : ",\n").utf8
      bytes += stream.list.line(place)
    }
    bytes += (places.isEmpty ? "]}" : "\n]}").utf8
  }

  /// What a part needs of the state: no partitions of other parts, and of parents, which it does not read, none at all.
  private func needed(_ state: JSONObject, of stream: ListedStream, _ places: [Int]) -> JSONObject {
    guard let entries = stream.entries else { return state }
    var state = Self.withoutParents(state)
    state["states"] = .array(stream.list.entries(of: places).map { entries[$0] })
    return state
  }

  private static func withoutParents(_ state: JSONObject) -> JSONObject {
    guard let parents = state["parent_state"]?.object else { return state }
    var state = state
    state["parent_state"] = .object(
      parents.mapValues { parent in
        guard var parent = parent.object else { return parent }
        if parent["states"]?.array != nil { parent["states"] = [] }
        return .object(withoutParents(parent))
      })
    return state
  }
}
