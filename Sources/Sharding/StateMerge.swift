import AirbyteProtocol
import Components
import ConnectorModel
import JSON

/// Puts the states of parts together to the state that one whole read would have reached.
///
/// What no output covers stays open: the state does not move past it.
package struct StateMerge: Sendable {
  /// A part of which something was not read.
  package struct Gap: Sendable, Equatable {
    package var number: Int
    package var file: String
    /// Whether nothing of the part is in any output.
    package var isMissing: Bool
    /// What is open, in words.
    package var open: [String]

    package var sentence: String {
      isMissing
        ? "No output has anything of part \(number) (\(file)): what it should have read stays open."
        : "Part \(number) (\(file)) was not read completely, and the rest stays open: \(open.joined(separator: ", "))."
    }
  }

  package struct Result: Sendable {
    package var states: ByName<JSONObject> = [:]
    /// The parts of which something was not read, in order.
    package var gaps: [Gap] = []
  }

  private struct Place: Hashable {
    var stream: StreamDescriptor
    var part: Int

    init(stream: String, part: Int) {
      self.stream = StreamDescriptor(name: stream)
      self.part = part
    }
  }

  private struct Whole {
    var state: JSONObject?
    var isComplete = false
  }

  private let division: Division
  private let kinds: ByName<Division.Stream>
  /// What parts said of divided streams, in each of the outputs that has something of them.
  private var said: [Place: [(output: Int, state: [UInt8])]] = [:]
  /// The outputs, in the order in which they came.
  private var outputs: [String] = [""]
  /// What the outputs have of streams that are read whole.
  private var wholes: ByName<Whole> = [:]
  /// The same of the output that is being taken in.
  private var current: [Place: JSONObject] = [:]
  private var currentWholes: ByName<Whole> = [:]

  package init(_ division: Division) {
    self.division = division
    kinds = ByName(division.streams.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  // MARK: Outputs

  /// Takes in a message of an output; types other than STATE and TRACE are passed over.
  /// - Parameter output: the file, for messages.
  /// - Throws: ``ConnectorError`` for a state that is not of this division.
  package mutating func add(_ message: JSONValue, of output: String) throws {
    outputs[outputs.count - 1] = output
    switch message["type"]?.string {
    case "STATE":
      guard let state = message["state"] else { return }
      try add(state: state, of: output)
    case "TRACE":
      guard let status = message["trace"]?["stream_status"], let name = status["stream_descriptor"]?["name"]?.string,
        isWhole(name)
      else { return }
      switch status["status"]?.string {
      case "COMPLETE": currentWholes[name, default: Whole()].isComplete = true
      case "INCOMPLETE", "STARTED": currentWholes[name, default: Whole()].isComplete = false
      default: break
      }
    default: break
    }
  }

  /// Takes in what a STATE message holds.
  package mutating func add(state message: JSONValue, of output: String) throws {
    outputs[outputs.count - 1] = output
    guard let stream = message["stream"], let name = stream["stream_descriptor"]?["name"]?.string,
      let state = stream["stream_state"]?.object
    else { return }
    guard let kind = kinds[name] else {
      throw ConnectorError(.config, "\(output) has a state of stream `\(name)`, which is not in the parts: it is of another read")
    }
    if case .whole = kind.kind {
      currentWholes[name, default: Whole()].state = state
      return
    }
    guard let origin = PartState.origin(of: state) else {
      // A stream that starts again says so before its first slice.
      if state.isEmpty { return }
      throw ConnectorError(
        .config, "\(output) has a state of the whole stream `\(name)`, not of a part of it: it is not the output of `read --part`"
      )
    }
    guard origin.division == division.id else {
      throw ConnectorError(
        .config, "\(output) is the output of a part of another division: `shard` was run again since. Read the parts again")
    }
    current[Place(stream: name, part: origin.number)] = state
  }

  /// The output is over: what follows is of another one.
  package mutating func endOutput() {
    // As JSON, which takes the least memory: there may be thousands of parts.
    for (place, state) in current {
      said[place, default: []].append((outputs.count - 1, Array(JSONValue.object(state).jsonText.utf8)))
    }
    outputs.append("")
    for (name, whole) in currentWholes {
      if whole.isComplete || wholes[name]?.isComplete != true { wholes[name] = whole }
    }
    current = [:]
    currentWholes = [:]
  }

  private func isWhole(_ name: String) -> Bool { if case .whole? = kinds[name]?.kind { true } else { false } }

  // MARK: Merging

  /// - Parameter part: gives the file of a part.
  /// - Throws: ``ConnectorError`` if a part cannot be read, or a state is not one of its part.
  package func merged(reading part: (Division.Part) throws -> ReadPart, in runtime: RuntimeEnvironment) throws -> Result {
    guard !division.isLimited else {
      throw ConnectorError(
        .config,
        "The parts were made with `shard --within`: they read a range of time alone, and so leave no state to continue from")
    }
    var result = Result(states: division.states)
    var open: [Int: [String]] = [:]
    var seen: Set<Int> = []
    var isNamed: Set<Int> = []
    var lists: ByName<MergeList> = ByName(
      division.streams.map { ($0.name, MergeList(count: $0.slices)) }, uniquingKeysWith: { first, _ in first })
    var latest: ByName<Int64> = [:]
    for file in division.parts {
      let read = try part(file)
      for stream in read.streams {
        isNamed.insert(file.number)
        guard let slices = stream.slices else {
          let whole = wholes[stream.name]
          if whole != nil { seen.insert(file.number) }
          if whole?.isComplete != true, kinds[stream.name]?.isKnown != false {
            open[file.number, default: []].append("stream `\(stream.name)`")
          }
          continue
        }
        var positions: [Int: JSONObject] = [:]
        for (output, bytes) in said[Place(stream: stream.name, part: file.number)] ?? [] {
          guard let state = try? JSONValue(parsing: bytes).object,
            let known = PartState(state, of: slices, hasWindows: stream.hasWindows)
          else {
            throw ConnectorError(
              .config,
              "\(outputs[output]) has a state of stream `\(stream.name)` that does not fit \(file.file): one of them was changed. Read the "
                + "part again")
          }
          seen.insert(file.number)
          positions.merge(known.positions) { first, _ in first }
          latest[stream.name] = max(latest[stream.name] ?? .min, known.time)
        }
        lists[stream.name]?.add(slices, positions)
        let missing = slices.count - positions.count
        // A stream without slices is read when its part is.
        if missing > 0 {
          open[file.number, default: []].append("\(missing) of \(slices.count) slices of stream `\(stream.name)`")
        } else if slices.isEmpty, said[Place(stream: stream.name, part: file.number)] == nil {
          open[file.number, default: []].append("stream `\(stream.name)`")
        }
      }
    }
    for stream in division.streams {
      switch stream.kind {
      case .whole: result.states[stream.name] = state(of: wholes[stream.name]) ?? division.states[stream.name]
      case .divided(let dividing):
        guard let end = latest[stream.name] else { continue }
        result.states[stream.name] = try lists[stream.name]?.state(of: stream, dividing, until: end, in: runtime)
      }
    }
    result.gaps = division.parts.filter { isNamed.contains($0.number) }.compactMap { part in
      guard let words = open[part.number] else { return nil }
      return Gap(number: part.number, file: part.file, isMissing: !seen.contains(part.number), open: words)
    }
    return result
  }

  /// The mark of a stream that was not read wholly would say that it was.
  private func state(of whole: Whole?) -> JSONObject? {
    guard let whole, let state = whole.state else { return nil }
    return !whole.isComplete && state[FinalStateCursor.stateKey] != nil ? nil : state
  }
}
