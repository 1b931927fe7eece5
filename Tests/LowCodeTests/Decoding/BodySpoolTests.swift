import Foundation
import Testing

@testable import ConnectorModel

/// Bodies that are received ahead of their readers.
@Suite struct BodySpoolTests {
  private static func bytes(_ seed: Int, _ count: Int) -> Data {
    Data((0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 31) ^ seed ^ ($0 >> 8)) })
  }

  private static func read(_ body: SpooledBody) async throws -> Data {
    var all = Data()
    let source = try #require(body.source)
    while let part = try await source.next() { all.append(part) }
    return all
  }

  /// They are written side by side, in pieces of any size.
  @Test func bodiesStayApart() async throws {
    let spool = BodySpool()
    let sizes = [0, 1, 1_000, 256 * 1024, 256 * 1024 + 1, 900_000]
    let bodies = sizes.map { _ in SpooledBody(in: spool) }
    let contents = sizes.enumerated().map { Self.bytes($0.offset, $0.element) }
    for step in 0..<30 {
      for (body, content) in zip(bodies, contents) {
        let piece = content.count / 30 + 1
        try body.append(content.dropFirst(step * piece).prefix(piece))
      }
    }
    for (body, content) in zip(bodies, contents) { #expect(try await Self.read(body) == content) }
  }

  @Test func blocksAreUsedAgain() async throws {
    let spool = BodySpool()
    let first = SpooledBody(in: spool)
    try first.append(Self.bytes(1, 600_000))
    #expect(spool.usedBlocks == 3)
    try first.removeAll()
    #expect(spool.usedBlocks == 0)
    try first.append(Self.bytes(2, 10))
    do {
      let second = SpooledBody(in: spool)
      try second.append(Self.bytes(3, 300_000))
      #expect(spool.usedBlocks == 3)
    }
    #expect(spool.usedBlocks == 1)
    #expect(try await Self.read(first) == Self.bytes(2, 10))
  }
}
