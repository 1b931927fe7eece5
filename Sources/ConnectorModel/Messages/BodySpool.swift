import Essentials
import Synchronization

/// The temporary file of all bodies that are received ahead of their readers: however many they are, they need one descriptor.
///
/// It consists of blocks, each of which belongs to one body, and is emptied when none of them is in use.
package final class BodySpool: Sendable {
  static let shared = BodySpool()
  fileprivate static let blockSize = 256 * 1024

  private struct State {
    var file: TemporaryFile?
    var free: [Int] = []
    /// The number of blocks, free ones included.
    var count = 0
  }

  private let state = Mutex(State())

  init() {}

  /// The number of blocks that belong to bodies.
  var usedBlocks: Int { state.withLock { $0.count - $0.free.count } }

  /// A block for a body.
  /// - Throws: ``ConnectorError`` if the file cannot be made.
  fileprivate func take() throws(ConnectorError) -> (block: Int, file: TemporaryFile) {
    let result = state.withLock { state in
      Result { () throws(ConnectorError) in
        let file: TemporaryFile
        if let known = state.file { file = known } else { file = try TemporaryFile() }
        state.file = file
        if let block = state.free.popLast() { return (block, file) }
        state.count += 1
        return (state.count - 1, file)
      }
    }
    return try result.get()
  }

  fileprivate func giveBack(_ blocks: [Int]) {
    guard !blocks.isEmpty else { return }
    state.withLock { state in
      state.free += blocks
      guard state.free.count == state.count else { return }
      (state.free, state.count) = ([], 0)
      try? state.file?.removeAll()
    }
  }
}

/// A body in a ``BodySpool``, which is deleted when it is released.
package final class SpooledBody: BodyStore {
  private struct State {
    var file: TemporaryFile?
    var blocks: [Int] = []
    var size = 0
  }

  private let spool: BodySpool
  private let state = Mutex(State())

  package init(in spool: BodySpool = .shared) { self.spool = spool }

  deinit { spool.giveBack(state.withLock { $0.blocks }) }

  package func removeAll() throws(ConnectorError) {
    let blocks = state.withLock { state in
      defer { (state.blocks, state.size) = ([], 0) }
      return state.blocks
    }
    spool.giveBack(blocks)
  }

  package func append(_ data: Data) throws(ConnectorError) {
    let result = state.withLock { state in
      Result { () throws(ConnectorError) in
        var rest = data[...]
        while !rest.isEmpty {
          let place = state.size % BodySpool.blockSize
          if state.size == state.blocks.count * BodySpool.blockSize {
            let (block, file) = try spool.take()
            state.file = file
            state.blocks.append(block)
          }
          guard let file = state.file, let block = state.blocks.last else { return }
          let piece = rest.prefix(BodySpool.blockSize - place)
          try file.put(piece, at: block * BodySpool.blockSize + place)
          state.size += piece.count
          rest = rest.dropFirst(piece.count)
        }
      }
    }
    try result.get()
  }

  package var source: (any BodySource)? { SpooledBodySource(self) }

  /// The bytes from a place on, up to the end of its block; none at the end.
  package func part(at place: Int) throws(ConnectorError) -> Data {
    let (file, offset, count) = state.withLock { state -> (TemporaryFile?, Int, Int) in
      guard place < state.size else { return (nil, 0, 0) }
      let (block, start) = place.quotientAndRemainder(dividingBy: BodySpool.blockSize)
      return (state.file, state.blocks[block] * BodySpool.blockSize + start, min(BodySpool.blockSize - start, state.size - place))
    }
    return try file?.read(at: offset, count: count) ?? Data()
  }
}

private final class SpooledBodySource: BodySource {
  private let body: SpooledBody
  private let position = Mutex(0)

  init(_ body: SpooledBody) { self.body = body }

  func next() async throws(TransportError) -> Data? {
    let part: Data
    do throws(ConnectorError) {
      part = try body.part(at: position.withLock { $0 })
    } catch {
      throw TransportError(.other, error.message)
    }
    position.withLock { $0 += part.count }
    return part.isEmpty ? nil : part
  }
}
