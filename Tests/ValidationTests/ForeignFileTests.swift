import JSON
import Manifest
import Testing
import Validation

/// A config that is given in the place of a manifest, without any other, is not quoted: neither its lines nor its values.
@Suite struct ForeignFileTests {
  private static let secret = "SECRET-Zx81Qpl0mEr77"

  @Test(arguments: [
    #"{"token": "SECRET"}"#, #"{"version": "SECRET", "type": "SECRET", "streams": "SECRET", "check": "SECRET"}"#,
    #"{"credentials": {"type": "oauth", "client_secret": "SECRET"}, "list": ["SECRET"], "name": "x"}"#,
    "token: SECRET\nstart: 2024-01-01", "{\"token\": \"SECRET", "{\"token\": \"SECRET\", \"x\": }", "- SECRET", "SECRET",
    "\"SECRET\"",
    "token: SECRET\n  x: [}", "token: !!int SECRET", "token: SECRET\ntoken: SECRET", "a: *SECRET", "a: !SECRET 1",
  ])
  func nothingIsQuoted(text: String) async throws {
    let text = text.replacing("SECRET", with: Self.secret)
    let report = await (try ManifestChecker()).check(text)
    #expect(report.errorCount > 0)
    for format in ReportFormat.allCases { expectNothing(in: format.render([report])) }
    let pipeline = ManifestPipeline(validator: try ManifestValidator())
    let error = #expect(throws: ManifestError.self) { try pipeline.run(.text(Array(text.utf8), name: "c.json")) }
    expectNothing(in: "\(error?.rendered() ?? "")\n\(error?.description ?? "")")
  }

  private func expectNothing(in shown: String) {
    for part in ["ECRET-Zx", "Qpl0mE"] { #expect(!shown.contains(part), "\(shown)") }
  }

  /// Whoever writes a manifest sees the line that is wrong, however much is missing there.
  @Test(arguments: [
    "type: DeclarativeSource\nversion: [faulty-1", "streams: [{type: Declarativ, name: faulty-1}]", "check: {type: faulty-1}",
    "definitions: {a: {type: faulty-1}}\nversion: 1", "a: {$ref: \"#/faulty-1\"}",
  ])
  func aManifestIsQuoted(text: String) async throws {
    let report = await (try ManifestChecker()).check(text)
    #expect(ReportFormat.text.render([report]).contains("faulty-1"))
  }
}
