import Bytes
import DequeModule
import Essentials
import HTTP
import JSON

/// Writes a HAR file entry by entry, plain or as gzip. The file is complete after each of them, so that it can be read however the
/// program ends; a gzip file then lacks the latest 64 KB of text at most.
///
/// With a limit, entries that are too many are dropped from the beginning.
final class HARWriter {
  private static let gathered = 64 * 1024
  private static let separator = Array(",\n".utf8)
  private static let end = Array("\n]}}\n".utf8)

  private let path: String
  private let limit: Int?
  private let isCompressed: Bool
  private var file: Descriptor
  /// What is before the entries, as it is in the file.
  private let head: [UInt8]
  /// Where the parts of the list are in the file. A part is an entry, or some entries that are compressed together.
  private var parts: Deque<Range<Int>> = []
  /// Entries that are not compressed yet, with a separator before each.
  private var waiting: [UInt8] = []
  private(set) var dropped = 0

  /// - Parameters:
  ///   - log: the fields of `log` that come before the entries.
  ///   - limit: how large the file may become, in bytes.
  /// - Throws: ``FileError``, or ``HARShapeError`` if the file is something else, or another run writes it.
  init(path: String, log: JSONObject, limit: Int?) throws {
    self.path = path
    self.limit = limit
    isCompressed = path.hasSuffix(".gz")
    let text = Array(#"{"log":"#.utf8) + Array(JSONValue.object(log).jsonText.utf8.dropLast()) + Array(#","entries":["#.utf8)
    head = try isCompressed ? Self.compressed(text) : text
    // What an API answers is nothing for others on the machine.
    file = try Descriptor(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
    try file.reserve()
    guard try file.mayBeRecording() else {
      throw HARShapeError(
        description: "there is a file of that name that is no recording. Give another name, or remove that file")
    }
    // Nor is it in the place of a file that was open to others.
    guard fchmod(file.number, 0o600) == 0 else { throw FileError.system() }
    try file.put(head + ending(Self.end), at: 0)
  }

  private var position: Int { parts.last?.upperBound ?? head.count }

  /// Adds an entry.
  /// - Throws: ``FileError``.
  func add(_ entry: [UInt8]) throws {
    if isCompressed {
      waiting += Self.separator + entry
      if waiting.count >= Self.gathered { try addCompressed() }
    } else {
      try add(
        part: (parts.isEmpty ? Array("\n".utf8) : Self.separator) + entry, separator: parts.isEmpty ? 1 : Self.separator.count)
    }
  }

  /// Completes the file.
  /// - Parameter log: the fields of `log` that come after the entries.
  /// - Throws: ``FileError``.
  func finish(_ log: JSONObject) throws {
    try addCompressed()
    var end = Array("\n]".utf8)
    if !log.isEmpty { end += Array(",".utf8) + Array(JSONValue.object(log).jsonText.utf8.dropFirst().dropLast()) }
    try file.put(try ending(end + Array("}}\n".utf8)), at: position)
  }

  private func addCompressed() throws {
    guard !waiting.isEmpty else { return }
    if parts.isEmpty { waiting.removeFirst() }
    try add(part: try Self.compressed(waiting), separator: 0)
    waiting.removeAll(keepingCapacity: true)
  }

  private func add(part: [UInt8], separator: Int) throws {
    let start = position
    try file.put(part + ending(Self.end), at: start)
    parts.append((start + separator)..<(start + part.count))
    if let limit, position > limit { try shorten(to: limit / 2) }
  }

  private func ending(_ text: [UInt8]) throws -> [UInt8] { isCompressed ? try Self.compressed(text) : text }

  /// Keeps the last parts, in a file that replaces the present one.
  private func shorten(to size: Int) throws {
    var kept = parts
    while kept.count > 1, (kept.last?.upperBound ?? 0) - (kept.first?.lowerBound ?? 0) > size { kept.removeFirst() }
    guard kept.count < parts.count else { return }
    dropped += parts.count - kept.count
    let temporary = path + ".new"
    let shorter = try Descriptor(open(temporary, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600))
    do {
      try shorter.reserve()
      try shorter.put(head, at: 0)
      parts = []
      for (number, place) in kept.enumerated() {
        var text = try file.bytes(at: place.lowerBound, count: place.count)
        if isCompressed {
          if number == 0 { text = try Self.withoutSeparator(text) }
        } else {
          text = (number == 0 ? Array("\n".utf8) : Self.separator) + text
        }
        let start = position
        try shorter.put(text, at: start)
        parts.append((start + text.count - (isCompressed ? text.count : place.count))..<(start + text.count))
      }
      try shorter.put(try ending(Self.end), at: position)
      guard rename(temporary, path) == 0 else { throw FileError.system() }
    } catch {
      unlink(temporary)
      throw error
    }
    file = shorter
  }

  private static func compressed(_ text: [UInt8]) throws -> [UInt8] {
    var packed: [UInt8] = []
    let compressor = try Compressor { packed += $0 }
    try compressor.add(text)
    try compressor.finish()
    return packed
  }

  /// The first part of a list has no separator before it.
  private static func withoutSeparator(_ part: [UInt8]) throws -> [UInt8] {
    var text: [UInt8] = []
    _ = try part.withUnsafeBytes { part in try Inflater(.gzip).inflate(part) { text += $0 } }
    return try compressed(text.first == UInt8(ascii: ",") ? Array(text.dropFirst()) : text)
  }
}

extension Descriptor {
  /// Keeps other runs from writing the file until it is closed.
  fileprivate func reserve() throws {
    guard flock(number, LOCK_EX | LOCK_NB) != 0 else { return }
    if errno == EWOULDBLOCK { throw HARShapeError(description: "another run records into it. Give each run a file of its own") }
    // File systems without locks, and devices, are written all the same.
  }

  /// Whether a file is empty, or begins as a HAR file or one in gzip does: else it is not to be overwritten.
  fileprivate func mayBeRecording() throws(FileError) -> Bool {
    guard try status().st_mode & S_IFMT == S_IFREG else { return true }
    let start = try bytes(at: 0, count: 64)
    return start.isEmpty || start.starts(with: [0x1F, 0x8B]) || start.filter { $0 > 0x20 }.starts(with: #"{"log":"#.utf8)
  }

  /// Writes bytes from `offset` on, and ends the file behind them.
  fileprivate func put(_ bytes: [UInt8], at offset: Int) throws(FileError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { bytes in
        pwrite(number, bytes.baseAddress?.advanced(by: written), bytes.count - written, off_t(offset + written))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .system() }
      written += count
    }
    guard ftruncate(number, off_t(offset + bytes.count)) == 0 else { throw .system() }
  }
}
