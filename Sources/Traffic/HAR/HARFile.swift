import AirbyteProtocol
import Bytes
import ConnectorModel
import Essentials
import HTTP
import JSON

/// A HAR file that is open for reading, plain or as gzip. Its entries stay in the file: each is decoded when it is asked for.
///
/// A file that ends in the middle, because the program that wrote it was killed, has the entries that are complete.
package final class HARFile: Sendable {
  package let path: String
  /// The `log` without its entries.
  package let log: JSONObject
  /// Whether the file ends in the middle.
  package let isCutOff: Bool
  private let source: Source
  private let places: [Range<Int>]

  /// Where the text is.
  private enum Source: Sendable {
    case file(Descriptor)
    case inflated(TemporaryFile)

    func bytes(_ range: Range<Int>) throws -> [UInt8] {
      switch self {
      case .file(let file): try file.bytes(at: range.lowerBound, count: range.count)
      case .inflated(let file): try Array(file.read(at: range.lowerBound, count: range.count))
      }
    }
  }

  private static let pieceSize = 1 << 20
  /// What surrounds the entries is held in memory.
  private static let longestFrame = 64 << 20

  /// Opens a file and finds its entries.
  /// - Throws: ``ConnectorError`` that names the file if it cannot be read or is something else.
  package init(path: String) throws(ConnectorError) {
    self.path = path
    do {
      source = try Self.source(path)
      var scanner = HARScanner()
      var places: [Range<Int>] = []
      while true {
        let piece = try source.bytes(scanner.position..<(scanner.position + Self.pieceSize))
        if piece.isEmpty { break }
        piece.withUnsafeBytes { scanner.scan($0) { places.append($0) } }
      }
      guard let start = scanner.listStart else {
        // A text that is no JSON at all is more to blame.
        if scanner.position <= Self.pieceSize { _ = try JSONValue(parsing: source.bytes(0..<scanner.position)) }
        throw HARShapeError(description: "it has no `log` with `entries`")
      }
      self.places = places
      (log, isCutOff) = try Self.frame(source, start: start, end: scanner.listEnd, size: scanner.position)
    } catch {
      throw Self.unreadable(path, error)
    }
  }

  package var count: Int { places.count }

  /// The entry of a number, from 0.
  /// - Throws: ``ConnectorError`` that names file and entry if it cannot be read.
  package func entry(_ number: Int) throws(ConnectorError) -> HAREntry {
    do {
      return try HAREntry(JSONValue(parsing: try source.bytes(places[number])))
    } catch {
      var place = path
      if let error = error as? JSONError, let found = try? self.place(of: error, behind: places[number].lowerBound) {
        place = found
      }
      throw ConnectorError(.config, "Entry \(number + 1) of the recording \(place) cannot be read: \(Self.words(error))")
    }
  }

  /// `file:line:column` of an error in a part of the text that begins at `start`.
  private func place(of error: JSONError, behind start: Int) throws -> String {
    var (line, column) = (1, 1)
    var position = 0
    while position < start {
      let piece = try source.bytes(position..<min(start, position + Self.pieceSize))
      if piece.isEmpty { break }
      position += piece.count
      for byte in piece {
        if byte == UInt8(ascii: "\n") { (line, column) = (line + 1, 1) } else if byte & 0xC0 != 0x80 { column += 1 }
      }
    }
    return "\(path):\(line + error.line - 1):\(error.line == 1 ? column + error.column - 1 : error.column)"
  }

  /// The text of an entry as it is in the file.
  package func text(of number: Int) throws(ConnectorError) -> [UInt8] {
    do { return try source.bytes(places[number]) } catch { throw Self.unreadable(path, error) }
  }

  private static func source(_ path: String) throws -> Source {
    let file = try Descriptor(open(path, O_RDONLY | O_CLOEXEC))
    guard try file.status().st_mode & S_IFMT == S_IFREG else { throw HARShapeError(description: "it is not a file") }
    guard try file.bytes(at: 0, count: 2) == [0x1F, 0x8B] else { return .file(file) }
    let text = try TemporaryFile()
    let inflater = try Inflater(.gzip)
    var position = 0
    while true {
      let piece = try file.bytes(at: position, count: pieceSize)
      if piece.isEmpty { break }
      var used = 0
      do {
        used = try piece.withUnsafeBytes { piece in try inflater.inflate(piece) { try text.append(Data($0)) } }
      } catch is InflateError where text.size > 0 {
        // What follows a part that was not written completely is of no use.
        break
      }
      position += used
      if inflater.isFinished { inflater.reset() } else if used == 0 { break }
    }
    return .inflated(text)
  }

  /// What surrounds the entries.
  private static func frame(
    _ source: Source, start: Int, end: Int?, size: Int
  ) throws -> (log: JSONObject, isCutOff: Bool) {
    guard start <= longestFrame, size - (end ?? size) <= longestFrame else {
      throw HARShapeError(description: "what surrounds its entries is too long")
    }
    let head = try source.bytes(0..<start)
    if let end, let whole = try? JSONValue(parsing: head + source.bytes(end..<size)) {
      return (whole["log"]?.object ?? [:], false)
    }
    return (try JSONValue(parsing: head + Array("]}}".utf8))["log"]?.object ?? [:], true)
  }

  private static func words(_ error: any Error) -> String {
    switch error {
    case let error as ConnectorError: error.sentence
    // The place is in front.
    case let error as JSONError: error.message
    default: "\(error)"
    }
  }

  private static func unreadable(_ path: String, _ error: any Error) -> ConnectorError {
    let place = (error as? JSONError).map { "\(path):\($0.line):\($0.column)" } ?? path
    return ConnectorError(.config, "The recording \(place) cannot be read as a HAR file: \(words(error))")
  }
}
