import AirbyteProtocol
import ConnectorModel
import Essentials
import JSON

/// Finds values in a body that comes in parts.
protocol BodyParser: AnyObject {
  /// Reads the next bytes of the body.
  /// - Throws: ``ConnectorError`` if they cannot be read; `values` keeps what was found before.
  func parse(_ bytes: UnsafeRawBufferPointer, into values: inout ParsedValues) throws
  /// Reads what is left when the body is over.
  func finish(into values: inout ParsedValues) throws
  /// How many bytes are parsed before the values found are checked: few if they may contain much.
  var stepSize: Int { get }
  /// About the memory that what is held takes, and what is going to be made of it.
  var heldBytes: Int { get }
}

/// What reading a JSON text takes at most, as many times its size: three bytes are an object of two words, or an empty list.
let jsonExpansion = 7

extension BodyParser {
  var stepSize: Int { 256 * 1024 }
}

/// Values that were found and not passed on yet.
struct ParsedValues {
  private(set) var views: [JSONView] = []
  /// The size of the texts that contain them.
  private(set) var byteCount = 0
  /// About the memory that they take, with that of their records.
  private(set) var heldBytes = 0

  mutating func append(_ found: [JSONView]) {
    guard let document = found.first?.document else { return }
    byteCount += document.footprint.text
    heldBytes += document.footprint.text + document.footprint.index + found.count * MemoryLayout<Record>.stride
    if views.isEmpty { views = found } else { views += found }
  }

  /// The values so far, which are forgotten.
  mutating func take() -> DecodedBody {
    defer { (views, byteCount, heldBytes) = ([], 0, 0) }
    return .many(views)
  }
}

/// A decoder that reads a body in parts.
protocol PartwiseDecoder: NestableDecoder {
  /// A parser for one body.
  /// - Parameter charset: the encoding that the response's head names.
  func parser(charset: String?) throws -> any BodyParser
  /// Whether a `DefaultPaginator` may stand beside a decoder that has this one within it.
  var allowsPaginationWhenNested: Bool { get }
}

extension PartwiseDecoder {
  var nested: NestedDecoder? { .partwise(self) }
  var allowsPaginationWhenNested: Bool { false }
  var streams: Bool { true }

  func decode(_ response: HTTPResponse) throws -> DecodedBody {
    try response.checkReceived()
    let parser = try parser(charset: response.charset)
    var values = ParsedValues()
    try response.body.withUnsafeBytes { try parser.parse($0, into: &values) }
    try parser.finish(into: &values)
    return values.take()
  }

  func decode(_ response: HTTPResponse, _ batch: (DecodedBody) async throws -> Bool) async throws {
    let parser = try parser(charset: response.charset)
    var values = ParsedValues()
    var room = DecodingRoom(response)
    do {
      var parts = response.parts
      while let part = try await parts.next() {
        guard try await parse(part, parser, &values, &room, batch) else { return }
      }
      try parser.finish(into: &values)
    } catch {
      // What came before the failure is good.
      if !values.views.isEmpty, !(error is CancellationError) { _ = try await batch(values.take()) }
      throw error
    }
    if !values.views.isEmpty { _ = try await batch(values.take()) }
  }

  /// Parses one part of a body and passes on what was found, if it is enough.
  func parse(
    _ part: Data, _ parser: any BodyParser, _ values: inout ParsedValues, _ room: inout DecodingRoom,
    _ batch: (DecodedBody) async throws -> Bool
  ) async throws -> Bool {
    var start = 0
    while start < part.count {
      let end = min(start + parser.stepSize, part.count)
      try part.withUnsafeBytes { bytes in
        try parser.parse(UnsafeRawBufferPointer(rebasing: bytes[start..<end]), into: &values)
      }
      start = end
      try await room.hold(parser.heldBytes + values.heldBytes)
      guard values.byteCount >= ParsedValues.enough else { continue }
      room.close()
      guard try await batch(values.take()) else { return false }
      room.leave()
    }
    return true
  }
}

extension HTTPResponse {
  /// - Throws: ``ConnectorError`` if the body is still to come: then it can only be decoded in batches.
  func checkReceived() throws(ConnectorError) {
    guard content.received == nil else { return }
    throw ConnectorError(.system, "The response of \(url) was to be decoded before its body was received")
  }
}

extension ParsedValues {
  /// The size of texts from which values are passed on.
  static let enough = 128 * 1024
}
