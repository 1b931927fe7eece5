import Authoring
import ConnectorModel
import Foundation
import JSON
import Packaging
import Testing

@testable import Scaffolding

/// The folder that is written, and the kinds of connectors that have templates.
@Suite struct FolderTests {
  private static let description = ConnectorDescription(
    name: "Shop", baseAddress: "https://api.example.com", authentication: .bearer,
    streams: [StreamDescription(name: "orders", path: "/orders")])

  @Test func everythingIsThere() throws {
    let paths = Set(ConnectorFolder(Self.description).files.map(\.path))
    #expect(
      paths == [
        "manifest.yaml", "metadata.yaml", "icon.svg", "README.md", "acceptance-test-config.yml", "tests.yaml",
        ".github/workflows/ci.yml", "config.example.json", ".gitignore",
      ])
    #expect(ConnectorFolder(Self.description)[".gitignore"]?.contains("secrets/\n") == true)
  }

  @Test func whatIsThereIsNotReplaced() throws {
    let folder = try ScratchFolder()
    _ = try folder.write("README.md", "mine")
    _ = try folder.write("notes.txt", "mine")
    let error = #expect(throws: ConnectorError.self) { try ConnectorFolder(Self.description).write(to: folder.path) }
    #expect(error?.message.contains("has README.md already, and nothing was written") == true)
    #expect(error?.message.contains("replace it with --force") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() == ["README.md", "notes.txt"])
    try ConnectorFolder(Self.description).write(to: folder.path, replaces: true)
    #expect(try folder.text("README.md").hasPrefix("# Source Shop"))
    #expect(try folder.text("notes.txt") == "mine")
  }

  @Test func aFolderThatCannotBeWrittenIsExplained() throws {
    let folder = try ScratchFolder()
    let file = try folder.write("file", "x")
    let error = #expect(throws: ConnectorError.self) { try ConnectorFolder(Self.description).write(to: file + "/inside") }
    #expect(error?.message.contains("cannot be made") == true)
    // A link must not lead the files elsewhere.
    let other = try ScratchFolder()
    try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/.github", withDestinationPath: other.path)
    #expect(throws: ConnectorError.self) { try ConnectorFolder(Self.description).write(to: folder.path) }
    #expect(try FileManager.default.contentsOfDirectory(atPath: other.path).isEmpty)
  }

  @Test func theFilesAreValid() throws {
    var description = Self.description
    description.name = "A \"quoted\" <name> & more"
    description.summary = "Sells | books.\nSecond line."
    description.configFields = [
      ConfigField("count", type: "integer"), ConfigField("on", type: "boolean"), ConfigField("list", type: "array"),
      ConfigField("since", format: "date"), ConfigField("site", format: "uri"), ConfigField("optional", isRequired: false),
    ]
    let folder = ConnectorFolder(description)
    let metadata = try ConnectorMetadata(parsing: Array((folder["metadata.yaml"] ?? "").utf8), file: "metadata.yaml")
    #expect(metadata.repository == "airbyte/source-a-quoted-name-more")
    #expect(metadata.tag == "0.1.0")
    let config = try Scaffold.json(folder["config.example.json"] ?? "").object
    #expect(config?.keys.elements == ["api_token", "count", "on", "list", "since", "site"])
    #expect(config?["list"] == ["example"])
    let icon = folder["icon.svg"] ?? ""
    #expect(icon.contains("aria-label=\"A &quot;quoted&quot; &lt;name> &amp; more\""))
    #expect(folder["README.md"]?.contains("Sells \\| books. Second line.") == true)
  }

  @Test func acceptanceTestsRunAgainstTheMock() async throws {
    let folder = try ScratchFolder()
    #expect(try await Scaffold.write(Self.description, to: folder).isEmpty)
    let connector = try TestedConnector(
      manifest: "\(folder.path)/manifest.yaml", folder: folder.path, components: .standard, environment: [:],
      custom: { _, _ in nil })
    let runner = AcceptanceRunner(connector, traffic: .mock, leavingOutSecrets: nil, clock: { 0 })
    let suite = await runner.run(try AcceptanceConfig(path: "\(folder.path)/acceptance-test-config.yml"))
    #expect(suite.cases.count > 6)
    #expect(suite.cases.allSatisfy { !$0.isFailed }, "\(suite.cases.filter(\.isFailed))")
  }

  // MARK: Kinds

  @Test(arguments: [ConnectorKind.graphql, .async])
  func aTemplateIsRead(kind: ConnectorKind) async throws {
    let folder = try ScratchFolder()
    #expect(try await Scaffold.write(kind.template(name: "Shop", address: "shop.example.com"), to: folder).isEmpty)
    #expect(try await Scaffold.findings(folder.path).isEmpty)
    #expect(try folder.text("manifest.yaml").contains("https://shop.example.com/"))
    #expect(
      try folder.text("tests.yaml").contains(kind == .async ? "records: {orders: {count: 3}}" : "records: {items: {count: 6}}"))
  }

  @Test(
    arguments: [
      ("Postgres", nil, "tap-postgres", "source-postgres"), ("tap-github", nil, "tap-github", "source-github"),
      ("My data", "tap-x", "tap-x", "source-my-data"),
    ] as [(String, String?, String, String)])
  func aTapIsWrapped(name: String, tap: String?, program: String, source: String) throws {
    let folder = SingerTemplate(names: ConnectorNames(name), tap: tap).folder
    let manifest = folder["manifest.yaml"] ?? ""
    #expect(manifest.contains("type: SingerSource\n"))
    #expect(manifest.contains("command: [\(program)]"))
    #expect(folder["metadata.yaml"]?.contains("dockerRepository: airbyte/\(source)\n") == true)
    #expect(folder["tests.yaml"] == nil)
  }

  @Test func aSwiftPackageHasItsParts() throws {
    let template = SwiftTemplate(Self.description, package: "../..")
    let paths = Set(template.folder.files.map(\.path))
    #expect(
      paths.isSuperset(of: [
        "Package.swift", "Sources/SourceShop/SourceShop.swift", "Sources/SourceShop/SignedRequests.swift",
        "Sources/source-shop/Program.swift", "Tests/SourceShopTests/SourceShopTests.swift", "manifest.yaml", "tests.yaml",
      ]))
    #expect(template.folder["manifest.yaml"]?.contains("class_name: source_shop.components.SignedRequests") == true)
    #expect(template.folder["Package.swift"]?.contains(#".package(name: "airbyte-lowcode", path: "../..")"#) == true)
    #expect(
      SwiftTemplate(Self.description, package: "https://git.example.com/x").folder["Package.swift"]?
        .contains(#".package(url: "https://git.example.com/x", from: "0.1.0")"#) == true)
  }
}
