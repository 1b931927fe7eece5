import Foundation
import Testing

@testable import Packaging

/// Packages behind `/bin/true`, an executable like any other.
@Suite struct SealedExecutableTests {
  private static let package = Package(
    name: "source-shop", version: "1.2.3", manifest: Array("version: 7.39.1\n".utf8),
    files: ["schemas/b.json": Array("{}".utf8), "schemas/a.json": Array("{\"a\": \"\u{e9}\"}\n".utf8), "empty.json": []])

  private func sealed(_ package: Package = package, in scratch: Scratch, as name: String = "source-shop") throws -> String {
    try SealedExecutable(path: "/bin/true").write(package, to: scratch.path(name))
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
    #expect(try SealedExecutable(path: "/bin/true").package() == nil)
    #expect(try SealedExecutable(path: "/bin/true").inspection() == nil)
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
    try SealedExecutable(path: sealed(in: scratch)).write(other, to: scratch.path("again"))
    _ = try sealed(other, in: scratch, as: "directly")
    #expect(try scratch.bytes("again") == scratch.bytes("directly"))
  }

  @Test func aPackageCanReplaceTheOneOfItsOwnFile() throws {
    let scratch = try Scratch()
    let path = try sealed(in: scratch)
    let before = try scratch.bytes("source-shop")
    try SealedExecutable(path: path).write(Self.package, to: path)
    #expect(try scratch.bytes("source-shop") == before)
    #expect(try scratch.names() == ["source-shop"])
  }

  @Test func theInspectionNamesEveryPart() throws {
    let scratch = try Scratch()
    let inspection = try #require(try SealedExecutable(path: sealed(in: scratch)).inspection())
    let names = ["runtime", "package", "manifest.yaml", "empty.json", "schemas/a.json", "schemas/b.json"]
    #expect(inspection.rows.map(\.name) == names)
    let runtime = try Program.run("/usr/bin/sha256sum", ["/bin/true"]).output.prefix(64)
    #expect(inspection.rows[0].digest == runtime)
    #expect(inspection.rows[0].count == (try Data(contentsOf: URL(fileURLWithPath: "/bin/true"))).count)
    #expect(inspection.rows[3].digest == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  }

  /// Each byte of the package and of its checksum counts.
  @Test func aDamagedPackageIsRefused() throws {
    let scratch = try Scratch()
    let runtime = try SealedExecutable(path: "/bin/true").runtimeCount
    _ = try sealed(in: scratch)
    let bytes = try scratch.bytes("source-shop")
    let start = runtime + SealTrailer.opening.count
    let trailer = bytes.count - SealTrailer.size
    for place in Array(stride(from: start, to: trailer, by: 7)) + Array(bytes.count - Digest.size..<bytes.count) {
      var damaged = bytes
      damaged[place] ^= 0x20
      let path = try scratch.write("damaged", damaged)
      #expect(
        throws: PackagingError.self, "byte \(place)"
      ) { try SealedExecutable(path: path).package() }
    }
  }

  @Test func aDamageOfAnyOtherByteOfTheTrailerIsNoPackageOrAnError() throws {
    let scratch = try Scratch()
    _ = try sealed(in: scratch)
    let bytes = try scratch.bytes("source-shop")
    for place in bytes.count - SealTrailer.size..<bytes.count - Digest.size {
      var damaged = bytes
      damaged[place] ^= 0x81
      let path = try scratch.write("damaged", damaged)
      #expect(throws: PackagingError.self, "byte \(place)") { try SealedExecutable(path: path).package() }
    }
  }

  @Test(arguments: [1, 40, SealTrailer.size, SealTrailer.size + 3])
  func aPackageThatLostItsEndIsRefused(missing: Int) throws {
    let scratch = try Scratch()
    _ = try sealed(in: scratch)
    let path = try scratch.write("cut", try scratch.bytes("source-shop").dropLast(missing))
    #expect(throws: PackagingError.self) { try SealedExecutable(path: path) }
  }

  @Test func whatIsAddedBehindAPackageIsNoticed() throws {
    let scratch = try Scratch()
    _ = try sealed(in: scratch)
    let path = try scratch.write("longer", try scratch.bytes("source-shop") + [0])
    let error = #expect(throws: PackagingError.self) { try SealedExecutable(path: path) }
    #expect(error?.message.contains("damaged") == true)
  }

  @Test func aChangedExecutableIsNoticedByTheInspection() throws {
    let scratch = try Scratch()
    _ = try sealed(in: scratch)
    var bytes = try scratch.bytes("source-shop")
    bytes[1000] ^= 1
    let changed = try SealedExecutable(path: scratch.write("changed", bytes))
    #expect(try changed.package()?.name == "source-shop")
    #expect(throws: PackagingError("The executable before the package is not the one that was packaged: its SHA-256 differs.")) {
      try changed.inspection()
    }
  }

  @Test func onlyExecutablesArePackaged() throws {
    let scratch = try Scratch()
    let script = try scratch.write("script", Array("#!/bin/sh\n".utf8))
    #expect(throws: PackagingError("\(script) is not an executable of Linux.")) {
      try SealedExecutable(path: script).write(Self.package, to: scratch.path("out"))
    }
    #expect(try scratch.names() == ["script"])
  }

  @Test func whereNothingCanBeWrittenNothingIsLeft() throws {
    let scratch = try Scratch()
    let runtime = try SealedExecutable(path: "/bin/true")
    #expect(throws: PackagingError("\(scratch.path("none/out")) cannot be written: No such file or directory.")) {
      try runtime.write(Self.package, to: scratch.path("none/out"))
    }
    #expect(throws: PackagingError("\(scratch.url.path) is a folder; the output should be a file.")) {
      try runtime.write(Self.package, to: scratch.url.path)
    }
    #expect(try scratch.names().isEmpty)
  }
}

extension PackagingError: Equatable {
  public static func == (one: PackagingError, other: PackagingError) -> Bool { one.message == other.message }
}
