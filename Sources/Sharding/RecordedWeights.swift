import AirbyteProtocol
import ConnectorModel
import JSON
import Traffic

/// How long the slices of streams took to read, as a recording has it.
package struct RecordedWeights: Sendable {
  /// Microseconds, by stream and slice.
  private var slices: [String: [String: Int64]] = [:]

  package init() {}

  /// - Throws: ``ConnectorError`` if the file cannot be read, or does not say which stream asked.
  package init(recording path: String) throws {
    let file = try HARFile(path: path)
    for number in 0..<file.count {
      let entry = try file.entry(number)
      guard let stream = entry.notes[RecordingNotes.stream]?.string else { continue }
      add(entry.duration, of: stream, entry.notes[RecordingNotes.slice]?.object ?? [:])
    }
    guard !slices.isEmpty else {
      throw ConnectorError(
        .config,
        "The recording \(path) does not say which streams its requests belong to: give one that was made with --record of `read`")
    }
  }

  package mutating func add(_ duration: Int64, of stream: String, _ slice: JSONObject) {
    // A request weighs something, however fast it was answered.
    slices[stream, default: [:]][JSONValue.object(slice).jsonText, default: 0] += max(duration, 1_000)
  }

  var isEmpty: Bool { slices.isEmpty }

  /// Seconds; nil where the recording has nothing of the slice.
  func weight(of slice: StreamSlice, in stream: String) -> Double? {
    guard let known = slices[stream] else { return nil }
    // A window may be another one this time: then the partition says most.
    let time = known[JSONValue.object(slice.merged).jsonText] ?? known[JSONValue.object(slice.partition).jsonText]
    return time.map { Double($0) / 1_000_000 }
  }

  /// Seconds for all of a stream; nil where the recording has nothing of it.
  func total(of stream: String) -> Double? { slices[stream].map { Double($0.values.reduce(0, +)) / 1_000_000 } }

  /// Seconds for a slice of which nothing is known: as much as others of its stream, or of all streams.
  func usual(in stream: String) -> Double {
    func mean(_ times: [Int64]) -> Double { times.isEmpty ? 1 : Double(times.reduce(0, +)) / Double(times.count) / 1_000_000 }
    return mean(slices[stream].map { Array($0.values) } ?? slices.values.flatMap(\.values))
  }
}
