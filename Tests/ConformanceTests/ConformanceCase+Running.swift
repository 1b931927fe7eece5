import ConformanceCases
import Manifest
import Testing

extension ConformanceCase: CustomTestStringConvertible {
  package var testDescription: String { name }
}

extension ConformanceCase {
  /// What the reference did.
  func expected(_ command: Command) throws -> Outcome {
    let run = try #require(recorded[command], "\(name): nothing is recorded for \(command)")
    return Outcome(lines: run.messages, requests: run.requests, exit: run.exit, sleeps: run.sleeps)
  }

  /// What its commands are run on.
  var subject: ReadSubject {
    ReadSubject(
      name: name, manifest: manifest, config: config, catalog: catalog, state: state, api: api, files: manifestFiles,
      movesClock: movesClock, pythonComponents: components)
  }

  /// Whether it can be run here.
  var isRunnable: Bool { components == nil || PythonUnderTest.path != nil }

  /// The files that the manifest may name.
  var manifestFiles: ManifestFiles { .packaged(files.mapValues { Array($0.utf8) }) }
}
