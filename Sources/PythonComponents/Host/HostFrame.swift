import JSON

/// One message of the pipe between this process and a component host: a header in JSON, and byte strings (docs/components-protocol.md).
struct HostFrame: Sendable {
  var header: JSONObject
  var parts: [[UInt8]] = []

  /// What a header may have, so that a host that has lost its way does not take all memory.
  static let longestHeader = 64 << 20
  /// The length of a header and of the bytes behind it come first, in four bytes each.
  static let prefixCount = 8

  /// The frame as it is written.
  var bytes: [UInt8] {
    var header = header
    let count = parts.reduce(0) { $0 + $1.count }
    // One part needs no list.
    if parts.count > 1 || parts.first?.isEmpty == true { header["parts"] = .array(parts.map { .int($0.count) }) }
    let text = Array(JSONValue.object(header).jsonText.utf8)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(Self.prefixCount + text.count + count)
    for number in [text.count, count] { withUnsafeBytes(of: UInt32(number).littleEndian) { bytes += $0 } }
    bytes += text
    for part in parts { bytes += part }
    return bytes
  }

  init(_ header: JSONObject, _ parts: [[UInt8]] = []) {
    self.header = header
    self.parts = parts
  }

  /// Takes apart what was read.
  /// - Throws: ``HostFrameError`` where the bytes are no frame.
  init(header text: [UInt8], body: [UInt8]) throws(HostFrameError) {
    guard case .object(let header)? = try? JSONValue(parsing: text) else { throw HostFrameError("its header is no JSON object") }
    self.header = header
    guard case .array(let lengths)? = header["parts"] else {
      parts = body.isEmpty ? [] : [body]
      return
    }
    var start = 0
    for case .int(let count) in lengths {
      guard count >= 0, count <= body.count - start else { throw HostFrameError("its parts are longer than its body") }
      parts.append(Array(body[start..<start + count]))
      start += count
    }
    self.header["parts"] = nil
  }
}

/// Bytes that are no frame.
struct HostFrameError: Error {
  let reason: String
  init(_ reason: String) { self.reason = reason }
}
