import Foundation
import Testing

@testable import Packaging

@Suite struct ELFFileTests {
  @Test func aProgramNamesItsLoaderAndLibraries() throws {
    let file = try ELFFile(InputBytes(path: "/bin/ls"))
    #expect(file.interpreter?.contains("ld-linux") == true)
    #expect(file.needed.contains("libc.so.6"))
    #expect(file.searchPath.isEmpty)
  }

  @Test func anExecutableEndsWhereItsFileDoes() throws {
    for path in ["/bin/true", "/bin/sh"] {
      let file = try InputBytes(path: path)
      #expect(try ELFFile.end(of: file) == file.count)
    }
  }

  @Test(arguments: ["", "\u{7f}ELF", "#!/bin/sh\nexit 0\n", String(repeating: "x", count: 1000)])
  func whatIsNoELFFileIsRefused(text: String) throws {
    let scratch = try Scratch()
    let path = try scratch.write("file", Array(text.utf8))
    let error = #expect(throws: PackagingError.self) { try ELFFile(InputBytes(path: path)) }
    #expect(error?.message == "\(path) is not a Linux program or library")
  }

  /// Tables that lead outside the file, loops and nonsense numbers: an error or nothing found, never a trap.
  @Test func aBrokenFileIsReadWithoutHarm() throws {
    let scratch = try Scratch()
    let whole = Array(try Data(contentsOf: URL(fileURLWithPath: "/bin/true")))
    var random = SystemRandomNumberGenerator.seeded(7)
    for _ in 0..<300 {
      var bytes = Array(whole.prefix(Int.random(in: 64...whole.count, using: &random)))
      for _ in 0..<Int.random(in: 1...20, using: &random) {
        bytes[Int.random(in: 6..<min(1200, bytes.count), using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      let file = try InputBytes(path: scratch.write("broken", bytes))
      _ = try? ELFFile(file)
      _ = try? ELFFile.end(of: file)
    }
  }

  /// The loader's own list is what has to be found.
  @Test(arguments: ["/bin/ls", "/bin/sh", "/usr/bin/git"])
  func theClosureIsTheLoadersList(program: String) throws {
    guard FileManager.default.isExecutableFile(atPath: program) else { return }
    let listed = try Program.run("/usr/bin/ldd", [program]).output.split(separator: "\n").compactMap { line -> String? in
      let words = line.split { $0 == " " || $0 == "\t" }
      guard let first = words.first, !first.hasPrefix("linux-vdso") else { return nil }
      return first.split(separator: "/").last.map { String($0) }
    }
    let found = try LibrarySearch().closure(of: [program])
    #expect(Set(found.map { HostPath.name(of: $0.path) }) == Set(listed))
    #expect(found.allSatisfy { FileManager.default.fileExists(atPath: $0.path) })
  }

  @Test func aLibraryThatIsNowhereIsNamed() throws {
    let search = LibrarySearch(standard: ["/nowhere"], configuration: "/nowhere/ld.so.conf")
    let error = #expect(throws: PackagingError.self) { try search.closure(of: ["/bin/sh"]) }
    #expect(error?.message == "The library libc.so.6, which /bin/sh needs, is not among this system's libraries")
  }

  @Test func configuredFoldersAreSearchedAndHaveToBeTold() throws {
    let scratch = try Scratch()
    let libc = try #require(try LibrarySearch().closure(of: ["/bin/sh"]).first { $0.path.hasSuffix("/libc.so.6") })
    try FileManager.default.createDirectory(atPath: scratch.path("conf.d"), withIntermediateDirectories: true)
    try scratch.write("conf.d/libs.conf", Array("# the only folder\n\(HostPath.folder(of: libc.path))\n".utf8))
    try scratch.write("ld.so.conf", Array("include \(scratch.path("conf.d"))/*.conf\n".utf8))
    let search = LibrarySearch(standard: [], configuration: scratch.path("ld.so.conf"))
    let found = try search.closure(of: ["/bin/sh"])
    #expect(found.first { $0.path == libc.path }?.isInPlace == false)
  }
}

/// Numbers that are the same in each run.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 29
  }
}

extension SystemRandomNumberGenerator {
  static func seeded(_ seed: UInt64) -> SeededGenerator { SeededGenerator(seed) }
}
