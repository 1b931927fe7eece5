import AirbyteProtocol
import Bytes
import Components
import ConnectorModel
import Engine
import JSON
import Manifest

/// Divides a read into parts: lists what every stream has to read, and deals it out.
package struct Divider: Sendable {
  /// What stays together in one part.
  package enum Unit: String, Sendable, CaseIterable {
    case stream, partition, window
  }

  package struct Settings: Sendable {
    package var parts: Int
    /// How many parts are read at the same time.
    package var workers: Int
    /// Nil for partitions where there are many, and windows where there are few.
    package var unit: Unit?
    package var weights = RecordedWeights()
    /// Whether the connector reads a range of time alone.
    package var isLimited = false

    package init(parts: Int, workers: Int? = nil, unit: Unit? = nil) {
      self.parts = parts
      self.workers = workers ?? parts
      self.unit = unit
    }
  }

  /// From so many partitions a part on, their windows stay together.
  private static let enoughPartitions = 4

  private let connector: Connector
  private let settings: Settings

  package init(_ connector: Connector, _ settings: Settings) {
    self.connector = connector
    self.settings = settings
  }

  /// - Parameter catalog: the streams, which `connector` was asked for.
  /// - Throws: ``ConnectorError`` if nothing can be read at all.
  package func divide(_ catalog: [ConfiguredStream]) async throws -> DividedRead {
    let fingerprints = Fingerprints(of: connector, catalog: catalog)
    let lister = SliceLister(connector, weights: settings.weights)
    let streams = try await lister.list(catalog)
    let groups = try connector.streamGroups()
    var pieces = pieces(of: streams, groups: groups)
    weigh(&pieces, streams)
    var loads = PartLoads(parts: settings.parts)
    let numbers = loads.deal(pieces.map(\.weight))
    var read = DividedRead(
      streams: streams, parts: settings.parts, workers: settings.workers, fingerprints: fingerprints, states: connector.states,
      keepsProperties: connector.manifest.root.value.jsonText.contains("JsonSchemaPropertySelector"),
      isLimited: settings.isLimited)
    for (piece, number) in zip(pieces, numbers) {
      for member in piece.members { read.give(member.stream, member.places, to: number) }
    }
    read.seal(loads: loads.loads)
    return read
  }

  /// What goes to one part together.
  private struct Piece {
    var members: [(stream: Int, places: Range<Int>)]
    var weight = 0.0
  }

  private func pieces(of streams: [ListedStream], groups: StreamGroups) -> [Piece] {
    var pieces: [Piece] = []
    var places: [String: Int] = [:]
    for (index, stream) in streams.enumerated() {
      let all = (stream: index, places: 0..<stream.list.count)
      // Streams of a group are read one after the other, which nobody sees to across machines.
      if let group = groups[stream.name] {
        if let place = places[group] { pieces[place].members.append(all) } else { pieces.append(Piece(members: [all])) }
        places[group] = places[group] ?? pieces.count - 1
        continue
      }
      guard stream.isDivided, stream.list.count > 0 else {
        pieces.append(Piece(members: [all]))
        continue
      }
      let isRich = stream.list.partitionCount >= Self.enoughPartitions * settings.parts
      switch settings.unit ?? (isRich ? .partition : .window) {
      case .stream: pieces.append(Piece(members: [all]))
      case .partition: pieces += stream.list.ranges.map { Piece(members: [(index, $0)]) }
      case .window: pieces += (0..<stream.list.count).map { Piece(members: [(index, $0..<($0 + 1))]) }
      }
    }
    return pieces
  }

  private func weigh(_ pieces: inout [Piece], _ streams: [ListedStream]) {
    for index in pieces.indices {
      pieces[index].weight = pieces[index].members.reduce(0) { sum, member in
        let list = streams[member.stream].list
        return sum + (list.weights.map { $0[member.places].reduce(0, +) } ?? Double(member.places.count))
      }
    }
    // Nobody knows how much a stream is that is read whole: it counts as a part's share of the others.
    let share = max(1, (pieces.reduce(0) { $0 + $1.weight } / Double(settings.parts)).rounded(.up))
    for index in pieces.indices {
      for member in pieces[index].members where !streams[member.stream].isDivided {
        let name = streams[member.stream].name
        pieces[index].weight +=
          settings.weights.isEmpty ? share : settings.weights.total(of: name) ?? settings.weights.usual(in: name)
      }
    }
  }
}
