import ArgumentParser
import Concurrency
import Essentials
import JSON
import Manifest
import OpenAPI
import Packaging
import Validation

struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Check manifests: every error at once, and what is questionable.",
    discussion: """
      Errors prevent the manifest from being used; warnings have a rule, and the comment `# airbyte-lowcode: ignore rule` \
      silences it for its line, alone on a line for the next one, and at the top for the whole file.
      The exit status is 0 where there is no error, 1 where there is one, and 2 where a path could not be checked or fixed.

      Examples:
        \(CommandProgram.shownName) validate manifest.yaml --config config.json
        \(CommandProgram.shownName) validate connectors --strict --format sarif > findings.sarif
      """)

  @Argument(
    help: ArgumentHelp(
      "Manifests, folders to search for them, or patterns such as 'connectors/**/manifest.yaml'; `-` is standard input. Without any, "
        + "the \(ManifestOptions.usualName) of this folder.", valueName: "paths"),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var given: [String] = []

  @Option(
    name: [.short, .customLong("manifest"), .customLong("manifest-path")],
    help: ArgumentHelp("A manifest, named by an option as elsewhere.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var manifest: [String] = []

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("A config: it is checked against the spec, and templates are filled in with it.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var config: String?

  @Option(help: "How to write what was found.")
  var format: ReportFormat = .text

  @Option(
    help: """
      Which rules report: `default` leaves out matters of taste and counts old forms that still work, `all` has every rule, and \
      `strict` makes errors of what `all` finds. By default as the config file says, or `default`.
      """)
  var profile: Profile?

  @Option(
    help: ArgumentHelp("A rule whose warnings are left out; may be given several times.", valueName: "rule"),
    completion: .list(RuleCatalog.silenceable))
  var ignore: [String] = []

  @Flag(help: "Treat warnings as errors.")
  var strict = false

  @Flag(help: "Apply the fixes that are safe to the files, then check them.")
  var fix = false

  @Option(
    help: ArgumentHelp(
      """
      A file with a profile, levels of rules and paths to leave out. By default `.airbyte-lowcode.yaml` in the manifest's folder, or in \
      one above it within its repository.
      """, valueName: "file"), completion: .file(extensions: ["yaml", "yml"]))
  var configFile: String?

  @Flag(help: "Use no config file.")
  var noConfigFile = false

  @Flag(help: "Import and build the custom components, which runs their Python code.")
  var components = false

  @Option(
    help: ArgumentHelp(
      "The Python code of custom components, a file or a folder. By default what is beside the manifest.", valueName: "file"),
    completion: .file(extensions: ["py"]))
  var componentsPath: String?

  @Option(
    help: ArgumentHelp("The Python that runs custom components. By default as for `read`.", valueName: "program"),
    completion: .file())
  var python: String?

  @Option(
    help: ArgumentHelp("An OpenAPI document of the API, with which the manifests are compared.", valueName: "file"),
    completion: .file(extensions: ["yaml", "yml", "json"]))
  var openapi: String?

  @Option(help: "Use colours in text. By default if the terminal supports them and NO_COLOR is not set.")
  var color: ColorChoice = .auto

  private var paths: [String] { (given + manifest).isEmpty ? [ManifestOptions.usualName] : given + manifest }

  func validate() throws {
    if given.isEmpty, manifest.isEmpty, !InputFile.exists(ManifestOptions.usualName) {
      throw ValidationError("There is no \(ManifestOptions.usualName) in this folder: name manifests, or folders that have them.")
    }
    for rule in ignore where !RuleCatalog.silenceable.contains(rule) {
      let near = NameSuggestion.nearest(to: rule, among: RuleCatalog.silenceable)
      throw ValidationError(
        "There is no rule '\(rule)'."
          + (near.map { " Did you mean '\($0)'?" } ?? " Rules: \(RuleCatalog.silenceable.joined(separator: ", ")).")
      )
    }
    if !components, componentsPath != nil || python != nil {
      throw ValidationError("--components-path and --python need --components.")
    }
    if configFile != nil, noConfigFile { throw ValidationError("--config-file and --no-config-file exclude each other.") }
  }

  func run() async throws {
    try await CommandRunner.run(failure: ExitCode(2)) {
      var options = ManifestChecker.Options()
      options.ignored = Set(ignore)
      options.isStrict = strict
      options.components = CommandProgram.components
      options.kinds = CommandProgram.kinds
      options.config = try config.map(Self.config)
      if let openapi { options.companions = [DocumentCheck(try OpenAPIDocument(path: openapi))] }
      if components {
        options.examination = .init(
          path: componentsPath, interpreter: python, environment: ProcessInfo.processInfo.environment)
      }
      var (files, problems) = files()
      var settings = ChosenSettings(configFile: configFile, isOff: noConfigFile)
      let chosen = try settings.choose(for: files, named: Set(paths))
      files = chosen.files
      let plain = try ManifestChecker(options)
      let checkers = chosen.settings.map { settings in
        var own = options
        own.levels = settings?.levels ?? [:]
        own.profile = profile ?? settings?.profile ?? .default
        return plain.with(own)
      }
      if fix {
        for (file, checker) in zip(files, checkers) where file != "-" {
          if let problem = await mend(file, checker) { problems.append(problem) }
        }
      }
      let reports = try await ManifestBatch(checkers).check(files, folder: HostPath.folder(of:)) {
        try InputFile.bytes("-", "manifest")
      }
      if !files.isEmpty || !chosen.isComplete {
        try format.isJSON ? StandardOutput.write(json: render(reports)) : StandardOutput.write(line: render(reports))
      }
      if !problems.isEmpty { throw SeveralErrors(sentences: problems) }
      if reports.contains(where: \.isUnread) { throw ExitCode(2) }
      if reports.contains(where: { $0.errorCount > 0 }) { throw ExitCode(1) }
    }
  }

  private func render(_ reports: [ManifestReport]) -> String {
    guard format == .text else { return format.render(reports) }
    let terminal = Terminal(color, of: StandardOutput.descriptor, environment: ProcessInfo.processInfo.environment)
    return TextReport.render(reports, hasColors: terminal.hasColors)
  }

  private func files() -> (files: [String], problems: [String]) {
    var files: [String] = []
    var problems: [String] = []
    var seen: Set<String> = []
    for path in paths {
      switch ManifestFinder.find(path) {
      case .found(let found): files += found.filter { seen.insert($0).inserted }
      case .nothing(let problem): problems.append(problem)
      }
    }
    return (files, problems)
  }

  /// - Returns: why the file could not be fixed.
  private func mend(_ file: String, _ checker: ManifestChecker) async -> String? {
    do {
      let count = try await ManifestFixer(checker).mend(file: file, folder: HostPath.folder(of: file))
      if count > 0 { StandardOutput.tell("\(file): \(count) fixed") }
      return nil
    } catch {
      return "\(file) could not be fixed: \(error)"
    }
  }

  private static func config(_ path: String) throws -> GivenConfig {
    // Once, as a pipe cannot be read again.
    let bytes = try InputFile.bytes(path, "config")
    return GivenConfig(try InputFile.object(bytes, path, "config"), bytes: path == "-" ? [] : bytes, name: path)
  }
}

extension ReportFormat: ExpressibleByArgument {}
extension Profile: ExpressibleByArgument {}
