import ArgumentParser
import Foundation
import LowCode

/// Runs commands, and turns what ends them into a sentence and an exit status.
enum CommandRunner {
  /// Runs the body of a command.
  /// - Parameters:
  ///   - failure: the exit status of errors.
  ///   - report: shows an error; on standard error, unless it says otherwise.
  /// - Throws: the exit status, where it is not 0.
  static func run(
    failure: ExitCode = .failure, report: (any Error) -> Void = { StandardOutput.tell("error: \($0)") },
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
      throw failure
    }
  }

  /// Runs a whole command line and ends the process. Help and versions are output like any other: what cannot be written is an error.
  static func main(_ root: (some AsyncParsableCommand).Type, _ arguments: [String]) async -> Never {
    do {
      try GivenArguments(all: arguments).refuseForeignOptions()
      var command = try root.parseAsRoot(GivenCommand.arranged(arguments, of: root))
      if var asynchronous = command as? any AsyncParsableCommand { try await asynchronous.run() } else { try command.run() }
    } catch {
      let text = root.fullMessage(for: error)
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

extension ExitCode {
  /// Everything was read that the manifest has, but the catalog asks for streams that it lacks.
  static let unknownStream = ExitCode(3)
}
