import Foundation
import JSON
import Testing

@testable import Components
@testable import ConnectorModel

@Suite struct FileUploaderTests {
  private static func upload(_ name: String, of stream: String = "items", to directory: String) async throws -> FileReference? {
    let world = TestWorld([.status(200, "content")])
    var runtime = world.runtime
    runtime.environment = ["AIRBYTE_STAGING_DIRECTORY": directory]
    let scope = BuildScope(config: [:], runtime: runtime, registry: .standard).entering(StreamScope(name: stream))
    let node = try world.node(
      #"""
      {"type": "FileUploader", "requester": {"type": "HttpRequester", "url": "{{ download_target }}"},
       "download_target_extractor": {"type": "DpathExtractor", "field_path": ["url"]}, "filename_extractor": "{{ record.name }}"}
      """#)
    let uploader = try FileUploader(from: ComponentNode(node), in: scope)
    var record = Record(["url": "https://files.test/1", "name": .string(name)] as JSONObject)
    try await uploader.upload(&record)
    return record.file
  }

  private static func withDirectory<R>(_ body: (String) async throws -> R) async throws -> R {
    let directory = NSTemporaryDirectory() + "files-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    return try await body(directory)
  }

  @Test func filesGoBelowTheStagingDirectory() async throws {
    try await Self.withDirectory { directory in
      let file = try #require(try await Self.upload("/a/./b.txt", to: directory))
      #expect(file.url == "\(directory)/items/a/b.txt")
      #expect(file.relativePath == "items/a/b.txt")
      #expect(file.size == 7)
      #expect(try String(contentsOfFile: file.url, encoding: .utf8) == "content")
    }
  }

  /// Also that of a link or of another name of a file; a name may be as long as names can be.
  @Test(arguments: [
    ("reports/2024", "a.txt"), ("items", "new/deep/a.txt"), ("items", "link"), ("items", String(repeating: "n", count: 255)),
  ])
  func aFileTakesItsPlace(stream: String, name: String) async throws {
    try await Self.withDirectory { directory in
      let outside = directory + ".outside"
      defer { try? FileManager.default.removeItem(atPath: outside) }
      try Data("outside".utf8).write(to: URL(filePath: outside))
      try FileManager.default.createDirectory(atPath: "\(directory)/items", withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(atPath: "\(directory)/items/link", withDestinationPath: outside)
      for _ in 1...2 {
        let file = try #require(try await Self.upload(name, of: stream, to: directory))
        #expect(file.relativePath == "\(stream)/\(name)")
        #expect(try String(contentsOfFile: file.url, encoding: .utf8) == "content")
      }
      #expect(try String(contentsOfFile: outside, encoding: .utf8) == "outside")
      let stored = try FileManager.default.subpathsOfDirectory(atPath: directory)
      #expect(stored.allSatisfy { !$0.contains(".airbyte-lowcode-") })
    }
  }

  /// Names of records, and of streams, which an API may have given.
  @Test(arguments: [
    "../x", "a/../../x", "..", "", "/", "a/..", "./", "a\u{0}b", "a\nb", "..\\x", "a/\u{301}/../../../x",
    String(repeating: "n", count: 256),
  ])
  func nothingLeadsOutOfIt(name: String) async throws {
    try await Self.withDirectory { directory in
      await #expect(throws: ConnectorError.self) { _ = try await Self.upload(name, to: directory) }
      if name != "" { await #expect(throws: ConnectorError.self) { _ = try await Self.upload("a.txt", of: name, to: directory) } }
      await #expect(throws: ConnectorError.self) { _ = try await Self.upload("a.txt", of: "/etc", to: directory) }
      let stored = try FileManager.default.contentsOfDirectory(atPath: directory)
      #expect(stored.isEmpty)
    }
  }

  /// A link in the staging directory that leads out of it, and what is no file.
  @Test func whatStandsInItDoesNotLeadOutEither() async throws {
    try await Self.withDirectory { directory in
      let outside = directory + ".outside"
      try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
      defer { try? FileManager.default.removeItem(atPath: outside) }
      try FileManager.default.createSymbolicLink(atPath: "\(directory)/items", withDestinationPath: outside)
      await #expect(throws: ConnectorError.self) { _ = try await Self.upload("a.txt", to: directory) }
      #expect(try FileManager.default.contentsOfDirectory(atPath: outside).isEmpty)
    }
  }

  @Test func aPipeInTheStagingDirectoryIsNoPlace() async throws {
    try await Self.withDirectory { directory in
      try FileManager.default.createDirectory(atPath: "\(directory)/items", withIntermediateDirectories: true)
      #expect(mkfifo("\(directory)/items/pipe", 0o600) == 0)
      let error = await #expect(throws: ConnectorError.self) { _ = try await Self.upload("pipe", to: directory) }
      #expect(error?.message.hasSuffix("could not be stored: what is there is not a regular file") == true)
    }
  }
}
