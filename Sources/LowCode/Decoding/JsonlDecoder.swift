import AirbyteProtocol
import Foundation
import JSON

/// Reads a body of lines, each of them a JSON text.
struct JsonlDecoder: Component, PartwiseDecoder {
  private let streamName: String
  private let log: any LogSink

  init(from node: ComponentNode, in context: BuildContext) throws {
    streamName = context.streamName
    log = context.runtime.log
  }

  func parser() -> any BodyParser { JSONLinesParser(streamName: streamName, log: log) }
}

/// Reads JSON lines. A line that is not JSON is told in a warning and left out, as the reference does.
private final class JSONLinesParser: BodyParser {
  private let streamName: String
  private let log: any LogSink
  /// The beginning of a line whose end is still to come.
  private var pending = ByteBuffer()

  init(streamName: String, log: any LogSink) {
    self.streamName = streamName
    self.log = log
  }

  func parse(_ bytes: UnsafeRawBufferPointer, into values: inout ParsedValues) throws {
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return pending.append(bytes) }
    pending.append(UnsafeRawBufferPointer(rebasing: bytes[...end]))
    let rest = bytes[(end + 1)...]
    var next = ByteBuffer(capacity: max(rest.count, bytes.count))
    next.append(UnsafeRawBufferPointer(rebasing: rest))
    swap(&pending, &next)
    try parse(lines: next, into: &values)
  }

  func finish(into values: inout ParsedValues) throws {
    var last = ByteBuffer()
    swap(&pending, &last)
    if last.count > 0 { try parse(lines: last, into: &values) }
  }

  private func parse(lines: consuming ByteBuffer, into values: inout ParsedValues) throws {
    var failure: ConnectorError?
    let views = JSONDocument.lines(lines) { line, error in
      guard String(validating: line, as: UTF8.self) != nil else {
        failure = ConnectorError(
          .system, "A line of the response is not valid UTF-8.", internalMessage: "Stream \(streamName): \(error)")
        return false
      }
      let start = String(decoding: line.prefix(120), as: UTF8.self)
      log.log(.warn, "Stream \(streamName): a line of the response is not JSON (\(error)) and is left out: \(start)")
      return true
    }
    values.append(views)
    if let failure { throw failure }
  }
}
