import Components
import ConnectorModel
import Engine

/// What the busiest of several workers reads: of all slices every so many-th, and of the streams that cannot be divided its share.
struct DealtSlices: Sendable {
  /// By stream.
  private(set) var slices: [String: [StreamSlice]] = [:]
  /// The streams that some worker reads whole.
  private(set) var wholeStreams: [String] = []

  /// Lists the slices of streams, in order, as the division of a read does.
  /// - Parameter wanted: the names of the streams.
  init(of connector: Connector, _ wanted: Set<String>, workers: Int) async throws {
    var number = 0
    for (name, stream) in try await connector.streamsOrErrors() where wanted.contains(name) {
      guard let stream = try? stream.get() else { continue }
      guard let cursor = stream.cursor as? any DivisibleCursor, (try? cursor.dividing) != nil else {
        wholeStreams.append(name)
        continue
      }
      var own: [StreamSlice] = []
      try await cursor.list { listed in
        guard case .slice(let slice) = listed else { return }
        if number % workers == 0 { own.append(slice) }
        number += 1
      }
      slices[name] = own
    }
  }

  /// The streams of the parts that take longest: one that has slices, and one that has streams which cannot be divided.
  /// - Parameter names: all streams, in their order.
  func partsToRead(of names: [String], workers: Int) -> [[String]] {
    let divided = names.filter { slices[$0]?.isEmpty == false }
    let whole = Array(wholeStreams.prefix((wholeStreams.count + workers - 1) / workers))
    if workers == 1 { return [names.filter { divided.contains($0) || whole.contains($0) }] }
    return [divided, whole].filter { !$0.isEmpty }
  }
}
