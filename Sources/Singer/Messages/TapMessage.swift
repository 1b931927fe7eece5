import JSON

/// A message of a tap as values: those that are rare, and records that are not written as usual.
enum TapMessage: Sendable {
  case record(stream: String, JSONView, timeExtracted: String?)
  case schema(SchemaMessage)
  /// What the tap wants to continue from.
  case state(JSONValue)
  /// Records of earlier versions of the stream are no longer there.
  case activateVersion(stream: String, version: Int?)
  case batch(BatchMessage)
  /// A type that Singer does not have.
  case other(type: String)

  /// Reads a line.
  /// - Throws: ``TapLineError``.
  init(parsing line: UnsafeBufferPointer<UInt8>) throws(TapLineError) {
    let document: JSONDocument
    do { document = try JSONDocument(parsing: UnsafeRawBufferPointer(line)) } catch { throw TapLineError(line, error) }
    let message = document.root
    guard message.kind == .object, var type = message["type"]?.string else { throw .noMessage }
    let kind = type.withUTF8 { LineScanner.kind($0) }
    func stream() throws(TapLineError) -> String {
      guard let stream = message["stream"]?.string else { throw .broken("a \(type) message has no `stream`") }
      return stream
    }
    switch kind {
    case .record:
      guard let record = message["record"], record.kind == .object else {
        throw .broken("a RECORD message has no object as its `record`")
      }
      self = .record(stream: try stream(), record, timeExtracted: message["time_extracted"]?.string)
    case .schema: self = .schema(SchemaMessage(stream: try stream(), message))
    case .state:
      guard let value = message["value"] else { throw .broken("a STATE message has no `value`") }
      self = .state(value.value)
    case .activateVersion: self = .activateVersion(stream: try stream(), version: message["version"]?.int)
    case .batch: self = .batch(try BatchMessage(stream: try stream(), message))
    case .other: self = .other(type: type)
    }
  }
}

/// Why a line of a tap's output cannot be used.
enum TapLineError: Error, Sendable, Hashable {
  /// It is no message: something that the tap, or a library of it, prints where only messages belong.
  case noMessage
  /// It was to be a message, and what it says is lost. The phrase says what is wrong.
  case broken(String)

  /// A line that is not JSON. One that begins like a message was to be one.
  init(_ line: UnsafeBufferPointer<UInt8>, _ error: JSONError) {
    let first = line.first { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }
    self = first == UInt8(ascii: "{") ? .broken("it is not JSON: \(error.message) at column \(error.column)") : .noMessage
  }
}

/// What a SCHEMA message says.
struct SchemaMessage: Sendable, Hashable {
  var stream: String
  var schema: JSONObject
  /// The names of the fields that make the primary key.
  var keyProperties: [String]
  /// The fields that a later read continues by.
  var bookmarkProperties: [String]

  init(stream: String, _ message: JSONView) {
    self.stream = stream
    schema = message["schema"]?.value.object ?? [:]
    keyProperties = message["key_properties"]?.elements.compactMap(\.string) ?? []
    bookmarkProperties = message["bookmark_properties"]?.elements.compactMap(\.string) ?? []
  }
}

/// What a BATCH message says: the records of a stream are in files.
struct BatchMessage: Sendable, Hashable {
  /// How the files are compressed.
  enum Compression: String, Sendable { case none, gzip }

  var stream: String
  var compression: Compression
  /// The URLs of the files, each of which has a record a line.
  var files: [String]

  /// - Throws: ``TapLineError`` where the files are of a form that cannot be read.
  init(stream: String, _ message: JSONView) throws(TapLineError) {
    self.stream = stream
    let format = message["encoding"]?["format"]?.string ?? "jsonl"
    guard format.lowercased() == "jsonl" else {
      throw .broken(
        "a BATCH message has files of the format `\(format)`, and only `jsonl` can be read: set the tap to write that")
    }
    let compression = message["encoding"]?["compression"]?.string?.lowercased() ?? "none"
    guard let known = Compression(rawValue: compression) else {
      throw .broken("a BATCH message has files that are compressed by `\(compression)`, and only `gzip` or `none` can be read")
    }
    self.compression = known
    guard let files = message["manifest"]?.elements.compactMap(\.string) else {
      throw .broken("a BATCH message has no list of files as its `manifest`")
    }
    self.files = files
  }
}
