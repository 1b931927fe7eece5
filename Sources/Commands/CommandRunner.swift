import ArgumentParser
import Engine
import Essentials
import Manifest

/// Runs commands, and turns what ends them into a sentence and an exit status.
enum CommandRunner {
  /// Runs the body of a command.
  /// - Parameters:
  ///   - failure: the exit status of errors.
  ///   - status: the exit status of an error, where they differ.
  ///   - report: shows an error.
  /// - Throws: the exit status, where it is not 0.
  static func run(
    failure: ExitCode = .failure, status: ((any Error) -> ExitCode)? = nil, report: (any Error) -> Void = CommandRunner.tell,
    _ body: () async throws -> Void
  ) async throws {
    do {
      try await body()
    } catch let status as ExitCode {
      throw status
    } catch let error as OutputClosed where error.code == EPIPE {
      StandardOutput.endAsItsReaderLeft()
    } catch {
      report(error)
      throw status?(error) ?? failure
    }
  }

  /// Shows an error on standard error: what is wrong in a file with its lines.
  static func tell(_ error: any Error) {
    switch error {
    case let error as any FileFindings: StandardOutput.tell(lines: error.rendered())
    case let error as SeveralErrors: for sentence in error.sentences { StandardOutput.tell("error: \(sentence)") }
    default: StandardOutput.tell("error: \(error)")
    }
    if error is InvalidManifest { StandardOutput.tell("error: \(InvalidManifest.consequence)") }
  }

  /// Runs a whole command line and ends the process. Help and versions are output like any other: what cannot be written is an error.
  static func main(_ root: (some AsyncParsableCommand).Type, _ arguments: [String]) async -> Never {
    do {
      var command = try root.parseAsRoot(GivenCommand.arranged(arguments, of: root))
      if var asynchronous = command as? any AsyncParsableCommand { try await asynchronous.run() } else { try command.run() }
    } catch {
      let text = UsageComplaint.improved(root.fullMessage(for: error), arguments, of: root)
      let status = root.exitCode(for: error)
      guard status.isSuccess else {
        if !text.isEmpty { StandardOutput.tell(lines: GivenArguments(all: arguments).masked(text)) }
        exit(status.rawValue)
      }
      do { try await run { try StandardOutput.write(text: text) } } catch { exit(EXIT_FAILURE) }
    }
    exit(EXIT_SUCCESS)
  }
}

/// Several things that went wrong, each in a sentence.
struct SeveralErrors: Error {
  let sentences: [String]
}

extension ExitCode {
  /// Everything was read that the manifest has, but the catalog asks for streams that it lacks.
  static let unknownStream = ExitCode(3)
  /// Only a change of the manifest, the config or the part can help, so that nobody should try again.
  static let wrongConfiguration = ExitCode(78)
}
