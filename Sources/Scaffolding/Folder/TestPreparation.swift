import AirbyteProtocol
import Authoring
import Bytes
import ConnectorModel

/// Fills in what the tests of a new connector see, and says whether they pass.
package enum TestPreparation {
  /// - Parameters:
  ///   - manifest: the name of the manifest in the folder.
  ///   - clock: the machine's clock, in microseconds, by which tests are timed.
  /// - Returns: the names of tests that fail all the same.
  /// - Throws: ``ConnectorError`` or ``ManifestError`` if the folder's files cannot be used.
  package static func complete(
    _ folder: String, manifest: String = "manifest.yaml", components: ComponentRegistry, environment: [String: String],
    clock: @escaping @Sendable () -> Int64
  ) async throws -> [String] {
    let connector = try TestedConnector(
      manifest: folder == "." ? manifest : "\(folder)/\(manifest)", folder: folder, components: components,
      environment: environment,
      custom: { _, _ in nil })
    let path = connector.path(TestFile.usualName)
    var file = try TestFile(path: path)
    let runner = TestRunner(connector, coverage: nil, clock: clock)
    // What is seen of records and requests is filled in; whether a connection works is not for the mock to say.
    let seen = await runner.run(file) { $0.hasPrefix(TestsFile.readPrefix) }
    var update = try TestFileUpdate(file)
    guard let text = try update.text(after: seen) else { return failed(await runner.run(file)) }
    do throws(FileError) {
      let place = try AtomicFile(path: path, permissions: .kept)
      try place.write(text)
      try place.putInPlace()
    } catch {
      throw ConnectorError(.config, "The file \(path) cannot be written: \(error)")
    }
    file = try TestFile(path: path)
    return failed(await runner.run(file))
  }

  private static func failed(_ outcome: TestRunner.Outcome) -> [String] {
    outcome.suite.cases.compactMap { test in if case .failed = test.outcome { test.name } else { nil } }
  }
}
