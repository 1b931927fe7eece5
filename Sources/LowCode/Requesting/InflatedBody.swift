import Foundation
import Synchronization

/// Undoes the content encoding of a body, part by part. A body that is not encoded as its header says is passed on as it is.
final class InflatedBody: BodySource {
  /// Used by one caller at a time, as a body is.
  private struct State: ~Copyable {
    var isPlain: Bool?
    var gzip: GzipReader?
    var zlib: Inflater?
    /// What was received and not decoded.
    var undecoded = Data()
  }

  /// How much is decoded at a time: a thousand times as much may come out.
  private static let pieceSize = 16 * 1024
  private let source: any BodySource
  private let encoding: ContentEncoding
  private let url: String
  private let state = Mutex(State())

  init(_ source: any BodySource, _ encoding: ContentEncoding, url: String) {
    self.source = source
    self.encoding = encoding
    self.url = url
  }

  func next() async throws(TransportError) -> Data? {
    while true {
      switch state.withLock({ state in Result { try self.decodeSome(&state) } }) {
      case .success(let data?): return data
      case .success(nil): break
      case .failure(let failure): throw error(failure)
      }
      if let part = try await source.next() {
        state.withLock { $0.undecoded = part }
        continue
      }
      let failure = state.withLock { state -> InflateError? in
        defer { (state.gzip, state.zlib) = (nil, nil) }
        if let zlib = state.zlib, !zlib.isFinished { return .truncated }
        do throws(InflateError) { try state.gzip?.finish() } catch { return error }
        return nil
      }
      if let failure { throw error(failure) }
      return nil
    }
  }

  /// What a bounded piece of the bytes at hand stands for; nil where there are none.
  private func decodeSome(_ state: inout State) throws -> Data? {
    while let first = state.undecoded.first {
      if state.isPlain == nil {
        // The second byte of a header is not looked at: it may come in the next part.
        state.isPlain = encoding == .gzip && first != 0x1F
        switch encoding {
        case .gzip: state.gzip = try GzipReader()
        case .deflate: state.zlib = try Inflater(first & 0x0F == 8 ? .zlib : .none)
        }
      }
      if state.isPlain == true {
        defer { state.undecoded = Data() }
        return state.undecoded
      }
      let piece = state.undecoded.prefix(Self.pieceSize)
      state.undecoded = state.undecoded.dropFirst(Self.pieceSize)
      var out = Data()
      try piece.withUnsafeBytes { bytes in
        if let gzip = state.gzip { try gzip.read(bytes) { out.append(contentsOf: $0) } }
        if let zlib = state.zlib { _ = try zlib.inflate(bytes) { out.append(contentsOf: $0) } }
      }
      if !out.isEmpty { return out }
    }
    return nil
  }

  private func error(_ error: any Error) -> TransportError {
    TransportError(.connectionLost, "The response of \(url) cannot be read: \(error).")
  }
}
