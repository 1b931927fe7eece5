import AirbyteProtocol
import ConnectorModel
import Engine
import JSON

/// A source in Swift that is made of streams: each describes and reads itself, and the rest is done here.
///
/// ```swift
/// struct Ledger: StreamedSource {
///   …
///   var streams: [any SourceStream] { [Bookings(path: path), Accounts(path: path)] }
/// }
/// ```
public protocol StreamedSource: SwiftSource {
  /// The streams, in the order in which they are listed and read.
  var streams: [any SourceStream] { get async throws }
}

/// A stream that is written in Swift.
public protocol SourceStream: Sendable {
  /// The stream's name.
  var name: String { get }
  /// The JSON schema of its records.
  var schema: JSONObject { get }
  /// The fields that make the primary key; empty without a word of its own.
  var primaryKey: [String] { get }
  /// The field by which the stream is read incrementally; nil if it is always read as a whole.
  var cursorField: String? { get }
  /// Reads the stream: gives its records to `output` and, if it has a cursor, states from which a later read continues.
  ///
  /// Whoever calls it begins and ends the stream. An error that is thrown ends the stream as not complete, and does not stop the others.
  /// - Parameter state: what the last state said; nil if the stream is read from its beginning.
  func read(from state: JSONObject?, to output: StreamOutput) async throws
}

extension SourceStream {
  public var primaryKey: [String] { [] }
  public var cursorField: String? { nil }

  /// The stream as `discover` lists it.
  public var described: AirbyteStream {
    var stream = AirbyteStream(
      name: name, jsonSchema: schema, supportedSyncModes: cursorField == nil ? [.fullRefresh] : [.fullRefresh, .incremental])
    if let cursorField {
      stream.sourceDefinedCursor = true
      stream.defaultCursorField = [cursorField]
    }
    if !primaryKey.isEmpty { stream.sourceDefinedPrimaryKey = primaryKey.map { [$0] } }
    stream.isResumable = cursorField != nil
    return stream
  }
}

extension StreamedSource {
  /// Reads a record of the first stream.
  public func check() async throws -> ConnectionStatus {
    guard let first = try await streams.first else { return .failure("The source has no streams") }
    do {
      try await FirstRecord.read(first)
      return .success
    } catch let error as ConnectorError {
      return .failure(error.sentence)
    }
  }

  public func discover() async throws -> [AirbyteStream] { try await streams.map(\.described) }

  /// Reads the streams one after another.
  public func read(_ request: ReadRequest, to output: SourceOutput) async throws {
    let known = try await streams
    for configured in request.streams {
      guard let stream = known.first(where: { $0.name.sameScalars(as: configured.descriptor.name) }) else {
        try output.unknown(configured, among: known.map(\.name))
        continue
      }
      let written = try output.begin(configured, schema: stream.schema)
      do {
        try await stream.read(from: request.state(of: configured), to: written)
        try await written.end()
      } catch is StreamOutput.Satisfied {
        try await written.end()
      } catch {
        if error is CancellationError || StreamOutput.isOver(error) { throw error }
        try await written.fail(error)
      }
    }
  }
}

/// Reads a stream no further than its first record.
private enum FirstRecord {
  static func read(_ stream: any SourceStream) async throws {
    let configured = ConfiguredStream(descriptor: StreamDescriptor(name: stream.name), syncMode: .fullRefresh)
    let output = SourceOutput.silent(ReadRequest([configured], limit: 1))
    let written = try output.begin(configured, schema: stream.schema)
    do { try await stream.read(from: nil, to: written) } catch is StreamOutput.Satisfied {}
  }
}
