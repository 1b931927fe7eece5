import Foundation
import Testing

@testable import Bytes

@Suite struct DescriptorTests {
  @Test func whatCannotBeWrittenSaysWhy() throws {
    #expect(throws: FileError.system(ENOSPC)) { try Descriptor(open("/dev/full", O_WRONLY)).write([1]) }
    #expect(throws: FileError.system(EBADF)) { try Descriptor(open("/dev/null", O_RDONLY)).write([1]) }
    #expect(throws: FileError.system(ENOENT)) { try Descriptor(open("/none/at/all", O_RDONLY)) }
    #expect(FileError.system(ENOSPC).description == "No space left on device")
  }

  /// A pipe that takes a part at a time and refuses to block is waited for.
  @Test func aSlowReaderGetsEverything() async throws {
    var ends: [Int32] = [0, 0]
    #expect(pipe(&ends) == 0)
    let (reader, writer) = (try Descriptor(ends[0]), try Descriptor(ends[1]))
    #expect(fcntl(writer.number, F_SETFL, O_NONBLOCK) == 0)
    let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    async let written: Void = writer.write(bytes)
    var received: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 10_000)
    while received.count < bytes.count {
      let count = read(reader.number, &piece, piece.count)
      guard count > 0 else { break }
      received += piece[..<count]
    }
    try await written
    #expect(received == bytes)
  }

  @Test func pathsOfOwnDescriptorsAreKnown() throws {
    let scratch = try Scratch()
    let file = try Descriptor(open(scratch.write("file", []), O_RDONLY))
    for path in ["/dev/fd/\(file.number)", "/proc/self/fd/\(file.number)", "/proc/\(getpid())/fd/\(file.number)"] {
      #expect(try FilePlace(of: path).descriptor == file.number)
    }
    #expect(try FilePlace(of: "/dev/stdout").descriptor == 1)
    try scratch.link("link", to: "/dev/fd/\(file.number)")
    #expect(try FilePlace(of: scratch.path("link")).descriptor == file.number)
    #expect(try FilePlace(of: scratch.path("file")).descriptor == nil)
  }
}
