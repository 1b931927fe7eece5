import AirbyteProtocol
import ConnectorModel
import JSON
import Secrets

extension Program {
  /// What a program wrote that was run to its end.
  package struct Output: Sendable {
    /// All of its standard output.
    package var text: [UInt8] = []
    package let end: ProgramEnd
    /// The program, for its last words.
    package let program: Program
  }

  /// Runs a program to its end, and gathers what it writes.
  /// - Parameter longest: how many bytes it may write.
  /// - Throws: ``ConnectorError`` if it cannot be started, is silent for too long, or writes too much; `CancellationError`.
  package static func output(
    of call: ProgramCall, secrets: any Secrets, atMost longest: Int = 64 << 20,
    errorLine: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> Output {
    let program = try Program(call, secrets: secrets, errorLine: errorLine)
    var text: [UInt8] = []
    while let lines = try await program.next() {
      lines.take().withUnsafeBytes { text.append(contentsOf: $0) }
      guard text.count <= longest else {
        await program.stop()
        throw ConnectorError(
          .system, "The program `\(call.name)` wrote more than \(longest >> 20) MB where a short answer was expected")
      }
    }
    return Output(text: text, end: await program.finish(), program: program)
  }
}
