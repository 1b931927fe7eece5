import Foundation
import Testing

@testable import Validation

/// What the README and the pages of `docs` say is so.
@Suite struct DocsTests {
  @Test func theReadmeIsShort() throws {
    #expect(try Document("README.md").text.split(separator: "\n", omittingEmptySubsequences: false).count <= 121)
  }

  @Test(arguments: Document.pages)
  func everyLinkLeadsSomewhere(page: String) throws {
    let document = try Document(page)
    let folder = (page as NSString).deletingLastPathComponent
    for link in document.links where !link.hasPrefix("https://") {
      let parts = link.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      let target = parts[0].isEmpty ? page : ((folder as NSString).appendingPathComponent(parts[0]) as NSString).standardizingPath
      guard FileManager.default.fileExists(atPath: Document.root.appending(path: target).path) else {
        Issue.record("\(page) links to \(link), which does not exist.")
        continue
      }
      guard parts.count == 2 else { continue }
      #expect(try Document(target).anchors.contains(parts[1]), "\(page) links to \(link)")
    }
  }

  /// The index and the README lead to every page.
  @Test func everyPageIsListed() throws {
    let index = Set(try Document("docs/README.md").links)
    let readme = Set(try Document("README.md").links.map { String($0.prefix { $0 != "#" }) })
    for page in Document.pages where page.hasPrefix("docs/") && page != "docs/README.md" {
      #expect(index.contains(String(page.dropFirst("docs/".count))))
      #expect(readme.contains(page))
    }
  }

  /// The architecture has every target.
  @Test func theArchitectureHasEveryModule() throws {
    let package = try Document("Package.swift").text
    // Those of the tests are left out.
    let kinds = /\.(?:target|systemLibrary|executableTarget|plugin)\(\s*name: "([^"]+)"(?![^\n]*path: "Tests)/
    let targets = package.matches(of: kinds)
    let modules = try #require(try Document("docs/architecture.md").section("The modules"))
    let named = Set(modules.matches(of: /`([^` ]+)`/).map { String($0.1) })
    #expect(Set(targets.map { String($0.1) }).subtracting(named).isEmpty)
  }

  // MARK: Commands

  private static let commands = [
    "spec", "check", "discover", "read", "test-read", "catalog", "state extract", "state show", "state diff", "state merge",
    "state set", "interpolate", "validate", "explain", "schema", "components check", "components setup", "mock", "drill", "test",
    "plan", "why", "graph", "diff", "drift", "package", "image", "lsp", "doctor", "conform", "shard", "new", "login",
    "singer wrap", "singer state", "as-tap",
  ]

  /// The options of each command, as its help lists them, are described in its section, or in the one that the commands of the
  /// protocol share.
  @Test(arguments: commands)
  func everyOptionIsDescribed(command: String) throws {
    let page = try Document("docs/commands.md")
    var section = try #require(page.section("`\(command.hasPrefix("state ") ? "state" : command)`"))
    if ["spec", "check", "discover", "read", "test-read", "catalog"].contains(command) {
      section += try #require(page.section("Options of `spec`, `check`, `discover` and `read`"))
    }
    if command == "catalog" { section += try #require(page.section("`read`")) }
    let help = try HelpTests.snapshot("help-\(command.replacing(" ", with: "-")).txt")
    let options = try #require(help.components(separatedBy: "\nOPTIONS:\n").last)
    for line in options.split(separator: "\n") where line.hasPrefix("  -") {
      for option in line.matches(of: /--[a-z-]+/).map({ String($0.output) }) where !["--version", "--help"].contains(option) {
        #expect(section.contains("`\(option)"), "\(option) of \(command)")
      }
    }
  }

  /// The commands in the pages have the options that they are given there.
  @Test(arguments: Document.pages)
  func everyCommandLineHasItsOptions(page: String) throws {
    let blocks = ["sh", "console", "python", "yaml"].flatMap(try Document(page).blocks)
    for line in blocks.flatMap({ $0.split(separator: "\n") }) {
      for call in line.matches(of: /(?:airbyte-lowcode|source-bookshop) ([a-z-]+)((?: [^|#;]*)?)/) {
        let command = String(call.1)
        guard Self.commands.contains(command) else { continue }
        let help = try HelpTests.snapshot("help-\(command).txt")
        for word in call.2.split(separator: " ") where word.wholeMatch(of: /--?[a-zA-Z-]+/) != nil {
          #expect(help.contains(" \(word)"), "\(word) in “\(line)” of \(page)")
        }
      }
    }
  }

  /// What pages show of a shell happens in a folder with the README's manifest, in the order of the page.
  @Test(arguments: Document.pages.filter { (try? Document($0).blocks(of: "console").isEmpty) == false })
  func theShellShowsWhatHappens(page: String) async throws {
    let folder = try Folder()
    try folder.makeFolder("bin")
    try FileManager.default.createSymbolicLink(
      at: folder.url(of: "bin/airbyte-lowcode"), withDestinationURL: URL(fileURLWithPath: Tool.path))
    try folder.write("manifest.yaml", try #require(try Document("README.md").blocks(of: "yaml").first))
    try folder.write("config.json", #"{"base_url": "https://api.example.com", "token": "sesame"}"#)
    for block in try Document(page).blocks(of: "console") {
      for part in ("\n" + block).components(separatedBy: "\n$ ").dropFirst() {
        let lines = part.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        let shown = lines.count == 2 ? lines[1].trimmingCharacters(in: .newlines) : ""
        let run = try await Tool.shell(#"PATH="$PWD/bin:$PATH"; { \#(lines[0]); } 2>&1"#, [], in: folder)
        #expect(run.stdout.trimmingCharacters(in: .newlines) == shown, "\(lines[0]) of \(page)")
      }
    }
  }

  /// The Swift of the pages about the library is in the package that uses it, and so is compiled.
  @Test(arguments: [
    "docs/embedding.md", "docs/custom-components-swift.md", "Sources/LowCode/Documentation.docc/EmbeddingAConnector.md",
    "Sources/LowCode/Documentation.docc/WritingAComponent.md", "Sources/LowCode/Documentation.docc/HowAReadRuns.md",
    "docs/sources.md",
  ])
  func everySnippetIsCompiled(page: String) throws {
    /// The lines, without what they are indented by.
    func lines(_ text: String) -> String {
      text.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
    }
    let code = try ["Tests/Embedding", "Examples/source-folder", "Examples/source-clinic"].flatMap { package in
      let folder = Document.root.appending(path: package)
      let files =
        ["Package.swift"]
        + (FileManager.default.subpaths(atPath: folder.appending(path: "Sources").path) ?? []).map { "Sources/\($0)" }
      return try files.filter { $0.hasSuffix(".swift") }.map {
        lines(try String(contentsOf: folder.appending(path: $0), encoding: .utf8))
      }
    }
    let blocks = try Document(page).blocks(of: "swift")
    #expect(!blocks.isEmpty)
    for block in blocks { #expect(code.contains { $0.contains(lines(block)) }, "not in Tests/Embedding or Examples:\n\(block)") }
  }

  // MARK: What is generated: `make docs` writes it anew

  /// The entries of a section of `explain`.
  private static func entries(_ title: String) throws -> [(name: String, sentence: String)] {
    let section = try #require(Explanation().list.components(separatedBy: "\n\n").first { $0.hasPrefix("\(title):\n") })
    return section.split(separator: "\n").dropFirst().map { line in
      let words = line.split(separator: " ", maxSplits: 1)
      return (String(words[0]), words[1].trimmingCharacters(in: .whitespaces))
    }
  }

  private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }

  private static func rows(_ section: String) -> [Substring] { section.split(separator: "\n").filter { $0.hasPrefix("| ") } }

  @Test func theComponentsAreThoseOfTheSchema() throws {
    let page = try Document("docs/components.md")
    let entries = try Self.entries("Components")
    for (name, sentence) in entries {
      let section = try #require(page.section(name), "\(name) is missing: run `make docs`.")
      #expect([Substring(name)] + Document.words(section) == Document.words(try Explanation().of(name)), "run `make docs`")
      #expect(page.text.contains("| [\(name)](#\(name.lowercased())) | \(Self.cell(sentence)) |"), "run `make docs`")
    }
    #expect(page.text.components(separatedBy: "\n### ").count == entries.count + 1)
  }

  @Test func theRulesAreThoseOfTheCatalogue() throws {
    let page = try Document("docs/rules.md")
    for name in RuleCatalog.names {
      let section = try #require(page.section(name), "\(name) is missing: run `make docs`.")
      let explanation = try #require(try Explanation().of(name).components(separatedBy: "\n\nSilence it:").first)
      let words = explanation.split(separator: "\n", maxSplits: 1)[1]
      #expect(Document.words(section) == Document.words(String(words)), "run `make docs`")
    }
    #expect(page.text.components(separatedBy: "\n### ").count == RuleCatalog.names.count + 1)
  }

  @Test func theTableOfRulesIsTheCatalogue() throws {
    let rows = RuleCatalog.names.map { name in
      let level =
        switch RuleCatalog.presence(of: name) {
        case .shown: "shown"
        case .counted: "counted"
        case .hidden: "not shown"
        }
      return "| [`\(name)`](rules.md#\(name)) | \(Self.cell(RuleCatalog.summary(of: name) ?? "")) | \(level) |"
    }
    #expect(Self.rows(try generated("rules", in: "docs/validate.md")).dropFirst(2).map(String.init) == rows, "run `make docs`")
  }

  @Test func theTableOfErrorsIsTheCatalogue() throws {
    let rows = RuleCatalog.errorNames.map { "| `\($0)` | \(Self.cell(RuleCatalog.summary(of: $0) ?? "")) |" }
    #expect(Self.rows(try generated("errors", in: "docs/validate.md")).dropFirst(2).map(String.init) == rows, "run `make docs`")
  }

  @Test(arguments: ["variables", "macros", "filters"])
  func theTablesOfTemplatesAreWhatThereIs(kind: String) throws {
    let entries = try Self.entries("\(kind.prefix(1).uppercased())\(kind.dropFirst()) of templates")
    let rows = entries.map { "| `\($0.name)` | \(Self.cell($0.sentence)) |" }
    #expect(Self.rows(try generated(kind, in: "docs/templates.md")).dropFirst(2).map(String.init) == rows, "run `make docs`")
  }

  private func generated(_ name: String, in page: String) throws -> String {
    let text = try Document(page).text
    let rest = try #require(text.components(separatedBy: "<!-- generated: \(name) -->").dropFirst().first)
    return try #require(rest.components(separatedBy: "<!-- end of \(name) -->").first)
  }
}
