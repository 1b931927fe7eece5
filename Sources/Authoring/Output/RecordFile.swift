import Bytes
import Essentials
import JSON

/// The file of one stream's records while it is read. A new one is written beside the old one, and takes its place when its records count.
struct RecordFile: Sendable {
  /// How long the file is, in bytes.
  private(set) var length: Int
  private let path: String
  private let descriptor: Descriptor
  /// The path that a new file has until it is published.
  private var draft: String?
  private var form: any RecordForm

  /// What a file that was not published is called.
  static func draftPath(of path: String) -> String {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    return path.dropLast(name.count) + ".\(name).part"
  }

  /// Opens a file to write behind what a state covers. What follows that was left by a read that was interrupted, and is read again.
  /// A file that is shorter was taken away or changed since: the records go behind what is there.
  /// - Parameter covered: how many bytes of the file the state covers.
  /// - Throws: ``FileError``
  init(continuing path: String, covered: Int, _ form: some RecordForm) throws {
    descriptor = try Descriptor(open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666))
    length = Int(try descriptor.status().st_size)
    if length > covered {
      guard ftruncate(descriptor.number, off_t(covered)) == 0 else { throw FileError.system() }
      length = covered
    }
    guard lseek(descriptor.number, 0, SEEK_END) >= 0 else { throw FileError.system() }
    self.path = path
    self.form = form
    try append(try self.form.beginning(of: descriptor, length: length))
  }

  /// Begins a new file.
  /// - Throws: ``FileError``
  init(new path: String, _ form: some RecordForm) throws {
    guard !Folders.isFolder(path) else { throw FileError.system(EISDIR) }
    let draft = Self.draftPath(of: path)
    descriptor = try Descriptor(open(draft, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666))
    length = 0
    self.path = path
    self.draft = draft
    self.form = form
    try append(try self.form.beginning(of: descriptor, length: 0))
  }

  /// Whether the file has its name.
  var isPublished: Bool { draft == nil }

  /// Writes lines of JSON, a record each.
  /// - Throws: ``FileError``
  mutating func add(_ lines: UnsafeRawBufferPointer) throws { try append(try form.encoded(lines)) }

  /// Makes everything that was added outlast a crash of the system.
  /// - Throws: ``FileError``
  mutating func settle() throws {
    try append(try form.end())
    guard fsync(descriptor.number) == 0 else { throw FileError.system() }
  }

  /// Gives a new file its name, in the place of the one before.
  /// - Throws: ``FileError``
  mutating func publish(as name: String? = nil) throws {
    guard let draft else { return }
    guard rename(draft, name ?? path) == 0 else { throw FileError.system() }
    self.draft = nil
  }

  /// Removes a new file that has no name yet.
  func discard() { if let draft { unlink(draft) } }

  private mutating func append(_ bytes: [UInt8]) throws {
    guard !bytes.isEmpty else { return }
    try descriptor.write(bytes)
    length += bytes.count
  }
}

/// How records are written in a file.
protocol RecordForm: Sendable {
  /// What is to be written first, behind `length` bytes that are there.
  /// - Throws: ``FileError``
  mutating func beginning(of file: Descriptor, length: Int) throws -> [UInt8]
  /// Records in this form; what is missing of them comes with ``end()``.
  /// - Parameter lines: a JSON object a line.
  mutating func encoded(_ lines: UnsafeRawBufferPointer) throws -> [UInt8]
  /// What makes the file complete up to here.
  mutating func end() throws -> [UInt8]
}

/// A JSON object a line.
struct JSONLinesForm: RecordForm {
  func beginning(of file: Descriptor, length: Int) throws -> [UInt8] {
    // Somebody's editor may have left the last line open.
    guard length > 0, try file.bytes(at: length - 1, count: 1) != [UInt8(ascii: "\n")] else { return [] }
    return [UInt8(ascii: "\n")]
  }

  func encoded(_ lines: UnsafeRawBufferPointer) -> [UInt8] { Array(lines) }

  func end() -> [UInt8] { [] }
}
