import Foundation
import JSON
import Synchronization
import Testing

@testable import Engine
@testable import Secrets

@Suite struct ConfigControlTests {
  private final class Lines: LineOutput {
    private let bytes = Mutex<[UInt8]>([])
    func write(_ bytes: UnsafeRawBufferPointer) { self.bytes.withLock { $0 += Array(bytes) } }
    var types: [String] {
      bytes.withLock { String(decoding: $0, as: UTF8.self) }.split(separator: "\n")
        .compactMap { (try? JSONValue(parsing: String($0)))?["type"]?.string }
    }
  }

  private let config: JSONObject = ["refresh": "r2"]
  private let lines = Lines()
  private var writer: MessageWriter { MessageWriter(output: lines, mask: SecretMask(), now: { TestWorld.start }) }

  private func withFolder(_ body: (URL) async throws -> Void) async throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "config-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try await body(folder)
  }

  @Test func tellsAndKeepsTheConfig() async throws {
    try await withFolder { folder in
      let file = folder.appending(path: "config.json")
      try Data("{}".utf8).write(to: file)
      try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
      // Configs are often links to where a platform keeps them.
      let link = folder.appending(path: "link.json")
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
      await ConfigControl(writer: writer, file: link.path).configChanged(config)
      #expect(try JSONValue(parsing: Data(contentsOf: file)) == .object(config))
      let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
      #expect(attributes[.posixPermissions] as? Int == 0o640)
      #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link.path).hasSuffix("config.json"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["config.json", "link.json"])
      #expect(lines.types == ["CONTROL"])
    }
  }

  @Test(arguments: [(nil, ["CONTROL"]), ("/nowhere/at/all/config.json", ["CONTROL", "LOG"]), ("/dev/null", ["CONTROL", "LOG"])])
  func tellsWithoutAFile(file: String?, expected: [String]) async {
    await ConfigControl(writer: writer, file: file).configChanged(config)
    #expect(lines.types == expected)
  }

  /// Nothing may be lost where the new config cannot be put into its place.
  @Test func anOldFileStaysWhereTheNewOneCannotBe() async throws {
    try await withFolder { folder in
      let old = folder.appending(path: "old.json")
      try Data("old".utf8).write(to: old)
      let (file, circle) = (folder.appending(path: "config.json"), folder.appending(path: "circle.json"))
      try FileManager.default.createSymbolicLink(at: file, withDestinationURL: circle)
      try FileManager.default.createSymbolicLink(at: circle, withDestinationURL: file)
      await ConfigControl(writer: writer, file: file.path).configChanged(config)
      // A file may not have been a folder.
      await ConfigControl(writer: writer, file: "\(old.path)/config.json").configChanged(config)
      #expect(try Data(contentsOf: old) == Data("old".utf8))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 3)
      #expect(lines.types == ["CONTROL", "LOG", "CONTROL", "LOG"])
    }
  }

  @Test func aNameMayBeAsLongAsNamesCanBe() async throws {
    try await withFolder { folder in
      let file = folder.appending(path: String(repeating: "c", count: 255))
      try Data("old".utf8).write(to: file)
      await ConfigControl(writer: writer, file: file.path).configChanged(config)
      #expect(try JSONValue(parsing: Data(contentsOf: file)) == .object(config))
      #expect(lines.types == ["CONTROL"])
    }
  }
}
