/// Cuts the bytes of a client into messages: headers, an empty line, and as many bytes as `Content-Length` says.
struct FrameParser {
  /// One message, or why there is none in a frame.
  enum Frame: Equatable {
    case content([UInt8])
    /// Headers that do not say where the message ends. What comes behind them is looked through for the next ones.
    case malformed(String)
    /// A message that is longer than the limit, whose bytes are passed over.
    case tooLong(Int)
  }

  /// No message is longer: that is four times the longest manifest.
  private let limit: Int
  private var buffer: [UInt8] = []
  /// Where in the buffer the bytes begin that were not given out yet.
  private var start = 0
  /// How many bytes of a message that is too long are still to come.
  private var passing = 0

  init(limit: Int = 128 << 20) { self.limit = limit }

  mutating func feed(_ bytes: some Sequence<UInt8>) {
    if start > 0 {
      buffer.removeSubrange(..<start)
      start = 0
    }
    buffer += bytes
  }

  /// The next frame; nil until more bytes come.
  mutating func next() -> Frame? {
    let passed = min(passing, buffer.count - start)
    start += passed
    passing -= passed
    guard passing == 0, let (headers, body) = headers() else { return nil }
    guard let length = Self.length(in: headers) else {
      start = body
      return .malformed("a message needs the header Content-Length with its number of bytes")
    }
    guard length <= limit else {
      start = body
      passing = length
      return .tooLong(length)
    }
    guard buffer.count - body >= length else { return nil }
    start = body + length
    return .content(Array(buffer[body..<start]))
  }

  /// Headers are shorter; more than this is none.
  private static let longestHeaders = 8_192

  private mutating func headers() -> (text: String, body: Int)? {
    var index = start
    let end = min(buffer.count, start + Self.longestHeaders)
    while index < end {
      if buffer[index] == 0x0A {
        let next = index + 1
        if next < end, buffer[next] == 0x0A { return (text(to: index), next + 1) }
        if next + 1 < end, buffer[next] == 0x0D, buffer[next + 1] == 0x0A { return (text(to: index), next + 2) }
      }
      index += 1
    }
    return end - start == Self.longestHeaders ? (text(to: end), end) : nil
  }

  private func text(to end: Int) -> String { String(decoding: buffer[start..<end], as: UTF8.self) }

  private static func length(in headers: String) -> Int? {
    for line in headers.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: ":", maxSplits: 1)
      guard parts.count == 2, parts[0].lowercased() == "content-length" else { continue }
      return Int(parts[1].filter { !$0.isWhitespace }).flatMap { $0 >= 0 ? $0 : nil }
    }
    return nil
  }
}
