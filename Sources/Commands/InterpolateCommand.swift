import AirbyteProtocol
import ArgumentParser
import Authoring
import ConnectorModel
import Engine
import Essentials
import JSON
import Manifest
import Secrets
import Traffic
import Validation

struct InterpolateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "interpolate", abstract: "Evaluate a template and print its typed value as JSON.",
    discussion: """
      The context is a JSON object whose keys (config, parameters, record, response, stream_slice, …) are the template's variables; \
      --config is short for a context with a config alone.
      With --place, the template is the one at a place of the manifest, or the one that is given as if it stood there, with what is \
      known there: the config, the parameters, the first slice of the stream.
      With --batch, each line of the file is a case, {"template": …, "context": {…}}, and each line of the output its answer, \
      {"value": …} or {"error": …}.

      Examples:
        airbyte-lowcode interpolate "{{ config['start_date'] }}" --config config.json
        airbyte-lowcode interpolate --place streams[0].retriever.requester.url
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
    name: .customLong("as"),
    help: ArgumentHelp(
      """
      What becomes of a template: a typed value, whether a condition holds, a mapping of templates, or one with values at any depth such as \
      a JSON body. By default `string`, or what the place makes of it.
      """, valueName: "kind"))
  var kind: TemplateKind?

  @Option(
    help: ArgumentHelp(
      "A place of the manifest, as in streams[0].retriever.requester.path or streams[books].name.", valueName: "path"))
  var place: String?

  @Option(
    name: [.short, .customLong("manifest"), .customLong("manifest-path")],
    help: ArgumentHelp("The manifest of --place. By default the \(ManifestOptions.usualName) of this folder.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var manifest: String?

  @Flag(name: .shortAndLong, help: "Evaluate what is typed, line by line, with a history and completion of names.")
  var interactive = false

  @Option(
    help: ArgumentHelp("A file with a case a line; `-` reads standard input.", valueName: "file"),
    completion: .file(extensions: ["jsonl"]))
  var batch: String?

  func validate() throws {
    let sources = [template != nil && !interactive, batch != nil, interactive].count { $0 }
    if template != nil, interactive { throw ValidationError("--interactive asks for templates itself: give none.") }
    if sources > 1 || sources == 0 && place == nil {
      throw ValidationError(
        "Give a template, --place with one of the manifest's, --batch with a file of cases, or --interactive.")
    }
    if batch != nil, context != nil || config != nil || place != nil {
      throw ValidationError(
        "--context, --config and --place go with a single template; with --batch, each case has a context of its own.")
    }
    if manifest != nil, place == nil { throw ValidationError("--manifest needs --place, which says what of it is evaluated.") }
    let inputs = [context, config, manifest].filter { $0 == "-" }.count + (interactive ? 1 : 0)
    if inputs > 1 { throw ValidationError("Standard input is only one of the context, the config, the manifest and the lines.") }
  }

  func run() async throws {
    let mask = SecretMask()
    func report(_ error: any Error) {
      if let findings = error as? any FileFindings {
        return StandardOutput.tell(lines: mask.masked(findings.rendered(hiding: mask)))
      }
      StandardOutput.tell("error: \(mask.masked("\(error)"))")
    }
    try await CommandRunner.run(report: report) {
      if let batch { return try runBatch(InputFile.bytes(batch, "batch")) }
      let variables = try variables()
      let (trial, site) = try await trial(variables, hiding: mask)
      if interactive {
        var prompt = TemplatePrompt(trial)
        return try prompt.run()
      }
      let value = try template.map { try evaluate($0, variables, trial) } ?? site.map { try trial.evaluate($0.node) } ?? .null
      let text = template ?? site?.node.string
      if let text, text.contains("{{"), value.string == text {
        StandardOutput.tell(
          "note: an operation of the template does not fit its values. As in the reference, the value is then the template's own text."
        )
      }
      try StandardOutput.write(json: value.jsonText)
    }
  }

  // MARK: Variables

  private func variables() throws -> JSONObject {
    var variables = try context.map { try InputFile.object($0, "context") } ?? [:]
    if let context, !variables.isEmpty, variables.keys.allSatisfy({ !TemplateRemedy.variables.contains($0) }) {
      StandardOutput.tell(
        "note: no key of \(context) is a variable of templates (\(TemplateRemedy.variables.joined(separator: ", "))). "
          + "Is it a config? Give it as --config.")
    }
    if let config { variables["config"] = .object(try InputFile.object(config, "config")) }
    return variables
  }

  /// What evaluates the template, and the place that it does so for.
  private func trial(
    _ variables: JSONObject, hiding mask: SecretMask
  ) async throws -> (TemplateTrial, site: TemplateSite?) {
    guard let place else { return (try TemplateTrial(kind ?? .string, variables: variables), nil) }
    let offline = OfflineRuntime(
      now: SystemClock.now, secrets: mask, environment: ProcessInfo.processInfo.environment)
    let path = ManifestOptions.file(of: manifest ?? ManifestOptions.usualName)
    try InputFile.open(path, "manifest")
    var input = ConnectorInput()
    input.files = .beside(path)
    input.components = CommandProgram.components
    let source = path == "-" ? ManifestSource.text(try InputFile.bytes("-", "manifest"), name: "<stdin>") : .file(path: path)
    if let config = variables["config"] {
      guard let config = config.object else { throw ConnectorError(.config, "The `config` of the context should be an object") }
      input.config = config
    } else {
      input.config = try await ManifestMock.config(for: source, input, now: SystemClock.now())
      StandardOutput.tell("note: the config is made up from the manifest's spec; --config gives one.")
    }
    let connector = try await PreparedConnector.load(source, input, runtime: offline.runtime)
    let site = try TemplateSite(place, in: connector.manifest)
    for name in SiteContext.strangers(to: site, among: variables) {
      StandardOutput.tell("note: templates do not have `\(name)` at this place, so that what the context says of it is left out.")
    }
    let surroundings = SiteContext(site, of: connector, in: offline, given: variables)
    let node = try template.map { try (kind ?? site.kind).template($0) } ?? site.node
    let context = try await surroundings.evaluation(for: interactive ? nil : node)
    return (TemplateTrial(site, as: kind, in: context), site)
  }

  // MARK: Evaluation

  private func evaluate(_ template: String, _ variables: JSONObject, _ trial: TemplateTrial) throws -> JSONValue {
    do {
      return try trial.evaluate(template)
    } catch var error as ConnectorError {
      error.diagnostic.remedy = TemplateRemedy.of(template, given: variables.keys)
      throw error
    }
  }

  private func runBatch(_ bytes: [UInt8]) throws {
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true) {
      try StandardOutput.write(json: JSONValue.object(answer(Array(line))).jsonText)
    }
  }

  private func answer(_ line: [UInt8]) -> JSONObject {
    do {
      let item = try JSONValue(parsing: line)
      guard let template = item["template"]?.string else { return ["error": "A case needs a `template` that is a string"] }
      let context = item["context"] ?? [:]
      guard let variables = context.object else { return ["error": "The `context` of a case should be an object"] }
      return ["value": try TemplateTrial(kind ?? .string, variables: variables).evaluate(template)]
    } catch let error as ConnectorError {
      return ["error": .string(error.sentence)]
    } catch let error as JSONError {
      return ["error": .string("The case is not valid JSON: \(error.message) (column \(error.column))")]
    } catch {
      return ["error": .string("\(error)")]
    }
  }
}

extension TemplateKind: ExpressibleByArgument {}
