import AirbyteProtocol
import Bytes
import Components
import ConnectorModel
import Engine
import Essentials
import JSON
import Secrets
import Synchronization

/// A folder with a file of records for each stream, and the state that the next read continues from.
///
/// A read that is interrupted at any point loses nothing: the records of a stream outlast a crash before its state does, and what
/// follows the last state is removed when the next read continues from it. The file of a stream that is read from its beginning is
/// replaced when the new one is complete, or when a state covers it.
package final class RecordFolder: RecordOutput {
  /// How a stream's file ended.
  package struct Result: Sendable {
    /// The file's path.
    package let path: String
    package let stream: String
    /// Whether it holds what was asked for.
    package let isComplete: Bool
  }

  /// A stream that is being read.
  private struct Open: Sendable {
    var file: RecordFile
    /// The last state, where it is not saved yet.
    var pending: JSONObject?
  }

  private struct Contents: Sendable {
    var places: SavedPlaces
    /// The streams whose files are written on.
    var continued: Set<StreamDescriptor> = []
    var open: [StreamDescriptor: Open] = [:]
    /// What the source keeps for all streams together, where it is not saved yet.
    var pendingShared: JSONObject?
    /// When states were saved last, in microseconds.
    var saved: Int64 = 0
    var results: [Result] = []
  }

  /// States are saved this often at most, in microseconds: each time waits for the disk.
  private static let pause: Int64 = 1_000_000

  private let path: String
  private let format: RecordFormat
  private let now: @Sendable () -> Int64
  /// Is locked as long as the folder is written to.
  private let folder: Descriptor
  private let contents: Mutex<Contents>

  /// - Parameters:
  ///   - path: the folder, which is made if it is not there.
  ///   - keepsStates: whether a later read continues from this one. If not, the folder must be one without a state: its records would
  ///     lie among those that a state covers.
  ///   - now: the time in microseconds since 1970.
  /// - Throws: ``ConnectorError`` where the folder cannot be written to, or its state cannot be used.
  package init(
    _ path: String, format: RecordFormat, keepsStates: Bool = true, now: @escaping @Sendable () -> Int64
  ) throws {
    self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    self.format = format
    self.now = now
    do { try Folders.make(path) } catch {
      throw ConnectorError(
        .config, "The folder \(path.isEmpty ? "``" : path) cannot be made: \(error). Name another folder for the records")
    }
    do {
      folder = try Descriptor(folder: path)
    } catch {
      throw ConnectorError(.config, "The folder \(path) cannot be used: \(error)")
    }
    guard flock(folder.number, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK else {
      throw ConnectorError(
        .config, "Another read is writing to the folder \(path): wait until it has ended, or name another folder")
    }
    let places = try SavedPlaces(in: self.path)
    guard keepsStates || places.streams.isEmpty else {
      throw ConnectorError(
        .config,
        "The folder \(path) has a state, which a range of time must not touch: name another folder for what is read in it")
    }
    contents = Mutex(Contents(places: places))
  }

  /// Whether a path is, or may be, that of a file that a folder of records consists of.
  package static func isOwn(_ path: String, of folder: String, format: RecordFormat) -> Bool {
    func place(_ path: String) -> URL { URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath() }
    let name = path.split(separator: "/").last.map(String.init) ?? ""
    guard name == SavedPlaces.fileName || name.hasSuffix(".\(format.rawValue)") else { return false }
    return place(path).deletingLastPathComponent().path == place(folder).path
  }

  /// The states that earlier reads left, by stream.
  package var states: ByName<JSONObject> { contents.withLock { SourceState(of: $0.places).named } }

  /// Says which streams go on from their states, so that their records are put behind those that are there.
  package func continuing(_ streams: [String]) {
    contents.withLock { $0.continued = Set(streams.map { StreamDescriptor(name: $0) }) }
  }

  /// What a read of some streams continues from: their records are put behind those that are there.
  package func resume(_ streams: [ConfiguredStream]) -> SourceState {
    let incremental = Set(streams.filter { $0.syncMode == .incremental }.map(\.descriptor))
    return contents.withLock { contents in
      var state = SourceState(of: contents.places)
      state.streams = state.streams.filter { incremental.contains($0.key) }
      let own = state.streams.filter { $0.value[FinalStateCursor.stateKey] == nil }.map(\.key)
      contents.continued = Set(own)
      if state.shared != nil { contents.continued.formUnion(incremental.filter { contents.places.streams[$0] != nil }) }
      return state
    }
  }

  /// The files that were written, in the order in which their streams ended.
  package var results: [Result] { contents.withLock(\.results) }

  // MARK: What a read writes

  package func begin(_ stream: StreamDescriptor, schema: JSONObject) throws {
    // What is in the way of one stream's file is nothing to the others.
    try change(stream, failing: { Self.unusable(file(of: stream), of: stream, $0) }) { contents in
      let path = file(of: stream)
      let covered = contents.continued.contains(stream) ? contents.places.streams[stream]?.length : nil
      let file =
        if let covered { try RecordFile(continuing: path, covered: covered, form(schema)) } else {
          try RecordFile(new: path, form(schema))
        }
      contents.open[stream] = Open(file: file)
    }
  }

  package func put(_ lines: UnsafeRawBufferPointer, of stream: StreamDescriptor) throws {
    try change(stream) { contents in try contents.open[stream]?.file.add(lines) }
  }

  package func keep(_ state: JSONObject, of stream: StreamDescriptor) throws {
    try change(stream) { contents in
      guard contents.open[stream] != nil else {
        // Before the stream begins: it forgets the state of the last read.
        contents.continued.remove(stream)
        return
      }
      contents.open[stream]?.pending = state
      // Of a stream without a cursor, the state says just that: its file counts when all of it is there.
      guard state[FinalStateCursor.stateKey] == nil, now() - contents.saved >= Self.pause else { return }
      try save(stream, &contents)
    }
  }

  package func keep(shared state: JSONObject?) throws {
    do {
      try contents.withLock { contents in
        contents.pendingShared = state ?? [:]
        guard now() - contents.saved >= Self.pause else { return }
        try saveShared(&contents)
      }
    } catch let error as FileError {
      throw OutputClosed(code: error.code ?? EIO, file: "\(path)/\(SavedPlaces.fileName)")
    }
  }

  package func end(_ stream: StreamDescriptor, isComplete: Bool) throws {
    try change(stream) { contents in
      guard let open = contents.open[stream] else { return }
      var path = file(of: stream)
      let incomplete = Self.incomplete(path)
      let hasCursor = open.pending.map { $0[FinalStateCursor.stateKey] == nil } ?? false
      if open.pending != nil, isComplete || hasCursor { try save(stream, &contents) }
      if contents.pendingShared != nil { try saveShared(&contents) }
      try contents.open[stream]?.file.settle()
      if contents.open[stream]?.file.isPublished == false {
        // Either as many records as were asked for, or what was read before the stream failed: beside the file of the last read.
        if isComplete {
          try publish(stream, &contents)
        } else {
          path = incomplete
          try contents.open[stream]?.file.publish(as: path)
        }
      }
      if isComplete { unlink(incomplete) }
      contents.open[stream] = nil
      contents.results.append(Result(path: path, stream: stream.name, isComplete: isComplete))
    }
  }

  /// Saves the last state of a stream, once its records are safe.
  private func save(_ stream: StreamDescriptor, _ contents: inout Contents) throws {
    guard let state = contents.open[stream]?.pending else { return }
    try settle(stream, state, &contents)
    try contents.places.save(fileName(of:))
    contents.saved = now()
  }

  /// Saves what is kept for all streams together, once the records of all of them are safe.
  private func saveShared(_ contents: inout Contents) throws {
    guard let shared = contents.pendingShared else { return }
    contents.pendingShared = nil
    for (stream, open) in contents.open { try settle(stream, open.pending ?? contents.places.streams[stream]?.state, &contents) }
    contents.places.shared = shared
    try contents.places.save(fileName(of:))
    contents.saved = now()
  }

  /// Makes the records of a stream safe, and notes where it is.
  private func settle(_ stream: StreamDescriptor, _ state: JSONObject?, _ contents: inout Contents) throws {
    contents.open[stream]?.pending = nil
    try contents.open[stream]?.file.settle()
    if contents.open[stream]?.file.isPublished == false { try publish(stream, &contents) }
    contents.places.set(SavedPlaces.Place(state: state, length: contents.open[stream]?.file.length ?? 0), of: stream)
  }

  /// Puts the new file of a stream in the place of the old one. The old one's state goes first: it says nothing about the new one.
  private func publish(_ stream: StreamDescriptor, _ contents: inout Contents) throws {
    if contents.places.streams[stream] != nil {
      contents.places.set(nil, of: stream)
      try contents.places.save(fileName(of:))
    }
    try contents.open[stream]?.file.publish()
  }

  /// - Parameter failing: the error of a stream that cannot be written by itself; nil where nothing more can be written at all.
  private func change(
    _ stream: StreamDescriptor, failing: (FileError) -> ConnectorError? = { _ in nil },
    _ body: (inout Contents) throws -> Void
  ) throws {
    do {
      try contents.withLock { try body(&$0) }
    } catch let error as FileError {
      throw failing(error) ?? OutputClosed(code: error.code ?? EIO, file: file(of: stream))
    }
  }

  /// Of a file whose place is taken by something else; nil for other failures.
  private static func unusable(_ file: String, of stream: StreamDescriptor, _ error: FileError) -> ConnectorError? {
    guard let code = error.code, [EISDIR, EACCES, EPERM, ELOOP, ENAMETOOLONG].contains(code) else { return nil }
    return ConnectorError(
      .config,
      "The stream `\(stream.name)` has no file: \(file) cannot be written (\(error)). Remove what is there, or name another folder"
    )
  }

  private func form(_ schema: JSONObject) -> any RecordForm {
    switch format {
    case .jsonLines: JSONLinesForm()
    case .csv: CSVForm(columns: schema["properties"]?.object.map { Array($0.keys) } ?? [])
    case .compressed: CompressedForm()
    }
  }

  // MARK: Names

  private func file(of stream: StreamDescriptor) -> String { "\(path)/\(fileName(of: stream))" }

  private func fileName(of stream: StreamDescriptor) -> String {
    "\(Self.name(of: (stream.namespace.map { "\($0)." } ?? "") + stream.name)).\(format.rawValue)"
  }

  private static func incomplete(_ path: String) -> String {
    let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    return path.dropLast(name.count) + "incomplete.\(name)"
  }

  /// The name of a stream as a file can have it: what has a meaning in paths, and what nobody sees, is written as in addresses. Of a
  /// long one, the end is a digest.
  static func name(of stream: String) -> String {
    let name = written(stream)
    guard name.utf8.count > longestName else { return name }
    // Two long names may begin alike.
    var beginning = name
    while beginning.utf8.count > longestName { beginning.removeLast() }
    return "\(beginning)-\(HashFunction.sha256.hash(stream.utf8).hexadecimal.prefix(16))"
  }

  /// A file's name has 255 bytes at most, of which endings and marks take some.
  private static let longestName = 180

  private static func written(_ stream: String) -> String {
    var name = ""
    for scalar in stream.unicodeScalars {
      let isPlain = scalar != "/" && scalar != "\\" && scalar != "%" && !TerminalText.isUnsafe(scalar)
      if isPlain, !(name.isEmpty && scalar == ".") {
        name.unicodeScalars.append(scalar)
      } else {
        for byte in String(scalar).utf8 { name += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true) }
      }
    }
    return name
  }
}

extension SourceState {
  /// What the files of a folder continue from.
  fileprivate init(of places: SavedPlaces) {
    self.init()
    streams = places.streams.compactMapValues(\.state)
    shared = places.shared
  }
}
