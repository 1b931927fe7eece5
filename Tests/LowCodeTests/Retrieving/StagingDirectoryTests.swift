import Bytes
import Foundation
import Testing

@testable import Components
@testable import ConnectorModel

/// The staging directory of systems that have none of the platform's, in a folder where everybody may write.
@Suite struct StagingDirectoryTests {
  private static func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "staging-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private static func store(in folder: String) throws {
    let directory = StagingDirectory(environment: ["AIRBYTE_STAGING_DIRECTORY": "\(folder)/none"], fallback: "\(folder)/staging")
    #expect(directory.path == "\(folder)/staging")
    try directory.makeFile(at: ContainedPath(named: "a", "b")).finish()
  }

  @Test func itIsMadeWhereItIsMissing() throws {
    try Self.withFolder { folder in
      for _ in 1...2 { try Self.store(in: folder) }
      #expect(try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() == ["staging", "staging/a", "staging/a/b"])
    }
  }

  @Test func theOneThatIsNamedCounts() throws {
    try Self.withFolder { folder in
      #expect(StagingDirectory(environment: ["AIRBYTE_STAGING_DIRECTORY": folder], fallback: "/none").path == folder)
    }
  }

  @Test func whatSomebodyElsePutThereIsRefused() throws {
    try Self.withFolder { folder in
      try FileManager.default.createDirectory(atPath: "\(folder)/other", withIntermediateDirectories: true)
      try FileManager.default.createSymbolicLink(atPath: "\(folder)/staging", withDestinationPath: "other")
      let error = #expect(throws: ConnectorError.self) { try Self.store(in: folder) }
      #expect(error?.message.contains("it is a link. AIRBYTE_STAGING_DIRECTORY") == true)
      try FileManager.default.removeItem(atPath: "\(folder)/staging")
      try Data().write(to: URL(filePath: "\(folder)/staging"))
      #expect(throws: ConnectorError.self) { try Self.store(in: folder) }
      try FileManager.default.removeItem(atPath: "\(folder)/staging")
      guard geteuid() == 0 else { return }
      try FileManager.default.createDirectory(atPath: "\(folder)/staging", withIntermediateDirectories: true)
      #expect(chown("\(folder)/staging", 12, 34) == 0)
      let foreign = #expect(throws: ConnectorError.self) { try Self.store(in: folder) }
      #expect(foreign?.message.contains("it belongs to another user") == true)
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(folder)/other").isEmpty)
    }
  }
}
