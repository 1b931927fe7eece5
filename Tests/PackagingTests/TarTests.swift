import Bytes
import Foundation
import Testing

@testable import Packaging

/// What is written, read by the system's own tools.
@Suite struct TarTests {
  private func tar(_ tree: ImageTree, in scratch: Scratch) throws -> String {
    var bytes: [UInt8] = []
    try tree.writeTar { bytes += $0 }
    return try scratch.write("tree.tar", bytes)
  }

  @Test func theTreeIsWhatTarLists() throws {
    let scratch = try Scratch()
    let long = String(repeating: "deep/", count: 40) + "file"
    var tree = ImageTree(rootLinks: ["lib": "usr/lib"])
    tree.addFolder("/tmp", mode: 0o1777)
    tree.addText("/home/note", "hello\n", owner: 1000)
    tree.add("/lib/libx.so", .bytes([1, 2, 3]), mode: 0o755)
    tree.add("/bin/link", .link(to: "note"), mode: 0o777)
    tree.add(long, .bytes([UInt8](repeating: 7, count: 600)), mode: 0o644)
    let listed = try Program.run(
      "/bin/tar", ["--list", "--verbose", "--numeric-owner", "--full-time", "--file", tar(tree, in: scratch)])
    #expect(listed.status == 0)
    let lines = listed.output.split(separator: "\n").map { $0.split(separator: " ").map { String($0) } }
    let rows = lines.map { "\($0[0]) \($0[1]) \($0[2]) \($0[3]) \($0[4]) \($0[5...].joined(separator: " "))" }
    let folders = (1...40).map { "drwxr-xr-x 0/0 0 1970-01-01 00:00:00 \(String(repeating: "deep/", count: $0))" }
    #expect(
      rows == [
        "drwxr-xr-x 0/0 0 1970-01-01 00:00:00 bin/",
        "lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 bin/link -> note",
      ] + folders + [
        "-rw-r--r-- 0/0 600 1970-01-01 00:00:00 \(long)",
        "drwxr-xr-x 0/0 0 1970-01-01 00:00:00 home/",
        "-rw-r--r-- 1000/1000 6 1970-01-01 00:00:00 home/note",
        "lrwxrwxrwx 0/0 0 1970-01-01 00:00:00 lib -> usr/lib",
        "drwxrwxrwt 0/0 0 1970-01-01 00:00:00 tmp/",
        "drwxr-xr-x 0/0 0 1970-01-01 00:00:00 usr/",
        "drwxr-xr-x 0/0 0 1970-01-01 00:00:00 usr/lib/",
        "-rwxr-xr-x 0/0 3 1970-01-01 00:00:00 usr/lib/libx.so",
      ])
    let note = try Program.run("/bin/tar", ["--extract", "--to-stdout", "--file", scratch.path("tree.tar"), "home/note"])
    #expect(note.output == "hello\n")
  }

  @Test func filesOfTheSystemAreCopied() throws {
    let scratch = try Scratch()
    let bytes = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var tree = ImageTree()
    tree.add("whole", .host(path: try scratch.write("source", bytes)), mode: 0o644)
    tree.add("program", .program(try SealedExecutable(path: Runtime.write(in: scratch))), mode: 0o755)
    let path = try tar(tree, in: scratch)
    #expect(try Program.run("/bin/tar", ["--extract", "--directory", scratch.url.path, "--file", path]).status == 0)
    #expect(try scratch.bytes("whole") == bytes)
    #expect(try scratch.bytes("program") == scratch.bytes("runtime"))
    #expect(tree.hostPaths.sorted() == [scratch.path("runtime"), scratch.path("source")])
  }

  @Test func compressedPiecesAreOneGzip() throws {
    let scratch = try Scratch()
    var random = SeededGenerator(3)
    let pieces = (0..<40).map { count in (0..<count * 5000).map { _ in UInt8.random(in: 0...40, using: &random) } }
    func compressed() throws -> [UInt8] {
      var bytes: [UInt8] = []
      let compressor = try Compressor { bytes += $0 }
      for piece in pieces { try compressor.add(piece) }
      try compressor.finish()
      return bytes
    }
    let bytes = try compressed()
    #expect(try compressed() == bytes)
    #expect(bytes.prefix(8) == [0x1F, 0x8B, 8, 0, 0, 0, 0, 0])
    try scratch.write("x.gz", bytes)
    #expect(try Program.run("/bin/gzip", ["--decompress", scratch.path("x.gz")]).status == 0)
    #expect(try scratch.bytes("x") == pieces.flatMap { $0 })
  }
}
