import Components
import Foundation
import JSON
import Manifest
import Testing
import Validation

/// What `docs/validate.md` shows of checking manifests is what happens.
@Suite struct DocsValidateTests {
  private let page: Document
  private let manifest: String

  init() throws {
    page = try Document("docs/validate.md")
    manifest = try #require(try Document("README.md").blocks(of: "yaml").first)
  }

  private func yaml(holding word: String) throws -> (text: String, value: JSONValue) {
    let text = try #require(page.blocks(of: "yaml").first { $0.contains(word) })
    let examination = ManifestPipeline(validator: try ManifestValidator()).examine(.text(Array(text.utf8), name: "validate.md"))
    return (text, try #require(examination.written?.value))
  }

  @Test func theMistakesAreToldAsShown() async throws {
    var faulty = manifest
    for (right, wrong) in [
      ("config['token']", "config['tokn']"), ("inject_into: request_parameter", "inject_into: request_paramter"),
      ("primary_key: id", "primary_key: ID"), ("type: DpathExtractor", "type: DpathExtracter"),
    ] {
      #expect(faulty.contains(right))
      faulty = faulty.replacing(right, with: wrong)
    }
    let folder = try Folder()
    try folder.write("manifest.yaml", faulty)
    let run = try await Tool.run(["validate", "manifest.yaml"], in: folder)
    #expect(run.status == 1)
    #expect(page.blocks(of: "text") == [run.stdout])
  }

  @Test func theProjectsFileIsTaken() throws {
    let text = try #require(page.blocks(of: "yaml").first { $0.contains("profile: ") })
    let settings = try ValidationSettings(parsing: Array(text.utf8), path: ".airbyte-lowcode.yaml", folder: "/project")
    #expect(settings.profile == .default)
    #expect(settings.levels == ["unused-definition": .warning, "insecure-url": .error, "secret-in-url": .off])
    #expect(settings.ignores("/project/examples/a/manifest.yaml"))
  }

  @Test func theCommentSilences() async throws {
    let comment = try yaml(holding: "airbyte-lowcode: ignore").text
    let folder = try Folder()
    try folder.write("manifest.yaml", manifest.replacing(/\ {8}url: .*\n/, with: "        \(comment)"))
    let run = try await Tool.run(["validate", "manifest.yaml"], in: folder)
    #expect(run.stdout == "1 manifest checked, nothing found\n")
  }

  /// The line for editors names the file that the command before it writes, and is a comment to everyone else.
  @Test func theLineForEditorsNamesTheSchema() async throws {
    let line = try #require(page.blocks(of: "yaml").first { $0.contains("yaml-language-server") })
    let file = try #require(line.firstMatch(of: /^# yaml-language-server: \$schema=(\S+)\n$/)).1
    #expect(page.text.contains("`airbyte-lowcode schema > \(file)`"))
    let folder = try Folder()
    try folder.write("manifest.yaml", line + manifest)
    let run = try await Tool.run(["validate", "manifest.yaml"], in: folder)
    #expect(run.status == 0)
  }

  /// The workflow's own command writes what the next step uploads, also where there are errors.
  @Test func theWorkflowUploadsWhatIsFound() async throws {
    let workflow = try yaml(holding: "upload-sarif").value
    let steps = try #require(workflow["jobs"]?["validate"]?["steps"]?.array)
    let place = try #require(steps.firstIndex { $0["run"]?.string?.hasPrefix("airbyte-lowcode ") == true })
    let upload = try #require(steps.dropFirst(place + 1).first)
    #expect(upload["uses"]?.string?.hasPrefix("github/codeql-action/upload-sarif@") == true)
    #expect(upload["if"]?.string == "always()")
    #expect(workflow["jobs"]?["validate"]?["permissions"]?["security-events"]?.string == "write")
    let command = try #require(steps[place]["run"]?.string).components(separatedBy: " > ")
    #expect(upload["with"]?["sarif_file"]?.string == command.last)
    let folder = try Folder()
    try folder.makeFolder("a")
    try folder.write("a/manifest.yaml", manifest.replacing("DpathExtractor", with: "DpathExtracter"))
    let run = try await Tool.run(command[0].split(separator: " ").dropFirst().map(String.init), in: folder)
    #expect(run.status == 1)
    #expect(try JSONValue(parsing: Array(run.stdout.utf8))["version"]?.string == "2.1.0")
  }

  /// The hook is given the manifests among the files of a commit, and refuses those that have errors.
  @Test(
    arguments: [
      ("manifest.yaml", true), ("connectors/source-shop/manifest.yml", true), ("notes/my-manifest.yaml", false),
      ("manifest.yaml.orig", false),
    ] as [(String, Bool)])
  func theHookTakesManifests(path: String, isTaken: Bool) async throws {
    let hook = try #require(try yaml(holding: "airbyte-lowcode-validate").value["repos"]?[0]?["hooks"]?[0])
    let files = try Regex(try #require(hook["files"]?.string))
    #expect((path.firstMatch(of: files) != nil) == isTaken)
    let words = try #require(hook["entry"]?.string).split(separator: " ").map(String.init)
    #expect(words.first == "airbyte-lowcode")
    let folder = try Folder()
    try folder.write("good.yaml", manifest)
    try folder.write("faulty.yaml", manifest.replacing("DpathExtractor", with: "DpathExtracter"))
    #expect(try await Tool.run(words.dropFirst() + ["good.yaml"], in: folder).status == 0)
    #expect(try await Tool.run(words.dropFirst() + ["good.yaml", "faulty.yaml"], in: folder).status == 1)
  }
}
