import ArgumentParser
import Foundation
import JSON
import LowCode

struct InterpolateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolate", abstract: "Evaluate a template and print its typed value as JSON.",
    discussion: """
      The context is a JSON object whose keys (config, parameters, record, response, stream_slice, …) are the template's variables.
      With --batch, each line of the file is a case, {"template": …, "context": {…}}, and each line of the output its answer, \
      {"value": …} or {"error": …}.
      """)

  @Argument(help: "The template, as in '{{ config[\"start_date\"] }}'.")
  var template: String?

  @Option(help: ArgumentHelp("The variables, a JSON file; `-` reads standard input.", valueName: "file"))
  var context: String?

  @Option(help: ArgumentHelp("A file with a case a line; `-` reads standard input.", valueName: "file"))
  var batch: String?

  func validate() throws {
    if (template == nil) == (batch == nil) { throw ValidationError("Give a template, or --batch with a file of cases.") }
  }

  func run() async throws {
    do {
      if let batch { return try runBatch(InputFile.bytes(batch)) }
      let variables = try context.map { try InputFile.object($0, "context") } ?? [:]
      print(try evaluateTemplate(template ?? "", context: variables).jsonText)
    } catch let error as ConnectorError {
      FileHandle.standardError.write(Data("error: \(error.message)\n".utf8))
      throw ExitCode.failure
    }
  }

  private func runBatch(_ bytes: [UInt8]) throws {
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true) {
      print(JSONValue.object(answer(Array(line))).jsonText)
    }
  }

  private func answer(_ line: [UInt8]) -> JSONObject {
    do {
      let item = try JSONValue(parsing: line)
      guard let template = item["template"]?.string else { return ["error": "A case needs a `template` that is a string."] }
      return ["value": try evaluateTemplate(template, context: item["context"]?.object ?? [:])]
    } catch let error as ConnectorError {
      return ["error": .string(error.message)]
    } catch {
      return ["error": .string("\(error)")]
    }
  }
}
