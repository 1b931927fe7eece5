import Foundation
import Testing

@testable import Bytes

@Suite struct AtomicFileTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func replace(_ path: String, _ text: String, _ permissions: AtomicFile.Permissions = .kept) throws {
    let file = try AtomicFile(path: path, permissions: permissions)
    try file.write(Array(text.utf8))
    try file.putInPlace()
  }

  private func mode(_ name: String) throws -> mode_t {
    var status = stat()
    #expect(lstat(scratch.path(name), &status) == 0)
    return status.st_mode
  }

  @Test func theOldFileStandsUntilTheNewOneIsWhole() throws {
    try scratch.write("file", Array("old".utf8))
    let file = try AtomicFile(path: scratch.path("file"), permissions: .kept)
    try file.write(Array("new".utf8))
    #expect(try scratch.text("file") == "old")
    try file.removeAll()
    try file.write(Array("newer".utf8))
    try file.putInPlace()
    #expect(try scratch.text("file") == "newer")
    #expect(try scratch.names() == ["file"])
  }

  @Test func whatIsNotPutInPlaceLeavesNothing() throws {
    try scratch.write("file", Array("old".utf8))
    do {
      let file = try AtomicFile(path: scratch.path("file"), permissions: .kept)
      try file.write([1, 2, 3])
    }
    #expect(try scratch.names() == ["file"])
    #expect(try scratch.text("file") == "old")
  }

  @Test func modeAndOwnerStay() throws {
    try scratch.write("file", [])
    #expect(chmod(scratch.path("file"), 0o4751) == 0)
    // Only root may give a file to another one.
    if geteuid() == 0 { #expect(chown(scratch.path("file"), 12, 34) == 0 && chmod(scratch.path("file"), 0o4751) == 0) }
    let before = try scratch.status("file")
    try replace(scratch.path("file"), "new")
    let after = try scratch.status("file")
    #expect(after.st_mode == before.st_mode && after.st_uid == before.st_uid && after.st_gid == before.st_gid)
    try replace(scratch.path("file"), "newer", .fixed(0o755))
    #expect(try mode("file") & 0o7777 == 0o755)
    #expect(try scratch.status("file").st_uid == before.st_uid)
  }

  @Test func linksLeadToTheFileThatIsReplaced() throws {
    try scratch.makeFolder("folder")
    try scratch.write("folder/file", Array("old".utf8))
    try scratch.link("link", to: "folder/hop")
    try scratch.link("folder/hop", to: "file")
    try replace(scratch.path("link"), "new")
    #expect(try scratch.text("folder/file") == "new")
    try scratch.link("dangling", to: "folder/made")
    try replace(scratch.path("dangling"), "made", .fixed(0o644))
    #expect(try scratch.text("folder/made") == "made")
    for name in ["link", "folder/hop", "dangling"] { #expect(try mode(name) & S_IFMT == S_IFLNK) }
    #expect(try scratch.names(in: "folder") == ["file", "hop", "made"])
  }

  @Test func whatCannotBeReplacedIsRefused() throws {
    try scratch.makeFolder("folder")
    try scratch.write("file", [])
    try scratch.link("circle", to: "circle")
    #expect(mkfifo(scratch.path("pipe"), 0o600) == 0)
    let cases: [(String, FileError)] = [
      ("none", .system(ENOENT)), ("none/file", .system(ENOENT)), ("file/file", .system(ENOTDIR)), ("folder", .system(EISDIR)),
      ("folder/", .system(EISDIR)), ("folder/.", .system(EISDIR)), ("circle", .system(ELOOP)),
      ("pipe", .refused("it is not a regular file")), (String(repeating: "n", count: 256), .system(ENAMETOOLONG)),
    ]
    for (name, error) in cases {
      #expect(throws: error, "\(name)") { try replace("\(scratch.url.path)/\(name)", "x") }
    }
    #expect(throws: FileError.refused("it is not a regular file")) { try replace("/dev/null", "x", .fixed(0o644)) }
    #expect(try scratch.names() == ["circle", "file", "folder", "pipe"])
  }

  @Test(.enabled(if: geteuid() != 0, "Root may write everything.")) func whatMayNotBeWrittenStays() throws {
    try scratch.write("file", Array("old".utf8))
    #expect(chmod(scratch.path("file"), 0o444) == 0)
    #expect(throws: FileError.system(EACCES)) { try replace(scratch.path("file"), "new") }
    #expect(try scratch.text("file") == "old")
  }

  // MARK: What killed writers left

  /// Only what is called as such files are, is one, and is not locked by a writer.
  @Test func leftoversAreRemovedAndNothingElse() throws {
    let left = [".file.airbyte-lowcode-0a1b2c3d", ".other.airbyte-lowcode-zzzzzzzz"]
    let foreign = [
      "file.airbyte-lowcode-0a1b2c3d", ".file.airbyte-lowcode-0a1b2c3", ".file.airbyte-lowcode-0A1B2C3D", ".file.0a1b2c3d",
      ".file.Ab12Cd",
      ".file.airbyte-lowcode-0a1b2c3d.bak",
    ]
    for name in left + foreign { try scratch.write(name, [1]) }
    try scratch.makeFolder(".folder.airbyte-lowcode-00000000")
    try scratch.link(".link.airbyte-lowcode-00000000", to: "file")
    #expect(mkfifo(scratch.path(".pipe.airbyte-lowcode-00000000"), 0o600) == 0)
    let others = try Set(scratch.names()).subtracting(left)
    let living = try AtomicFile(path: scratch.path("living"), permissions: .usual)
    let temporary = try #require(try Set(scratch.names()).subtracting(others).first { $0.hasPrefix(".living.") })
    try replace(scratch.path("file"), "new", .usual)
    #expect(try Set(scratch.names()) == others.union(["file", temporary]))
    try living.putInPlace()
    #expect(try Set(scratch.names()) == others.union(["file", "living"]))
  }

  @Test func whatAnotherUserLeftStays() throws {
    guard geteuid() == 0 else { return }
    let path = try scratch.write(".file.airbyte-lowcode-0a1b2c3d", [1])
    #expect(chown(path, 12, 34) == 0)
    try replace(scratch.path("file"), "new", .usual)
    #expect(try scratch.names() == [".file.airbyte-lowcode-0a1b2c3d", "file"])
  }

  @Test func foldersOfOthersNamesAreTidiedToo() throws {
    try scratch.makeFolder("deep")
    try scratch.write("deep/.gone.airbyte-lowcode-0a1b2c3d", [1])
    try ContainedFolder(path: scratch.url.path).makeFile(at: ContainedPath(named: "deep/file")).putInPlace()
    #expect(try scratch.names(in: "deep") == ["file"])
  }

  /// Many writers of one name, in one process: each is whole, and they remove nothing of each other.
  @Test func writersDoNotDisturbEachOther() async throws {
    let path = scratch.path("file")
    let texts = (0..<32).map { number in String(repeating: "\(number % 10)", count: 10_000) }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for text in texts { group.addTask { try replace(path, text, .fixed(0o644)) } }
      try await group.waitForAll()
    }
    #expect(texts.contains(try scratch.text("file")))
    #expect(try scratch.names() == ["file"])
  }
}
