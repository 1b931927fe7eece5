import AirbyteProtocol
import Components
import ConnectorModel
import JSON

/// All slices of a stream in the order in which they were listed, with what was read of them.
struct MergeList: Sendable {
  /// Each as JSON, since there may be millions; nil for a slice of which nothing is known.
  private var entries: [[UInt8]?]

  init(count: Int) { entries = Array(repeating: nil, count: count) }

  mutating func add(_ slices: [PartSlice], _ positions: [Int: JSONObject]) {
    for slice in slices where entries.indices.contains(slice.place) {
      let position = positions[slice.place].map { JSONValue.object($0) } ?? .null
      let entry: JSONValue = [.object(slice.slice.partition), .object(slice.slice.cursorSlice), position]
      entries[slice.place] = Array(entry.jsonText.utf8)
    }
  }

  private func entry(_ place: Int) -> (slice: StreamSlice, position: JSONObject?)? {
    guard let bytes = entries[place], let entry = try? JSONValue(parsing: bytes) else { return nil }
    let slice = StreamSlice(partition: entry[0]?.object ?? [:], cursorSlice: entry[1]?.object ?? [:])
    return (slice, entry[2]?.object)
  }

  /// The state that the stream has with what was read.
  /// - Parameter end: when the last of it was read, in microseconds since 1970.
  func state(
    of stream: Division.Stream, _ dividing: CursorDividing, until end: Int64, in runtime: RuntimeEnvironment
  ) throws -> JSONObject {
    var progress = try MergedProgress(
      of: stream.name, dividing, state: stream.state, start: stream.time, parents: stream.parents.first, in: runtime)
    var idle = stream.idle[...]
    func addIdle(before place: Int, to progress: inout MergedProgress) throws {
      while let next = idle.first, next.place <= place {
        idle.removeFirst()
        try progress.add(next.partition, [], parents: stream.parents.state(at: next.place))
      }
    }
    var group: [(slice: StreamSlice, position: JSONObject?)] = []
    for place in entries.indices {
      guard let (slice, position) = entry(place) else {
        throw ConnectorError(.config, "No part has slice \(place) of stream `\(stream.name)`: divide the read again with `shard`")
      }
      if let last = group.last?.slice, last.partition != slice.partition {
        try progress.add(last.partition, group, parents: stream.parents.state(at: place - 1))
        group = []
      }
      if group.isEmpty { try addIdle(before: place, to: &progress) }
      group.append((slice, position))
    }
    if let last = group.last?.slice {
      try progress.add(last.partition, group, parents: stream.parents.state(at: entries.count - 1))
    }
    try addIdle(before: .max, to: &progress)
    return try progress.finish(at: end, parents: stream.parents.last)
  }
}
