import Testing

@testable import JSON

@Suite struct BlockTests {
  /// Sizes on both sides of what is kept: what was written stays as a buffer grows from one kind of block to the next.
  @Test(arguments: [10, 32 * 1024 - 1, 32 * 1024, 100_000, 4 * 1024 * 1024, 4 * 1024 * 1024 + 1, 9_000_000])
  func keepsBytesWhileGrowing(_ size: Int) {
    for _ in 0..<3 {
      var buffer = ByteBuffer()
      for place in 0..<size { buffer.append(UInt8(truncatingIfNeeded: place &* 31)) }
      let bytes = buffer.freeze()
      let data = bytes.data
      #expect(data.count == size)
      #expect(data.indices.allSatisfy { data[$0] == UInt8(truncatingIfNeeded: $0 &* 31) })
    }
  }

  @Test func dataOutlivesItsBytes() {
    var data = JSONBytes(Array("text".utf8)).data
    let copy = data
    data[0] = UInt8(ascii: "n")
    #expect(String(decoding: data, as: UTF8.self) == "next")
    #expect(String(decoding: copy, as: UTF8.self) == "text")
  }

  @Test func aBlockHasTheSizeThatIsAskedFor() {
    for wanted in [1, 40_000, 70_000, 40_000, 5_000_000, 39_000] {
      let block = Blocks.allocate(wanted)
      #expect(block.capacity >= wanted)
      Blocks.free(block.base, block.capacity)
    }
  }
}
