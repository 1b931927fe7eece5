import AirbyteProtocol
import Bytes
import ConnectorModel
import Foundation
import JSON

/// The file `state.json` of a folder of records: the state of each stream, and how much of its file the state covers.
///
/// It is a list of states as platforms keep them, so that `--state` and the reference read it too; they pass over `file`.
struct SavedPlaces: Sendable {
  /// Where a stream's records end that its state covers.
  struct Place: Sendable {
    var state: JSONObject
    /// The length of the stream's file, in bytes.
    var length: Int
  }

  static let fileName = "state.json"
  private let path: String
  private(set) var streams: [String: Place] = [:]

  /// - Throws: ``ConnectorError`` if there is such a file that cannot be used.
  init(in folder: String) throws {
    path = "\(folder)/\(Self.fileName)"
    guard let bytes = FileManager.default.contents(atPath: path) else {
      guard !FileManager.default.fileExists(atPath: path) else {
        throw ConnectorError(.config, "The state \(path) cannot be read: \(String(cString: strerror(EACCES)))")
      }
      return
    }
    do {
      let value = try JSONValue(parsing: [UInt8](bytes))
      let lengths = Dictionary(
        (value.array ?? []).compactMap { entry -> (String, Int)? in
          guard let name = entry["stream"]?["stream_descriptor"]?["name"]?.string,
            case .int(let length)? = entry["file"]?["bytes"]
          else { return nil }
          return (name, length)
        }, uniquingKeysWith: { $1 })
      for (name, state) in try InputState.streams(value) { streams[name] = Place(state: state, length: lengths[name] ?? 0) }
    } catch {
      throw ConnectorError(
        .config, "The state \(path) cannot be used: \(error). Remove it to read all streams from their beginning")
    }
  }

  /// Sets the place of a stream; nil for none.
  mutating func set(_ place: Place?, of stream: String) { streams[stream] = place }

  /// Writes the file, which is replaced as a whole.
  /// - Parameter file: gives the name of a stream's file.
  /// - Throws: ``FileError``
  func save(_ file: (String) -> String) throws {
    let lines = InputState.entries(of: streams.mapValues(\.state)).map { entry in
      var entry = entry.object ?? [:]
      let name = entry["stream"]?["stream_descriptor"]?["name"]?.string ?? ""
      entry["file"] = ["name": .string(file(name)), "bytes": .int(streams[name]?.length ?? 0)]
      return JSONValue.object(entry).jsonText
    }
    let replacement = try AtomicFile(path: path, permissions: .usual)
    try replacement.write(Array("[\n\(lines.joined(separator: ",\n"))\n]\n".utf8))
    try replacement.putInPlace()
  }
}
