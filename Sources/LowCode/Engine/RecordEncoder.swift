import AirbyteProtocol
import JSON

/// Writes the RECORD lines of one stream.
struct RecordEncoder: Sendable {
  private let head: [UInt8]

  init(stream: StreamDescriptor) {
    head = Array("{\"type\":\"RECORD\",\"record\":{\"stream\":\(JSONValue.string(stream.name).jsonText),\"data\":".utf8)
  }

  /// The lines of `records`; `time` is the moment of emission, in milliseconds since the epoch.
  func encode(_ records: [Record], time: Int, into writer: inout JSONWriter) {
    let tail = Array(",\"emitted_at\":\(time)}}\n".utf8)
    for record in records {
      writer.write(raw: head)
      switch record.body {
      case .view(let view, let patches):
        if patches.isEmpty { writer.write(record: view) } else { writer.write(record: view, patches: patches) }
      case .object(let object): writer.write(record: .object(object))
      }
      if let file = record.file {
        writer.write(raw: Array(",\"emitted_at\":\(time),\"file_reference\":\(file.message.jsonText)}}\n".utf8))
      } else {
        writer.write(raw: tail)
      }
    }
  }
}
