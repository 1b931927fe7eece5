import Foundation
import JSON
import Testing

@testable import LowCode

@Suite struct FileUploaderTests {
  private static func upload(_ name: String, to directory: String) async throws -> FileReference? {
    let world = TestWorld([.status(200, "content")])
    var runtime = world.runtime
    runtime.environment = ["AIRBYTE_STAGING_DIRECTORY": directory]
    var context = BuildContext(config: [:], runtime: runtime, registry: .standard)
    context.streamName = "items"
    let node = try world.node(
      #"""
      {"type": "FileUploader", "requester": {"type": "HttpRequester", "url": "{{ download_target }}"},
       "download_target_extractor": {"type": "DpathExtractor", "field_path": ["url"]}, "filename_extractor": "{{ record.name }}"}
      """#)
    let uploader = try FileUploader(from: ComponentNode(node), in: context)
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

  @Test(arguments: ["../x", "a/../../x", "..", "", "/"])
  func noRecordLeadsOutOfIt(name: String) async throws {
    try await Self.withDirectory { directory in
      await #expect(throws: ConnectorError.self) { _ = try await Self.upload(name, to: directory) }
      let stored = try FileManager.default.contentsOfDirectory(atPath: directory)
      #expect(stored.isEmpty)
    }
  }
}
