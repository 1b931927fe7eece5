import AirbyteProtocol
import ConnectorModel
import JSON

/// Writes the records of one stream as lines.
struct RecordEncoder: Sendable {
  /// This many bytes of lines are passed on at a time: a page's lines are never all in memory.
  private static let enough = 256 * 1024
  private let head: [UInt8]
  private let isDataAlone: Bool

  /// - Parameter isDataAlone: whether a line is the data of a record, in the place of a RECORD message.
  init(stream: StreamDescriptor, isDataAlone: Bool = false) {
    self.isDataAlone = isDataAlone
    head =
      isDataAlone
      ? [] : Array("{\"type\":\"RECORD\",\"record\":{\"stream\":\(JSONValue.string(stream.name).jsonText),\"data\":".utf8)
  }

  /// The lines of `records`, in parts; `time` is the moment of emission, in milliseconds since the epoch.
  /// - Parameter emit: takes lines, and how many they are.
  func encode(_ records: [Record], time: Int, _ emit: (borrowing JSONWriter, Int) throws -> Void) rethrows {
    let tail = Array(isDataAlone ? "\n".utf8 : ",\"emitted_at\":\(time)}}\n".utf8)
    var lines = JSONWriter(capacity: min(records.count * 512, Self.enough + Self.enough / 8))
    var first = 0
    for place in records.indices {
      // Out of an array's subscript a record would be copied.
      records.withUnsafeBufferPointer { encode($0[place], time, tail, into: &lines) }
      guard lines.count >= Self.enough else { continue }
      try emit(lines, place + 1 - first)
      lines.buffer.removeAll()
      first = place + 1
    }
    if first < records.count { try emit(lines, records.count - first) }
  }

  /// Where the data of a record with a file has its file, if it is written without the message around it.
  private static let fileKey = JSONKey("_file_reference")

  private func encode(_ record: borrowing Record, _ time: Int, _ tail: [UInt8], into lines: inout JSONWriter) {
    if isDataAlone, let file = record.file {
      var whole = copy record
      whole.file = nil
      whole.set(Self.fileKey, file.message)
      return encode(whole, time, tail, into: &lines)
    }
    lines.write(raw: head)
    if let view = record.view {
      lines.write(record: view, patches: record.patches)
    } else {
      lines.write(record: .object(record.object))
    }
    if let file = record.file {
      lines.write(raw: Array(",\"emitted_at\":\(time),\"file_reference\":\(file.message.jsonText)}}\n".utf8))
    } else {
      lines.write(raw: tail)
    }
  }
}
