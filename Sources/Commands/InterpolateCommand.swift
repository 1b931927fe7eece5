import ArgumentParser
import ConnectorModel
import Foundation
import JSON
import Templating
import Validation

struct InterpolateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolate", abstract: "Evaluate a template and print its typed value as JSON.",
    discussion: """
      The context is a JSON object whose keys (config, parameters, record, response, stream_slice, …) are the template's variables; \
      --config is short for a context with a config alone.
      With --batch, each line of the file is a case, {"template": …, "context": {…}}, and each line of the output its answer, \
      {"value": …} or {"error": …}.
      """)

  @Argument(help: "The template, as in '{{ config[\"start_date\"] }}'.")
  var template: String?

  @Option(
    help: ArgumentHelp("The variables, a JSON file; `-` reads standard input.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var context: String?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The variable `config`, a JSON file; `-` reads standard input.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var config: String?

  @Option(
    help: ArgumentHelp("A file with a case a line; `-` reads standard input.", valueName: "file"),
    completion: .file(extensions: ["jsonl"]))
  var batch: String?

  func validate() throws {
    if (template == nil) == (batch == nil) { throw ValidationError("Give a template, or --batch with a file of cases.") }
    if batch != nil, context != nil || config != nil {
      throw ValidationError("--context and --config go with a single template; with --batch, each case has a context of its own.")
    }
    if context == "-", config == "-" { throw ValidationError("Standard input is either the context or the config.") }
  }

  func run() async throws {
    try await CommandRunner.run {
      if let batch { return try runBatch(InputFile.bytes(batch, "batch")) }
      var variables = try context.map { try InputFile.object($0, "context") } ?? [:]
      if let context, !variables.isEmpty, variables.keys.allSatisfy({ !TemplateRemedy.variables.contains($0) }) {
        StandardOutput.tell(
          "note: no key of \(context) is a variable of templates (\(TemplateRemedy.variables.joined(separator: ", "))). "
            + "Is it a config? Give it as --config.")
      }
      if let config { variables["config"] = .object(try InputFile.object(config, "config")) }
      let value = try evaluate(template ?? "", variables)
      if value.string == template, template?.contains("{{") == true {
        StandardOutput.tell(
          "note: an operation of the template does not fit its values. As in the reference, the value is then the template's own text."
        )
      }
      try StandardOutput.write(line: value.jsonText)
    }
  }

  private func evaluate(_ template: String, _ variables: JSONObject) throws -> JSONValue {
    do {
      return try evaluateTemplate(template, context: variables)
    } catch var error as ConnectorError {
      error.diagnostic.remedy = TemplateRemedy.of(template, given: variables.keys)
      throw error
    }
  }

  private func runBatch(_ bytes: [UInt8]) throws {
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true) {
      try StandardOutput.write(line: JSONValue.object(answer(Array(line))).jsonText)
    }
  }

  private func answer(_ line: [UInt8]) -> JSONObject {
    do {
      let item = try JSONValue(parsing: line)
      guard let template = item["template"]?.string else { return ["error": "A case needs a `template` that is a string"] }
      let context = item["context"] ?? [:]
      guard let variables = context.object else { return ["error": "The `context` of a case should be an object"] }
      return ["value": try evaluateTemplate(template, context: variables)]
    } catch let error as ConnectorError {
      return ["error": .string(error.sentence)]
    } catch let error as JSONError {
      return ["error": .string("The case is not valid JSON: \(error.message) (column \(error.column))")]
    } catch {
      return ["error": .string("\(error)")]
    }
  }
}
