import AirbyteProtocol
import ArgumentParser
import ConnectorModel
import Engine
import Essentials
import JSON
import Manifest
import PythonComponents

struct ComponentsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "components", abstract: "See whether the Python components of a connector work, and install what they need.",
    subcommands: [ComponentsCheckCommand.self, ComponentsSetupCommand.self])
}

struct ComponentsCheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Import and build each custom component of a manifest. Nothing is installed or requested.",
    discussion: """
      Examples:
        AIRBYTE_ENABLE_UNSAFE_CODE=true airbyte-lowcode components check connector/
        airbyte-lowcode components check manifest.yaml --config secrets/config.json --python .venv/bin/python

      The exit status is 0 if every component can be built, and 1 if one cannot.
      """)

  @OptionGroup var options: ManifestOptions
  @OptionGroup var components: ComponentOptions

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "A config for the components, a JSON file; `-` is standard input. By default an empty one.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var config: String?

  func run() async throws {
    try await CommandRunner.run {
      let session = Session(options, output: .other)
      let (connector, python) = try await session.connectorForComponents(config, components)
      let manifest = connector.manifest
      let nodes = manifest.streams + manifest.dynamicStreams + [manifest.spec].compactMap { $0 }
      let findings = try await python.examine(
        nodes, config: connector.config, manifest: manifest.root, except: CommandProgram.hasClass)
      let others = PythonComponents.others(in: nodes, CommandProgram.hasClass)
      if findings.isEmpty, others.isEmpty { return try StandardOutput.write(text: "The manifest names no custom component.") }
      if let description = python.description {
        let interpreter = description.interpreter
        StandardOutput.tell(
          "Python \(description.version) with airbyte-cdk \(description.reference): \(interpreter.path) (\(interpreter.reason)).")
      }
      func place(_ finding: PythonComponents.Finding) -> String { finding.node.mark.map { "\($0)" } ?? finding.node.path }
      for other in others {
        try StandardOutput.write(text: "ok     \(other.className)  \(place(other))  (a class of this program)")
      }
      var failures = 0
      for finding in findings {
        if let error = finding.error {
          failures += 1
          try StandardOutput.write(text: "error  \(finding.className)  \(place(finding))\n       \(error.sentence)")
        } else {
          try StandardOutput.write(text: "ok     \(finding.className)  \(place(finding))")
        }
      }
      if failures > 0 {
        StandardOutput.tell("\(failures) of \(findings.count) components cannot be built.")
        throw ExitCode.failure
      }
    }
  }
}

struct ComponentsSetupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "setup", abstract: "Make a Python environment for the components beside a manifest, in the folder .venv.",
    discussion: """
      Examples:
        airbyte-lowcode components setup connector/
        airbyte-lowcode components setup connector/ --slim --with pendulum

      The commands find this environment by themselves. One that is there already is completed.
      """)

  @Argument(
    help: ArgumentHelp("The manifest, a YAML file, or its folder. By default this folder.", valueName: "manifest"),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var given = "."

  @Flag(help: "Install only what running components takes: 40 MB instead of 336.")
  var slim = false

  @Option(name: .customLong("with"), help: ArgumentHelp("A further distribution that the components import.", valueName: "name"))
  var others: [String] = []

  @Option(
    help: ArgumentHelp("The Python that makes the environment. By default the first python3 on PATH.", valueName: "program"),
    completion: .file())
  var python: String?

  func run() async throws {
    try await CommandRunner.run {
      guard let isFolder = FileManager.default.isFolder(atPath: given) else {
        throw ConnectorError(.config, "\(given) does not exist")
      }
      let parent = isFolder ? given : given.parentPath
      let folder = parent.isEmpty || parent == "." ? ".venv" : "\(parent)/.venv"
      let environment = ProcessInfo.processInfo.environment
      let interpreter: PythonInterpreter
      do throws(PythonInterpreter.NotFound) {
        interpreter = try PythonInterpreter.find(option: python, environment: environment, beside: nil)
      } catch {
        throw ConnectorError(
          .config, "There is no program `\(error.name)`",
          remedy: .advice("install Python 3.10 or later, or name it with `--python`"))
      }
      let setup = PythonSetup(interpreter, folder: folder, isSlim: slim, others: others, environment: environment)
      StandardOutput.tell("Installing into \(folder) with \(interpreter.path) …")
      try setup.run()
      StandardOutput.tell("\(setup.program) runs the components of the manifests in its folder's parent from now on.")
    }
  }
}
