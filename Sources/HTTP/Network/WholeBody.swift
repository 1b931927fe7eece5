import ConnectorModel
import Essentials
import JSON

/// A body that is received completely: unpacked, and indexed as JSON, while it comes.
final class WholeBody {
  private let place: () -> String
  private let limit: Limit
  private let isCutAtLimit: Bool
  private let decompressors: DecompressorChain?
  private var text = JSONReception()
  private var count = 0
  /// What was received and waits until there is memory for more, if there is nothing to unpack.
  private var pending: [UInt8] = []
  /// Whether the rest of the body is not needed.
  private(set) var isCut = false

  /// At most this much room is made for a body at once, whatever its head says.
  private static let longestRoom = 8 << 20
  /// How much of it may be unpacked before the memory is checked.
  private static let step = 256 * 1024

  /// - Parameters:
  ///   - place: names the response in errors.
  ///   - limit: the greatest size. A greater body is cut where `isCutAtLimit`, else it is an error.
  ///   - size: how long the body is, as far as that is known.
  init(
    of place: @autoclosure @escaping () -> String, limit: Limit, isCutAtLimit: Bool, expecting size: Int,
    _ decompressors: DecompressorChain?
  ) {
    self.place = place
    self.limit = limit
    self.isCutAtLimit = isCutAtLimit
    self.decompressors = decompressors
    text.expect(size)
  }

  /// The body of the response to `request`: that of an error or a redirect is cut, since its beginning is enough.
  /// - Parameter decompressors: undo its encodings; nil if that is done already, or there are none.
  convenience init(
    of request: HTTPRequest, status: Int, headers: HTTPHeaders, limits: TransferLimits, _ decompressors: DecompressorChain?
  ) {
    let isCut = status >= 400 || RedirectRules.statuses.contains(status)
    var announced = 0
    if headers["Content-Encoding"] == nil { announced = headers["Content-Length"].flatMap { Int($0) } ?? 0 }
    self.init(
      of: request.place, limit: isCut ? limits.errorBytes : limits.pageBytes, isCutAtLimit: isCut,
      expecting: min(max(announced, 0), Self.longestRoom), decompressors)
  }

  /// The memory that the body takes.
  var heldBytes: Int { text.heldBytes }

  /// Whether something was received that there is no memory for yet.
  var waits: Bool { !isCut && (!pending.isEmpty || decompressors?.hasInput ?? false) }

  /// Adds the next bytes, as many as there is room for; while there is none for the rest, the body ``waits``.
  func read(_ bytes: UnsafeRawBufferPointer, in room: ResponseRoom) throws(TransportError) {
    if let decompressors {
      decompressors.append(bytes)
      return try unpack(decompressors, in: room)
    }
    guard room.grow(to: heldBytes) else {
      pending = Array(bytes)
      return
    }
    do { try append(bytes) } catch { throw failure(error) }
  }

  func read(_ data: Data, in room: ResponseRoom) throws(TransportError) {
    do {
      try data.withUnsafeBytes { try read($0, in: room) }
    } catch {
      throw failure(error)
    }
  }

  /// Takes in what waits.
  func readPending(in room: ResponseRoom) throws(TransportError) {
    if let decompressors { return try unpack(decompressors, in: room) }
    let bytes = pending
    pending = []
    do {
      try bytes.withUnsafeBytes { try read($0, in: room) }
    } catch {
      throw failure(error)
    }
  }

  private func unpack(_ decompressors: DecompressorChain, in room: ResponseRoom) throws(TransportError) {
    do {
      while !isCut, room.grow(to: heldBytes), try decompressors.advance(Self.step, append) {}
    } catch {
      throw failure(error)
    }
  }

  /// The whole body.
  /// - Throws: ``TransportError`` if it ended too early.
  func finish(in room: ResponseRoom) throws(TransportError) -> ReceivedBody {
    if !isCut, let decompressors {
      do { try decompressors.finish(append) } catch { throw failure(error) }
    }
    var reception = JSONReception()
    swap(&reception, &text)
    let (bytes, document) = reception.finish()
    room.close()
    return ReceivedBody(bytes, document: document, room: room)
  }

  private func append(_ piece: UnsafeRawBufferPointer) throws {
    let rest = limit.value - count
    if piece.count > rest {
      guard isCutAtLimit else {
        throw TransportError(
          .tooLarge,
          "The response of \(place()) is larger than \(limit.value) bytes. \(limit.variable) changes this limit. It does not apply to "
            + "bodies that are read in parts, as by JsonlDecoder or JsonItemsDecoder")
      }
      isCut = true
    }
    text.append(UnsafeRawBufferPointer(rebasing: piece.prefix(rest)))
    count += min(piece.count, rest)
  }

  private func failure(_ error: any Error) -> TransportError { error as? TransportError ?? TransportError(error, of: place()) }
}
