import CZlib
import ConnectorModel
import Essentials
import HTTP

/// What is wrong with a zip archive.
struct ZipError: Error, CustomStringConvertible {
  let description: String
  /// Whether the archive begins as one and has no end.
  let isCutOff: Bool

  init(_ description: String, isCutOff: Bool = false) {
    self.description = description
    self.isCutOff = isCutOff
  }
}

/// The directory of a zip archive (PKWARE's APPNOTE.TXT 6.3.10, §4.3), and the way to its files.
struct ZipArchive {
  /// A file in an archive.
  struct Entry {
    var name: String
    fileprivate var rawName: [UInt8]
    fileprivate var flags: Int
    fileprivate var method: Int
    fileprivate var checksum: UInt32
    fileprivate var packedSize: Int
    fileprivate var size: Int
    fileprivate var offset: Int
  }

  /// The files in the order of the directory. A name that appears twice means its last file both times, as in Python.
  let entries: [Entry]
  private let file: TemporaryFile
  /// What is before the archive in the file.
  private let start: Int

  /// - Parameter limit: the size of the directory.
  init(_ file: TemporaryFile, limit: Limit) throws {
    self.file = file
    let (directory, size, start) = try Self.directory(of: file)
    self.start = start
    guard size <= limit.value else { throw ZipError("its directory has \(limit.excess)") }
    let entries = try Self.entries(Fields(try file.read(at: start + directory, count: size)))
    var last: [[UInt8]: Int] = [:]
    for (index, entry) in entries.enumerated() { last[entry.rawName] = index }
    self.entries = entries.map { last[$0.rawName].map { entries[$0] } ?? $0 }
    try Self.checkPlaces(self.entries)
  }

  /// Files that overlap can hold far more than the archive.
  private static func checkPlaces(_ entries: [Entry]) throws {
    let places = Set(entries.map { $0.offset..<($0.offset + 30 + $0.packedSize) }).sorted { $0.lowerBound < $1.lowerBound }
    for (place, next) in zip(places, places.dropFirst()) where place.upperBound > next.lowerBound {
      throw ZipError("its files overlap")
    }
  }

  /// Where the directory is in the archive, how long it is, and where the archive begins in the file.
  private static func directory(of file: TemporaryFile) throws -> (offset: Int, size: Int, start: Int) {
    let tailSize = min(file.size, 65_557)
    let tail = Fields(try file.read(at: file.size - tailSize, count: tailSize))
    var at = tailSize - 22
    while at >= 0, tail.uint32(at) != 0x0605_4B50 { at -= 1 }
    guard at >= 0 else {
      let start = Fields(try file.read(at: 0, count: 4))
      throw ZipError("it is not a zip file", isCutOff: start.uint32(0) == 0x0403_4B50)
    }
    var size = tail.uint32(at + 12)
    var offset = tail.uint32(at + 16)
    var end = file.size - tailSize + at
    if at >= 20, tail.uint32(at - 20) == 0x0706_4B50 {
      let record = Fields(try file.read(at: end - 20 - 56, count: 56))
      guard record.uint32(0) == 0x0606_4B50, let longSize = record.uint64(40), let longOffset = record.uint64(48) else {
        throw ZipError("its end is damaged")
      }
      size = longSize
      offset = longOffset
      end -= 76
    }
    let start = end - size - offset
    guard size >= 0, offset >= 0, start >= 0 else { throw ZipError("its directory does not fit into it") }
    return (offset, size, start)
  }

  private static func entries(_ fields: Fields) throws -> [Entry] {
    var entries: [Entry] = []
    var at = 0
    while at < fields.count {
      guard fields.uint32(at) == 0x0201_4B50, at + 46 <= fields.count else { throw ZipError("its directory is damaged") }
      let nameLength = fields.uint16(at + 28)
      let extraLength = fields.uint16(at + 30)
      let next = at + 46 + nameLength + extraLength + fields.uint16(at + 32)
      guard next <= fields.count else { throw ZipError("its directory is cut off") }
      let rawName = fields.bytes(at + 46, nameLength)
      var entry = Entry(
        name: String(decoding: rawName, as: UTF8.self), rawName: rawName, flags: fields.uint16(at + 8),
        method: fields.uint16(at + 10), checksum: UInt32(truncatingIfNeeded: fields.uint32(at + 16)),
        packedSize: fields.uint32(at + 20), size: fields.uint32(at + 24), offset: fields.uint32(at + 42))
      try readLongFields(of: &entry, fields, at + 46 + nameLength, extraLength)
      entries.append(entry)
      at = next
    }
    return entries
  }

  /// Replaces the fields that do not fit into 32 bits by those of the ZIP64 extra field.
  private static func readLongFields(of entry: inout Entry, _ fields: Fields, _ start: Int, _ length: Int) throws {
    var at = start
    while at + 4 <= start + length {
      let size = fields.uint16(at + 2)
      if fields.uint16(at) == 1 {
        var value = at + 4
        func next() throws -> Int {
          guard value + 8 <= at + 4 + size, let long = fields.uint64(value) else { throw ZipError("its directory is damaged") }
          value += 8
          return long
        }
        if entry.size == 0xFFFF_FFFF { entry.size = try next() }
        if entry.packedSize == 0xFFFF_FFFF { entry.packedSize = try next() }
        if entry.offset == 0xFFFF_FFFF { entry.offset = try next() }
      }
      at += 4 + size
    }
  }

  /// Reads what a file holds, part by part.
  func reader(_ entry: Entry) throws -> Reader {
    let head = Fields(try file.read(at: start + entry.offset, count: 30))
    guard head.uint32(0) == 0x0403_4B50, head.count == 30 else { throw ZipError("its head is not where the directory says") }
    guard entry.flags & 1 == 0 else { throw ZipError("it is encrypted") }
    guard entry.method == 0 || entry.method == 8 else { throw ZipError("its compression method \(entry.method) is unknown") }
    return Reader(
      file: file, entry: entry, at: start + entry.offset + 30 + head.uint16(26) + head.uint16(28),
      inflater: entry.method == 8 ? try Inflater(.none) : nil)
  }

  /// A file of an archive while it is read.
  struct Reader {
    /// How much is read at a time.
    private static let pieceSize = 64 * 1024
    /// How much is unpacked at a time: a thousand times as much may come out.
    private static let packedSize = 512
    private let file: TemporaryFile
    private let entry: Entry
    private let inflater: Inflater?
    private var at: Int
    private var packedRest: Int
    /// What was read and not passed on yet.
    private var piece = Data()
    private var count = 0
    private var checksum: UInt = 0

    fileprivate init(file: TemporaryFile, entry: Entry, at: Int, inflater: Inflater?) {
      self.file = file
      self.entry = entry
      self.at = at
      self.inflater = inflater
      packedRest = entry.packedSize
      checksum = crc32(0, nil, 0)
    }

    /// The next part; nil at the end.
    mutating func next() throws -> Data? {
      while packedRest > 0 || !piece.isEmpty, inflater?.isFinished != true {
        if piece.isEmpty {
          piece = try file.read(at: at, count: min(packedRest, Self.pieceSize))
          guard !piece.isEmpty else { throw InflateError.truncated }
          at += piece.count
          packedRest -= piece.count
        }
        var out = Data()
        if let inflater {
          _ = try piece.prefix(Self.packedSize).withUnsafeBytes { try inflater.inflate($0) { out.append(contentsOf: $0) } }
          piece = piece.dropFirst(Self.packedSize)
        } else {
          swap(&out, &piece)
        }
        if out.isEmpty { continue }
        count += out.count
        checksum = out.withUnsafeBytes {
          crc32(checksum, $0.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(truncatingIfNeeded: $0.count))
        }
        return out
      }
      if let inflater, !inflater.isFinished { throw InflateError.truncated }
      guard UInt32(truncatingIfNeeded: checksum) == entry.checksum, count == entry.size else {
        throw ZipError("its checksum is wrong")
      }
      return nil
    }
  }
}

/// Little-endian numbers in bytes; what is outside reads as zero.
private struct Fields {
  private let data: [UInt8]

  init(_ data: Data) { self.data = Array(data) }

  var count: Int { data.count }

  func uint16(_ at: Int) -> Int { number(at, 2) }
  func uint32(_ at: Int) -> Int { number(at, 4) }

  /// Nil if the number is too large to be a size.
  func uint64(_ at: Int) -> Int? {
    let (low, high) = (number(at, 4), number(at + 4, 4))
    return high < 0x10_0000 ? high << 32 | low : nil
  }

  func bytes(_ at: Int, _ length: Int) -> [UInt8] { Array(data[min(at, count)..<min(at + length, count)]) }

  private func number(_ at: Int, _ size: Int) -> Int {
    guard at >= 0, at + size <= count else { return 0 }
    return (0..<size).reduce(0) { $0 | Int(data[at + $1]) << ($1 * 8) }
  }
}
