import ConnectorModel
import Essentials
import Synchronization

/// Undoes the content encodings of a body, part by part.
final class InflatedBody: BodySource {
  /// Used by one caller at a time, as a body is.
  fileprivate struct State {
    let decompressors: DecompressorChain
    var isOver = false
  }

  /// About as much is decoded at a time.
  private static let partSize = 256 * 1024
  private let source: any BodySource
  private let place: String
  private let state: Mutex<State>

  /// - Parameters:
  ///   - place: names the response in errors.
  ///   - decompressors: undo the encodings.
  init(_ source: any BodySource, of place: String, _ decompressors: sending DecompressorChain) {
    self.source = source
    self.place = place
    state = Mutex(State(decompressors: decompressors))
  }

  func next() async throws(TransportError) -> Data? {
    while true {
      let decoded = state.withLock { state in Result { try state.decodeSome(Self.partSize) } }
      if let part = try part(decoded) { return part }
      if state.withLock({ $0.isOver }) { return nil }
      guard let part = try await source.next() else {
        let last = state.withLock { state in
          state.isOver = true
          return Result { try state.finish() }
        }
        return try self.part(last)
      }
      state.withLock { state in part.withUnsafeBytes { state.decompressors.append($0) } }
    }
  }

  private func part(_ decoded: Result<Data?, any Error>) throws(TransportError) -> Data? {
    switch decoded {
    case .success(let part): return part
    case .failure(let error):
      state.withLock { $0.isOver = true }
      throw TransportError(error, of: place)
    }
  }
}

extension InflatedBody.State {
  /// What some of the received bytes unpack to; nil if there are none.
  fileprivate func decodeSome(_ size: Int) throws -> Data? {
    var out = Data()
    while out.isEmpty, try decompressors.advance(size, { out.append(contentsOf: $0) }) {}
    return out.isEmpty ? nil : out
  }

  fileprivate func finish() throws -> Data? {
    var out = Data()
    try decompressors.finish { out.append(contentsOf: $0) }
    return out.isEmpty ? nil : out
  }
}

extension TransportError {
  /// Why the response of `place` cannot be unpacked.
  package init(_ error: any Error, of place: String) {
    let kind: Kind =
      switch error as? InflateError {
      case .tooLarge, .tooDense: .tooLarge
      case .truncated: .truncated
      default: .connectionLost
      }
    self.init(kind, "The response of \(place) cannot be read: \(error)")
  }
}
