import ArgumentParser
import Foundation
import JSON
import LowCode
import Packaging
import Validation

struct ValidateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "validate", abstract: "Check manifests: every error at once, and what is questionable.",
    discussion: """
      Errors are what keeps the manifest from being used; warnings have a rule, and the comment `# airbyte-lowcode: ignore rule` \
      silences it for its line, alone on a line for the next one, and at the top for the whole file.
      The exit status is 0 where there is no error, 1 where there is one, and 2 where a path could not be checked or mended.
      """)

  @Argument(
    help: "Manifests, folders to search for them, or patterns such as 'connectors/**/manifest.yaml'; `-` is standard input.")
  var paths: [String]

  @Option(help: ArgumentHelp("A config: it is checked against the spec, and templates are filled in with it.", valueName: "file"))
  var config: String?

  @Option(help: "How to write what was found.")
  var format: ReportFormat = .text

  @Option(help: ArgumentHelp("A rule whose warnings are left out; may be given several times.", valueName: "rule"))
  var ignore: [String] = []

  @Flag(help: "Take warnings for errors.")
  var strict = false

  @Flag(help: "Mend in the files what can be mended safely, then check them.")
  var fix = false

  func validate() throws {
    for rule in ignore where !RuleCatalog.names.contains(rule) {
      let near = NameSuggestion.nearest(to: rule, among: RuleCatalog.names)
      throw ValidationError(
        "There is no rule '\(rule)'."
          + (near.map { " Did you mean '\($0)'?" } ?? " Rules: \(RuleCatalog.names.joined(separator: ", ")).")
      )
    }
  }

  func run() async throws {
    try await CommandRunner.run(failure: ExitCode(2)) {
      var options = ManifestChecker.Options()
      options.ignored = Set(ignore)
      options.isStrict = strict
      options.config = try config.map(Self.config)
      var (files, problems) = files()
      let checker = try ManifestChecker(options)
      if fix { for file in files where file != "-" { if let problem = await mend(file, checker) { problems.append(problem) } } }
      let reports = try await ManifestBatch(checker).check(files, folder: HostPath.folder(of:)) {
        try InputFile.bytes("-", "manifest")
      }
      if !files.isEmpty { try StandardOutput.write(line: format.render(reports)) }
      for problem in problems { StandardOutput.tell("error: \(problem)") }
      if !problems.isEmpty || reports.contains(where: \.isUnread) { throw ExitCode(2) }
      if reports.contains(where: { $0.errorCount > 0 }) { throw ExitCode(1) }
    }
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

  /// - Returns: why the file could not be mended.
  private func mend(_ file: String, _ checker: ManifestChecker) async -> String? {
    do {
      let count = try await ManifestFixer(checker).mend(file: file, folder: HostPath.folder(of: file))
      if count > 0 { StandardOutput.tell("\(file): \(count) mended") }
      return nil
    } catch {
      return "\(file) could not be mended: \(error)."
    }
  }

  private static func config(_ path: String) throws -> GivenConfig {
    // Once, as a pipe cannot be read again.
    let bytes = try InputFile.bytes(path, "config")
    return GivenConfig(try InputFile.object(bytes, path, "config"), bytes: path == "-" ? [] : bytes, name: path)
  }
}

extension ReportFormat: ExpressibleByArgument {}
