import AirbyteProtocol
import ConnectorModel
import HTTP
import JSON
import Manifest

/// Unpacks a gzip body and passes it to another decoder; a body that is not gzip is passed on as it is.
///
/// A content encoding is the transport's business, so a body that was packed twice is unpacked twice.
struct GzipDecoder: Component, PartwiseDecoder {
  private let inner: any PartwiseDecoder
  private let limits: TransferLimits

  init(from node: ComponentNode, in scope: BuildScope) throws {
    limits = try TransferLimits(scope.runtime.environment)
    inner = try NestedDecoder.build(node.required("decoder"), in: scope)
  }

  // As the reference: JSON in gzip, and not deeper.
  var allowsPagination: Bool { inner.allowsPaginationWhenNested }

  func parser(charset: String?) throws -> any BodyParser { GzipParser(try inner.parser(charset: charset), limits: limits) }
}

/// The decoder within another one.
enum NestedDecoder {
  /// - Throws: ``ConnectorError`` for a decoder that is not allowed there.
  static func build(_ node: ManifestNode, in scope: BuildScope) throws -> any PartwiseDecoder {
    // As the reference: JSON within another decoder has no mercy with a broken text.
    if node["type"]?.string == JsonDecoder.typeName { return try JsonDocumentDecoder(in: scope) }
    let decoder: any Decoder = try scope.build(node)
    if let partwise = decoder as? any PartwiseDecoder, partwise.canBeNested { return partwise }
    throw ConnectorError(.system, "`\(type(of: decoder))` is not allowed inside another decoder", at: node)
  }
}

private final class GzipParser: BodyParser {
  private let inner: any BodyParser
  private let decompressor: Decompressor

  init(_ inner: any BodyParser, limits: TransferLimits) {
    self.inner = inner
    decompressor = Decompressor(.gzip, .plainText, limits: limits)
  }

  var stepSize: Int { decompressor.step(for: inner.stepSize) }

  var heldBytes: Int { inner.heldBytes }

  func parse(_ bytes: UnsafeRawBufferPointer, into values: inout ParsedValues) throws {
    do {
      try decompressor.read(bytes) { try inner.parse($0, into: &values) }
    } catch let error as InflateError {
      throw failure(error)
    }
  }

  func finish(into values: inout ParsedValues) throws {
    do {
      try decompressor.finish { try inner.parse($0, into: &values) }
    } catch let error as InflateError {
      throw failure(error)
    }
    try inner.finish(into: &values)
  }

  private func failure(_ error: InflateError) -> any Error {
    if case .truncated = error { return TransportError.cutOff("\(error)") }
    return ConnectorError(.system, "The response cannot be unpacked: \(error)")
  }
}
