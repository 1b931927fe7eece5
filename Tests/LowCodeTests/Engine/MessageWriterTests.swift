import AirbyteProtocol
import Foundation
import JSON
import Synchronization
import Testing

@testable import ConnectorModel
@testable import Engine
@testable import Secrets

/// Collects what is written; refuses after a number of lines, as a closed pipe does.
final class CollectedOutput: LineOutput {
  private let text = Mutex("")
  private let limit: Int

  init(limit: Int = .max) { self.limit = limit }

  var lines: [String] { text.withLock { $0.split(separator: "\n").map(String.init) } }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    guard lines.count < limit else { throw OutputClosed(code: EPIPE) }
    text.withLock { $0 += String(decoding: bytes, as: UTF8.self) }
  }
}

@Suite struct MessageWriterTests {
  private let output = CollectedOutput()
  private let stream = StreamDescriptor(name: "books")

  private func writer(_ output: CollectedOutput? = nil, mask: SecretMask = SecretMask()) -> MessageWriter {
    MessageWriter(output: output ?? self.output, mask: mask, now: { 1_740_830_400_123_456 })
  }

  private func write(_ texts: [String], to writer: MessageWriter) throws {
    let records = try texts.map { Record(try JSONDocument(parsing: $0).root) }
    try RecordEncoder(stream: stream).encode(records, time: 1_740_830_400_123) { lines, count in
      try writer.records(lines, count: count, of: stream)
    }
  }

  @Test func recordsAreAnnouncedOnceAndCounted() throws {
    let writer = writer()
    try write([#"{"id": 1, "gone": null, "kept": {"n": null}}"#, #"{"id":2}"#], to: writer)
    try writer.state(of: stream) { ["cursor": "x"] }
    try write([#"{"id":3}"#], to: writer)
    try writer.state(of: stream) { ["cursor": "y"] }
    try writer.state(of: stream) { nil }
    #expect(
      output.lines == [
        #"{"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1740830400123.456,"stream_status":"#
          + #"{"stream_descriptor":{"name":"books"},"status":"RUNNING"}}}"#,
        #"{"type":"RECORD","record":{"stream":"books","data":{"id":1,"kept":{"n":null}},"emitted_at":1740830400123}}"#,
        #"{"type":"RECORD","record":{"stream":"books","data":{"id":2},"emitted_at":1740830400123}}"#,
        #"{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"books"},"#
          + #""stream_state":{"cursor":"x"}},"sourceStats":{"recordCount":2.0}}}"#,
        #"{"type":"RECORD","record":{"stream":"books","data":{"id":3},"emitted_at":1740830400123}}"#,
        #"{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"books"},"#
          + #""stream_state":{"cursor":"y"}},"sourceStats":{"recordCount":1.0}}}"#,
      ])
  }

  @Test func logsAndErrorsAreMasked() throws {
    let mask = SecretMask()
    mask.hide("hunter2-password")
    let writer = writer(mask: mask)
    writer.log(.info, "the password is hunter2-password")
    writer.error(ConnectorError(.transient, "bad hunter2-password", internalMessage: "Basic aHVudGVyMi1wYXNzd29yZA=="))
    try writer.connectionStatus(succeeded: false, message: "hunter2-password refused")
    #expect(output.lines.count == 3)
    #expect(output.lines.allSatisfy { $0.contains("****") && !$0.contains("hunter2") && !$0.contains("aHVudGVy") })
  }

  @Test func aClosedOutputStaysClosed() throws {
    let output = CollectedOutput(limit: 1)
    let writer = writer(output)
    try writer.status(stream, .started)
    #expect(throws: OutputClosed.self) { try writer.status(stream, .complete) }
    #expect(writer.isClosed)
    #expect(throws: OutputClosed.self) { try writer.status(stream, .complete) }
    #expect(output.lines.count == 1)
  }

  @Test func catalogLinesHaveTheProtocolsOrder() throws {
    var described = AirbyteStream(
      name: "books", jsonSchema: ["type": "object"], supportedSyncModes: [.fullRefresh, .incremental])
    described.sourceDefinedCursor = true
    described.defaultCursorField = ["updated_at"]
    described.sourceDefinedPrimaryKey = [["id"]]
    described.isResumable = true
    described.isFileBased = false
    try writer().catalog([described])
    #expect(
      output.lines == [
        #"{"type":"CATALOG","catalog":{"streams":[{"name":"books","json_schema":{"type":"object"},"#
          + #""supported_sync_modes":["full_refresh","incremental"],"source_defined_cursor":true,"default_cursor_field":["updated_at"],"#
          + #""source_defined_primary_key":[["id"]],"is_resumable":true,"is_file_based":false}]}}"#
      ])
  }
}
