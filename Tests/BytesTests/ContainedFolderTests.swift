import Foundation
import Testing

@testable import Bytes

/// A folder `in` with a file of its own, and beside it what nobody may reach from it.
@Suite struct ContainedFolderTests {
  private let scratch: Scratch
  private let folder: ContainedFolder

  init() throws {
    scratch = try Scratch()
    for name in ["in/deep", "out"] { try scratch.makeFolder(name) }
    try scratch.write("in/own.json", Array("own".utf8))
    try scratch.write("in/deep/far.json", Array("far".utf8))
    try scratch.write("out/secret.json", Array("secret".utf8))
    folder = try ContainedFolder(path: scratch.path("in"))
  }

  private func text(_ path: String) throws -> String {
    let file = try folder.file(at: ContainedPath(referring: path))
    return String(decoding: try file.bytes(at: 0, count: Int(file.status().st_size)), as: UTF8.self)
  }

  private func store(_ text: String, at path: String) throws {
    let file = try folder.makeFile(at: ContainedPath(named: path))
    try file.write(Array(text.utf8))
    try file.putInPlace()
  }

  /// Every file outside, to see that none changed.
  private func outside() throws -> [String: String] {
    var files: [String: String] = [:]
    for name in try FileManager.default.subpathsOfDirectory(atPath: scratch.path("out")) {
      files[name] = try? scratch.text("out/\(name)")
    }
    return files
  }

  // MARK: Reading

  @Test(arguments: ["own.json", "deep/far.json", "deep/../own.json"])
  func filesBelowAreRead(path: String) throws {
    #expect(try text(path) == (path.hasSuffix("far.json") ? "far" : "own"))
  }

  @Test(arguments: ["own.json", "./own.json", "deep/../own.json", "up/own.json", "deep/.././deep/back/own.json"])
  func linksThatStayBelowAreFollowed(target: String) throws {
    try scratch.link("in/up", to: ".")
    try scratch.link("in/deep/back", to: "..")
    try scratch.link("in/link.json", to: target)
    #expect(try text("link.json") == "own")
    try scratch.link("in/absolute.json", to: FilePlace.real(scratch.path("in/own.json")) ?? "")
    #expect(try text("absolute.json") == "own")
    try scratch.link("in/folder", to: "deep")
    #expect(try text("folder/far.json") == "far")
  }

  @Test(arguments: [
    "../out/secret.json", "deep/../../out/secret.json", "../in/../out/secret.json", "../in/own.json", "hop/secret.json", "hop2",
    "/etc/passwd", "/proc/self/root/etc/passwd", "/",
  ])
  func linksThatLeadOutAreNot(target: String) throws {
    try scratch.link("in/hop", to: "../out")
    try scratch.link("in/hop2", to: "hop/secret.json")
    try scratch.link("in/link.json", to: target)
    #expect(throws: FileError.leadsOut) { try text("link.json") }
    try scratch.link("in/link", to: "../out")
    #expect(throws: FileError.leadsOut) { try text("link/secret.json") }
    try scratch.link("in/real.json", to: FilePlace.real(scratch.path("out/secret.json")) ?? "")
    #expect(throws: FileError.leadsOut) { try text("real.json") }
  }

  @Test func linksInACircleEnd() throws {
    try scratch.link("in/a", to: "b")
    try scratch.link("in/b", to: "a")
    #expect(throws: FileError.system(ELOOP)) { try text("a") }
  }

  @Test func onlyRegularFilesAreRead() throws {
    #expect(mkfifo(scratch.path("in/pipe"), 0o600) == 0)
    #expect(throws: FileError.refused("it is not a regular file")) { try text("pipe") }
    #expect(throws: FileError.system(EISDIR)) { try text("deep") }
    #expect(throws: FileError.system(ENOENT)) { try text("none") }
    #expect(throws: FileError.system(ENOTDIR)) { try text("own.json/x") }
  }

  // MARK: Writing

  @Test func foldersAreMadeOnTheWay() throws {
    try store("new", at: "a/b/c.txt")
    #expect(try scratch.text("in/a/b/c.txt") == "new")
    try store("newer", at: "a/b/c.txt")
    #expect(try scratch.text("in/a/b/c.txt") == "newer")
    try scratch.link("in/link", to: "a/b")
    try store("newest", at: "link/c.txt")
    #expect(try scratch.text("in/a/b/c.txt") == "newest")
    #expect(try scratch.names(in: "in/a/b") == ["c.txt"])
  }

  @Test func noFolderOutsideIsWrittenInto() throws {
    let before = try outside()
    try scratch.link("in/link", to: "../out")
    try scratch.link("in/real", to: FilePlace.real(scratch.path("out")) ?? "")
    for path in ["link/secret.json", "link/new.json", "link/a/b.json", "real/secret.json"] {
      #expect(throws: FileError.leadsOut, "\(path)") { try store("attack", at: path) }
    }
    #expect(try outside() == before)
  }

  /// A link, another name of a file outside and the like are only names here.
  @Test func whatStandsAtTheNameGivesWay() throws {
    let before = try outside()
    try scratch.link("in/link.json", to: "../out/secret.json")
    try scratch.link("in/dangling.json", to: "../out/made.json")
    #expect(link(scratch.path("out/secret.json"), scratch.path("in/hard.json")) == 0)
    for name in ["link.json", "dangling.json", "hard.json"] {
      try store("new", at: name)
      #expect(try scratch.text("in/\(name)") == "new")
      #expect(FilePlace.link(at: scratch.path("in/\(name)")) == nil)
    }
    #expect(try outside() == before)
  }

  @Test func pipesAndFoldersDoNot() throws {
    #expect(mkfifo(scratch.path("in/pipe"), 0o600) == 0)
    #expect(throws: FileError.refused("what is there is not a regular file")) { try store("x", at: "pipe") }
    #expect(throws: FileError.system(EISDIR)) { try store("x", at: "deep") }
    #expect(throws: FileError.system(ENOTDIR)) { try store("x", at: "own.json/x") }
    #expect(try scratch.names(in: "in") == ["deep", "own.json", "pipe"])
  }

  @Test func aNameAsLongAsNamesMayBeIsOne() throws {
    let name = String(repeating: "n", count: 255)
    try store("long", at: name)
    #expect(try scratch.text("in/\(name)") == "long")
  }

  /// Somebody puts a link out into the place of a folder, again and again, while files are stored in it.
  @Test func aFolderThatChangesMeanwhileLeadsNowhere() async throws {
    try scratch.makeFolder("in/there")
    let (here, there, away) = (scratch.path("in/here"), scratch.path("in/there"), scratch.path("in/away"))
    try scratch.link("in/away", to: "../out")
    let before = try outside()
    await withTaskGroup(of: Void.self) { group in
      group.addTask {
        for _ in 0..<500 {
          rename(there, here)
          rename(here, there)
          rename(away, here)
          rename(here, away)
        }
      }
      group.addTask { for _ in 0..<500 { try? store("attack", at: "here/file") } }
    }
    #expect(try outside() == before)
  }
}
