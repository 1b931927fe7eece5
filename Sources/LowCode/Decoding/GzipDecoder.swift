import JSON

/// Unpacks a gzip body and hands it on to another decoder; a body that is not gzip goes on as it is.
///
/// A content encoding is the transport's business, so a body that was packed twice is unpacked twice.
struct GzipDecoder: Component, PartwiseDecoder {
  private let inner: any PartwiseDecoder

  init(from node: ComponentNode, in context: BuildContext) throws {
    inner = try NestedDecoder.build(node.required("decoder"), in: context)
  }

  // As the reference: JSON in gzip, and not deeper.
  var allowsPagination: Bool { inner is JsonDocumentDecoder }

  func parser(charset: String?) throws -> any BodyParser { GzipParser(try inner.parser(charset: charset)) }
}

/// The decoder within another one.
enum NestedDecoder {
  /// - Throws: ``ConnectorError`` for a decoder that cannot stand there.
  static func build(_ node: ManifestNode, in context: BuildContext) throws -> any PartwiseDecoder {
    // As the reference: JSON within another decoder has no mercy with a broken text.
    if node["type"]?.string == JsonDecoder.typeName { return try JsonDocumentDecoder(in: context) }
    let decoder: any Decoder = try context.build(node)
    if !(decoder is IterableDecoder), let partwise = decoder as? any PartwiseDecoder { return partwise }
    throw ConnectorError(.system, "`\(type(of: decoder))` cannot stand within another decoder.", at: node)
  }
}

private final class GzipParser: BodyParser {
  private enum Kind { case undecided, gzip(GzipReader), plain }
  private let inner: any BodyParser
  private var kind = Kind.undecided
  /// The first byte, while the second is still to come.
  private var first: [UInt8] = []

  init(_ inner: any BodyParser) { self.inner = inner }

  /// A thousand times as much may come out.
  var stepSize: Int { max(1, inner.stepSize / 256) }

  func parse(_ bytes: UnsafeRawBufferPointer, into values: inout ParsedValues) throws {
    if case .undecided = kind {
      guard first.count + bytes.count >= 2 else {
        first += bytes
        return
      }
      let start = (first + bytes.prefix(2)).prefix(2)
      kind = start == [0x1F, 0x8B] ? .gzip(try GzipReader()) : .plain
      let held = first
      first = []
      try held.withUnsafeBytes { try pass($0, &values) }
    }
    try pass(bytes, &values)
  }

  func finish(into values: inout ParsedValues) throws {
    switch kind {
    case .undecided: try first.withUnsafeBytes { try inner.parse($0, into: &values) }
    case .gzip(let reader):
      do throws(InflateError) { try reader.finish() } catch { throw failure(error) }
    case .plain: break
    }
    try inner.finish(into: &values)
  }

  private func pass(_ bytes: UnsafeRawBufferPointer, _ values: inout ParsedValues) throws {
    guard case .gzip(let reader) = kind else { return try inner.parse(bytes, into: &values) }
    do {
      try reader.read(bytes) { try inner.parse($0, into: &values) }
    } catch let error as InflateError {
      throw failure(error)
    }
  }

  private func failure(_ error: InflateError) -> ConnectorError {
    ConnectorError(.system, "The response cannot be unpacked: \(error).")
  }
}
