import AirbyteProtocol
import JSON

/// Where records go without the messages around them: the lines of an output, or files.
///
/// The writer of messages calls it, one call at a time, in the order in which messages would be written.
package protocol RecordOutput: Sendable {
  /// A stream is read from here on.
  /// - Parameter schema: the JSON schema of its records.
  func begin(_ stream: StreamDescriptor, schema: JSONObject) throws
  /// Takes lines of JSON, a record of the stream each.
  func put(_ lines: UnsafeRawBufferPointer, of stream: StreamDescriptor) throws
  /// A later read continues behind what was put of the stream.
  func keep(_ state: JSONObject, of stream: StreamDescriptor) throws
  /// A later read continues behind what was put of all streams.
  /// - Parameter state: what the source keeps for all of them together.
  func keep(shared state: JSONObject?) throws
  /// Nothing more of the stream comes.
  /// - Parameter isComplete: whether all of it came.
  func end(_ stream: StreamDescriptor, isComplete: Bool) throws
}

/// The lines of records on their own, one after another, whichever stream they are of.
package struct RecordLines: RecordOutput {
  private let output: any LineOutput

  package init(_ output: any LineOutput) { self.output = output }

  package func begin(_ stream: StreamDescriptor, schema: JSONObject) {}

  package func put(_ lines: UnsafeRawBufferPointer, of stream: StreamDescriptor) throws { try output.write(lines) }

  package func keep(_ state: JSONObject, of stream: StreamDescriptor) {}

  package func keep(shared state: JSONObject?) {}

  package func end(_ stream: StreamDescriptor, isComplete: Bool) {}
}
