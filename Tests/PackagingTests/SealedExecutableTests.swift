import CSeal
import Foundation
import Testing

@testable import Packaging

/// Packages behind a program that does nothing.
@Suite struct SealedExecutableTests {
  private static let package = Package(
    name: "source-shop", version: "1.2.3", manifest: Array("version: 7.39.1\n".utf8),
    files: ["schemas/b.json": Array("{}".utf8), "schemas/a.json": Array("{\"a\": \"\u{e9}\"}\n".utf8), "empty.json": []])

  private func sealed(_ package: Package = package, in scratch: Scratch, as name: String = "source-shop") throws -> String {
    _ = try SealedExecutable(path: Runtime.write(in: scratch)).write(package, to: OutputPlace(scratch.path(name)))
    try FileManager.default.removeItem(atPath: scratch.path("runtime"))
    return scratch.path(name)
  }

  @Test func whatWasPackagedIsThere() throws {
    let scratch = try Scratch()
    let read = try #require(try SealedExecutable(path: sealed(in: scratch)).package())
    #expect(read.name == Self.package.name)
    #expect(read.version == Self.package.version)
    #expect(read.manifest == Self.package.manifest)
    #expect(read.files == Self.package.files)
  }

  @Test func theExecutableStillRuns() throws {
    let scratch = try Scratch()
    #expect(try Program.run(sealed(in: scratch), []).status == 0)
  }

  @Test func anOrdinaryExecutableCarriesNothing() throws {
    let scratch = try Scratch()
    for path in ["/bin/true", try Runtime.write(in: scratch)] {
      #expect(try SealedExecutable(path: path).package() == nil)
      #expect(try SealedExecutable(path: path).inspection() == nil)
    }
  }

  @Test func theSameInputMakesTheSameBytes() throws {
    let scratch = try Scratch()
    let other = Package(
      name: Self.package.name, version: Self.package.version, manifest: Self.package.manifest,
      files: Dictionary(uniqueKeysWithValues: Self.package.files.reversed()))
    _ = try sealed(in: scratch, as: "one")
    _ = try sealed(other, in: scratch, as: "two")
    #expect(try scratch.bytes("one") == scratch.bytes("two"))
  }

  @Test func packagingAgainReplacesThePackage() throws {
    let scratch = try Scratch()
    let other = Package(name: "source-other", version: nil, manifest: Array("streams: []\n".utf8), files: [:])
    _ = try SealedExecutable(path: sealed(in: scratch)).write(other, to: OutputPlace(scratch.path("again")))
    _ = try sealed(other, in: scratch, as: "directly")
    #expect(try scratch.bytes("again") == scratch.bytes("directly"))
  }

  @Test func aPackageDoesNotReplaceItsOwnRuntime() throws {
    let scratch = try Scratch()
    let path = try sealed(in: scratch)
    let before = try scratch.bytes("source-shop")
    for name in ["source-shop", "hard", "soft"] {
      if name == "hard" { #expect(link(path, scratch.path("hard")) == 0) }
      if name == "soft" { #expect(symlink("source-shop", scratch.path("soft")) == 0) }
      #expect(throws: PackagingError("\(scratch.path(name)) is the runtime, which is read; the output should be another file")) {
        try SealedExecutable(path: path).write(Self.package, to: OutputPlace(scratch.path(name)))
      }
    }
    #expect(try scratch.bytes("source-shop") == before)
    #expect(try scratch.names() == ["hard", "soft", "source-shop"])
  }

  @Test func theInspectionNamesEveryPart() throws {
    let scratch = try Scratch()
    let inspection = try #require(try SealedExecutable(path: sealed(in: scratch)).inspection())
    let names = ["runtime", "package", "manifest.yaml", "empty.json", "schemas/a.json", "schemas/b.json"]
    #expect(inspection.rows.map(\.name) == names)
    // As it is without the package.
    let runtime = try Runtime.write(in: scratch)
    #expect(try Program.run("/usr/bin/sha256sum", [runtime]).output.prefix(64) == inspection.rows[0].digest)
    #expect(try scratch.bytes("runtime").count == inspection.rows[0].count)
    #expect(inspection.rows[3].digest == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  private func isRefused(_ bytes: [UInt8], in scratch: Scratch) throws -> Bool {
    let path = try scratch.write("damaged", bytes)
    do {
      _ = try SealedExecutable(path: path).inspection()
      return false
    } catch is PackagingError { return true }
  }

  /// Of the program, of what is between, of the package and of the trailer.
  @Test func aChangeOfAnyByteIsRefused() throws {
    let scratch = try Scratch()
    let runtime = try SealedExecutable(path: Runtime.write(in: scratch)).runtimeCount
    _ = try sealed(in: scratch)
    let bytes = try scratch.bytes("source-shop")
    let mark = try #require(try SealMark(InputBytes(path: scratch.path("source-shop"))))
    let places =
      Array(stride(from: 4, to: runtime, by: 1511)) + Array(mark.place - Int(CSEAL_MARK_SIZE)..<mark.place + 8)
      + Array(runtime..<bytes.count)
    for place in places {
      var damaged = bytes
      damaged[place] ^= UInt8(1 << (place % 8))
      #expect(try isRefused(damaged, in: scratch), "byte \(place) of \(bytes.count)")
    }
  }

  /// By any number of bytes, of the package or of the program.
  @Test func anExecutableOfAnotherLengthIsRefused() throws {
    let scratch = try Scratch()
    let runtime = try SealedExecutable(path: Runtime.write(in: scratch)).runtimeCount
    _ = try sealed(in: scratch)
    let bytes = try scratch.bytes("source-shop")
    for count in Array(stride(from: 64, to: runtime, by: 4001)) + Array(runtime - 70...runtime + 70)
      + Array(bytes.count - 70..<bytes.count)
    {
      #expect(try isRefused(Array(bytes[..<count]), in: scratch), "\(count) of \(bytes.count) bytes")
    }
    for more in [[0], [10], Array(bytes.suffix(SealTrailer.size)), bytes] {
      #expect(try isRefused(bytes + more, in: scratch), "\(more.count) bytes more")
    }
  }

  /// A program that lost its end was no package perhaps, and cannot run all the same.
  @Test func aProgramThatLostItsEndIsNoRuntime() throws {
    let scratch = try Scratch()
    let runtime = try Runtime.write(in: scratch)
    let path = try scratch.write("cut", try scratch.bytes("runtime").dropLast(1))
    #expect(throws: PackagingError("\(path) is damaged: its end is missing; copy or package it again")) {
      try SealedExecutable(path: path)
    }
    _ = try SealedExecutable(path: runtime)
  }

  @Test func aDamagedPackageIsNoRuntime() throws {
    let scratch = try Scratch()
    var bytes = try scratch.bytes(HostPath.name(of: sealed(in: scratch)))
    bytes[9000] ^= 1
    let path = try scratch.write("changed", bytes)
    let error = PackagingError(
      "\(path) is damaged: its checksum is not the one that was written with it; copy or package it again")
    #expect(throws: error) { try SealedExecutable(path: path).write(Self.package, to: OutputPlace(scratch.path("out"))) }
    #expect(throws: error) { try SealedExecutable(path: path).inspection() }
    #expect(try scratch.names() == ["changed", "source-shop"])
  }

  @Test func onlyExecutablesArePackaged() throws {
    let scratch = try Scratch()
    let script = try scratch.write("script", Array("#!/bin/sh\n".utf8))
    #expect(throws: PackagingError("\(script) is not a Linux executable")) {
      try SealedExecutable(path: script).write(Self.package, to: OutputPlace(scratch.path("out")))
    }
    #expect(try scratch.names() == ["script"])
    for bytes in [try Runtime.bytes(markedBy: "\nlow-code-mirk:\n"), try Runtime.bytes(markedBy: CSEAL_MARK, section: ".other")] {
      let other = try scratch.write("other", bytes)
      #expect(throws: PackagingError.self) {
        try SealedExecutable(path: other).write(Self.package, to: OutputPlace(scratch.path("out")))
      }
    }
    #expect(try scratch.names() == ["other", "script"])
  }

  @Test func whereNothingCanBeWrittenNothingIsLeft() throws {
    let scratch = try Scratch()
    let other = try Scratch()
    let runtime = try SealedExecutable(path: Runtime.write(in: other))
    #expect(throws: PackagingError("\(scratch.path("none/out")) cannot be written: No such file or directory")) {
      try runtime.write(Self.package, to: OutputPlace(scratch.path("none/out")))
    }
    #expect(throws: PackagingError("\(scratch.url.path) is a folder; the output should be a file")) {
      try runtime.write(Self.package, to: OutputPlace(scratch.url.path))
    }
    #expect(try scratch.names().isEmpty)
  }
}

extension PackagingError: Equatable {
  public static func == (one: PackagingError, other: PackagingError) -> Bool { one.message == other.message }
}
