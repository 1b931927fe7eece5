import Components
import Foundation
import JSON
import JSONSchema
import Testing
import Validation

/// How findings are written for people and for machines.
@Suite struct ReportTests {
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")

  /// A manifest with an error, a warning and a second place, one that is no YAML, and one without findings.
  private func reports() async throws -> [ManifestReport] {
    var options = ManifestChecker.Options()
    options.ignored = ["repeated-first-page"]
    let checker = try ManifestChecker(options)
    let faulty = manifest(
      top: "definitions: {page: {type: PageIncrement, page_size: [1]}}", stream: "primary_key: id",
      retriever: """
        paginator:
          type: DefaultPaginator
          pagination_strategy: {$ref: "#/definitions/page"}
          page_token_option: {type: RequestOption, inject_into: request_parameter, field_name: page, "a<b": 1}
        """, requester: "http_method: PUT")
    return [
      await checker.check(faulty, name: "connectors/a b/manifest.yaml"), await checker.check("streams: [1", name: "broken.yaml"),
      await checker.check(manifest(), name: "good.yaml"),
    ]
  }

  @Test func sarifFulfilsThePublishedSchema() async throws {
    let text = ReportFormat.sarif.render(try await reports())
    let log = try JSONValue(parsing: Array(text.utf8))
    let published = try JSONValue(parsing: Array(Data(contentsOf: Self.fixtures.appending(path: "sarif-2.1.0.json"))))
    let schema = try JSONSchema(compiling: published, checksFormats: true)
    #expect(schema.validate(log).map(\.description) == [])
    // A result that is none shows that the schema says something.
    #expect(!schema.isValid(["version": "2.1.0", "runs": [["tool": ["driver": ["name": "x"]], "results": [["ruleId": "r"]]]]]))
  }

  /// What GitHub asks beyond the schema: relative addresses, whole positions, fingerprints, rules that exist.
  @Test func sarifIsWhatCodeScanningTakes() async throws {
    let log = try JSONValue(parsing: Array(ReportFormat.sarif.render(try await reports()).utf8))
    let run = try #require(log["runs"]?[0])
    let rules = try #require(run["tool"]?["driver"]?["rules"]?.array)
    let results = try #require(run["results"]?.array)
    #expect(results.count >= 4)
    var prints: Set<String> = []
    for result in results {
      let index = try #require(result["ruleIndex"]?.int)
      #expect(rules[index]["id"] == result["ruleId"])
      let place = try #require(result["locations"]?[0]?["physicalLocation"])
      #expect(place["artifactLocation"]?["uri"]?.string?.hasPrefix("/") == false)
      #expect(place["region"]?["startLine"]?.int ?? 0 > 0)
      let isNew = prints.insert(result["partialFingerprints"]?.jsonText ?? "").inserted
      #expect(isNew)
    }
    #expect(results[0]["locations"]?[0]?["physicalLocation"]?["artifactLocation"]?["uri"] == "connectors/a%20b/manifest.yaml")
  }

  /// Each rule says what it finds, why, and what helps, as text and as Markdown.
  @Test func sarifHelpsWithEachRule() async throws {
    let log = try JSONValue(parsing: Array(ReportFormat.sarif.render(try await reports()).utf8))
    let rules = try #require(log["runs"]?[0]?["tool"]?["driver"]?["rules"]?.array)
    for name in RuleCatalog.names {
      let rule = try #require(rules.first { $0["id"]?.string == name })
      let (text, markdown) = (rule["help"]?["text"]?.string ?? "", rule["help"]?["markdown"]?.string ?? "")
      #expect(text.contains("Wrong:\n  ") && text.contains("# airbyte-lowcode: ignore \(name)"))
      #expect(markdown.contains("```yaml\n") && markdown.contains("Right:"))
    }
    let custom = try #require(rules.first { $0["id"] == "custom-component" })
    #expect(custom["fullDescription"]?["text"]?.string?.contains("has to be there and to be allowed to run") == true)
  }

  @Test(arguments: [("text", ReportFormat.text), ("json", .json), ("github", .github), ("junit", .junit)])
  func otherFormatsAreTheSnapshots(name: String, format: ReportFormat) async throws {
    let snapshot = try String(contentsOf: Self.fixtures.appending(path: "report-\(name).txt"), encoding: .utf8)
    let rendered = format.render(try await reports()) + "\n"
    #expect(rendered == snapshot, "\(rendered)")
  }
}
