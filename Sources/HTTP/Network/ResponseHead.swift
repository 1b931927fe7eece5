import ConnectorModel

/// The head of a response while its lines come.
struct ResponseHead {
  /// What is wrong with a head.
  struct Failure: Error { let reason: String }

  private(set) var status = 0
  /// Whether the empty line behind the headers came.
  private(set) var isWhole = false
  /// The lines of the headers, each with its end.
  private var lines: [UInt8] = []
  /// The size of all heads so far, interim ones included.
  private var size = 0

  /// Takes in a line with its end. Trailers behind a body are passed over.
  /// - Throws: ``Failure`` if all heads together are larger than `limit`.
  mutating func read(_ line: UnsafeRawBufferPointer, limit: Int) throws(Failure) {
    guard !isWhole else { return }
    size += line.count
    guard size <= limit else { throw Failure(reason: "has a head of more than \(limit) bytes") }
    if line.starts(with: "HTTP/".utf8) {
      lines = []
      status = Self.status(line)
    } else if line.elementsEqual("\r\n".utf8) || line.elementsEqual("\n".utf8) {
      // An interim response (100, 103) is followed by another one.
      isWhole = status >= 200
    } else {
      lines += line
    }
  }

  /// The headers as names and values.
  var headers: HTTPHeaders {
    var headers = HTTPHeaders()
    for line in lines.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { continue }
      headers.add(HeaderText.decoded(line[..<colon]), HeaderText.decoded(Self.withoutBlanks(line[(colon + 1)...])))
    }
    return headers
  }

  /// The number behind the version.
  private static func status(_ line: UnsafeRawBufferPointer) -> Int {
    let digits = line.drop { $0 != UInt8(ascii: " ") }.drop { $0 == UInt8(ascii: " ") }.prefix { (0x30...0x39).contains($0) }
    return digits.prefix(4).reduce(0) { $0 * 10 + Int($1 - 0x30) }
  }

  private static func withoutBlanks(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var value = value.drop(while: isBlank)
    while let last = value.last, isBlank(last) { value.removeLast() }
    return value
  }

  private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
}
