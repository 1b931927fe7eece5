import Foundation
import JSON
import Synchronization
import Testing

@testable import LowCode

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

  @Test func tellsAndKeepsTheConfig() async throws {
    let file = FileManager.default.temporaryDirectory.appending(path: "config-\(UUID().uuidString).json")
    try Data("{}".utf8).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    await ConfigControl(writer: writer, file: file.path).configChanged(config)
    #expect(try JSONValue(parsing: Data(contentsOf: file)) == .object(config))
    #expect(lines.types == ["CONTROL"])
  }

  @Test(arguments: [(nil, ["CONTROL"]), ("/nowhere/at/all/config.json", ["CONTROL", "LOG"])])
  func tellsWithoutAFile(file: String?, expected: [String]) async {
    await ConfigControl(writer: writer, file: file).configChanged(config)
    #expect(lines.types == expected)
  }
}
