import ArgumentParser
import Authoring
import Essentials
import HTTP

/// The options that every command of the protocol takes.
struct ManifestOptions: ParsableArguments {
  /// The name of a manifest that is used where none is given.
  static let usualName = "manifest.yaml"

  @Argument(
    help: ArgumentHelp(
      "The manifest, a YAML file, or the folder of a \(usualName); `-` is standard input. Without it, the config's "
        + "`__injected_declarative_manifest` is used, else the \(usualName) of this folder.", valueName: "manifest",
      visibility: CommandProgram.isConnector ? .private : .default),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var given: String?

  @Option(
    name: [.short, .customLong("manifest"), .customLong("manifest-path")],
    help: ArgumentHelp(
      "The manifest, named by an option.", valueName: "file", visibility: CommandProgram.isConnector ? .private : .default),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var manifest: String?

  @Flag(help: "Log requests and other details.")
  var debug = false

  @Option(
    help: """
      What carries requests over the network: libcurl, or Foundation's URLSession. By default what \(TransportKind.variable) names, \
      else \(TransportKind.standard.rawValue).
      """)
  var transport: TransportKind?

  @Option(help: "Use colours on the terminal. By default if it supports them and NO_COLOR is not set.")
  var color: ColorChoice = .auto

  /// The path of the manifest that was named.
  var path: String? { (manifest ?? given).map(Self.file(of:)) }

  func validate() throws {
    if manifest ?? given != nil, CommandProgram.isConnector {
      throw ValidationError("\(CommandProgram.shownName) has its own manifest and takes no other.")
    }
    if let manifest, let given, manifest != given {
      throw ValidationError("There are two manifests, \(given) and \(manifest): give one of them.")
    }
  }

  /// The manifest that a path names: in a folder it is the one of the usual name.
  static func file(of path: String) -> String {
    let inside = path.hasSuffix("/") ? path + usualName : "\(path)/\(usualName)"
    return path != "-" && InputFile.exists(inside) ? inside : path
  }
}

extension TransportKind: ExpressibleByArgument {}

/// The options about the user's config.
struct ConfigOptions: ParsableArguments {
  @Option(
    name: [.customShort("c"), .customLong("config")],
    help: ArgumentHelp("The user's config, a JSON file; `-` is standard input.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var given: String?

  @OptionGroup var mock: MockOptions

  /// The path of the config.
  var config: String { given ?? "" }

  /// What of the config comes from the environment and from `.env`.
  var variables: ConfigVariables {
    let file = FileManager.default.contents(atPath: ".env").map { String(decoding: $0, as: UTF8.self) }
    return ConfigVariables(environment: ProcessInfo.processInfo.environment, file: file ?? "")
  }

  @Flag(
    help: """
      Write the config back to its file when the API renewed a token in it. Without this, renewed tokens are only in CONTROL messages, \
      for the platform to store.
      """)
  var updateConfig = false

  func validate() throws {
    let variables = variables
    if given == nil, !mock.isMock, variables.isEmpty { throw ValidationError("Missing expected argument '--config <file>'") }
    if updateConfig, !variables.isEmpty {
      throw ValidationError(
        "--update-config writes a file, over which \(ConfigVariables.prefix)… variables win: give the config by the file alone.")
    }
    if updateConfig, given == nil { throw ValidationError("--update-config needs a config: name its file with --config.") }
    if updateConfig, config == "-" {
      throw ValidationError("--update-config needs the config in a file: standard input cannot be written.")
    }
  }
}

/// The options about components that are written in Python.
struct ComponentOptions: ParsableArguments {
  @Option(
    name: [.customLong("components-path"), .customLong("components")],
    help: ArgumentHelp(
      "The Python code of custom components, a file or a folder. By default the components.py and the packages beside the manifest.",
      valueName: "file"), completion: .file(extensions: ["py"]))
  var path: String?

  @Option(
    help: ArgumentHelp(
      "The Python that runs custom components. By default what AIRBYTE_LOWCODE_PYTHON names, else that of the active virtual "
        + "environment, of the folder .venv beside the manifest, or the first python3 on PATH.", valueName: "program"),
    completion: .file())
  var python: String?
}
