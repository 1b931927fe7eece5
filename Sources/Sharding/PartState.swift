import AirbyteProtocol
import Components
import ConnectorModel
import JSON

/// What was read of the slices of one stream in one part: what the STATE messages of `read --part` hold.
///
/// It has the form of other states, so that whoever shows states shows it: windows by their bounds, partitions with their cursors. A
/// further key says which part it is of, and which of the part's slices were read.
package struct PartState: Sendable, Equatable {
  package static let key = "part"

  package var division: String
  package var number: Int
  /// When it was made, in microseconds since 1970.
  package var time: Int64
  /// The slices that were read, by their places in the stream, each as states hold it.
  package var positions: [Int: JSONObject] = [:]

  package init(division: String, number: Int, time: Int64, positions: [Int: JSONObject] = [:]) {
    self.division = division
    self.number = number
    self.time = time
    self.positions = positions
  }

  /// The division and the number of the part that a state is of; nil for the state of a stream.
  package static func origin(of state: JSONObject) -> (division: String, number: Int)? {
    guard let part = state[key], let division = part["division"]?.string, let number = part["number"]?.int else { return nil }
    return (division, number)
  }

  // MARK: Writing

  /// - Parameters:
  ///   - slices: the slices of the part, in the order of their places.
  ///   - hasWindows: whether the slices are windows of cursors.
  func json(of slices: [PartSlice], hasWindows: Bool) -> JSONObject {
    var read: [Int] = []
    var partitions: [String: Int] = [:]
    var entries: [(partition: JSONObject, positions: [JSONObject])] = []
    for slice in slices {
      guard let position = positions[slice.place] else { continue }
      read.append(slice.place)
      let text = slice.partitionText
      if let entry = partitions[text] {
        entries[entry].positions.append(position)
      } else {
        partitions[text] = entries.count
        entries.append((slice.slice.partition, [position]))
      }
    }
    func cursor(_ positions: [JSONObject]) -> JSONObject {
      guard hasWindows else { return positions.first ?? [:] }
      return [WindowState.type: WindowState.dates, WindowState.slices: .array(positions.map { .object($0) })]
    }
    var state: JSONObject
    if slices.allSatisfy({ $0.slice.partition.isEmpty }) {
      state = cursor(entries.first?.positions ?? [])
    } else {
      state = [
        "states": .array(entries.map { ["partition": .object($0.partition), "cursor": .object(cursor($0.positions))] })
      ]
    }
    state[Self.key] = [
      "division": .string(division), "number": .int(number), "read": PartRanges.json(read), "until": .int(Int(time)),
    ]
    return state
  }

  // MARK: Reading

  /// - Parameters:
  ///   - slices: the slices of the part that the state is of, in the order of their places.
  ///   - hasWindows: whether the slices are windows of cursors.
  /// - Returns: nil for something else, and for a state of another part than the slices.
  init?(_ state: JSONObject, of slices: [PartSlice], hasWindows: Bool) {
    guard let origin = Self.origin(of: state), let part = state[Self.key], let time = part["until"]?.int,
      let read = PartRanges.numbers(part["read"], below: (slices.last?.place ?? -1) + 1)
    else { return nil }
    self.init(division: origin.division, number: origin.number, time: Int64(time))
    func positions(_ cursor: JSONValue?) -> [JSONObject] { cursor?[WindowState.slices]?.array?.compactMap(\.object) ?? [] }
    var left: [String: [JSONObject]] = [:]
    if hasWindows {
      for entry in state["states"]?.array ?? [] {
        guard let partition = entry["partition"] else { return nil }
        left[partition.jsonText] = positions(entry["cursor"]).reversed()
      }
      if state["states"] == nil { left["{}"] = positions(.object(state)).reversed() }
    }
    var places = read[...]
    for slice in slices where places.first == slice.place {
      places.removeFirst()
      guard hasWindows else {
        self.positions[slice.place] = [FinalStateCursor.stateKey: true]
        continue
      }
      guard let position = left[slice.partitionText]?.popLast() else { return nil }
      self.positions[slice.place] = position
    }
    // A place that the part does not have.
    if !places.isEmpty { return nil }
  }
}
