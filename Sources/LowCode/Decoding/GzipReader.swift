/// Unpacks a body of gzip members, one after the other, as Python's `gzip` module does.
final class GzipReader {
  private let inflater: Inflater
  private enum Position { case member, betweenMembers }
  private var position = Position.member
  private var hasBegun = false

  init() throws { inflater = try Inflater(.gzip) }

  /// Calls `body` with what `input` holds, in pieces that are valid during the call.
  func read(_ input: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    var rest = input
    while !rest.isEmpty {
      if position == .betweenMembers {
        // Zeros may fill up the space behind a member.
        guard let start = rest.firstIndex(where: { $0 != 0 }) else { return }
        rest = UnsafeRawBufferPointer(rebasing: rest[start...])
        guard rest[0] == 0x1F else { throw InflateError.notGzip }
        inflater.reset()
        position = .member
      }
      hasBegun = true
      let used = try inflater.inflate(rest, body)
      if inflater.isFinished { position = .betweenMembers }
      rest = UnsafeRawBufferPointer(rebasing: rest[used...])
    }
  }

  /// - Throws: ``InflateError`` where the input ended within a member.
  func finish() throws(InflateError) {
    if hasBegun, position == .member { throw .truncated }
  }
}
