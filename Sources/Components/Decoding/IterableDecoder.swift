import AirbyteProtocol
import ConnectorModel
import JSON

/// Reads a body of lines of plain text, each of them as an object with the key `record`.
struct IterableDecoder: Component, PartwiseDecoder {
  private let limit: Limit

  init(from node: ComponentNode, in scope: BuildScope) throws {
    limit = try TransferLimits(scope.runtime.environment).recordBytes
  }

  // As the reference.
  var nested: NestedDecoder? { nil }

  func parser(charset: String?) throws -> any BodyParser { try TextParser(TextLinesParser(limit), charset: charset) }
}

/// Splits text at line feeds, carriage returns and pairs of both.
private final class TextLinesParser: BodyParser {
  private static let head = Array(#"{"record":"#.utf8)
  private static let tail = Array("}\n".utf8)
  private var line = ByteBuffer()
  /// Whether the last byte was a carriage return, so that a line feed belongs to it.
  private var isAfterReturn = false
  private let limit: Limit

  init(_ limit: Limit) { self.limit = limit }

  /// An empty line is a record of a hundred bytes.
  var stepSize: Int { 32 * 1024 }
  var heldBytes: Int { line.count * 4 }

  func parse(_ bytes: UnsafeRawBufferPointer, into values: inout ParsedValues) throws {
    var out = JSONWriter(capacity: bytes.count * 2)
    var failure: ConnectorError?
    do throws(ConnectorError) { try split(bytes, &out) } catch { failure = error }
    values.append(out)
    if let failure { throw failure }
  }

  private func split(_ bytes: UnsafeRawBufferPointer, _ out: inout JSONWriter) throws(ConnectorError) {
    var from = 0
    while from < bytes.count {
      if isAfterReturn {
        isAfterReturn = false
        if bytes[from] == UInt8(ascii: "\n") {
          from += 1
          continue
        }
      }
      let rest = bytes[from...]
      guard let end = rest.firstIndex(where: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else {
        line.append(UnsafeRawBufferPointer(rebasing: rest))
        guard line.count <= limit.value else { throw ConnectorError(.system, "A line of the response has \(limit.excess)") }
        return
      }
      line.append(UnsafeRawBufferPointer(rebasing: bytes[from..<end]))
      try write(to: &out)
      isAfterReturn = bytes[end] == UInt8(ascii: "\r")
      from = end + 1
    }
  }

  func finish(into values: inout ParsedValues) throws {
    guard line.count > 0 else { return }
    var out = JSONWriter()
    try write(to: &out)
    values.append(out)
  }

  private func write(to out: inout JSONWriter) throws(ConnectorError) {
    let text = line.withUnsafeBytes { String(validating: $0, as: UTF8.self) }
    guard let text else { throw ConnectorError(.system, "A line of the response is not valid UTF-8") }
    line.removeAll()
    out.write(raw: Self.head)
    out.write(string: text)
    out.write(raw: Self.tail)
  }
}

extension ParsedValues {
  /// Appends values that were written as JSON lines.
  mutating func append(_ lines: consuming JSONWriter) {
    append(JSONDocument.lines(lines) { _, _ in true })
  }
}
