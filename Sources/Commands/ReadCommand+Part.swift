import AirbyteProtocol
import ArgumentParser
import Bytes
import ConnectorModel
import Engine
import Essentials
import JSON
import Manifest
import Sharding

extension ReadCommand {
  /// Reads one part of a read that was divided.
  func read(part path: String) async throws {
    let part = Result { try Self.part(at: path) }
    let read = try? part.get().read
    let own = share?.share(read?.number ?? 0) ?? read?.share ?? .all
    let session = Session(
      options, traffic.plan, running: "read", output: records ? .records : .messages, isMock: input.mock.isMock, report: report,
      share: own)
    try await session.run(failure: Self.status) { session in
      let (part, path) = try part.get()
      let earlier = try given.state.map { try session.states(at: $0) } ?? [:]
      let loaded = try await session.connector(
        input, components, states: try part.states(continuing: earlier), catalog: part.catalog, others: [path, given.state])
      try part.check(loaded, at: path, isMadeUp: input.mock.isMock && input.given == nil)
      let connector = loaded.readingPart(part.catalog, states: loaded.states)
      let outcome = try await session.watched {
        try await connector.readValidated(part.catalog, to: session.writer, inspector: session.inspector) { stream in
          try part.cursor(for: stream, continuing: earlier, at: path, in: session.runtime)
        }
      }
      if !outcome.isComplete { return outcome.failureTypes == [.config] ? .wrongConfiguration : .failure }
      return outcome.unknownStreams.isEmpty ? .success : .unknownStream
    }
  }

  private static func part(at path: String) throws -> (read: ReadPart, path: String) {
    let file =
      Folders.isFolder(path)
      ? try PartFolder(path).file(for: ProcessInfo.processInfo.environment) : path
    return (try ReadPart(InputFile.object(file, "part"), at: file), file)
  }

  /// Whoever runs parts asks whether another try may succeed.
  static func status(of error: any Error) -> ExitCode {
    switch error {
    case let error as ConnectorError: error.failureType == .config ? .wrongConfiguration : .failure
    case is ManifestError: .wrongConfiguration
    default: .failure
    }
  }
}

/// A share as people write it: `1/8`.
struct ShareOfRun: ExpressibleByArgument, Sendable {
  let count: Int

  init?(argument: String) {
    let parts = argument.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "1", let count = Int(parts[1]), (1...1_000_000).contains(count) else { return nil }
    self.count = count
  }

  /// The share that the part of a number has.
  func share(_ number: Int) -> RunShare { RunShare(number, of: count) ?? .all }
}
