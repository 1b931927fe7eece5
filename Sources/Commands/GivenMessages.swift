import AirbyteProtocol
import Bytes
import ConnectorModel
import JSON

/// Files that hold one JSON text, or what a command printed: a message a line.
enum GivenMessages {
  /// The types of messages, by which an output is known.
  private static let types: Set<String> = [
    "RECORD", "STATE", "LOG", "TRACE", "CATALOG", "SPEC", "CONNECTION_STATUS", "CONTROL", "DESTINATION_CATALOG",
  ]

  /// What a file holds.
  enum Content {
    case text(JSONValue)
    /// The output of a command.
    case messages
    case nothing

    var text: JSONValue? { if case .text(let text) = self { text } else { nil } }
  }

  /// Reads the file at `path`, or standard input for `-`. An output may be longer than memory: other lines are passed over as they come,
  /// and so is what is not a message, such as a last line that was cut off.
  /// - Parameters:
  ///   - what: what the file is for, as in "state".
  ///   - type: the messages of an output that are needed.
  ///   - take: is given each of them.
  /// - Throws: ``ConnectorError`` if the file cannot be read, or is neither.
  static func read(_ path: String, _ what: String, of type: String, _ take: (JSONValue) throws -> Void) throws -> Content {
    try read(path, what, of: [type], take)
  }

  /// The same for messages of several types.
  static func read(_ path: String, _ what: String, of types: [String], _ take: (JSONValue) throws -> Void) throws -> Content {
    var lines = Lines(try InputFile.open(path, what))
    var beginning: [UInt8] = []
    let wanted = types.map { (type: $0, text: Array("\"\($0)\"".utf8)) }
    do {
      while let line = try lines.next() {
        beginning += line
        if beginning.count > InputFile.maximumBytes { throw TooLarge() }
        guard !line.allSatisfy(\.isBlank) else { continue }
        guard isMessage(line) else {
          try lines.rest(into: &beginning)
          return try content(of: beginning, path, what) { try hand($0, wanted, to: take) }
        }
        try hand(line, wanted, to: take)
        while let line = try lines.next() { try hand(line, wanted, to: take) }
        return .messages
      }
    } catch is TooLarge {
      throw InputFile.tooLarge(path, what)
    } catch let error as FileError {
      throw ConnectorError(.config, "The \(what) \(path) cannot be read", internalMessage: "\(path): \(error)")
    }
    return .nothing
  }

  /// What a file holds whose first line is no message: JSON, or an output behind lines of something else, such as warnings.
  private static func content(
    of bytes: [UInt8], _ path: String, _ what: String, hand: ([UInt8]) throws -> Void
  ) throws -> Content {
    do { return .text(try InputFile.json(bytes, path, what)) } catch {
      let lines = bytes.split(separator: UInt8(ascii: "\n")).map(Array.init)
      guard lines.contains(where: isMessage) else { throw error }
      for line in lines { try hand(line) }
      return .messages
    }
  }

  private static func hand(
    _ line: [UInt8], _ wanted: [(type: String, text: [UInt8])], to take: (JSONValue) throws -> Void
  ) throws {
    guard wanted.contains(where: { line.holds($0.text) }), let message = try? JSONValue(parsing: line),
      wanted.contains(where: { message["type"]?.string == $0.type })
    else { return }
    try take(message)
  }

  private static func isMessage(_ line: [UInt8]) -> Bool {
    guard let value = try? JSONValue(parsing: line), let type = value["type"]?.string else { return false }
    return types.contains(type)
  }

  /// A line, or a text of many lines, is longer than the limit.
  private struct TooLarge: Error {}

  /// The lines of a file, read piece by piece.
  private struct Lines {
    private static let piece = 1 << 18
    private let file: Descriptor
    private var bytes: [UInt8] = []
    private var start = 0
    private var isOver = false

    init(_ file: Descriptor) { self.file = file }

    /// The next line with its end; nil at the end of the file.
    mutating func next() throws -> [UInt8]? {
      var searched = start
      while true {
        if let end = bytes[searched...].firstIndex(of: UInt8(ascii: "\n")) {
          defer { start = end + 1 }
          return Array(bytes[start...end])
        }
        if isOver {
          defer { start = bytes.count }
          return start < bytes.count ? Array(bytes[start...]) : nil
        }
        bytes.removeSubrange(..<start)
        start = 0
        searched = bytes.count
        try readPiece()
      }
    }

    /// Appends what is left.
    mutating func rest(into text: inout [UInt8]) throws {
      while !isOver { try readPiece() }
      text += bytes[start...]
      start = bytes.count
    }

    private mutating func readPiece() throws {
      let piece = try file.read(upTo: Self.piece)
      if piece.isEmpty { isOver = true } else { bytes += piece }
      if bytes.count - start > InputFile.maximumBytes { throw TooLarge() }
    }
  }
}

extension GivenMessages {
  /// The streams of a catalog's file.
  /// - Throws: ``ConnectorError`` that says what is wrong with it.
  static func catalog(at path: String) throws -> [ConfiguredStream] {
    do {
      var last: JSONValue?
      let text = try read(path, "catalog", of: "CATALOG") { last = $0 }.text
      guard let catalog = text ?? last else {
        throw ConnectorError(
          .config, "The catalog \(path) has no CATALOG message: it should be what `discover` prints, or a configured catalog")
      }
      return try ConfiguredStream.catalog(catalog)
    } catch let error as InputShapeError {
      throw ConnectorError(.config, "The catalog \(path) cannot be used: \(error)")
    }
  }

  /// What a state's file has, and whether it has messages of which none is a whole state.
  /// - Throws: ``ConnectorError`` if it cannot be read.
  static func state(at path: String) throws -> (given: GivenState, isWithoutMessage: Bool) {
    var latest = LatestStates()
    let content = try read(path, "state", of: "STATE") { latest.add($0) }
    let isWithoutMessage = if case .messages = content { latest.list == [] } else { false }
    return (GivenState(path: path, value: content.text ?? latest.list), isWithoutMessage)
  }
}

extension [UInt8] {
  fileprivate func holds(_ part: [UInt8]) -> Bool {
    var rest = self[...]
    while let first = part.first, let start = rest.firstIndex(of: first) {
      if rest[start...].starts(with: part) { return true }
      rest = rest[(start + 1)...]
    }
    return part.isEmpty
  }
}

extension UInt8 {
  fileprivate var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
