import AirbyteProtocol
import ConnectorModel
import Essentials
import HTTP
import JSON
import Synchronization

/// Unpacks a gzip body and passes it to another decoder; a body that is not gzip is passed on as it is.
///
/// A content encoding is the transport's business, so a body that was packed twice is unpacked twice.
struct GzipDecoder: Component, NestableDecoder {
  private let inner: NestedDecoder
  private let limits: TransferLimits

  init(from node: ComponentNode, in scope: BuildScope) throws {
    limits = try TransferLimits(scope.runtime.environment)
    inner = try NestedDecoder(node.required("decoder"), in: scope)
  }

  var streams: Bool { true }
  // As the reference: JSON in gzip, and not deeper.
  var allowsPagination: Bool { inner.allowsPagination }

  var nested: NestedDecoder? {
    switch inner {
    case .partwise(let decoder): .partwise(GzipParts(inner: decoder, limits: limits))
    case .ofResponses: .ofResponses(self)
    }
  }

  func decode(_ response: HTTPResponse) async throws -> DecodedBody {
    switch inner {
    case .partwise(let decoder): return try GzipParts(inner: decoder, limits: limits).decode(response)
    case .ofResponses(let decoder):
      try response.checkReceived()
      var whole = Data()
      let body = GzipBody(response, limits: limits)
      while let part = try await body.next() { whole.append(part) }
      return try await decoder.decode(response.with(.received(ReceivedBody(whole))))
    }
  }

  func decode(_ response: HTTPResponse, _ batch: (DecodedBody) async throws -> Bool) async throws {
    switch inner {
    case .partwise(let decoder): try await GzipParts(inner: decoder, limits: limits).decode(response, batch)
    case .ofResponses(let decoder):
      let body = GzipBody(response, limits: limits)
      try await UnpackedBody { try await body.next() }.read(of: response, by: decoder, batch)
    }
  }
}

/// Unpacks gzip for a decoder that reads a body in parts.
private struct GzipParts: PartwiseDecoder {
  let inner: any PartwiseDecoder
  let limits: TransferLimits

  func parser(charset: String?) throws -> any BodyParser { GzipParser(try inner.parser(charset: charset), limits: limits) }
}

/// A gzip body for one reader, who takes it part by part as it is unpacked.
private final class GzipBody: Sendable {
  /// How much is unpacked at a time, about.
  private static let partSize = 256 * 1024

  private struct State {
    let decompressor: Decompressor
    /// What was received and not unpacked yet.
    var packed: Data
    var isOver = false
  }

  private let source: (any BodySource)?
  private let state: Mutex<State>

  init(_ response: HTTPResponse, limits: TransferLimits) {
    let received = response.content.received?.data ?? Data()
    source = if case .streaming(let source) = response.content { source } else { nil }
    state = Mutex(State(decompressor: Decompressor(.gzip, .plainText, limits: limits), packed: received))
  }

  /// The next part; nil at the end.
  func next() async throws -> Data? {
    while !state.withLock({ $0.isOver }) {
      if state.withLock({ $0.packed.isEmpty }) {
        guard let part = try await source?.next() else { return try finish() }
        state.withLock { $0.packed = part }
      }
      let part = try unpack()
      if !part.isEmpty { return part }
    }
    return nil
  }

  private func unpack() throws -> Data {
    try state.withLock { state in
      let piece = state.packed.prefix(state.decompressor.step(for: Self.partSize))
      state.packed = state.packed.dropFirst(piece.count)
      var part = Data()
      do {
        try piece.withUnsafeBytes { try state.decompressor.read($0) { part.append(contentsOf: $0) } }
      } catch let error as InflateError {
        throw error.ofResponse
      }
      return part
    }
  }

  private func finish() throws -> Data? {
    try state.withLock { state in
      state.isOver = true
      var part = Data()
      do { try state.decompressor.finish { part.append(contentsOf: $0) } } catch let error as InflateError {
        throw error.ofResponse
      }
      return part.isEmpty ? nil : part
    }
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
      throw error.ofResponse
    }
  }

  func finish(into values: inout ParsedValues) throws {
    do {
      try decompressor.finish { try inner.parse($0, into: &values) }
    } catch let error as InflateError {
      throw error.ofResponse
    }
    try inner.finish(into: &values)
  }
}

extension InflateError {
  /// The same as an error of the response.
  fileprivate var ofResponse: any Error {
    if case .truncated = self { return TransportError.cutOff("\(self)") }
    return ConnectorError(.system, "The response cannot be unpacked: \(self)")
  }
}
