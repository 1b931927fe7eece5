import AirbyteProtocol
import ConnectorModel
import Engine
import JSON
import Manifest

/// A program that answers the commands of the protocol with one message.
struct ProtocolProgram: Sendable {
  private let call: ProgramCall
  private let runtime: RuntimeEnvironment

  init(_ call: ProgramCall, _ runtime: RuntimeEnvironment) {
    self.call = call
    self.runtime = runtime
  }

  /// The content of its SPEC message.
  /// - Throws: ``ConnectorError`` if it says none.
  func spec() async throws -> JSONObject {
    let answer = try await ask(["spec"], for: "SPEC")
    guard let spec = answer.value["spec"]?.object, spec["connectionSpecification"]?.object != nil else {
      throw ConnectorError(
        .system,
        "The SPEC message of `\(call.name)` has no `connectionSpecification`, so nothing says what its config looks like",
        remedy: "give a `spec` in the manifest")
    }
    return spec
  }

  func check(_ arguments: [String]) async throws -> ConnectionStatus {
    let answer = try await ask(arguments, for: "CONNECTION_STATUS")
    let status = answer.value["connectionStatus"]
    return ConnectionStatus(isSuccess: status?["status"]?.string == "SUCCEEDED", message: status?["message"]?.string)
  }

  func discover(_ arguments: [String]) async throws -> [AirbyteStream] {
    let answer = try await ask(arguments, for: "CATALOG")
    guard let streams = answer.value["catalog"]?["streams"]?.array else {
      throw ConnectorError(.system, "The CATALOG message of `\(call.name)` has no list of `streams`")
    }
    return streams.compactMap { AirbyteStream($0) }
  }

  private struct Answer {
    let value: JSONValue
  }

  /// Runs the program, passes on its log, and returns the first message of a type.
  private func ask(_ arguments: [String], for type: String) async throws -> Answer {
    let call = call.with(arguments)
    let log = ProgramLog(runtime)
    let program = try Program(call, secrets: runtime.secrets) { log.errorLine($0) }
    var answer: JSONValue?
    var failure: ConnectorError?
    while let lines = try await program.next() {
      let views = lines.views { line, _ in log.stray(line) }
      for view in views {
        switch view["type"]?.string {
        case type where answer == nil: answer = view.value
        case "LOG"?: log.message(view["log"])
        case "TRACE"?:
          guard view["trace"]?["type"]?.string == "ERROR", let error = view["trace"]?["error"] else { continue }
          failure = ProgramLog.error(error)
        default: continue
        }
      }
    }
    let end = await program.finish()
    if let answer {
      // A status says itself that it is one of a failure.
      if let failure { runtime.events.report(failure) }
      return Answer(value: answer)
    }
    if let failure { throw failure }
    guard end.isSuccess else { throw program.error(.system, "The program `\(call.name)` \(end) and gave no \(type) message") }
    throw ConnectorError(
      .system, "The program `\(call.name)` gave no \(type) message for `\(arguments[0])`",
      internalMessage:
        "It \(end).\(program.lastWords.isEmpty ? "" : " It said last:\n\(program.lastWords.joined(separator: "\n"))")",
      remedy: "see `airbyte-lowcode conform -- \(call.name)`")
  }
}
