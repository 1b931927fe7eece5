import ConnectorModel
import Foundation
import JSON
import Testing

@testable import Traffic

@Suite("Writing HAR files")
struct HARWriterTests {
  private static func path(_ ending: String) -> String {
    FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).\(ending)").path
  }

  private static func entry(_ number: Int, size: Int = 10) -> [UInt8] {
    let text = String(repeating: "x", count: size)
    return Array(
      #"{"request":{"method":"GET","url":"https://a.example/\#(number)"},"response":{"status":200,"content":{"text":"\#(text)"}}}"#
        .utf8)
  }

  private static func urls(_ path: String) throws -> [String] {
    let file = try HARFile(path: path)
    #expect(!file.isCutOff)
    return try (0..<file.count).map { try file.entry($0).request.url }
  }

  @Test("Two runs do not write into one file", arguments: ["har", "har.gz"])
  func oneAtATime(_ ending: String) throws {
    let path = Self.path(ending)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let writer = try HARWriter(path: path, log: ["version": "1.2"], limit: nil)
    try writer.add(Self.entry(1))
    #expect(throws: HARShapeError.self) { try HARWriter(path: path, log: [:], limit: nil) }
    try writer.finish([:])
    #expect(try Self.urls(path).count == 1)
  }

  @Test("A file is complete after each entry", arguments: ["har", "har.gz"])
  func complete(_ ending: String) throws {
    let path = Self.path(ending)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let writer = try HARWriter(path: path, log: ["version": "1.2"], limit: nil)
    #expect(try Self.urls(path) == [])
    // Long enough for a part of a compressed file.
    for number in 1...3 {
      try writer.add(Self.entry(number, size: 70_000))
      #expect(try Self.urls(path) == (1...number).map { "https://a.example/\($0)" })
    }
    try writer.add(Self.entry(4))
    try writer.finish(["_waits": [[1]]])
    #expect(try Self.urls(path).count == 4)
    #expect(try HARFile(path: path).log["_waits"] == [[1]])
  }

  @Test("With a limit, the last entries are kept", arguments: ["har", "har.gz"])
  func limited(_ ending: String) throws {
    let path = Self.path(ending)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let limit = ending == "har" ? 400_000 : 1_000
    let writer = try HARWriter(path: path, log: ["version": "1.2"], limit: limit)
    for number in 1...50 {
      try writer.add(Self.entry(number, size: 70_000))
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? .max < limit + 80_000)
    }
    try writer.finish([:])
    let kept = try Self.urls(path)
    #expect((1..<50).contains(kept.count))
    #expect(kept == (1...50).suffix(kept.count).map { "https://a.example/\($0)" })
    #expect(writer.dropped == 50 - kept.count)
  }

  @Test("A compressed file that was cut off has the entries before")
  func cutOff() throws {
    let path = Self.path("har.gz")
    defer { try? FileManager.default.removeItem(atPath: path) }
    let writer = try HARWriter(path: path, log: ["version": "1.2"], limit: nil)
    for number in 1...3 { try writer.add(Self.entry(number, size: 70_000)) }
    let data = try Data(contentsOf: URL(filePath: path))
    try data.prefix(data.count - 40).write(to: URL(filePath: path))
    let file = try HARFile(path: path)
    #expect(file.isCutOff)
    #expect(file.count >= 2)
  }
}
