import AirbyteProtocol
import ConnectorModel
import JSON

/// Reads a body of lines, each of them a JSON text.
struct JsonlDecoder: Component, PartwiseDecoder {
  private let omissions: OmissionLog
  private let limit: Limit

  init(from node: ComponentNode, in scope: BuildScope) throws {
    omissions = OmissionLog("lines are not JSON and are left out.", in: scope)
    limit = try TransferLimits(scope.runtime.environment).recordBytes
  }

  func parser(charset: String?) throws -> any BodyParser {
    try TextParser(JSONLinesParser(omissions, limit: limit), charset: charset)
  }
}

/// Reads JSON lines. A line that is not JSON is left out with a warning, as in the reference.
private final class JSONLinesParser: BodyParser {
  private let omissions: OmissionLog
  private let limit: Limit
  /// The beginning of a line whose end is still to come.
  private var pending = ByteBuffer()

  init(_ omissions: OmissionLog, limit: Limit) {
    self.omissions = omissions
    self.limit = limit
  }

  /// A line of three bytes is a record of a hundred.
  var stepSize: Int { 64 * 1024 }
  var heldBytes: Int { pending.count * jsonExpansion }

  func parse(_ bytes: UnsafeRawBufferPointer, into values: inout ParsedValues) throws {
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else {
      pending.append(bytes)
      guard pending.count <= limit.value else {
        throw ConnectorError(.system, "A line of the response has \(limit.excess)")
      }
      return
    }
    pending.append(UnsafeRawBufferPointer(rebasing: bytes[...end]))
    let rest = bytes[(end + 1)...]
    var next = ByteBuffer(capacity: max(rest.count, bytes.count))
    next.append(UnsafeRawBufferPointer(rebasing: rest))
    swap(&pending, &next)
    try parse(lines: next, isLast: false, into: &values)
  }

  func finish(into values: inout ParsedValues) throws {
    var last = ByteBuffer()
    swap(&pending, &last)
    if last.count > 0 { try parse(lines: last, isLast: true, into: &values) }
  }

  /// - Parameter isLast: whether it is the last line, which has no end of its own.
  private func parse(lines: consuming ByteBuffer, isLast: Bool, into values: inout ParsedValues) throws {
    var failure: (any Error)?
    let views = JSONDocument.lines(lines) { line, error in
      if UTF8Text.validPrefix(of: UnsafeRawBufferPointer(line)) != (line.count, false) {
        failure = ConnectorError(.system, "A line of the response is not valid UTF-8", internalMessage: "\(error)")
      } else if isLast, error.isCutOff {
        failure = TransportError.cutOff("its last line ends in the middle (\(error))")
      } else {
        omissions.add {
          "a line of the response is not JSON (\(error)) and is left out: \(omissions.excerpt(of: line))"
        }
        return true
      }
      return false
    }
    values.append(views)
    if let failure { throw failure }
  }
}
