import CSeal
import Testing

@testable import Packaging

@Suite struct SealSumTests {
  private func sum(_ pieces: [[UInt8]]) -> [UInt8] {
    var sum = SealSum()
    for piece in pieces { sum.add(piece) }
    return sum.bytes
  }

  private let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37 ^ $0 >> 3) }

  @Test(arguments: [1, 7, 8, 63, 64, 65, 130, 999])
  func piecesDoNotMatter(size: Int) {
    let pieces = stride(from: 0, to: bytes.count, by: size).map { Array(bytes[$0..<min($0 + size, bytes.count)]) }
    #expect(sum(pieces) == sum([bytes]))
    #expect(sum([[]] + pieces + [[]]) == sum([bytes]))
  }

  /// Bytes that are changed, exchanged, missing or added, zeros too.
  @Test func everyChangeCounts() {
    var sums: Set<[UInt8]> = [sum([bytes])]
    var count = 1
    func see(_ bytes: [UInt8]) {
      sums.insert(sum([bytes]))
      count += 1
    }
    for place in bytes.indices {
      for bit in 0..<8 {
        var changed = bytes
        changed[place] ^= 1 << bit
        see(changed)
      }
    }
    for length in bytes.indices { see(Array(bytes[..<length])) }
    for more in 1...130 { see(bytes + [UInt8](repeating: 0, count: more)) }
    for place in stride(from: 0, to: 900, by: 8) {
      var exchanged = bytes
      exchanged.replaceSubrange(place..<place + 16, with: bytes[place + 8..<place + 16] + bytes[place..<place + 8])
      see(exchanged)
    }
    #expect(sums.count == count)
  }

  /// The form of packages: what one version writes another one checks.
  @Test func theValueIsFixed() {
    #expect(sum([Array("The quick brown fox jumps over the lazy dog".utf8)]) == [83, 251, 32, 163, 189, 155, 159, 40])
  }
}
