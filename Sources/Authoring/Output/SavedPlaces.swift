import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import JSON

/// The file `state.json` of a folder of records: the state of each stream, and how much of its file the state covers.
///
/// It is a list of states as platforms keep them, so that `--state` and the reference read it too; they pass over `file`.
struct SavedPlaces: Sendable {
  /// Where a stream's records end that its state covers.
  struct Place: Sendable {
    /// Nil if only the state that all streams share says where the stream is.
    var state: JSONObject?
    /// The length of the stream's file, in bytes.
    var length: Int
  }

  static let fileName = "state.json"
  private let path: String
  private(set) var streams: [StreamDescriptor: Place] = [:]
  /// What the source keeps for all streams together.
  var shared: JSONObject?

  /// - Throws: ``ConnectorError`` if there is such a file that cannot be used.
  init(in folder: String) throws {
    path = "\(folder)/\(Self.fileName)"
    guard let bytes = FileManager.default.contents(atPath: path) else {
      guard !FileManager.default.fileExists(atPath: path) else {
        let reason = Folders.isFolder(path) ? "it is a folder" : String(cString: strerror(EACCES))
        throw ConnectorError(.config, "The state \(path) cannot be read: \(reason)")
      }
      return
    }
    do {
      let value = try JSONValue(parsing: [UInt8](bytes))
      // Any list of states will do, but a file of another kind would be replaced.
      guard let entries = value.array, entries.allSatisfy({ $0["stream"] != nil || $0["global"] != nil }) else {
        throw InputShapeError("it is not a list of states")
      }
      let state = try SourceState(parsing: value)
      for (stream, state) in state.streams { streams[stream] = Place(state: state, length: 0) }
      shared = state.shared
      for entry in entries {
        guard let descriptor = entry["stream"]?["stream_descriptor"], let name = descriptor["name"]?.string,
          case .int(let length)? = entry["file"]?["bytes"]
        else { continue }
        let stream = StreamDescriptor(name: name, namespace: descriptor["namespace"]?.string)
        streams[stream] = Place(state: streams[stream]?.state, length: length)
      }
    } catch {
      throw ConnectorError(
        .config,
        "The state \(path) cannot be used: \(error). Name another folder, or remove that file to read all streams from their "
          + "beginning"
      )
    }
  }

  /// Sets the place of a stream; nil for none.
  mutating func set(_ place: Place?, of stream: StreamDescriptor) { streams[stream] = place }

  /// Writes the file, which is replaced as a whole.
  /// - Parameter file: gives the name of a stream's file.
  /// - Throws: ``FileError``
  func save(_ file: (StreamDescriptor) -> String) throws {
    let sorted = streams.sorted { ($0.key.name, $0.key.namespace ?? "") < ($1.key.name, $1.key.namespace ?? "") }
    var lines = sorted.map { stream, place in
      let entry: JSONObject = [
        "type": "STREAM",
        "stream": ["stream_descriptor": stream.json, "stream_state": place.state.map { .object($0) } ?? .null],
        "file": ["name": .string(file(stream)), "bytes": .int(place.length)],
      ]
      return JSONValue.object(entry).jsonText
    }
    if let shared {
      let global: JSONObject = ["shared_state": .object(shared), "stream_states": []]
      lines.append(JSONValue.object(["type": "GLOBAL", "global": .object(global)]).jsonText)
    }
    let replacement = try AtomicFile(path: path, permissions: .usual)
    try replacement.write(Array("[\n\(lines.joined(separator: ",\n"))\n]\n".utf8))
    try replacement.putInPlace()
  }
}
